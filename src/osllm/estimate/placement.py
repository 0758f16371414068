"""Where a model goes on a machine, what it needs there, and the most that fits. All in bytes.

The fewest accelerators on which a plan fits are taken: one card needs no communication, and every card more costs a
context. llama.cpp's family splits by layers over unequal cards and may leave layers or experts in RAM; vLLM's family cuts
each layer over equal cards (tensor parallelism) and the stack into stages (pipeline) where heads do not divide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.domain.plan import Placement
from osllm.estimate.case import Case, first
from osllm.estimate.engines import ENGINES
from osllm.estimate.layered import layered, least_in_ram
from osllm.estimate.sharded import sharded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from osllm.domain.hardware import Machine
    from osllm.domain.plan import EngineOptions, Memory
    from osllm.estimate.footprint import Footprint

TOKENS_WITHOUT_LIMIT: Final = 1 << 24  # where memory does not grow with tokens and the model states no limit
USERS_WITHOUT_LIMIT: Final = 1 << 16


def estimate_plan(
    fp: Footprint,
    fmt: str,
    engine: str,
    machine: Machine,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    *,
    offload: bool = False,
) -> tuple[Placement, Memory]:
    """Place a model and say what it needs. What does not fit is placed on everything there is, with `fits` False.

    `offload` lets llama.cpp's family leave experts, then layers, in RAM when the accelerators are too small.
    """
    return _place(Case(fp, fmt, engine, machine, context_tokens, users, options), offload)


def estimate_at(
    fp: Footprint,
    fmt: str,
    engine: str,
    machine: Machine,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    placement: Placement,
) -> Memory:
    """What a model needs in a given placement."""
    return _at(Case(fp, fmt, engine, machine, context_tokens, users, options), placement)


def placement_for(fp: Footprint, engine: str, tensor_parallel: int) -> Placement:
    """The placement that `--tensor-parallel N` asks for: N cards, each layer cut over all of them where the engine can."""
    if tensor_parallel > 1 and ENGINES[engine].tensor_parallel:
        return Placement(tensor_parallel, tensor_parallel, 1, fp.layers)
    return _spread(fp, engine, tensor_parallel)


def tensor_parallel_sizes(fp: Footprint, most: int) -> list[int]:
    """The tensor-parallel sizes up to `most` that divide the heads.

    Query heads into equal shares, key/value heads into shares or whole copies (vLLM, config/model.py,
    `verify_with_parallel_config`).
    """
    return [
        size
        for size in range(1, most + 1)
        if fp.heads % size == 0
        and all(c.kv_heads <= 1 or c.kv_heads % size == 0 or size % c.kv_heads == 0 for c in fp.caches)
    ]


def _at(case: Case, placement: Placement) -> Memory:
    if case.options.adapter_rank is not None:
        from osllm.estimate.training import trained  # for the few questions that train

        return trained(case, placement)
    if placement.gpus == 0 or ENGINES[case.engine].gguf:
        return layered(case, placement)
    return sharded(case, placement)


def _place(case: Case, offload: bool) -> tuple[Placement, Memory]:
    fp, engine, machine = case.fp, case.engine, case.machine
    count = machine.gpu_count
    offload = offload and ENGINES[engine].gguf and not machine.unified and bool(machine.ram_usable_bytes)
    if offload and outweighs(fp, case.fmt, machine):
        return _offloaded(case, _spread(fp, engine, count))
    placement = Placement(gpus=0, cpu_layers=fp.layers) if count == 0 else _spread(fp, engine, 1)
    memory = _at(case, placement)
    if memory.fits or count == 0:
        return placement, memory
    if count > 1:
        # Weights alone say how many cards there must be at least; the search starts there.
        room = max(group.usable_bytes for group in machine.groups)
        least = max(2, min(count, memory.weights_bytes // max(1, room)))
        for number in _numbers(fp, engine, least, count):
            placement = _spread(fp, engine, number)
            memory = _at(case, placement)
            if memory.fits:
                return placement, memory
    return _offloaded(case, placement) if offload else (placement, memory)


def outweighs(fp: Footprint, fmt: str, machine: Machine) -> bool:
    """Whether the weights alone are more than all accelerators hold. A table of embeddings may stay in host memory."""
    size = fp.sizes[fmt]
    return bool(machine.groups) and size.tensor_bytes - size.embedding_bytes > machine.usable_bytes


def _numbers(fp: Footprint, engine: str, least: int, count: int) -> list[int]:
    """How many cards to try: any number where layers are dealt out; where they are cut, sizes that cut evenly, then all."""
    if not ENGINES[engine].tensor_parallel:
        return list(range(least, count + 1))
    even = [size for size in tensor_parallel_sizes(fp, count) if size >= least]
    return even if even and even[-1] == count else [*even, count]


def _spread(fp: Footprint, engine: str, number: int) -> Placement:
    """All layers on `number` accelerators, the way the engine splits them."""
    if number == 1:
        return Placement(1, gpu_layers=fp.layers)
    if not ENGINES[engine].tensor_parallel:
        return Placement(number, pipeline_parallel=number, gpu_layers=fp.layers)
    size = max(s for s in tensor_parallel_sizes(fp, number) if number % s == 0)
    return Placement(number, size, number // size, fp.layers)


def _offloaded(case: Case, full: Placement) -> tuple[Placement, Memory]:
    """What fits stays on the accelerators, the rest is in RAM."""
    experts, layers = least_in_ram(case, full.gpus)
    placement = full._replace(gpu_layers=case.fp.layers - layers, cpu_layers=layers, experts_on_cpu=experts)
    return placement, layered(case, placement)


def max_tokens_that_fit(
    fp: Footprint,
    fmt: str,
    engine: str,
    machine: Machine,
    users: int,
    options: EngineOptions,
    context_max: int | None,
    *,
    placement: Placement | None = None,
) -> int | None:
    """The most tokens per sequence that fit, at most the model's own limit; 0 where not even one does.

    `placement` holds what is asked for to one way of leaving parts in RAM, the one that a command spells out; without it all
    is on the accelerators. None where memory does not grow with tokens and the model states no limit.
    """

    def room(tokens: int) -> int:
        case = Case(fp, fmt, engine, machine, tokens, users, options)
        memory = _place(case, offload=False)[1] if placement is None else _at(case, placement)
        return min(device.capacity_bytes - device.total_bytes for device in memory.per_device)

    most = context_max or TOKENS_WITHOUT_LIMIT
    found = most_with_room(room, most, ENGINES[engine].block)
    return None if context_max is None and found == most else found


def most_with_room(room: Callable[[int], int], most: int, block: int) -> int:
    """The largest number up to `most` that leaves no less than no room, where more never leaves more; 0 where 1 does not.

    Room falls almost in a straight line and in steps of `block`, so the end of the block where the line crosses zero is
    tried first; where that does not halve what is in question, the middle is.
    """
    above = room(most)
    if above >= 0:
        return most
    low, high = 1, most  # there is room for low, not for high
    below = room(low)
    if below < 0:
        return 0
    while high - low > 1:
        width = high - low
        guess = (low + width * below // (below - above)) // block * block
        if low < guess < high:
            left = room(guess)
            low, below, high, above = (guess, left, high, above) if left >= 0 else (low, below, guess, left)
            if left >= 0 and guess + 1 < high:
                left = room(guess + 1)
                low, below, high, above = (guess + 1, left, high, above) if left >= 0 else (low, below, guess + 1, left)
        if high - low > max(1, width // 2):
            middle = (low + high) // 2
            left = room(middle)
            low, below, high, above = (middle, left, high, above) if left >= 0 else (low, below, middle, left)
    return low


def max_users_that_fit(
    fp: Footprint,
    fmt: str,
    engine: str,
    machine: Machine,
    context_tokens: int,
    options: EngineOptions,
    *,
    offload: bool = False,
) -> int:
    """The most sequences of `context_tokens` at once that fit; 0 where not even one does."""

    def too_many(users: int) -> bool:
        slots = options._replace(slots=users)
        return not _place(Case(fp, fmt, engine, machine, context_tokens, users, slots), offload)[1].fits

    return first(too_many, 1, USERS_WITHOUT_LIMIT + 1) - 1


def best_format_that_fits(
    fp: Footprint,
    formats: Sequence[str],
    engine: str,
    machine: Machine,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    *,
    offload: bool = False,
) -> str | None:
    """The largest of some formats that fits; None where none does. Fewer bytes never need more, so bisection again."""
    ordered = sorted((f for f in formats if f in fp.sizes), key=lambda f: -fp.sizes[f].tensor_bytes)

    def fits(index: int) -> bool:
        case = Case(fp, ordered[index], engine, machine, context_tokens, users, options)
        return _place(case, offload)[1].fits

    found = first(fits, 0, len(ordered))
    return ordered[found] if found < len(ordered) else None
