"""`use-cases [list|show NAME]`: what each use case asks for and how it is weighed."""

from __future__ import annotations

from typing import Final

from osllm.cli.spec import Argument, Command

COMMANDS: Final = {
    "use-cases": Command("use-cases", "use_cases", options=("catalog",)),
    "use-cases list": Command("use-cases list", "use_cases", options=("catalog",)),
    "use-cases show": Command("use-cases show", "show_use_case", (Argument("name", "NAME"),), ("catalog",)),
}
