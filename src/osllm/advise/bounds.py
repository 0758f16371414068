"""What can be said of a model without planning it: that it surely does not fit, or surely qualifies.

Both are decided from a few numbers of the index, so that ranking opens no more of the catalog than it must. Where neither is
sure, the model is planned. A test holds the pruned ranking to the exhaustive one over the whole catalog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.advise.formats import is_gguf

if TYPE_CHECKING:
    from osllm.advise.evaluate import Tools
    from osllm.catalog.index import IndexRow

# More than any one-card plan of a GGUF engine takes beside weights, cache and state: the largest vocabulary in use
# (262,144) costs 0.5 GiB of logits at 512 tokens, attention scratch and the context less than as much again.
BESIDE_BYTES: Final = 3 * 2**30
# A sliding window or a slot is padded to 256 tokens and extended by one step of at most 512.
PADDING_TOKENS: Final = 1024
# Slower than any accelerator of the calibration: a fifth of the bandwidth, and a millisecond per layer.
LEAST_EFFICIENCY: Final = 0.2
MOST_LAYER_S: Final = 0.001


def surely_too_large(row: IndexRow, tools: Tools) -> bool:
    """Whether even the smallest format that is proposed has more weights than all accelerators (or the RAM) hold."""
    request = tools.question.request
    if request.formats or row.floor_any_bytes is None:
        return False
    machine = request.machine
    if not machine.groups:
        return machine.ram_usable_bytes is not None and row.floor_any_bytes > machine.ram_usable_bytes
    room = machine.usable_bytes
    if tools.offload:
        room += machine.ram_usable_bytes or 0
    return row.floor_any_bytes > room


def surely_too_slow(row: IndexRow, tools: Tools) -> bool:
    """Whether a dense model that must leave weights in RAM waits for them longer than the speed asked for allows."""
    request = tools.question.request
    machine, bandwidth = request.machine, request.machine.ram_bandwidth_gbps
    if not tools.offload or request.formats or not request.min_tps or not machine.groups or bandwidth is None:
        return False
    if row.floor_any_bytes is None or row.floor_bytes is None or row.params_active != row.params_total:
        return False
    whole = row.floor_any_bytes > machine.usable_bytes
    return whole and (row.floor_any_bytes - machine.usable_bytes) / (bandwidth * 1e9) * request.min_tps > 1


def surely_qualifies(row: IndexRow, tools: Tools) -> bool:
    """Whether a plan on the roomiest card fits and is fast enough, with margins that no plan exceeds."""
    request = tools.question.request
    if request.formats or row.floor_bytes is None or not request.machine.groups or tools.question.modalities:
        return False
    if not any(is_gguf(engine) for engine in tools.engines):
        return False
    group = max(request.machine.groups, key=lambda g: g.usable_bytes)
    if group.gpu.bandwidth_gbps is None:
        return False
    tokens = (request.context_tokens + PADDING_TOKENS) * request.users
    moving = row.floor_bytes + row.cache_token_bytes * tokens + row.state_bytes * request.users
    if moving + BESIDE_BYTES > group.usable_bytes:
        return False
    seconds = moving / (group.gpu.bandwidth_gbps * 1e9 * LEAST_EFFICIENCY) + row.layers * MOST_LAYER_S
    return request.min_tps is None or request.min_tps * seconds <= 1
