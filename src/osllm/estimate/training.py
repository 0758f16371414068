"""Training low-rank adapters (LoRA) on a model: memory of a step, and tokens trained per second. Bytes and seconds.

What is counted is `trl sft` as it is printed here: adapters on the linear layers of a frozen model, AdamW, every layer
recomputed in the backward pass (gradient checkpointing), the loss taken in tiles of the vocabulary
(trl/trainer/sft_trainer.py of 1.16). Over 16-bit weights the adapters are in 32 bits, over 4-bit ones (QLoRA) in 16. At the
peak of a step stand

    weights + adapters and AdamW's two moments
    + tokens * (layers * hidden * 2                  the input of each layer, kept for the backward pass
                + rows of one layer)                 what its recomputed operations keep, and the gradient on its way

or, behind the last layer, the adapters' gradients instead of the inputs. See `adapters` for where the rows come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.estimate.case import Need, cut, device_memory, devices_of, total_memory
from osllm.estimate.runtime import overhead
from osllm.estimate.sharded import stage_layers, stages

if TYPE_CHECKING:
    from osllm.domain.plan import Memory, Placement
    from osllm.estimate.case import Case
    from osllm.estimate.footprint import Footprint

PLAIN_BITS: Final = 15.0  # more than this many bits per weight: not packed
# Bytes of an adapter parameter with AdamW's two moments, and of its gradient.
PLAIN_RESTING, PLAIN_GRADIENT = 4 + 8, 4
PACKED_RESTING, PACKED_GRADIENT = 2 + 4, 2
# Traced peaks of 14 dense shapes lie within 7 % of the rows, mixtures' within 25 % of a part that is a tenth of their bill;
# kernels that are chosen at run time may need workspaces.
SPREAD: Final = (0.9, 1.15)
# bitsandbytes keeps a 32-bit scale for 64 weights; quantized again (`--use_bnb_nested_quant`) it is 8 bits, and 32 for every
# 256 scales (QLoRA, arXiv 2305.14314, section 3).
NESTED: Final = ("NF4",)
NF4_BLOCK_BYTES: Final = 32 + 4
NESTED_SAVING_BYTES: Final = 4 - 1 - 4 / 256
# A trained token is read three times: forward, again when its layer is recomputed, and for the gradient of the layer's input
# (frozen weights have none of their own).
PASSES: Final = 3
# Of the speed at which a prompt is read: near the middle of the five settings with recomputation of our H100, all within 12 %
# (tests/data/memory/lora_h100.csv); adapters, their gradients and unpacking cost the rest.
SHARE_OF_PROMPT: Final = 0.64
SPEED_RANGE: Final = (0.6, 1.5)  # only one card was measured


def is_packed(fp: Footprint, fmt: str) -> bool:
    """Whether a format holds the frozen weights in few bits."""
    return fp.bits_per_weight(fmt) < PLAIN_BITS


def adapter_params(fp: Footprint, rank: int) -> int:
    """Trained parameters: for each adapted matrix, `rank` times its inputs and outputs."""
    return rank * fp.training.adapter_width


def trained(case: Case, placement: Placement) -> Memory:
    """What one step of `context_tokens` * `users` tokens needs on each device; several share the layers out in stages."""
    cards = devices_of(case.machine)[: placement.gpus]
    weights = [stage[0] for stage in stages(case, placement, cards[0].gpu if cards else None)]
    layers = [last - first for first, last in stage_layers(case.fp.layers, len(weights))]
    saved = cut(nested_saving_bytes(case), layers)
    resting = cut(_resting_bytes(case), layers)
    own = [device[::2] for device in cards] or [("cpu", case.machine.ram_usable_bytes or 0)]
    context = overhead(case.engine, case.machine.platform, 1)
    devices, needs = [], []
    for index, (name, room) in enumerate(own):
        compute = resting[index] + _peak_bytes(case, layers[index])
        need = Need(weights[index] - saved[index], 0, 0, compute, SPREAD, context)
        devices.append(device_memory(name, need, room))
        needs.append(need)
    return total_memory(devices, needs)


def bill(case: Case, memory: Memory) -> list[tuple[str, int, str]]:
    """What is counted as compute, line by line: name, bytes, formula."""
    fp, packed = case.fp, is_packed(case.fp, case.fmt)
    resting, tokens = _resting_bytes(case), case.context_tokens * case.users
    each = PACKED_RESTING if packed else PLAIN_RESTING
    rows = fp.training.rows_packed if packed else fp.training.rows_plain
    states = f"{adapter_params(fp, case.options.adapter_rank or 0):,} parameters * {each} B, with AdamW's two moments"
    told = f"{tokens:,} tokens * ({fp.layers} layers * {fp.hidden_size} * 2 B + {rows:,} B of the layer that is recomputed)"
    if packed:
        told += f" + {fp.training.widest_matrix:,} unpacked weights * 2 B"
    if len(memory.per_device) > 1:
        told += ", of each device its own layers"
    return [("adapters", resting, states), ("activations", memory.compute_bytes - resting, told)]


def nested_saving_bytes(case: Case) -> int:
    """What quantizing the scales of 4-bit weights saves; all matrices of the layers are held so."""
    if case.fmt not in NESTED:
        return 0
    return int(sum(case.fp.sizes[case.fmt].kind_bytes) / NF4_BLOCK_BYTES * NESTED_SAVING_BYTES)


def _resting_bytes(case: Case) -> int:
    each = PACKED_RESTING if is_packed(case.fp, case.fmt) else PLAIN_RESTING
    return adapter_params(case.fp, case.options.adapter_rank or 0) * each


def _peak_bytes(case: Case, layers: int) -> int:
    """Activations of a step on a device that holds so many layers, or its adapters' gradients where these are more."""
    fp, packed = case.fp, is_packed(case.fp, case.fmt)
    tokens = case.context_tokens * case.users
    facts = fp.training
    rows = tokens * (facts.rows_packed if packed else facts.rows_plain)
    gradients = adapter_params(fp, case.options.adapter_rank or 0) * (PACKED_GRADIENT if packed else PLAIN_GRADIENT)
    inputs = tokens * layers * fp.hidden_size * 2
    return rows + max(inputs, gradients * layers // fp.layers) + (facts.widest_matrix * 2 if packed else 0)


def trained_tps(prompt_tps: float) -> float:
    """Tokens trained per second, from the speed at which a prompt of as many tokens as a step has is read."""
    return prompt_tps / PASSES * SHARE_OF_PROMPT
