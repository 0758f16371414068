"""`license policy init|check`: the file that says what an organisation accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.cli.options import LICENSE
from osllm.cli.spec import Argument, Command

if TYPE_CHECKING:
    from osllm.cli.session import Session
    from osllm.cli.spec import Values

_FACTS: Final = tuple(name for name in LICENSE if name not in ("policy", "gate"))


def init(session: Session, values: Values) -> int:
    """Print a commented policy that holds the facts given, or write it with --out."""
    from osllm import api

    out, force = values.pop("out", None), values.pop("force", False)
    answer = api.license_policy_init(**{**values, "lang": session.lang})
    if out is None:
        return session.show(answer)
    from osllm.cli.files import save

    save(session, out, answer.to_dict()["text"], force=force)
    return int(answer.exit_code)


COMMANDS: Final = {
    "license policy init": Command(
        "license policy init", init, options=_FACTS, own={"out": ("value", "FILE"), "force": ("flag", "")}
    ),
    "license policy check": Command(
        "license policy check", "license_policy_check", (Argument("file", "FILE"),), ("as_of", "catalog")
    ),
}
