"""Which layers each device holds in llama.cpp, and what they take there.

src/llama-model.cpp (`load_tensors`): the first layers stay in host memory, the others go to the cards from the first to the
last. The output matrix counts as one layer more behind them, and so does each layer for multi-token prediction that a file
holds. Of `slots` such places card `i` gets those whose number divided by `slots` lies below the memory of the cards up to
`i` divided by the memory of all. `--n-cpu-moe N` leaves the routed experts of the first N layers in host memory.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from operator import mul
from typing import TYPE_CHECKING

from osllm.estimate.case import devices_of
from osllm.estimate.kvcache import layer_cache_bytes, layer_state_bytes
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osllm.domain.plan import Placement
    from osllm.estimate.case import Case, Device
    from osllm.estimate.footprint import Footprint, LayerKind

Numbers = tuple[int, ...]


class Split(NamedTuple):
    """Device 0 is the host, the cards follow. Each holds the layers from the end of the one before to its own end."""

    ends: Numbers
    moved: int  # layers from the first whose experts are in host memory, the host's own among them
    output: int  # the device that holds the output matrix
    counts: tuple[Numbers, ...]  # layers of each kind on each device
    experts: tuple[Numbers, ...]  # those of them whose experts it holds; on the host also the moved ones of the cards

    def holds(self, device: int) -> bool:
        """Whether a device has anything of the model to hold."""
        start = self.ends[device - 1] if device else 0
        return self.ends[device] > start or device == self.output or (device == 0 and self.moved > 0)


class Stack(NamedTuple):
    """Bytes of one layer of each kind, in the order of `Footprint.kinds`."""

    before: tuple[Numbers, ...]  # layers of each kind among the first 0, 1, 2 …
    weights: Numbers  # without routed experts
    experts: Numbers
    caches: Numbers
    states: Numbers
    outside: int  # weights of no layer, the embedding among them


def stack_of(case: Case) -> Stack:
    """What each kind of layer takes in a case."""
    fp, fmt, engine, _, context_tokens, users, options = case
    size, before = fp.sizes[fmt], layers_before(fp.layer_plan)
    every = before[-1]
    experts = (
        tuple([b // n for b, n in zip(size.kind_experts, every, strict=True)]) if fp.moe_layers else (0,) * len(every)
    )
    weights = tuple([b // n - e for b, n, e in zip(size.kind_bytes, every, experts, strict=True)])
    cache = layer_cache_bytes(fp, engine, context_tokens, users, options)
    state = layer_state_bytes(fp, engine, users, options)
    return Stack(
        before,
        weights,
        experts,
        tuple([sum([cache[i] for i in kind.caches]) for kind in fp.kinds]),
        tuple([sum([state[i] for i in kind.states]) for kind in fp.kinds]),
        size.tensor_bytes - total(every, weights) - total(every, experts),
    )


@lru_cache(maxsize=256)
def layers_before(plan: tuple[tuple[int, int], ...]) -> tuple[Numbers, ...]:
    """How many layers of each kind are among the first 0, 1, 2 … of a plan (`Footprint.layer_plan`)."""
    now = [0] * (max(kind for kind, _ in plan) + 1)
    found = [tuple(now)]
    for kind, repeat in plan:
        for _ in range(repeat):
            now[kind] += 1
            found.append(tuple(now))
    return tuple(found)


def among(before: Sequence[Numbers], start: int, end: int) -> Numbers:
    """Layers of each kind from `start` to before `end`."""
    return tuple([b - a for a, b in zip(before[start], before[end], strict=True)])


def total(counts: Sequence[int], each: Sequence[int]) -> int:
    """So many of each kind, each so many bytes: the sum."""
    return sum(map(mul, counts, each))


def mixtures_among(fp: Footprint, counts: Sequence[int]) -> int:
    """How many of some layers are mixtures of experts."""
    return sum([n for n, kind in zip(counts, fp.kinds, strict=True) if kind.mixture])


def layers_with_mixtures(plan: Sequence[tuple[int, int]], kinds: Sequence[LayerKind], mixtures: int) -> int:
    """How many layers from the first hold so many mixtures: `--n-cpu-moe` counts the dense ones in front too.

    `plan` and `kinds` are those of a footprint, or of `footprint.layer_kinds`.
    """
    layers, left = 0, mixtures
    for kind, repeat in plan if mixtures else ():
        if kinds[kind].mixture:
            if repeat >= left:
                return layers + left
            left -= repeat
        layers += repeat
    return layers


def split_of(case: Case, placement: Placement) -> Split:
    """Where the layers of a placement are."""
    fp = case.fp
    cards = devices_of(case.machine)[: placement.gpus]
    on_host = placement.cpu_layers if cards else fp.layers
    return split(fp, cards, on_host, layers_with_mixtures(fp.layer_plan, fp.kinds, placement.experts_on_cpu))


def split(fp: Footprint, cards: Sequence[Device], on_host: int, moved: int) -> Split:
    """Leave the first `on_host` layers and the experts of the first `moved` in host memory and deal the rest to the cards."""
    layers = fp.layers
    ends, output = [on_host], 0
    if on_host == layers:  # `--n-gpu-layers 0`: the output matrix stays too
        ends += [layers] * len(cards)
    elif len(cards) == 1:
        ends.append(layers)
        output = 1
    else:
        slots = layers - on_host + fp.mtp_layers + 1
        room, whole = 0, sum(card.usable_bytes for card in cards)
        for number, card in enumerate(cards, 1):
            room += card.usable_bytes
            taken = -(-slots * room // whole)
            ends.append(min(layers, on_host + taken))
            output = output or (number if taken == slots else 0)
    before, moved = layers_before(fp.layer_plan), max(moved, on_host)
    counts = tuple([among(before, start, end) for start, end in zip((0, *ends), ends, strict=False)])
    if moved == on_host:
        return Split(tuple(ends), moved, output, counts, counts)
    rest = [among(before, min(end, max(start, moved)), end) for start, end in pairwise(ends)]
    return Split(tuple(ends), moved, output, counts, (before[moved], *rest))
