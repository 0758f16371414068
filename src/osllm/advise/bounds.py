"""What can be said of a model without planning it: that it surely does not fit, or surely qualifies.

Both are decided from a few numbers of the index, so that ranking opens no more of the catalog than it must. Where neither is
sure, the model is planned. A test holds the pruned ranking to the exhaustive one over the whole catalog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.advise.formats import is_gguf
from osllm.catalog.index import FLOOR_BITS
from osllm.estimate.calibration import DECODE
from osllm.estimate.speed import Constants, kind_of

if TYPE_CHECKING:
    from osllm.advise.evaluate import Tools
    from osllm.catalog.index import IndexRow
    from osllm.domain.hardware import Gpu

# More than any one-card plan of a GGUF engine takes beside weights, cache and state: the largest vocabulary in use
# (262,144) costs 0.5 GiB of logits at 512 tokens, attention scratch and the context less than as much again.
BESIDE_BYTES: Final = 3 * 2**30
# A sliding window or a slot is padded to 256 tokens and extended by one step of at most 512.
PADDING_TOKENS: Final = 1024


def surely_too_large(row: IndexRow, tools: Tools) -> bool:
    """Whether even the smallest format that is proposed has more weights than all accelerators (or the RAM) hold.

    Where parts may be left in RAM, all weights of the smallest format that is wanted must find room in both together.
    """
    request = tools.question.request
    if request.formats or row.floor_any_bytes is None:
        return False
    machine = request.machine
    if not machine.groups:
        return machine.ram_usable_bytes is not None and row.floor_any_bytes > machine.ram_usable_bytes
    if row.floor_any_bytes <= machine.usable_bytes:
        return False
    if not tools.offload:
        return True
    least = row.floor_bytes if wants_floor(tools) else row.floor_any_bytes
    return least is not None and least > machine.usable_bytes + (machine.ram_usable_bytes or 0)


def wants_floor(tools: Tools) -> bool:
    """Whether RAM is only used for formats of at least the bits of `IndexRow.floor_bytes`."""
    return tools.question.use_case.min_bits >= FLOOR_BITS


def surely_too_slow(row: IndexRow, tools: Tools) -> bool:
    """Whether a dense model that must leave weights in RAM waits for them longer than the speed asked for allows.

    Every token reads all of them: from RAM what the accelerators cannot hold, and the rest at the fastest memory's rate.
    """
    request = tools.question.request
    machine, bandwidth = request.machine, request.machine.ram_bandwidth_gbps
    if not tools.offload or request.formats or not request.min_tps or not machine.groups or bandwidth is None:
        return False
    if row.floor_any_bytes is None or row.floor_read_bytes is None or row.params_active != row.params_total:
        return False
    room = machine.usable_bytes
    read = row.floor_read_bytes if wants_floor(tools) else row.floor_any_bytes
    if row.floor_any_bytes <= room or read <= room or not any(map(is_gguf, tools.engines)):
        return False
    from_ram = memory_rate(None, bandwidth)
    fastest = max(memory_rate(group.gpu, group.gpu.bandwidth_gbps or 0.0) for group in machine.groups)
    if not from_ram or not fastest:
        return False
    return ((read - room) / from_ram + room / max(from_ram, fastest)) * request.min_tps > 1


def memory_rate(gpu: Gpu | None, bandwidth_gbps: float) -> float:
    """Bytes per second at which the estimate lets a GGUF engine read weights from a card, or from RAM; 0 where unknown."""
    constants = DECODE.get(kind_of("llama.cpp", gpu))
    return 0.0 if constants is None else bandwidth_gbps * 1e9 * Constants._make(constants).efficiency


def surely_qualifies(row: IndexRow, tools: Tools) -> bool:
    """Whether the smallest format fits on the roomiest card and is fast enough, with margins that no plan exceeds."""
    request = tools.question.request
    if request.formats or row.least_bytes is None or not request.machine.groups or tools.question.modalities:
        return False
    if not any(map(is_gguf, tools.engines)):
        return False
    group = max(request.machine.groups, key=lambda g: g.usable_bytes)
    tokens = (request.context_tokens + PADDING_TOKENS) * request.users
    moving = row.least_bytes + row.cache_token_bytes * tokens + row.state_bytes * request.users
    if moving + BESIDE_BYTES > group.usable_bytes:
        return False
    if request.min_tps is None:
        return group.gpu.bandwidth_gbps is not None
    seconds = most_seconds(row, group.gpu, moving, request.users)
    return seconds is not None and request.min_tps * seconds <= 1


def most_seconds(row: IndexRow, gpu: Gpu, moving: int, users: int) -> float | None:
    """Seconds of a decode step that no plan on one card of `moving` bytes exceeds; None where that cannot be said.

    The terms of `estimate.speed.step_seconds`, each at its largest: every layer a recurrent mixture, all experts read, every
    byte at the dearest kind's price, states read and written.
    """
    constants = DECODE.get(kind_of("llama.cpp", gpu))
    if constants is None or not gpu.bandwidth_gbps or row.params_active is None:
        return None
    each = Constants._make(constants)
    dearest = max(1.0, each.cache_factor, each.expert_factor)
    read = moving * dearest + row.state_bytes * users
    seconds = each.step_s + row.layers * (each.layer_s + each.mixture_s + each.state_s)
    seconds += read / (gpu.bandwidth_gbps * 1e9 * each.efficiency)
    if gpu.fp16_tflops:
        unpack = max(each.plain_flops, each.unpack_flops) + 4.0 * (users - 1)
        seconds += row.params_active * unpack / (gpu.fp16_tflops * 1e12)
    return seconds
