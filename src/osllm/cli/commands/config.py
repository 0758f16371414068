"""`config show` and `schema NAME`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.cli.options import OPTIONS
from osllm.cli.spec import Argument, Command

if TYPE_CHECKING:
    from osllm.cli.session import Session
    from osllm.cli.spec import Values


def show(session: Session, values: Values) -> int:  # noqa: ARG001 - every command is called alike
    """Print each setting, where it came from and which files were looked at."""
    from osllm.api.result import Result
    from osllm.config import document, load

    return session.show(Result(document(load(OPTIONS, session.env), OPTIONS)))


COMMANDS: Final = {
    "config show": Command("config show", show),
    "schema": Command("schema", "schema", (Argument("name", "NAME", required=False),)),
}
