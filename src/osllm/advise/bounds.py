"""What can be said of a model without planning it: that it surely does not fit, or surely qualifies.

Both are decided from a few numbers of the index, so that ranking opens no more of the catalog than it must. Where neither is
sure, the model is planned. A test holds the pruned ranking to the exhaustive one over the whole catalog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.advise.formats import is_gguf
from osllm.catalog.index import FLOOR_BITS
from osllm.estimate.calibration import DECODE
from osllm.estimate.speed import Constants, kind_of, step_seconds
from osllm.estimate.work import Work
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.advise.evaluate import Tools
    from osllm.catalog.index import IndexRow
    from osllm.domain.hardware import Gpu

# More than any one-card plan of a GGUF engine takes beside weights, cache and state: the largest vocabulary in use
# (262,144) costs 0.5 GiB of logits at 512 tokens, attention scratch and the context less than as much again.
BESIDE_BYTES: Final = 3 * 2**30
# A sliding window or a slot is padded to 256 tokens and extended by one step of at most 512.
PADDING_TOKENS: Final = 1024
WHOLE_BITS: Final = 16.0  # per weight, with nothing to unpack


class Limits(NamedTuple):
    """What the bounds read of a request: the same for every model."""

    cards: bool  # whether there are accelerators
    room: int | None  # bytes that all of them hold, or the RAM where there are none; None: not known
    room_with_ram: int  # where parts may be left in RAM, both together
    one_card: int  # bytes of the roomiest
    offload: bool
    gguf: bool  # whether an engine in question takes GGUF files
    floor: bool  # RAM is only used for formats of at least the bits of `IndexRow.floor_bytes`
    ram_rate: float  # bytes per second at which weights are read from RAM; 0 where unknown
    best_rate: float  # from the fastest memory
    card: tuple[Constants, float, float | None] | None  # decode constants of the roomiest card, its bytes/s and FLOPs
    min_tps: float | None
    tokens: int  # in all caches together, padded
    users: int


def limits_of(tools: Tools) -> Limits | None:
    """The limits of a request; None where it names formats, for which the index has no bounds."""
    request = tools.question.request
    if request.formats:
        return None
    machine, groups = request.machine, request.machine.groups
    ram = machine.ram_usable_bytes
    ram_rate = memory_rate(None, machine.ram_bandwidth_gbps or 0.0)
    rates = [memory_rate(group.gpu, group.gpu.bandwidth_gbps or 0.0) for group in groups]
    roomiest = max(groups, key=lambda group: group.usable_bytes, default=None)
    return Limits(
        cards=bool(groups),
        room=machine.usable_bytes if groups else ram,
        room_with_ram=machine.usable_bytes + (ram or 0),
        one_card=0 if roomiest is None else roomiest.usable_bytes,
        offload=tools.offload,
        gguf=any(map(is_gguf, tools.engines)),
        floor=tools.question.use_case.min_bits >= FLOOR_BITS,
        ram_rate=ram_rate,
        best_rate=max(ram_rate, *rates) if all(rates) and rates else 0.0,
        # Towers are not in the index, so of models that must take images too little is known.
        card=None if roomiest is None or tools.question.modalities else card_of(roomiest.gpu),
        min_tps=request.min_tps,
        tokens=(request.context_tokens + PADDING_TOKENS) * request.users,
        users=request.users,
    )


def memory_rate(gpu: Gpu | None, bandwidth_gbps: float) -> float:
    """Bytes per second at which the estimate lets a GGUF engine read weights from a card, or from RAM; 0 where unknown."""
    constants = DECODE.get(kind_of("llama.cpp", gpu))
    return 0.0 if constants is None else bandwidth_gbps * 1e9 * Constants._make(constants).efficiency


def card_of(gpu: Gpu) -> tuple[Constants, float, float | None] | None:
    """What the speed on a card is worked out from; None where something is not known."""
    constants = DECODE.get(kind_of("llama.cpp", gpu))
    if constants is None or not gpu.bandwidth_gbps:
        return None
    return Constants._make(constants), gpu.bandwidth_gbps * 1e9, gpu.fp16_tflops and gpu.fp16_tflops * 1e12


def surely_too_large(row: IndexRow, limits: Limits) -> bool:
    """Whether even the smallest format that is proposed has more weights than all accelerators (or the RAM) hold.

    Where parts may be left in RAM, all weights of the smallest format that is wanted must find room in both together.
    """
    if row.floor_any_bytes is None or limits.room is None or row.floor_any_bytes <= limits.room:
        return False
    if not limits.offload or not limits.cards:
        return True
    least = row.floor_bytes if limits.floor else row.floor_any_bytes
    return least is not None and least > limits.room_with_ram


def surely_too_slow(row: IndexRow, limits: Limits) -> bool:
    """Whether a dense model that must leave weights in RAM waits for them longer than the speed asked for allows.

    Every token reads all of them: from RAM what the accelerators cannot hold, and the rest at the fastest memory's rate.
    """
    room = limits.room
    if not (limits.offload and limits.gguf and limits.min_tps and limits.ram_rate and limits.best_rate and room):
        return False
    if row.floor_any_bytes is None or row.floor_read_bytes is None or row.params_active != row.params_total:
        return False
    read = row.floor_read_bytes if limits.floor else row.floor_any_bytes
    if row.floor_any_bytes <= room or read <= room:
        return False
    return ((read - room) / limits.ram_rate + room / limits.best_rate) * limits.min_tps > 1


def surely_qualifies(row: IndexRow, limits: Limits) -> bool:
    """Whether the smallest format fits on the roomiest card and is fast enough, with margins that no plan exceeds."""
    if row.least_bytes is None or limits.card is None or not limits.gguf:
        return False
    moving = row.least_bytes + row.cache_token_bytes * limits.tokens + row.state_bytes * limits.users
    if moving + BESIDE_BYTES > limits.one_card:
        return False
    if limits.min_tps is None:
        return True
    seconds = most_seconds(row, moving, limits.card, limits.users)
    return seconds is not None and limits.min_tps * seconds <= 1


def most_seconds(row: IndexRow, moving: int, card: tuple[Constants, float, float | None], users: int) -> float | None:
    """Seconds of a decode step that no plan of `moving` bytes on a card exceeds; None where that cannot be said.

    The estimate's own step with every term at its largest: every layer a recurrent mixture, all experts read, every byte at
    the dearest kind's price, states read and written, the fewest bits or none to unpack, whichever costs more.
    """
    each, bandwidth, flops = card
    if row.params_active is None or not row.params_total or not row.least_bytes:
        return None
    dearest = max(1.0, each.cache_factor)
    layers, state = row.layers, row.state_bytes * users
    work = Work(layers, layers, layers, moving * dearest, 0.0, state, row.params_active)
    fewest = min(WHOLE_BITS, row.least_bytes * 8 / row.params_total)
    return each.step_s + max(step_seconds(each, work, bandwidth, flops, users, bits) for bits in (fewest, WHOLE_BITS))
