"""The exit codes of the program; `docs/*/reference/exit-codes.md` lists the same ones."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """An exit status and, in the comment, when it is given."""

    OK = 0  # answered; for a yes/no question: yes
    NO = 1  # answered: no
    USAGE = 2  # the request is wrong
    DATA = 3  # the data is wrong
    SERVICE = 4  # a service that the command needs did not answer
    DENIED = 10  # license check: denied
    REVIEW = 11  # license check: needs review
    CONDITIONS = 12  # license check: conditions not accepted
    BUG = 70  # a bug in osllm
    INTERRUPTED = 130  # Ctrl-C
