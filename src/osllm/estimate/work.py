"""What one step of a batch asks of each device: layers, and bytes read. Devices of a split model have each their own layers'."""

from __future__ import annotations

from operator import mul
from typing import TYPE_CHECKING

from osllm.estimate.kvcache import BYTES_PER_32, group_width
from osllm.estimate.stack import mixtures_among, split_of, stack_of, total
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.domain.plan import EngineOptions, Placement
    from osllm.estimate.case import Case
    from osllm.estimate.footprint import Footprint


class Work(NamedTuple):
    """What one step of a batch asks of one device."""

    layers: float  # in halves, one for each part of a layer (`footprint.LayerKind`)
    mixture_layers: float
    state_layers: float  # of those with a state, not of short convolutions alone
    weight_bytes: float
    cache_bytes: float
    state_bytes: float
    params: float  # multiplied with, per sequence


def experts_touched(experts: int, per_token: int, tokens: int) -> float:
    """How many of a layer's experts a batch is expected to read: E * (1 - (1 - k/E)^B), routes taken as independent."""
    if not experts:
        return 0.0
    return experts * (1.0 - (1.0 - per_token / experts) ** tokens)


def cache_reads(fp: Footprint, context_tokens: int, options: EngineOptions, tensor_parallel: int = 1) -> list[float]:
    """Bytes that one sequence reads per token of each of `Footprint.caches` in one layer, halfway through `context_tokens`."""
    per_element = BYTES_PER_32[options.kv_cache] / 32
    middle = context_tokens / 2
    return [
        group_width(group, tensor_parallel)
        * (middle if group.window is None else min(middle, group.window))
        * per_element
        for group in fp.caches
    ]


def cache_read_bytes(fp: Footprint, context_tokens: int, options: EngineOptions, tensor_parallel: int = 1) -> float:
    """Bytes of cache that one sequence reads per token, halfway through `context_tokens`, on one rank."""
    reads = cache_reads(fp, context_tokens, options, tensor_parallel)
    return sum([group.layers * read for group, read in zip(fp.caches, reads, strict=True)])


def state_read_bytes(fp: Footprint) -> float:
    """Bytes of recurrent state that one sequence reads and writes per token."""
    return 8.0 * sum(s.layers * s.state_elements for s in fp.states)


def state_layers(fp: Footprint) -> int:
    """Layers that multiply a recurrent state; a short convolution keeps only its last inputs."""
    return sum([s.layers for s in fp.states if s.state_elements])


def weight_read_bytes(fp: Footprint, fmt: str, tokens: int) -> tuple[float, float]:
    """Bytes of weights that a step of `tokens` reads: without routed experts, and of routed experts.

    The embedding is looked up, not read, unless it doubles as output matrix; a per-layer one always is.
    """
    size = fp.sizes[fmt]
    plain = size.tensor_bytes - size.expert_bytes - size.looked_up_bytes
    touched = experts_touched(fp.experts, fp.experts_per_token, tokens) / fp.experts if fp.experts else 0.0
    return plain, size.expert_bytes * touched


def works(case: Case, placement: Placement) -> list[tuple[int, Work]]:
    """What each device does in one step of a split model, with its number in `stack.Split`."""
    fp, fmt, _, _, context_tokens, users, options = case
    parts, stack, size = split_of(case, placement), stack_of(case), fp.sizes[fmt]
    plain, experts = weight_read_bytes(fp, fmt, users)
    touched = experts / size.expert_bytes if size.expert_bytes else 0.0
    reads = [users * bytes_ for bytes_ in cache_reads(fp, context_tokens, options)]
    caches = [sum([reads[i] for i in kind.caches]) for kind in fp.kinds]
    states = [8.0 * users * sum([fp.states[i].state_elements for i in kind.states]) for kind in fp.kinds]
    recurrent = [sum([fp.states[i].state_elements > 0 for i in kind.states]) for kind in fp.kinds]
    halves = [kind.parts for kind in fp.kinds]
    found: list[tuple[int, Work]] = []
    for index, counts in enumerate(parts.counts):
        if not parts.holds(index):
            continue
        routed = touched * total(parts.experts[index], stack.experts)
        weights = total(counts, stack.weights) + routed
        if index == parts.output:
            weights += stack.outside - size.looked_up_bytes
        work = Work(
            total(counts, halves) / 2,
            mixtures_among(fp, parts.experts[index]),
            total(counts, recurrent),
            weights,
            sum(map(mul, counts, caches)),
            sum(map(mul, counts, states)),
            fp.params_active * weights / (plain + experts),
        )
        found.append((index, work))
    return found
