"""Why a plan cannot exist, in English."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "no-users": "{users} users is no load: at least one sequence must run",
    "format-not-on-engine": "{engine} does not load {format}",
    "format-not-on-accelerator": "{format} does not run on {gpu} (compute capability {needs} or newer, or another vendor)",
    "cache-type-not-on-engine": "{engine} has no {kv_cache} cache",
    "tensor-parallel-not-on-engine": "{engine} cannot cut layers over several accelerators (tensor parallelism)",
    "too-few-accelerators": "tensor parallelism over {wanted} needs {wanted} accelerators, the machine has {count}",
    "tensor-parallel-heads": "{wanted} does not divide the model's attention heads ({heads} query heads)",
    "nearest": "what works: {names}",
}
