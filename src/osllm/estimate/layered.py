"""Whole layers on cards and in RAM: how llama.cpp and what is built on it place a model, and any engine on a CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.estimate.case import Need, cut, device_memory, devices_of, total_memory
from osllm.estimate.kvcache import kv_cache_bytes, state_bytes
from osllm.estimate.runtime import LLAMA_SPREAD, llama_compute_bytes, overhead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osllm.domain.plan import Memory, Placement
    from osllm.estimate.case import Case
    from osllm.estimate.footprint import Footprint


def layered(case: Case, placement: Placement) -> Memory:
    """What each card, and the host where it holds layers or experts, needs.

    llama.cpp looks the embedding up in host memory: untied it is no card's bytes, tied it is there a second time as output
    matrix. One memory for both holds it once. Bytes in host memory count only where layers or experts are there too.
    """
    if placement.gpus == 1 and not placement.cpu_layers and not placement.experts_on_cpu:
        return _one_card(case)
    return _several(case, placement)


def _one_card(case: Case) -> Memory:
    fp, fmt, engine, machine, context_tokens, users, options = case
    groups = machine.groups
    group = groups[0] if len(groups) == 1 else max(groups, key=lambda g: g.usable_bytes)
    size = fp.sizes[fmt]
    need = Need(
        size.tensor_bytes - (size.embedding_bytes if size.output_bytes and not group.gpu.unified else 0) + _tower(case),
        kv_cache_bytes(fp, engine, context_tokens, users, options),
        state_bytes(fp, engine, users, options),
        llama_compute_bytes(fp, context_tokens, users, options, output=True),
        LLAMA_SPREAD,
        overhead(engine, machine.platform, 1),
    )
    return total_memory((device_memory(f"{group.gpu.key}:0", need, group.usable_bytes),), (need,))


def _several(case: Case, placement: Placement) -> Memory:
    fp, _, engine, machine, context_tokens, users, options = case
    cards = devices_of(machine)[: placement.gpus]
    shares = layer_shares(case, placement)
    weights = _weights(case, placement, shares)
    caches = cut(kv_cache_bytes(fp, engine, context_tokens, users, options), shares)
    states = cut(state_bytes(fp, engine, users, options), shares)
    last = output_device(shares)
    devices, needs = [], []
    for index in [*range(1, len(shares)), 0]:
        if not (shares[index] or (index == 0 and placement.experts_on_cpu)):
            continue
        compute = llama_compute_bytes(
            fp,
            context_tokens,
            users,
            options,
            output=index == last,
            host=index == 0,
            devices=len(cards) if index else 1,
        )
        spread = overhead(engine, machine.platform if index else "cpu", 1)
        need = Need(weights[index], caches[index], states[index], compute, LLAMA_SPREAD, spread)
        card = cards[index - 1] if index else None
        name, room = ("cpu", machine.ram_usable_bytes or 0) if card is None else (card.name, card.usable_bytes)
        devices.append(device_memory(name, need, room))
        needs.append(need)
    return total_memory(devices, needs)


def layer_shares(case: Case, placement: Placement) -> list[int]:
    """Layers in host memory, then on each card, dealt in proportion to the cards' memory as llama.cpp does by default."""
    cards = devices_of(case.machine)[: placement.gpus]
    on_host = placement.cpu_layers if cards else case.fp.layers
    return [on_host, *cut(case.fp.layers - on_host, [card.usable_bytes for card in cards])]


def output_device(shares: Sequence[int]) -> int:
    """Where the output matrix is: with the last layers, on the last card that has any, else with the host.

    llama.cpp (src/llama-model.cpp) counts it as one layer behind the others, so it is the first to go to a card.
    """
    return max((index for index, share in enumerate(shares) if index and share), default=0)


def expert_shares(fp: Footprint, shares: Sequence[int], experts_on_cpu: int) -> list[int]:
    """Mixture layers whose experts each device holds. The host has its own layers', `--n-cpu-moe` sends it the first N."""
    moved = max(cut(fp.moe_layers, shares)[0], min(fp.moe_layers, experts_on_cpu))
    return [moved, *cut(fp.moe_layers - moved, shares[1:])]


def _weights(case: Case, placement: Placement, shares: Sequence[int]) -> list[int]:
    fp, size = case.fp, case.fp.sizes[case.fmt]
    plain = size.tensor_bytes - size.embedding_bytes - size.output_bytes - size.expert_bytes
    experts = cut(size.expert_bytes, expert_shares(fp, shares, placement.experts_on_cpu))
    weights = [a + b for a, b in zip(cut(plain, shares), experts, strict=True)]
    last = output_device(shares)
    weights[0] += size.embedding_bytes
    weights[last] += size.output_bytes or (size.embedding_bytes if last else 0)
    weights[1 if len(weights) > 1 else 0] += _tower(case)
    return weights


def _tower(case: Case) -> int:
    """Bytes of the vision or audio tower in 16 bits (the mmproj file); llama.cpp keeps it on the first card."""
    return case.fp.vision_params * 2 if case.options.towers else 0
