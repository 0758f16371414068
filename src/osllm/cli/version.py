"""`osllm --version`: the tool's version and the catalog's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm._version import __version__
from osllm.errors import OsllmError

if TYPE_CHECKING:
    from osllm.cli.session import Session


def show(session: Session) -> int:
    """Print both versions; a catalog that cannot be read is shown as unknown."""
    from osllm import api
    from osllm.api.result import Result

    try:
        catalog: Any = api.load_catalog()
        stamp = {"version": catalog.version, "sha256": catalog.sha256, "models": catalog.model_count}
    except OsllmError:
        stamp = None
    return session.show(Result({"schema": "osllm/version@1", "osllm": __version__, "catalog": stamp}))
