"""`license check MODEL…`: may I use it so?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.cli.options import LICENSE
from osllm.cli.spec import Argument, Command

if TYPE_CHECKING:
    from osllm.cli.session import Session
    from osllm.cli.spec import Values

_REPORTS: Final = ("sarif", "junit", "checklist")


def check(session: Session, values: Values) -> int:
    """Judge the use under every licence of every model. Exit code 10, 11 or 12 when it does not pass."""
    from osllm import api

    answer: Any = api.check_license(values.pop("models"), **values)
    if session.format not in _REPORTS:
        return session.show(answer)
    return session.deliver(answer, answer.report(session.format))


COMMANDS: Final = {
    "license check": Command(
        "license check",
        check,
        (Argument("models", "MODEL...", many=True, required=False),),
        (*LICENSE, "as_of", "verbose", "explain", "catalog"),
        _REPORTS,
        {"lock": ("value", "FILE"), "all": ("flag", ""), "exit_zero": ("flag", "")},
    ),
}
