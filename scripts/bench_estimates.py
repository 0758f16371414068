"""Time 10,000 estimates (memory and speed) over models, engines and machines of the catalog.

python scripts/bench_estimates.py [COUNT]
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable

from speed_data import accelerators, footprints

from osllm.authoring.accelerators import gpu as gpu_of
from osllm.domain.hardware import GpuGroup, Machine
from osllm.domain.plan import EngineOptions
from osllm.estimate.placement import estimate_plan, max_tokens_that_fit
from osllm.estimate.speed import estimate_speed

MODELS = ("llama-3.1-8b", "qwen3-30b-a3b", "gemma-3-27b", "gpt-oss-20b", "qwen3-next-80b-a3b", "llama-3.3-70b")
PLANS = (("llama.cpp", "Q4_K_M"), ("vllm", "BF16"))
MACHINES = (("rtx4090", 1), ("rtx3090", 2), ("h100-sxm", 8), ("m4-max", 1))


def main() -> None:
    """Print microseconds per call."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    shapes = footprints({model: {fmt for _, fmt in PLANS} for model in MODELS})
    catalog, machines = accelerators(), []
    for key, number in MACHINES:
        card = gpu_of(catalog[key])
        machines.append(Machine((GpuGroup(card, number, card.memory_bytes),), 2**36, 2**36, 80.0, 16, "flag"))
    options = EngineOptions()
    cases = [
        (shapes[model, fmt], fmt, engine, machine)
        for model in MODELS
        for engine, fmt in PLANS
        for machine in machines
        if not (engine == "vllm" and machine.platform == "metal")
    ]
    placed = [(*case, estimate_plan(*case, 8192, 1, options, offload=True)[0]) for case in cases]
    measure("memory", cases, count, lambda c: estimate_plan(*c, 8192, 1, options, offload=True))
    measure(
        "memory, one card",
        [c for c in cases if c[3].gpu_count == 1 and c[0].layers < 40],
        count,
        lambda c: estimate_plan(*c, 8192, 1, options),
    )
    measure("speed", placed, count, lambda c: estimate_speed(*c, 8192, 1, options))
    measure("largest context", cases, count // 20, lambda c: max_tokens_that_fit(*c, 1, options, 131072))


def measure(name: str, cases: list[tuple], count: int, call: Callable[[tuple], object]) -> None:  # type: ignore[type-arg]
    """Call `count` times over the cases in turn and print what one call takes of the processor."""
    chosen = list(itertools.islice(itertools.cycle(cases), count))
    start = time.process_time()
    for case in chosen:
        call(case)
    each = (time.process_time() - start) / count
    print(f"{name:18} {count:6} calls  {each * 1e6:8.1f} us each  {each * count:6.2f} s")


if __name__ == "__main__":
    main()
