"""How much of a memory an engine may really use, before the engine takes anything itself.

An engine's own context and buffers belong to its estimate, not to this module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.domain.units import GIB, MIB
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.domain.hardware import Gpu

# What the driver keeps of the total that nvidia-smi prints. The total that CUDA offers stands in PyTorch's out-of-memory
# messages ("GPU 0 has a total capacity of …"): RTX 3060 11.76 GiB of 12288 MiB, T4 14.74 of 15360, RTX 3090 23.69 of 24576,
# RTX 4090 25390809088 bytes of 24564, RTX 5090 31.36 of 32607, A100 79.15 of 81920. The line meets all six within 65 MiB.
_DRIVER_FIXED: Final = 160 * MIB
_DRIVER_SHARE: Final = 0.009
# What a screen takes on a card that drives one. llama.cpp prints the free memory at its start; in public logs of the RTX 4090
# it is 23999 MiB without a desktop and 22994 to 23818 with one, of 24564.
_DESKTOP: Final = 512 * MIB
_DESKTOP_FORMS: Final = ("desktop", "laptop", None)

# Metal's recommendedMaxWorkingSetSize in public llama.cpp logs: 11453 MB of 16 GiB (0.667), 14302 of 18 (0.74), 26801 of
# 32 (0.78), 30151 of 36 (0.78), 96 of 128 GB (0.75). The smallest fraction seen for a size holds for every macOS.
_METAL_SMALL: Final = (16 * GIB, 2 / 3)
_METAL_LARGE: Final = 0.74

# What the system keeps of the RAM: Google's reservation for a Kubernetes node, "25% of the first 4 GiB, 20% of the next 4,
# 10% of the next 8, 6% of the next 112, 2% above" (cloud.google.com/kubernetes-engine/docs/concepts/plan-node-sizes).
_SYSTEM_STEPS: Final = ((4, 0.25), (4, 0.20), (8, 0.10), (112, 0.06))
_SYSTEM_REST: Final = 0.02


class MainMemory(NamedTuple):
    """RAM and processor of a machine. None: not known."""

    ram_bytes: int | None
    cores: int | None


def usable_bytes(gpu: Gpu) -> int:
    """Bytes of one accelerator that an engine may use: total minus driver, screen or, on shared memory, the system."""
    if gpu.vendor == "apple":
        size, fraction = _METAL_SMALL
        return int(gpu.memory_bytes * (fraction if gpu.memory_bytes <= size else _METAL_LARGE))
    if gpu.unified:
        return usable_ram_bytes(gpu.memory_bytes)
    kept = _DRIVER_FIXED + gpu.memory_bytes * _DRIVER_SHARE
    if gpu.form in _DESKTOP_FORMS:
        kept += _DESKTOP
    return max(0, int(gpu.memory_bytes - kept))


def usable_ram_bytes(ram_bytes: int) -> int:
    """Bytes of main memory that are left when the system has taken its share."""
    rest, kept = ram_bytes / GIB, 0.0
    for step, share in _SYSTEM_STEPS:
        kept += min(rest, step) * share
        rest = max(0.0, rest - step)
    return int(ram_bytes - (kept + rest * _SYSTEM_REST) * GIB)
