"""What can be said of a model without planning it: that it surely does not fit, or surely qualifies.

Both are decided from a few numbers of the index, so that ranking opens no more of the catalog than it must. Where neither is
sure, the model is planned. A test holds the pruned ranking to the exhaustive one over the whole catalog.
"""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Final

from osllm.advise.formats import is_gguf
from osllm.catalog.index import FLOOR_BITS
from osllm.domain.plan import EngineOptions
from osllm.estimate.calibration import DECODE
from osllm.estimate.runtime import overhead
from osllm.estimate.speed import (
    CORE_FLOPS,
    DEFAULT_CORES,
    STAGE_S,
    UNPACK_BITS,
    Constants,
    cpu_constants,
    kind_of,
    step_seconds,
)
from osllm.estimate.work import Work, cache_read_bytes, weight_read_bytes
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osllm.advise.evaluate import Tools
    from osllm.catalog.index import IndexRow
    from osllm.domain.hardware import Gpu, Machine
    from osllm.estimate.footprint import Footprint

# A sliding window or a slot is padded to 256 tokens and extended by one step of at most 512.
PADDING_TOKENS: Final = 1024
MOST_QUANTIZED_BITS: Final = 15.0  # above it `step_seconds` takes a format for one that needs no unpacking
# Bounds are widened by this: sums of the same parts in another order differ in the last digits.
SURELY: Final = 1 + 1e-6


class Device(NamedTuple):
    """What the speed on one accelerator, or on the CPU, is worked out from."""

    constants: Constants
    bandwidth: float  # bytes per second
    flops: float | None  # 1/s


class Limits(NamedTuple):
    """What the bounds read of a request: the same for every model."""

    cards: bool  # whether there are accelerators
    room: int | None  # bytes that all of them hold, or the RAM where there are none; None: not known
    room_with_ram: int  # where parts may be left in RAM, both together
    one_device: int  # bytes of the roomiest card, or of the RAM where there are none
    offload: bool
    gguf: bool  # whether an engine in question takes GGUF files
    floor: bool  # RAM is only used for formats of at least the bits of `IndexRow.floor_bytes`
    ram: Device | None  # the CPU, where parts may be left in RAM, in the format of `IndexRow.wanted_bytes`
    device: Device | None  # the roomiest card, or the CPU
    pace: Constants | None  # see `pace_of`
    slowest: Device | None  # where parts may be left in RAM, the reverse over the accelerators and the CPU
    passing_s: float  # seconds between the devices of a plan
    min_tps: float | None
    tokens: int  # in all caches together, padded
    users: int
    beside: int  # bytes of a context and of the attention mask
    towers: bool  # whether vision and audio towers are loaded


def limits_of(tools: Tools) -> Limits | None:
    """The limits of a request; None where it names formats, for which the index has no bounds."""
    request = tools.question.request
    if request.formats:
        return None
    machine, groups = request.machine, request.machine.groups
    ram = machine.ram_usable_bytes
    roomiest = max(groups, key=lambda group: group.usable_bytes, default=None)
    context = request.context_tokens + PADDING_TOKENS
    spread = tools.offload and tools.question.use_case.min_bits == FLOOR_BITS
    return Limits(
        cards=bool(groups),
        room=machine.usable_bytes if groups else ram,
        room_with_ram=machine.usable_bytes + (ram or 0),
        one_device=(ram or 0) if roomiest is None else roomiest.usable_bytes,
        offload=tools.offload,
        gguf=any(map(is_gguf, tools.engines)),
        floor=tools.question.use_case.min_bits >= FLOOR_BITS,
        ram=device_of(machine, None) if spread else None,
        device=device_of(machine, None if roomiest is None else roomiest.gpu),
        pace=tools.pace,
        slowest=slowest_of(tools) if spread else None,
        passing_s=machine.gpu_count * STAGE_S,
        min_tps=request.min_tps,
        tokens=context * request.users,
        users=request.users,
        # A mask of 16 bits for each token of a batch and each of the context (`estimate.runtime.llama_compute_bytes`).
        beside=overhead("llama.cpp", machine.platform, 1).mid + 2 * EngineOptions().ubatch * context,
        towers=bool(tools.question.modalities),
    )


def device_of(machine: Machine, gpu: Gpu | None) -> Device | None:
    """What the speed on a card, or on the CPU (None), is worked out from; None where something is not known."""
    known = DECODE.get(kind_of("llama.cpp", gpu))
    gbps = machine.ram_bandwidth_gbps if gpu is None else gpu.bandwidth_gbps
    if known is None or not gbps:
        return None
    constants = Constants._make(known)
    if gpu is not None:
        return Device(constants, gbps * 1e9, gpu.fp16_tflops and gpu.fp16_tflops * 1e12)
    cores = machine.cpu_cores or DEFAULT_CORES
    return Device(cpu_constants(constants, cores), gbps * 1e9, cores * CORE_FLOPS)


def pace_of(machine: Machine, engines: Sequence[str]) -> Constants | None:
    """The constants of a device that does each kind of work as fast as the best of the machine's does it.

    For a bandwidth and FLOPs of 1: its efficiency is in bytes/s, its prices in seconds. As a step's time is a sum over its
    parts, `step_seconds` then goes below that of any split over the accelerators (the CPU, where there are none). None where
    a device's speed is not known or an engine is not of llama.cpp's family.
    """
    devices = [device_of(machine, group.gpu) for group in machine.groups] or [device_of(machine, None)]
    paces = _alike(devices, engines)
    if not paces:
        return None
    fastest = max(pace.efficiency for pace in paces)
    return Constants._make(map(min, zip(*paces, strict=True)))._replace(efficiency=fastest)


def slowest_of(tools: Tools) -> Device | None:
    """The reverse: a device that does each kind of work as slowly as the worst of the accelerators and the CPU does it."""
    machine = tools.question.request.machine
    devices = [device_of(machine, gpu) for gpu in (None, *(group.gpu for group in machine.groups))]
    paces = _alike(devices, tools.engines)
    if not paces:
        return None
    slowest = min(pace.efficiency for pace in paces)
    worst = Constants._make(map(max, zip(*paces, strict=True)))._replace(efficiency=slowest)
    # Each device has further sequences to look after, whatever part of the layers it holds.
    return Device(worst._replace(sequence_s=worst.sequence_s * (1 + machine.gpu_count)), 1.0, 1.0)


def _alike(devices: Sequence[Device | None], engines: Sequence[str]) -> list[Constants]:
    """The constants of devices as for a bandwidth and FLOPs of 1; none where they do not hold or not all are known."""
    if not engines or not all(map(is_gguf, engines)):
        return []
    alike = []
    for device in devices:
        if device is None:
            return []
        each, bandwidth, flops = device
        second = 1 / flops if flops else 0.0
        alike.append(
            each._replace(
                efficiency=bandwidth * each.efficiency,
                unpack_flops=each.unpack_flops * second,
                plain_flops=each.plain_flops * second,
                batch_flops=each.batch_flops * second,
            )
        )
    return alike


def surely_out(row: IndexRow, limits: Limits) -> str | None:
    """The rule that keeps a model out whatever its plan; None where that is not sure."""
    if surely_too_large(row, limits):
        return "MEM101"
    return "SPD101" if surely_too_slow(row, limits) or surely_whole_and_slow(row, limits) else None


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

    Every token reads and unpacks all of them: from RAM what the accelerators cannot hold, the rest wherever it is faster.
    """
    room, pace, ram = limits.room, limits.pace, limits.ram
    if not (limits.min_tps and room and pace and ram):
        return False
    if row.floor_any_bytes is None or row.wanted_bytes is None or row.params_active != row.params_total:
        return False
    read, bits = row.wanted_read_bytes, row.wanted_bits
    if row.floor_any_bytes <= room or read <= room:
        return False
    left, held = (Work(0, 0, 0, part, 0.0, 0.0, row.params_used * part / read) for part in (read - room, room))
    from_ram, anywhere = (step_seconds(ram.constants, work, ram.bandwidth, ram.flops, 1, bits) for work in (left, held))
    return (from_ram + min(anywhere, step_seconds(pace, held, 1.0, 1.0, 1, bits))) * limits.min_tps > SURELY


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


def least_seconds(row: IndexRow, pace: Constants, users: int) -> float:
    """Seconds of a decode step that no quantized format of a model goes below, caches and states left out.

    The more bits the more to read and the less to unpack: a / bits + b * bits is least at sqrt(a / b) bits.
    """
    each = row.read_bytes_per_bit / pace.efficiency
    best = sqrt(row.params_used * pace.unpack_flops * UNPACK_BITS / each) if each else MOST_QUANTIZED_BITS
    bits = min(MOST_QUANTIZED_BITS, max(row.least_bits, best))
    work = Work(row.parts / 2, 0, 0, row.read_bytes_per_bit * bits, 0.0, 0.0, row.params_used)
    return pace.step_s + step_seconds(pace, work, 1.0, 1.0, users, bits)


def most_tps(
    fp: Footprint, fmt: str, pace: Constants, context_tokens: int, users: int, options: EngineOptions
) -> float:
    """Tokens per second that no plan of a model in a format exceeds, all of it on the accelerators (or the CPU)."""
    plain, experts = weight_read_bytes(fp, fmt, users)
    cache = users * cache_read_bytes(fp, context_tokens, options)
    work = Work(fp.parts / 2, fp.moe_layers, 0, plain + experts, cache, 0.0, fp.params_active)
    seconds = pace.step_s + step_seconds(pace, work, 1.0, 1.0, users, fp.bits_per_weight(fmt))
    return SURELY / seconds


def most_tps_of(row: IndexRow, limits: Limits) -> float | None:
    """Tokens per second that no plan of a model exceeds; None where that is not known, or parts may run from RAM."""
    if limits.pace is None or row.least_bytes is None or (limits.offload and not surely_fits(row, limits)):
        return None
    return SURELY / least_seconds(row, limits.pace, limits.users)


def surely_qualifies(row: IndexRow, limits: Limits) -> bool:
    """Whether the smallest format fits on the roomiest card, or in RAM without one, and is fast enough there.

    Where parts may be left in RAM: whether RAM alone would hold all of the smallest wanted format, and both this one and the
    smallest of all, should it fit whole, are fast enough even if every device were as slow as the slowest.
    """
    if limits.device is not None and surely_fits(row, limits):
        return _fast_enough(limits, _most_seconds_of_least(row, limits, limits.device))
    if limits.slowest is None or row.wanted_bytes is None or limits.towers:
        return False
    moving = moving_bytes(row, limits)
    if row.wanted_bytes + row.working_bytes + moving + limits.beside > limits.room_with_ram - (limits.room or 0):
        return False
    read = min(row.wanted_bytes, limits.users * row.wanted_read_bytes) + moving
    seconds = most_seconds(row, limits.slowest, read, row.wanted_bits, limits.users)
    return _fast_enough(limits, max(seconds, _most_seconds_of_least(row, limits, limits.slowest)) + limits.passing_s)


def _fast_enough(limits: Limits, seconds: float) -> bool:
    return limits.min_tps is None or limits.min_tps * seconds * SURELY <= 1


def _most_seconds_of_least(row: IndexRow, limits: Limits, device: Device) -> float:
    read = min(row.least_bytes or 0, limits.users * row.least_read_bytes) + moving_bytes(row, limits)
    return most_seconds(row, device, read, row.least_bits, limits.users)


def most_seconds(row: IndexRow, device: Device, read: int, bits: float, users: int) -> float:
    """Seconds of a decode step of a format of so many bits per weight that no plan on a device exceeds.

    The estimate's own step with every term at its largest: every layer a recurrent mixture, each sequence with experts of
    its own, all of the caches read (both in `read`), every byte at the dearest kind's price, states read and written.
    """
    each, bandwidth, flops = device
    dearest = max(1.0, each.cache_factor)
    layers, state = row.layers, row.state_bytes * users
    work = Work(row.parts / 2, layers, layers, read * dearest, 0.0, state, row.params_used)
    return each.step_s + step_seconds(each, work, bandwidth, flops, users, bits)
