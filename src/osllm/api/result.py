"""What every function of the API returns."""

from __future__ import annotations

from typing import Any

from osllm.exitcodes import ExitCode


class Result:
    """An answer: its JSON document, the exit code it stands for, and what belongs on stderr beside it."""

    def __init__(
        self, document: dict[str, Any], exit_code: ExitCode = ExitCode.OK, notices: tuple[str, ...] = ()
    ) -> None:
        self.document = document
        self.exit_code = exit_code
        self.notices = notices

    def to_dict(self) -> dict[str, Any]:
        """The JSON document: the same that `--json` prints."""
        return self.document

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.document.get('schema')} exit={int(self.exit_code)}>"
