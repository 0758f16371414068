"""Each layer cut over equal cards, the stack over stages: how vLLM, SGLang, TensorRT-LLM and their like place a model."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from osllm.estimate.case import Need, cut, device_memory, devices_of, total_memory
from osllm.estimate.engines import ENGINES
from osllm.estimate.kvcache import kv_cache_bytes, layer_cache_bytes, layer_state_bytes, pad, state_bytes
from osllm.estimate.runtime import (
    TORCH_SPREAD,
    VLLM_SPREAD,
    batched_tokens,
    overhead,
    sglang_reserved_bytes,
    torch_compute_bytes,
    vllm_compute_bytes,
)
from osllm.estimate.stack import among, layers_before, total

if TYPE_CHECKING:
    from osllm.domain.hardware import Gpu
    from osllm.domain.plan import Memory, Placement
    from osllm.estimate.case import Case, Device
    from osllm.estimate.footprint import Footprint


def sharded(case: Case, placement: Placement) -> Memory:
    """What each rank needs. The first stage holds the embedding, the last the output matrix (a copy where they are tied).

    vLLM may fill its fraction of the card with everything it allocates. SGLang's static pool holds weights and cache; what it
    leaves outside is counted as compute. TensorRT-LLM and LMDeploy give the cache a share of the memory left over, so the
    rest of that memory is counted as overhead.
    """
    engine, options = case.engine, case.options
    habits = ENGINES[engine]
    tp, last = placement.tensor_parallel, placement.pipeline_parallel - 1
    cards = devices_of(case.machine)[: placement.gpus]
    shares = stages(case, placement, cards[0].gpu)
    low, mid, high = overhead(engine, case.machine.platform, placement.gpus, cards[0].gpu)
    fraction = options.gpu_memory_utilization or habits.fraction
    devices, needs = [], []
    for index, card in enumerate(cards):
        weights, kv, state = shares[index // tp]
        compute, spread = _compute(case, placement, card, output=index // tp == last)
        unused = int((kv + state) * (1 / fraction - 1)) if habits.budget == "pool" else 0
        need = Need(-(-weights // tp), kv, state, compute, spread, (low + unused, mid + unused, high + unused))
        room = int(card.usable_bytes * fraction) if habits.budget == "fraction" else card.usable_bytes
        devices.append(device_memory(card.name, need, room))
        needs.append(need)
    return total_memory(devices, needs)


def expert_padding_bytes(fp: Footprint, fmt: str, engine: str, tensor_parallel: int) -> int:
    """Bytes that vLLM's MXFP4 experts take beyond the file, over all ranks.

    model_executor/layers/quantization/mxfp4.py rounds the hidden size up to 256 and each rank's rows up to 128 for its
    kernels: gpt-oss's 2880 become 3072 and 2944. Other formats and engines load what the file holds.
    """
    experts = fp.sizes[fmt].expert_bytes
    if engine != "vllm" or fmt != "MXFP4" or not experts:
        return 0
    # Three matrices an expert, blocks of 32 values with an 8-bit scale: 4.25 bits.
    wide = round(experts * 8 / 4.25 / (3 * fp.hidden_size * fp.experts * fp.moe_layers) / 32) * 32
    rows = pad(-(-wide // tensor_parallel), 128) * tensor_parallel
    return max(0, experts * pad(fp.hidden_size, 256) * rows // (fp.hidden_size * wide) - experts)


def stages(case: Case, placement: Placement, gpu: Gpu | None) -> list[tuple[int, int, int]]:
    """Weights of each stage over all its ranks, cache and state of one rank."""
    fp, fmt, engine, _, context_tokens, users, options = case
    tp, pp = placement.tensor_parallel, placement.pipeline_parallel
    size = fp.sizes[fmt]
    batched = batched_tokens(engine, gpu)
    kv = kv_cache_bytes(fp, engine, context_tokens, users, options, tp, batched)
    state = state_bytes(fp, engine, users, options, tp)
    tower = fp.vision_params * 2 if ENGINES[engine].towers else 0  # towers stay in 16 bits
    padding = expert_padding_bytes(fp, fmt, engine, tp)
    if pp == 1:
        return [(size.tensor_bytes + tower + padding, kv, state)]
    ends = stage_layers(fp.layers, pp)
    layers = fp.layer_bytes(fmt)
    weights = [sum(layers[first:last]) for first, last in ends]
    weights[0] += size.embedding_bytes + tower
    weights[-1] += size.tensor_bytes - size.embedding_bytes - sum(layers)  # the output matrix and the last norm
    if not size.output_bytes:
        weights[-1] += size.embedding_bytes
    before = layers_before(fp.layer_plan)
    counts = [among(before, first, last) for first, last in ends]
    if padding:
        mixtures = [total(n, [int(kind.mixture) for kind in fp.kinds]) for n in counts]
        weights = [own + more for own, more in zip(weights, cut(padding, mixtures), strict=True)]
    each = layer_cache_bytes(fp, engine, context_tokens, users, options, tp, batched)
    caches = [sum([each[i] for i in kind.caches]) for kind in fp.kinds]
    each = layer_state_bytes(fp, engine, users, options)
    states = [sum([each[i] for i in kind.states]) for kind in fp.kinds]
    kvs = cut(kv, [total(n, caches) for n in counts])
    return list(zip(weights, kvs, cut(state, [total(n, states) for n in counts]), strict=True))


def stage_layers(layers: int, stages: int) -> list[tuple[int, int]]:
    """The layers of each stage, from the first to before the last.

    vLLM, distributed/utils.py, `get_pp_indices`: equal shares; what is left over goes one by one to the stages from the last
    but one backwards, because the last holds the output matrix too.
    """
    share, over = divmod(layers, stages)
    ends = [0]
    for stage in range(stages):
        ends.append(ends[-1] + share + (stages - 1 - over <= stage < stages - 1))
    return list(pairwise(ends))


def _compute(case: Case, placement: Placement, card: Device, *, output: bool) -> tuple[int, tuple[float, float]]:
    """Compute bytes of one rank and how far they may be off."""
    fp, engine, options = case.fp, case.engine, case.options
    habits = ENGINES[engine]
    if habits.budget == "static":
        if options.gpu_memory_utilization is not None:
            return int(card.usable_bytes * (1 - options.gpu_memory_utilization)), (1.0, 1.0)
        reserved = sglang_reserved_bytes(fp, card.gpu, placement.tensor_parallel, placement.pipeline_parallel)
        return reserved, (1.0, 1.0)
    step = batched_tokens(engine, card.gpu)
    if habits.budget == "fraction":
        # Our commands ask for as many sequences at once as there are users.
        return vllm_compute_bytes(fp, step, case.users, placement.tensor_parallel, output=output), VLLM_SPREAD
    if not habits.tensor_parallel:  # without chunks the whole prompt is one step
        step = case.context_tokens * case.users if engine == "transformers" else min(case.context_tokens, step)
    return torch_compute_bytes(fp, step, case.users, placement.tensor_parallel, output=output), TORCH_SPREAD
