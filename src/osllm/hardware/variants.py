"""A name of an accelerator to one entry of the catalog, or to the candidates. Never a guess.

A name is a chip and, in any order behind it, what tells its variants apart: memory (`12gb`), GPU cores (`40c`), form
(`sxm`, `pcie`, `laptop` …). `a100-sxm-80gb`, `A100 80GB SXM` and `NVIDIA A100-SXM4-80GB` read alike.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from osllm.catalog.names import normalise, resolve_gpu_name, unknown
from osllm.domain.units import GIB
from osllm.errors import AmbiguousNameError, RequestError
from osllm.i18n import text
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.catalog.store import Catalog
    from osllm.domain.hardware import Gpu

FORMS: Final = {
    "laptop": "laptop", "laptopgpu": "laptop", "mobile": "laptop", "notebook": "laptop", "desktop": "desktop",
    "sxm": "sxm", "sxm2": "sxm", "sxm4": "sxm", "sxm5": "sxm", "sxm6": "sxm", "pcie": "pcie", "nvl": "nvl",
}  # fmt: skip
_MAKERS: Final = ("nvidia", "geforce", "amd", "radeon", "instinct", "intel(r)", "intel", "apple", "tesla", "quadro")
_TAILS: Final = ("graphics", "gpu", "generation")
_MEMORY: Final = re.compile(r"^(.+?)(0*[1-9]\d{0,3})(?:gib|gb|g)$")
_CORES: Final = re.compile(r"^(.+?)([1-9]\d{0,2})(?:cores?|core|c)$")
# Drivers print less than the box: 15360 MiB of 16 GB (0.937). With ECC switched on they print a sixteenth less than without:
# 46068 MiB for a catalog entry of 49140 (1.067).
_LEAST, _MOST = 0.93, 1.07


class Wanted(NamedTuple):
    """What a name asks for besides the chip. None: not said."""

    memory_bytes: int | None = None
    cores: int | None = None
    form: str | None = None


NOTHING_SAID: Final = Wanted()


class Found(NamedTuple):
    """The entry that was taken, whether another variant could have been meant, and what the name said."""

    gpu: Gpu
    assumed: bool
    wanted: Wanted


def readings(name: str, wanted: Wanted = NOTHING_SAID) -> Iterator[tuple[str, Wanted]]:
    """Every way to read a normalised name as chip and suffixes, the longest chip first."""
    yield name, wanted
    for word, form in FORMS.items():
        if name.endswith(word) and len(name) > len(word) and wanted.form is None:
            yield from readings(name.removesuffix(word), wanted._replace(form=form))
    if wanted.memory_bytes is None:
        for base, number in _splits(_MEMORY, name):
            yield from readings(base, wanted._replace(memory_bytes=number * GIB))
    if wanted.cores is None:
        for base, number in _splits(_CORES, name):
            yield from readings(base, wanted._replace(cores=number))


def _splits(pattern: re.Pattern[str], name: str) -> Iterator[tuple[str, int]]:
    """The number may share digits with the chip's name: `m3max64gb` is 64 or 4, `rtx306012gb` is 12, 2 …."""
    match = pattern.match(name)
    if match is None:
        return
    base, digits = match.groups()
    for start in range(len(digits)):
        if digits[start] != "0":
            yield base + digits[:start], int(digits[start:])


def bare(name: str) -> str:
    """A normalised name without its maker in front and `graphics`, `gpu` … behind."""
    changed = True
    while changed:
        changed = False
        for word in _MAKERS:
            if name.startswith(word) and len(name) > len(word):
                name, changed = name[len(word) :], True
        for word in _TAILS:
            if name.endswith(word) and len(name) > len(word):
                name, changed = name.removesuffix(word), True
    return name


def chip_of(key: str) -> str:
    """The chip in a catalog key: `a100` of `a100-sxm-80gb`."""
    parts = [p for p in key.split("-") if not re.fullmatch(r"\d+(gb|c)", p) and p not in FORMS]
    return normalise("".join(parts))


def _fits_memory(gpu: Gpu, wanted: int, sizes: tuple[int, ...]) -> bool:
    if gpu.unified and sizes:
        return wanted in sizes
    if gpu.unified:
        return wanted <= gpu.memory_bytes * _MOST
    return _LEAST <= gpu.memory_bytes / wanted <= _MOST


def options_of(catalog: Catalog, key: str) -> tuple[tuple[int, ...], dict[int, float | None]]:
    """The memory sizes (bytes) and the GPU cores -> bandwidth that a chip is sold with; empty where there is one only."""
    record = catalog.section("gpu_options").get(key) or {} if catalog.has("gpu_options") else {}
    sizes = tuple(size * GIB for size in record.get("memory_options_gb") or ())
    cores = {c["cores"]: c.get("bandwidth_gbps") for c in record.get("core_options") or ()}
    return sizes, cores


def _variant(catalog: Catalog, key: str, wanted: Wanted) -> Gpu | None:
    """The entry `key` as wanted, None where it does not come so."""
    gpu = catalog.gpu(key)
    sizes, cores = options_of(catalog, key)
    if wanted.form is not None and gpu.form != wanted.form:
        return None
    if wanted.memory_bytes is not None:
        if not _fits_memory(gpu, wanted.memory_bytes, sizes):
            return None
        if gpu.unified:
            gpu = gpu._replace(memory_bytes=wanted.memory_bytes)
    if wanted.cores is not None:
        if wanted.cores in cores:
            gpu = gpu._replace(cores=wanted.cores, bandwidth_gbps=cores[wanted.cores] or gpu.bandwidth_gbps)
        elif cores or gpu.cores not in (None, wanted.cores):
            return None
        else:
            gpu = gpu._replace(cores=wanted.cores)
    return gpu


def _family(catalog: Catalog, chip: str) -> list[str]:
    """All keys of a chip, under any of its names, with or without the maker's name in front."""
    plain = bare(chip)
    named = resolve_gpu_name(catalog, chip) or resolve_gpu_name(catalog, plain)
    if not named:
        names: dict[str, str | list[str]] = catalog.section("gpu_names")
        named = [
            k
            for name, keys in names.items()
            if bare(name) == plain
            for k in ([keys] if isinstance(keys, str) else keys)
        ]
    chips = {chip, plain, *map(chip_of, named)}
    return sorted(key for key in catalog.gpus() if chip_of(key) in chips)


def find(catalog: Catalog, name: str, lang: str = "en", memory_bytes: int | None = None) -> Found:
    """The accelerator that `name` means. `memory_bytes` is what its driver reports, where that is known.

    Raises UnknownNameError (`unknown-gpu`) and AmbiguousNameError (`ambiguous-gpu`) with the candidates.
    """
    whole = normalise(name)
    exact = resolve_gpu_name(catalog, whole)
    if len(exact) == 1 and normalise(exact[0]) == whole and memory_bytes is None:
        return Found(catalog.gpu(exact[0]), False, NOTHING_SAID)
    nearest: list[str] = []
    for chip, wanted in (*readings(whole), *readings(bare(whole))):
        family = _family(catalog, chip)
        nearest = nearest or family
        asked = wanted if wanted.memory_bytes else wanted._replace(memory_bytes=memory_bytes)
        variants = _variants(catalog, family, asked)
        if variants:
            key = _choose(catalog, (whole, bare(whole), chip), wanted, variants)
            if key is None:
                message = text("hardware.ambiguous", lang, name=name)
                raise AmbiguousNameError("ambiguous-gpu", message, candidates=sorted(variants))
            return Found(variants[key], _assumed(catalog, whole, key, family), wanted)
    if nearest:
        message = text("hardware.no-such-variant", lang, name=name)
        raise AmbiguousNameError("ambiguous-gpu", message, candidates=nearest)
    said = name if bare(whole) == whole else bare(whole)  # a maker's name in front hides what is near
    raise unknown("gpu", said, catalog.gpus(), lang, hint="osllm gpu list")


def _variants(catalog: Catalog, family: list[str], wanted: Wanted) -> dict[str, Gpu]:
    return {key: gpu for key in family if (gpu := _variant(catalog, key, wanted)) is not None}


def _choose(catalog: Catalog, forms: tuple[str, ...], wanted: Wanted, variants: dict[str, Gpu]) -> str | None:
    """The one variant, or the one that the catalog calls the commonest for a name like this; None if it calls none."""
    if len(variants) == 1:
        return next(iter(variants))
    for form in (*forms, *_partial(forms[-1], wanted)):
        named = [key for key in resolve_gpu_name(catalog, form) if key in variants]
        if len(named) == 1:
            return named[0]
    return None


def _assumed(catalog: Catalog, whole: str, key: str, family: list[str]) -> bool:
    """Whether the name says only the chip, or not enough of the rest, so that another variant could have been meant."""
    chip = chip_of(key)
    if chip == normalise(key):
        return False  # the plain name is this entry's own
    said = [wanted for base, wanted in readings(bare(whole)) if base == chip]
    return bool(said) and all(len(_variants(catalog, family, wanted)) > 1 for wanted in said)


def _partial(chip: str, wanted: Wanted) -> list[str]:
    """The names of a chip with one of its suffixes, as the catalog writes its defaults: `a100-80gb`, `a100-sxm`."""
    found = []
    if wanted.memory_bytes is not None:
        found.append(f"{chip}{wanted.memory_bytes // GIB}gb")
    if wanted.form is not None:
        found.append(f"{chip}{wanted.form}")
    return found


def check_count(count: int, name: str, lang: str) -> None:
    """RequestError (`bad-gpu-count`) for a number of accelerators that no machine has."""
    if not 1 <= count <= 1024:
        raise RequestError("bad-gpu-count", text("hardware.bad-count", lang, name=name), hint="2xrtx4090, rtx4090:2")
