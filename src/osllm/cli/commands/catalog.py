"""`catalog validate|stats|path`: the data."""

from __future__ import annotations

from typing import Final

from osllm.cli.spec import Argument, Command

_PATHS: Final = (Argument("paths", "PATH...", many=True, required=False),)

COMMANDS: Final = {
    "catalog validate": Command("catalog validate", "catalog_validate", _PATHS, ("catalog",)),
    "catalog stats": Command("catalog stats", "catalog_stats", options=("catalog",)),
    "catalog path": Command("catalog path", "catalog_path", options=("catalog",)),
}
