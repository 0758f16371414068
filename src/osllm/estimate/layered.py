"""Whole layers on cards and in RAM: how llama.cpp and what is built on it place a model, and any engine on a CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.estimate.case import Need, device_memory, devices_of, first, total_memory
from osllm.estimate.kvcache import kv_cache_bytes, state_bytes
from osllm.estimate.runtime import LLAMA_SPREAD, llama_compute_bytes, overhead
from osllm.estimate.stack import mixtures_among, split, split_of, stack_of, total

if TYPE_CHECKING:
    from osllm.domain.plan import Memory, Placement
    from osllm.estimate.case import Case
    from osllm.estimate.stack import Stack


def layered(case: Case, placement: Placement) -> Memory:
    """What each card, and the host where it holds layers or experts, needs.

    llama.cpp looks the embedding up in host memory: untied it is no card's bytes, tied it is there a second time as output
    matrix. One memory for both holds it once. Bytes in host memory count only where layers or experts are there too.
    """
    if placement.gpus > 1 or placement.in_ram:
        return _several(case, placement)
    return _one(case, on_card=placement.gpus == 1)


def _one(case: Case, *, on_card: bool) -> Memory:
    """Everything on one card, or everything in host memory."""
    fp, fmt, engine, machine, context_tokens, users, options = case
    size, group = fp.sizes[fmt], None
    if on_card:
        groups = machine.groups
        group = groups[0] if len(groups) == 1 else max(groups, key=lambda g: g.usable_bytes)
    apart = group is not None and size.output_bytes and not group.gpu.unified
    need = Need(
        size.tensor_bytes - (size.embedding_bytes if apart else 0) + _tower(case),
        kv_cache_bytes(fp, engine, context_tokens, users, options),
        state_bytes(fp, engine, users, options),
        llama_compute_bytes(fp, context_tokens, users, options, output=True, host=group is None),
        LLAMA_SPREAD,
        overhead(engine, "cpu" if group is None else machine.platform, 1),
    )
    if group is None:
        return total_memory((device_memory("cpu", need, machine.ram_usable_bytes or 0),), (need,))
    return total_memory((device_memory(f"{group.gpu.key}:0", need, group.usable_bytes),), (need,))


def _several(case: Case, placement: Placement) -> Memory:
    machine, cards = case.machine, devices_of(case.machine)[: placement.gpus]
    parts, stack = split_of(case, placement), stack_of(case)
    copies = 1 if placement.in_ram else len(cards)  # inputs are only copied for a pipeline with everything on cards
    devices, needs = [], []
    for index in [*range(1, len(cards) + 1), 0]:
        if not (parts.holds(index) or (index == 1 and _tower(case))):
            continue
        counts = parts.counts[index]
        output, host = index == parts.output, index == 0
        need = Need(
            total(counts, stack.weights)
            + total(parts.experts[index], stack.experts)
            + outside_bytes(case, stack, index, output=output),
            total(counts, stack.caches),
            total(counts, stack.states),
            _compute(case, output=output, host=host, devices=1 if host else copies),
            LLAMA_SPREAD,
            overhead(case.engine, "cpu" if host else machine.platform, 1),
        )
        name, room = ("cpu", machine.ram_usable_bytes or 0) if host else cards[index - 1][::2]
        devices.append(device_memory(name, need, room))
        needs.append(need)
    return total_memory(devices, needs)


def _compute(case: Case, *, output: bool, host: bool = False, devices: int = 1) -> int:
    tokens, users, options = case.context_tokens, case.users, case.options
    return llama_compute_bytes(case.fp, tokens, users, options, output=output, host=host, devices=devices)


def outside_bytes(case: Case, stack: Stack, index: int, *, output: bool) -> int:
    """Weights of a device that belong to no layer: the embedding, the output matrix with the last norm, the tower."""
    size = case.fp.sizes[case.fmt]
    amount = size.embedding_bytes if index == 0 else _tower(case) if index == 1 else 0
    if output:
        amount += stack.outside - (size.embedding_bytes if size.output_bytes or index == 0 else 0)
    return amount


def least_in_ram(case: Case, gpus: int) -> tuple[int, int]:
    """The least that must leave the cards: mixture layers whose experts, and whole layers (common/fit.cpp).

    Experts first, which leaves everything but them to the cards. Of several cards only the first ones hold the first layers'
    experts, so there whole layers may leave less in RAM. Found in whole numbers per device, without a bill. Everything,
    where not even that is enough.
    """
    fp, cards, stack = case.fp, devices_of(case.machine)[:gpus], stack_of(case)
    each = tuple(map(sum, zip(stack.weights, stack.caches, stack.states, strict=True)))
    # By the high end of what a context takes: a card that is filled to the brim must not fail to load.
    context = overhead(case.engine, case.machine.platform, 1).high
    beside = {output: _compute(case, output=output) + context for output in (False, True)}

    def in_ram(on_host: int, moved: int) -> int:
        return total(stack.before[on_host], each) + total(stack.before[max(on_host, moved)], stack.experts)

    outside = outside_bytes(case, stack, 1, output=True)
    only = in_ram(fp.layers, 0) + beside[True] + outside - cards[0].usable_bytes  # what one card must be rid of

    def on_cards(on_host: int, moved: int) -> bool:
        if len(cards) == 1:
            return in_ram(on_host, moved) >= only
        parts = split(fp, cards, on_host, moved)
        for index, card in enumerate(cards, 1):
            if parts.holds(index):
                output = index == parts.output
                need = total(parts.counts[index], each) + total(parts.experts[index], stack.experts)
                need += beside[output] + outside_bytes(case, stack, index, output=output)
                if need > card.usable_bytes:
                    return False
        return True

    def layers(moved: int) -> int:
        least = 0 if moved else 1
        if len(cards) > 1:
            # Every layer taken away lowers what the cards hold together, but not always what each holds: the split moves.
            all_layers, room = in_ram(fp.layers, 0), sum(card.usable_bytes for card in cards) - beside[True]
            least = first(lambda count: all_layers - in_ram(count, moved) <= room, least, fp.layers)
            return next((count for count in range(least, fp.layers) if on_cards(count, moved)), fp.layers)
        return first(lambda count: on_cards(count, moved), least, fp.layers)

    moved = first(lambda count: on_cards(0, count), 1, fp.layers) if fp.moe_layers else 0
    found = moved, layers(moved)
    if moved and len(cards) > 1:
        found = min(found, (0, layers(0)), key=lambda pair: in_ram(pair[1], pair[0]))
    return mixtures_among(fp, stack.before[found[0]]), found[1]


def _tower(case: Case) -> int:
    """Bytes of the vision or audio tower in 16 bits (the mmproj file); llama.cpp keeps it on the first card."""
    return case.fp.vision_params * 2 if case.options.towers else 0
