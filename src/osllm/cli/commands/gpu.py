"""`gpu list|show|detect`: accelerators."""

from __future__ import annotations

from typing import Final

from osllm.cli.spec import Argument, Command

COMMANDS: Final = {
    "gpu list": Command("gpu list", "list_gpus", options=("catalog",), own={"vendor": ("value", "NAME")}),
    "gpu show": Command("gpu show", "show_gpu", (Argument("gpu", "GPU"),), ("catalog",)),
    "gpu detect": Command("gpu detect", "detect_gpus", options=("catalog",)),
}
