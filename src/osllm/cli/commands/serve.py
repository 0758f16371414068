"""`serve MODEL`: the exact command or files that start it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.cli.options import ENGINE_KNOBS, SHARED
from osllm.cli.spec import Argument, Command

if TYPE_CHECKING:
    from osllm.cli.session import Session
    from osllm.cli.spec import Values

_OWN: Final = {
    "target": ("value", "command|compose|kubernetes|systemd|modelfile|python|curl"),
    "out": ("value", "DIR"),
    "force": ("flag", ""),
    "api_price": ("value", "PRICE"),
}


def serve(session: Session, values: Values) -> int:
    """Show the command and the files; write the files with --out."""
    from osllm import api

    out, force = values.pop("out", None), values.pop("force", False)
    answer = api.serve(values.pop("model"), **values)
    if out is not None:
        from osllm.cli.files import save_all

        save_all(session, out, answer.to_dict()["files"], force=force)
    return session.show(answer)


COMMANDS: Final = {
    "serve": Command("serve", serve, (Argument("model", "MODEL"),), (*SHARED, *ENGINE_KNOBS), own=_OWN),
}
