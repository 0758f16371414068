"""`license show|list|diff`: the licences themselves."""

from __future__ import annotations

from typing import Final

from osllm.cli.spec import Argument, Command

_TWO: Final = (Argument("first", "A"), Argument("second", "B"))

_FILTERS: Final = {
    "kind": ("value", "permissive|copyleft|weak-restrictive|community|non-commercial|research-only|proprietary-api"),
    "commercial": ("value", "yes|conditional|no|unstated"),
    "osi_approved": ("switch", ""),
    "evidence": ("value", "primary|partial|secondary|not_seen"),
    "search": ("value", "TEXT"),
}

COMMANDS: Final = {
    "license show": Command("license show", "license_show", (Argument("key", "KEY"),), ("catalog",)),
    "license list": Command("license list", "license_list", options=("catalog",), own=_FILTERS),
    "license diff": Command("license diff", "license_diff", _TWO, ("catalog",)),
}
