"""`list` and `show MODEL`: the catalog's models."""

from __future__ import annotations

from typing import Final

from osllm.cli.options import MODEL
from osllm.cli.spec import Argument, Command

_OWN: Final = {
    "recommendable": ("flag", ""),
    "license": ("many", "KEY"),
    "kind": ("many", "instruct|base|translation|reward|other"),
    "search": ("value", "TEXT"),
}

COMMANDS: Final = {
    "list": Command("list", "list_models", options=("use_case", *MODEL, "catalog"), own=_OWN),
    "show": Command("show", "show_model", (Argument("model", "MODEL"),), ("catalog",)),
}
