"""What can be said of a model without planning it: that it surely does not fit, or surely qualifies.

Both are decided from a few numbers of the index, so that ranking opens no more of the catalog than it must. Where neither is
sure, the model is planned. A test holds the pruned ranking to the exhaustive one over the whole catalog.
"""

from __future__ import annotations

from math import inf, sqrt
from typing import TYPE_CHECKING, Final

from osllm.advise.formats import is_gguf
from osllm.advise.pace import device_of, only_gguf, slowest_of
from osllm.catalog.index import FLOOR_BITS
from osllm.domain.plan import EngineOptions
from osllm.estimate.kvcache import BYTES_PER_32
from osllm.estimate.runtime import overhead
from osllm.estimate.speed import STAGE_S, UNPACK_BITS, step_seconds
from osllm.estimate.work import Work, weight_read_bytes
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.advise.evaluate import Tools
    from osllm.advise.pace import Device
    from osllm.catalog.index import IndexRow
    from osllm.estimate.footprint import Footprint
    from osllm.estimate.speed import Constants

# A sliding window or a slot is padded to 256 tokens and extended by one step of at most 512.
PADDING_TOKENS: Final = 1024
MOST_QUANTIZED_BITS: Final = 15.0  # above it `step_seconds` takes a format for one that needs no unpacking
# Bounds are widened by this: sums of the same parts in another order differ in the last digits.
SURELY: Final = 1 + 1e-6


class Limits(NamedTuple):
    """What the bounds read of a request: the same for every model."""

    cards: int  # how many accelerators there are
    room: int | None  # bytes that all of them hold, or the RAM where there are none; None: not known
    room_with_ram: int  # where parts may be left in RAM, both together
    one_device: int  # bytes of the roomiest card, or of the RAM where there are none
    offload: bool
    gguf: bool  # whether an engine in question takes GGUF files
    only_gguf: bool  # whether all of them do, so that llama.cpp's bill is the least there can be
    floor: bool  # RAM is only used for formats of at least the bits of `IndexRow.floor_bytes`
    ram: Device | None  # the CPU, where parts may be left in RAM, in the format of `IndexRow.wanted_bytes`
    device: Device | None  # the roomiest card, or the CPU
    pace: Constants | None  # see `pace_of`
    slowest: Device | None  # where parts may be left in RAM, the reverse over the accelerators and the CPU
    passing_s: float  # seconds between the devices of a plan
    min_tps: float | None
    context: int  # tokens of one sequence
    tokens: int  # in all caches together, padded
    cache_share: float  # of a 16-bit cache's bytes
    users: int
    apart: bool  # whether a table of embeddings may be in other memory than the layers
    process: int  # bytes of one process on one device before any tensor
    beside: int  # bytes of that and of the attention mask
    towers: bool  # whether vision and audio towers are loaded


def limits_of(tools: Tools) -> Limits | None:
    """The limits of a request; None where it names formats, for which the index has no bounds, or no engine runs at all."""
    request = tools.question.request
    if request.formats or not tools.engines:
        return None
    machine, groups = request.machine, request.machine.groups
    ram = machine.ram_usable_bytes
    roomiest = max(groups, key=lambda group: group.usable_bytes, default=None)
    context = request.context_tokens + PADDING_TOKENS
    process = overhead("llama.cpp", machine.platform, 1).mid
    spread = tools.offload and tools.question.use_case.min_bits == FLOOR_BITS
    return Limits(
        cards=machine.gpu_count,
        room=machine.usable_bytes if groups else ram,
        room_with_ram=machine.usable_bytes + (ram or 0),
        one_device=(ram or 0) if roomiest is None else roomiest.usable_bytes,
        offload=tools.offload,
        gguf=any(map(is_gguf, tools.engines)),
        only_gguf=only_gguf(tools.engines),
        floor=tools.question.use_case.min_bits >= FLOOR_BITS,
        ram=device_of(machine, None) if spread else None,
        device=device_of(machine, None if roomiest is None else roomiest.gpu),
        pace=tools.pace,
        slowest=slowest_of(machine, tools.engines) if spread else None,
        passing_s=machine.gpu_count * STAGE_S,
        min_tps=request.min_tps,
        context=request.context_tokens,
        tokens=context * request.users,
        cache_share=BYTES_PER_32[request.kv_cache or EngineOptions().kv_cache] / BYTES_PER_32["f16"],
        users=request.users,
        apart=bool(groups) and not machine.unified,
        process=process,
        # A mask of 16 bits for each token of a batch and each of the context (`estimate.runtime.llama_compute_bytes`).
        beside=process + 2 * EngineOptions().ubatch * context,
        towers=bool(tools.question.modalities),
    )


def surely_out(row: IndexRow, limits: Limits) -> str | None:
    """The rule that keeps a model out whatever its plan; None where that is not sure."""
    if surely_too_large(row, limits):
        return "MEM101"
    return "SPD101" if surely_too_slow(row, limits) or surely_whole_and_slow(row, limits) else None


def surely_too_large(row: IndexRow, limits: Limits) -> bool:
    """Whether even the smallest format that is proposed needs more than all accelerators (or the RAM) hold.

    Where parts may be left in RAM, the smallest format that is wanted must find room in both together.
    """
    whole = row.floor_any_bytes if limits.apart or not limits.only_gguf else row.least_bytes
    if row.floor_any_bytes is None or whole is None or limits.room is None:
        return False
    beside = least_beside(row, limits)
    if whole + beside <= limits.room:
        return False
    if not limits.offload or not limits.cards:
        return True
    least = row.floor_bytes if limits.floor else row.floor_any_bytes
    return least is not None and least + beside > limits.room_with_ram


def least_beside(row: IndexRow, limits: Limits) -> float:
    """The least that any plan in llama.cpp needs beside the weights; 0 where another engine may need less.

    A cell for every token that a layer keeps, the states, one process, and half of the compute buffer, which on a card has one
    hidden row less for each of a full batch (`estimate.runtime.llama_compute_bytes`).
    """
    if not limits.only_gguf:
        return 0
    working = row.working_bytes / 2 if limits.context >= EngineOptions().ubatch else 0
    return least_cache_bytes(row, limits, limits.context) + row.state_bytes * limits.users + limits.process + working


def least_cache_bytes(row: IndexRow, limits: Limits, tokens: float) -> float:
    """The least that caches of so many tokens of each sequence take: windows as short as the shortest of the model's."""
    windowed = (row.cache_token_bytes - row.whole_token_bytes) * min(tokens, row.window_tokens)
    return (row.whole_token_bytes * tokens + windowed) * limits.users * limits.cache_share


def surely_too_slow(row: IndexRow, limits: Limits) -> bool:
    """Whether a dense model that must leave weights in RAM waits for them longer than the speed asked for allows.

    Every token reads and unpacks all of them: from RAM what the accelerators cannot hold, the rest wherever it is faster, as
    the caches.
    """
    room, pace, ram = limits.room, limits.pace, limits.ram
    if not (limits.min_tps and room and pace and ram) or row.params_active != row.params_total:
        return False
    if row.floor_any_bytes is None:
        return False
    # With parts in RAM it must fit, though on each card the next layer, which is like the others, may find no room.
    most = _most_with_ram(row, limits)
    wasted = 2 * most / row.layers + row.working_bytes + limits.beside
    if most + limits.cards * wasted > limits.room_with_ram:
        return False
    read, bits, held = row.wanted_read_bytes, row.wanted_bits, room - limits.process
    if row.floor_any_bytes + least_beside(row, limits) <= room or read <= held:
        return False
    cache = least_cache_bytes(row, limits, limits.context / 2)
    left = Work(0, 0, 0, read - held, 0.0, 0.0, row.params_used * (read - held) / read)
    seconds = step_seconds(ram.constants, left, ram.bandwidth, ram.flops, 1, bits)
    for part in (
        Work(0, 0, 0, held, 0.0, 0.0, row.params_used * held / read),
        Work(0, 0, 0, 0.0, cache, 0.0, 0.0),
    ):
        from_ram = step_seconds(ram.constants, part, ram.bandwidth, ram.flops, 1, bits)
        seconds += min(from_ram, step_seconds(pace, part, 1.0, 1.0, 1, bits))
    return seconds * limits.min_tps > SURELY


def _most_with_ram(row: IndexRow, limits: Limits) -> float:
    """What no bill of the smallest wanted format exceeds with all of it in RAM; infinite where that is not known."""
    if row.wanted_bytes is None or limits.towers:
        return inf
    return row.wanted_bytes + row.working_bytes + moving_bytes(row, limits) + limits.beside


def surely_fits(row: IndexRow, limits: Limits) -> bool:
    """Whether the smallest format has room on the roomiest card (in RAM where there are none), by the largest bill of it."""
    return limits.gguf and row.least_bytes is not None and most_bytes(row, limits) <= limits.one_device


def most_bytes(row: IndexRow, limits: Limits) -> int:
    """What no bill of a model in its smallest format exceeds, all of it on one device."""
    need = (row.least_bytes or 0) + row.working_bytes + moving_bytes(row, limits) + limits.beside
    return need + row.tower_bytes if limits.towers else need


def moving_bytes(row: IndexRow, limits: Limits) -> int:
    """The most that caches and states take beside the weights."""
    return row.cache_token_bytes * limits.tokens + row.state_bytes * limits.users


def surely_whole_and_slow(row: IndexRow, limits: Limits) -> bool:
    """Whether the smallest format fits on one device, so that nothing is left in RAM, and no format is fast enough."""
    if limits.min_tps is None or not surely_fits(row, limits):
        return False
    fastest = most_tps_of(row, limits)
    return fastest is not None and fastest < limits.min_tps


def least_seconds(row: IndexRow, limits: Limits, pace: Constants) -> float:
    """Seconds of a decode step that no quantized format of a model goes below, reading states left out.

    The more bits the more to read and the less to unpack: a / bits + b * bits is least at sqrt(a / b) bits.
    """
    each = row.read_bytes_per_bit / pace.efficiency
    best = sqrt(row.params_used * pace.unpack_flops * UNPACK_BITS / each) if each else MOST_QUANTIZED_BITS
    bits = min(MOST_QUANTIZED_BITS, max(row.least_bits, best))
    cache = least_cache_bytes(row, limits, limits.context / 2)
    weights, layers = row.read_bytes_per_bit * bits, (row.parts / 2, row.mixture_layers, row.state_layers)
    work = Work(*layers, weights, cache, 0.0, row.params_used)
    return pace.step_s + step_seconds(pace, work, 1.0, 1.0, limits.users, bits)


def most_tps(fp: Footprint, fmt: str, pace: Constants, cache_bytes: float, users: int) -> float:
    """Tokens per second that no plan of a model in a format exceeds, all of it on the accelerators (or the CPU).

    `cache_bytes` are those that all users read in one step (`estimate.work.cache_read_bytes`).
    """
    plain, experts = weight_read_bytes(fp, fmt, users)
    work = Work(fp.parts / 2, fp.moe_layers, 0, plain + experts, cache_bytes, 0.0, fp.params_active)
    seconds = pace.step_s + step_seconds(pace, work, 1.0, 1.0, users, fp.bits_per_weight(fmt))
    return SURELY / seconds


def most_tps_of(row: IndexRow, limits: Limits) -> float | None:
    """Tokens per second that no plan of a model exceeds; None where that is not known, or parts may run from RAM."""
    if limits.pace is None or row.least_bytes is None or (limits.offload and not surely_fits(row, limits)):
        return None
    return SURELY / least_seconds(row, limits, limits.pace)


def surely_qualifies(row: IndexRow, limits: Limits) -> bool:
    """Whether the smallest format fits on the roomiest card, or in RAM without one, and is fast enough there.

    Where parts may be left in RAM: whether RAM alone would hold all of the smallest wanted format, and both this one and the
    smallest of all, should it fit whole, are fast enough even if every device were as slow as the slowest.
    """
    if limits.device is not None and surely_fits(row, limits):
        return _fast_enough(limits, _most_seconds_of_least(row, limits, limits.device))
    if limits.slowest is None or _most_with_ram(row, limits) > limits.room_with_ram - (limits.room or 0):
        return False
    read = min(row.wanted_bytes or 0, limits.users * row.wanted_read_bytes)
    seconds = most_seconds(row, limits, limits.slowest, read, row.wanted_bits)
    return _fast_enough(limits, max(seconds, _most_seconds_of_least(row, limits, limits.slowest)) + limits.passing_s)


def _fast_enough(limits: Limits, seconds: float) -> bool:
    return limits.min_tps is None or limits.min_tps * seconds * SURELY <= 1


def _most_seconds_of_least(row: IndexRow, limits: Limits, device: Device) -> float:
    read = min(row.least_bytes or 0, limits.users * row.least_read_bytes)
    return most_seconds(row, limits, device, read, row.least_bits)


def most_seconds(row: IndexRow, limits: Limits, device: Device, read: int, bits: float) -> float:
    """Seconds of a decode step of a format of so many bits per weight that no plan on a device exceeds.

    The estimate's own step with every term at its largest: each sequence with experts of its own (`read` bytes of weights),
    no layer with a window, all of a state read and written.
    """
    each, bandwidth, flops = device
    cache = row.cache_token_bytes * limits.cache_share * limits.users * limits.context / 2
    state = 2 * row.state_bytes * limits.users
    work = Work(row.parts / 2, row.mixture_layers, row.state_layers, read, cache, state, row.params_used)
    return each.step_s + step_seconds(each, work, bandwidth, flops, limits.users, bits)
