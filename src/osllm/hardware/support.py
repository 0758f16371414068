"""Whether an engine runs on an accelerator, by the platforms of the engine's catalog record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osllm.domain.hardware import Gpu, Machine


def runs(record: Mapping[str, Any], machine: Machine) -> bool:
    """Whether the engine runs on the machine's platform and on every card of it."""
    entry: Mapping[str, Any] = (record.get("platforms") or {}).get(machine.platform) or {}
    return bool(entry) and all(new_enough(entry, group.gpu) for group in machine.groups)


def new_enough(entry: Mapping[str, Any], gpu: Gpu) -> bool:
    """Whether a card is of a generation that the platform's entry names; unknown generations pass."""
    has = gpu.compute_capability
    if has is None:
        return True
    archs, minimum = entry.get("archs"), entry.get("min_compute_capability")
    if archs and gpu.vendor == "amd":
        return has in archs
    if minimum and has[:1].isdigit():
        return _numbers(has) >= _numbers(str(minimum))
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
