"""What memory and speed are asked about, and the arithmetic both ways of splitting a model share."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from osllm.domain.plan import DeviceMemory, EngineOptions, Memory
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from osllm.domain.hardware import Gpu, Machine
    from osllm.estimate.footprint import Footprint


class Case(NamedTuple):
    """One model in one format on one engine and machine, under one load."""

    fp: Footprint
    fmt: str
    engine: str
    machine: Machine
    context_tokens: int  # per sequence
    users: int  # sequences at once
    options: EngineOptions


class Device(NamedTuple):
    """One accelerator of a machine, by itself."""

    name: str
    gpu: Gpu
    usable_bytes: int


class Need(NamedTuple):
    """What one device must hold, in bytes; compute and overhead are ranges around `mid`."""

    weights: int
    kv_cache: int
    state: int
    compute: int
    compute_spread: tuple[float, float]  # factors for low and high
    overhead: tuple[int, int, int]  # low, mid, high


def devices_of(machine: Machine) -> list[Device]:
    """The accelerators, the roomiest first: the order in which plans take them."""
    found = [
        Device(f"{group.gpu.key}:{number}", group.gpu, group.usable_bytes)
        for group in machine.groups
        for number in range(group.number)
    ]
    if len(machine.groups) > 1:
        found.sort(key=lambda device: -device.usable_bytes)
    return found


def first_cards(machine: Machine, number: int) -> Machine:
    """The machine with the first `number` of its accelerators only, in the order in which plans take them."""
    if number >= machine.gpu_count:
        return machine
    groups, left = [], number
    for group in sorted(machine.groups, key=lambda group: -group.usable_bytes):
        taken = min(left, group.number)
        if taken:
            groups.append(group._replace(number=taken))
        left -= taken
    return machine._replace(groups=tuple(groups))


def cut(amount: int, shares: Sequence[int]) -> list[int]:
    """Cut `amount` in proportion to `shares` without losing a unit; all zero where the shares are."""
    whole = sum(shares)
    cuts, done, before = [], 0, 0
    for share in shares:
        done += share
        now = amount * done // whole if whole else 0
        cuts.append(now - before)
        before = now
    return cuts


def device_memory(name: str, need: Need, capacity_bytes: int) -> DeviceMemory:
    """The bill of one device with the middle of each range."""
    weights, kv, state, compute, _, (_, mid, _) = need
    total = weights + kv + state + compute + mid
    return DeviceMemory(name, weights, kv, state, compute, mid, total, capacity_bytes)


def low_and_high(need: Need) -> tuple[int, int]:
    """The ends of the range of one device's total."""
    fixed = need.weights + need.kv_cache + need.state
    (less, more), (low, _, high) = need.compute_spread, need.overhead
    return fixed + int(need.compute * less) + low, fixed + int(need.compute * more) + high


def total_memory(devices: Sequence[DeviceMemory], needs: Sequence[Need]) -> Memory:
    """The bill of all devices. It fits if each device holds its own part."""
    if len(devices) == 1:
        _, weights, kv, state, compute, overhead, total, room = devices[0]
        low, high = low_and_high(needs[0])
        fits = total <= room
    else:
        _, *columns = zip(*devices, strict=True)
        weights, kv, state, compute, overhead, total, room = map(sum, columns)
        ends = [low_and_high(need) for need in needs]
        low, high = sum(e[0] for e in ends), sum(e[1] for e in ends)
        fits = all(d.total_bytes <= d.capacity_bytes for d in devices)
    return Memory(weights, kv, state, compute, overhead, total, room, room - total, low, high, tuple(devices), (), fits)


def first(holds: Callable[[int], bool], low: int, high: int) -> int:
    """The least number in [low, high) for which a monotone condition holds, else `high`."""
    return low + bisect_left(range(low, high), True, key=holds)
