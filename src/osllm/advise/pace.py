"""How fast a machine is at the most and at the least, whatever is asked of it: what the bounds on a model's speed start from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.advise.formats import is_gguf
from osllm.estimate.calibration import DECODE
from osllm.estimate.speed import CORE_FLOPS, DEFAULT_CORES, Constants, cpu_constants, kind_of
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osllm.domain.hardware import Gpu, Machine


class Device(NamedTuple):
    """What the speed on one accelerator, or on the CPU, is worked out from."""

    constants: Constants
    bandwidth: float  # bytes per second
    flops: float | None  # 1/s


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


def slowest_of(machine: Machine, engines: Sequence[str]) -> Device | None:
    """The reverse: a device that does each kind of work as slowly as the worst of the accelerators and the CPU does it."""
    devices = [device_of(machine, gpu) for gpu in (None, *(group.gpu for group in machine.groups))]
    paces = _alike(devices, engines)
    if not paces:
        return None
    slowest = min(pace.efficiency for pace in paces)
    worst = Constants._make(map(max, zip(*paces, strict=True)))._replace(efficiency=slowest)
    # Each device has further sequences to look after, whatever part of the layers it holds.
    return Device(worst._replace(sequence_s=worst.sequence_s * (1 + machine.gpu_count)), 1.0, 1.0)


def _alike(devices: Sequence[Device | None], engines: Sequence[str]) -> list[Constants]:
    """The constants of devices as for a bandwidth and FLOPs of 1; none where they do not hold or not all are known."""
    if not only_gguf(engines):
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


def only_gguf(engines: Sequence[str]) -> bool:
    """Whether all engines are of llama.cpp's family."""
    return bool(engines) and all(map(is_gguf, engines))
