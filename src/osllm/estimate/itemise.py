"""The memory bill line by line, each with the formula that made it. Only for what is shown: ranking needs the sums alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.domain.plan import MemoryItem
from osllm.estimate.case import Case
from osllm.estimate.engines import ENGINES
from osllm.estimate.kvcache import BYTES_PER_32, group_width, held_tokens, kv_cache_bytes, uses_shared_pages
from osllm.estimate.placement import estimate_at
from osllm.estimate.runtime import batched_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.domain.hardware import Machine
    from osllm.domain.plan import EngineOptions, Memory, Placement
    from osllm.estimate.footprint import Footprint


def itemise(
    fp: Footprint,
    fmt: str,
    engine: str,
    machine: Machine,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    placement: Placement,
) -> tuple[MemoryItem, ...]:
    """The lines of a bill; their bytes add up to the total of `estimate_at` for the same arguments."""
    memory = estimate_at(fp, fmt, engine, machine, context_tokens, users, options, placement)
    lines = [MemoryItem("weights", memory.weights_bytes, _weights_formula(fp, fmt, memory))]
    if options.adapter_rank is not None:
        from osllm.estimate.training import bill  # for the few questions that train

        parts = bill(Case(fp, fmt, engine, machine, context_tokens, users, options), memory)
        return (*lines, *(MemoryItem(*part) for part in parts), _overhead(memory))
    lines += _caches(fp, engine, machine, context_tokens, users, options, placement, memory)
    if fp.states:
        layers = sum(state.layers for state in fp.states)
        sequences = max(users, options.slots) if ENGINES[engine].gguf else users
        told = f"{layers} recurrent layers * {sequences} sequences"
        states = ENGINES[engine].states
        lines.append(MemoryItem("state", memory.state_bytes, told if states == 1 else f"{told} * {states} states"))
    lines.append(MemoryItem("compute", memory.compute_bytes, _compute_formula(fp, engine, options)))
    return (*lines, _overhead(memory))


def _overhead(memory: Memory) -> MemoryItem:
    devices = len(memory.per_device)
    return MemoryItem("overhead", memory.overhead_bytes, f"contexts, graphs, workspaces of {devices} devices")


def _weights_formula(fp: Footprint, fmt: str, memory: Memory) -> str:
    size = fp.sizes[fmt]
    told = f"{fp.params_total:,} parameters * {fp.bits_per_weight(fmt):.3f} bits / 8 = {size.tensor_bytes:,} B"
    difference = memory.weights_bytes - size.tensor_bytes
    if difference == -size.embedding_bytes:
        return f"{told} - {size.embedding_bytes:,} B embedding kept in host memory"
    return told if difference == 0 else f"{told} {difference:+,} B copies, towers, padding and rounding"


def _caches(
    fp: Footprint,
    engine: str,
    machine: Machine,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    placement: Placement,
    memory: Memory,
) -> Iterator[MemoryItem]:
    """One line per kind of layer where each has its own cache, one for all where they share pages."""
    habits, ranks = ENGINES[engine], placement.tensor_parallel
    gpu = machine.groups[0].gpu if machine.groups else None
    batched = batched_tokens(engine, gpu)
    if not fp.caches:
        return
    if uses_shared_pages(fp, habits):
        one = kv_cache_bytes(fp, engine, context_tokens, users, options, ranks, batched)
        yield MemoryItem("kv-cache", memory.kv_cache_bytes, f"shared pages, {one:,} B on each of {ranks} ranks")
        return
    per_32 = BYTES_PER_32[options.kv_cache]
    for group in fp.caches:
        width = group_width(group, ranks)
        tokens = held_tokens(habits, group.window, context_tokens, users, options, batched)
        told = f"{group.layers} layers * {width} elements * {tokens:,} tokens * {per_32 / 32:g} B"
        bytes_ = ranks * (group.layers * width * tokens * per_32 // 32)
        yield MemoryItem("kv-cache", bytes_, told if ranks == 1 else f"{told} * {ranks} ranks")


def _compute_formula(fp: Footprint, engine: str, options: EngineOptions) -> str:
    habits = ENGINES[engine]
    if habits.gguf:
        stage = f"{options.ubatch} tokens * ({fp.vocab_size} + {fp.hidden_size}) * 4 B"
        return f"the larger of the output stage, {stage}, and one layer"
    if habits.budget == "static":
        return "what the static memory fraction leaves outside"
    return "activations of one step, and logits"
