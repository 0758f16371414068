"""`--gpu` and `--ram` to a machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from osllm.catalog.names import normalise
from osllm.domain.hardware import Gpu, GpuGroup, Machine
from osllm.domain.quantities import parse_bytes
from osllm.domain.units import GIB
from osllm.errors import RequestError
from osllm.hardware.memory import MainMemory, usable_bytes, usable_ram_bytes
from osllm.hardware.variants import check_count, find, options_of
from osllm.i18n import text

if TYPE_CHECKING:
    from osllm.catalog.store import Catalog
    from osllm.hardware.probes import Device, Host

__all__ = ["parse_machine", "usable_bytes", "usable_ram_bytes"]

_BEFORE: Final = re.compile(r"^\s*(\d{1,6})\s*[xX×*]\s*(.+)$")
_BEHIND: Final = re.compile(r"^(.+?)\s*:\s*(\d{1,6})\s*$")
_SIZE: Final = re.compile(r"^\d+(\.\d+)?(gib|gb|g)$")


def parse_machine(
    catalog: Catalog, gpus: tuple[str, ...], ram_bytes: int | None, *, lang: str = "en", host: Host | None = None
) -> tuple[Machine, list[str]]:
    """The machine that `--gpu` (each element one value) and `--ram` describe, and notices for stderr.

    Nothing named, or `auto`: this computer is probed (through `host`, where a test gives one). Raises RequestError and its
    kinds: `unknown-gpu`, `ambiguous-gpu`, `bad-gpu-count`, `bad-gpu-mix`.
    """
    words = [normalise(g) for g in gpus]
    if not gpus or words == ["auto"]:
        return _detected(catalog, ram_bytes, lang, host)
    processors = [w for w in words if w == "cpu" or w in _processors(catalog)]
    if processors or "auto" in words:
        if len(words) > 1:
            raise RequestError("bad-gpu-mix", text("hardware.bad-mix", lang), hint="--gpu cpu --ram 64gb")
        return _processor_only(catalog, processors[0], ram_bytes, lang, host)
    notices: list[str] = []
    numbers: dict[Gpu, int] = {}
    for spec in gpus:
        count, name = _count(spec, lang)
        gpu = _accelerator(catalog, name, ram_bytes, lang, notices)
        numbers[gpu] = numbers.get(gpu, 0) + count
    groups = tuple(GpuGroup(gpu, number, usable_bytes(gpu)) for gpu, number in numbers.items())
    return _machine(catalog, groups, MainMemory(ram_bytes, None), "flag"), notices


def _count(spec: str, lang: str) -> tuple[int, str]:
    from unicodedata import normalize

    plain = normalize("NFKC", spec)
    before, behind = _BEFORE.match(plain), _BEHIND.match(plain)
    count, name = (before[1], before[2]) if before else (behind[2], behind[1]) if behind else ("1", plain)
    check_count(int(count), spec, lang)
    return int(count), name


def _accelerator(catalog: Catalog, name: str, ram_bytes: int | None, lang: str, notices: list[str]) -> Gpu:
    plain = normalise(name)
    if _SIZE.match(plain):
        return unnamed(parse_bytes(plain))
    gpu, assumed, wanted = find(catalog, name, lang)
    sizes, _ = options_of(catalog, gpu.key)
    if gpu.unified and wanted.memory_bytes is None and (sizes or ram_bytes):
        # Sold with several sizes: the RAM given, else the smallest one, so that what is answered runs on all of them.
        gpu, assumed = gpu._replace(memory_bytes=ram_bytes or min(sizes)), ram_bytes is None
    if assumed:
        full = f"{gpu.name}, {round(gpu.memory_bytes / GIB)} GB" if gpu.unified else gpu.name
        notices.append(text("hardware.assumed", lang, name=name, key=gpu.key, full=full))
    return gpu


def unnamed(memory_bytes: int, name: str | None = None, vendor: str = "generic") -> Gpu:
    """An accelerator of which only the memory is known: whether a model fits can be said, how fast it runs cannot."""
    size = f"{memory_bytes / GIB:g}"
    shown = name or f"{size} GB GPU"
    return Gpu(
        f"{size}gb", shown, vendor, None, None, None, memory_bytes, None, None, None, None, None, None, (), False, None,
        None, None, None,
    )  # fmt: skip


def _processors(catalog: Catalog) -> dict[str, float]:
    """Normalised key of a kind of CPU -> its memory bandwidth in 10^9 bytes/s."""
    return {normalise(key): float(record["bandwidth_gbps"]) for key, record in catalog.section("cpus").items()}


def _machine(
    catalog: Catalog, groups: tuple[GpuGroup, ...], memory: MainMemory, source: str, processor: str = ""
) -> Machine:
    """Put a machine together. Unknown RAM bandwidth is taken as the slowest kind in the catalog, which promises nothing."""
    shared = next((g.gpu for g in groups if g.gpu.unified), None)
    bandwidths = _processors(catalog)
    ram, speed = memory.ram_bytes, bandwidths.get(processor, min(bandwidths.values(), default=None))
    if shared is not None:
        ram, speed = shared.memory_bytes, shared.bandwidth_gbps
    return Machine(groups, ram, None if ram is None else usable_ram_bytes(ram), speed, memory.cores, source)


def _processor_only(
    catalog: Catalog, processor: str, ram_bytes: int | None, lang: str, host: Host | None
) -> tuple[Machine, list[str]]:
    from osllm.hardware.probes import Host, main_memory

    if ram_bytes is not None:
        return _machine(catalog, (), MainMemory(ram_bytes, None), "flag", processor), []
    memory = main_memory(host or Host())
    return _machine(catalog, (), memory, "detected", processor), [_ram_notice(memory.ram_bytes, lang)]


def _ram_notice(ram_bytes: int | None, lang: str) -> str:
    if ram_bytes is None:
        return text("hardware.no-ram", lang)
    return text("hardware.ram", lang, size=f"{ram_bytes / GIB:.1f}")


def _detected(catalog: Catalog, ram_bytes: int | None, lang: str, host: Host | None) -> tuple[Machine, list[str]]:
    from osllm.hardware.probes import Host, detect

    seen = detect(host or Host())
    ram = ram_bytes or seen.memory.ram_bytes
    numbers: dict[Gpu, int] = {}
    for device in seen.devices:
        gpu = _match(catalog, device, ram)
        numbers[gpu] = numbers.get(gpu, 0) + 1
    groups = tuple(GpuGroup(gpu, number, usable_bytes(gpu)) for gpu, number in numbers.items())
    if groups:
        found = ", ".join(f"{g.number} x {g.gpu.name} ({g.gpu.memory_bytes / GIB:.1f} GiB)" for g in groups)
        notices = [text("hardware.found", lang, found=found)]
        notices += [
            text("hardware.not-in-catalog", lang, name=g.gpu.name) for g in groups if g.gpu.bandwidth_gbps is None
        ]
    else:
        why = "; ".join(f"{probe}: {reason}" for probe, reason in seen.reasons)
        notices = [text("hardware.none-found", lang, why=why)]
    notices.append(_ram_notice(ram, lang))
    return _machine(catalog, groups, MainMemory(ram, seen.memory.cores), "detected"), notices


def _match(catalog: Catalog, device: Device, ram_bytes: int | None) -> Gpu:
    """The catalog's entry for a device, with the memory that its driver reports; without an entry what the driver says."""
    try:
        gpu = find(catalog, device.name, memory_bytes=device.memory_bytes).gpu
    except RequestError:
        blank = unnamed(device.memory_bytes or 0, device.name, device.vendor)
        return blank._replace(key=normalise(device.name), compute_capability=device.compute_capability)
    # A chip that shares the RAM reports none of its own.
    memory = device.memory_bytes or (ram_bytes if gpu.unified else None)
    return gpu._replace(memory_bytes=memory or gpu.memory_bytes, cores=device.cores or gpu.cores)
