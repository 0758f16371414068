"""`license show|list|diff`: the licences themselves."""

from __future__ import annotations

from typing import Final

from osllm.cli.spec import Argument, Command

_TWO: Final = (Argument("first", "A"), Argument("second", "B"))

COMMANDS: Final = {
    "license show": Command("license show", "license_show", (Argument("key", "KEY"),), ("catalog",)),
    "license list": Command("license list", "license_list", options=("catalog",)),
    "license diff": Command("license diff", "license_diff", _TWO, ("catalog",)),
}
