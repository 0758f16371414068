"""Plans that cannot exist, each refused with its reason and the nearest thing that works. What merely does not fit is computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.errors import RequestError
from osllm.estimate.engines import ENGINES
from osllm.estimate.placement import tensor_parallel_sizes
from osllm.i18n import text

if TYPE_CHECKING:
    from osllm.domain.hardware import Machine
    from osllm.domain.model import QuantizationFormat
    from osllm.domain.plan import EngineOptions
    from osllm.estimate.footprint import Footprint

# Eight- and four-bit formats that every generation of NVIDIA cards runs, in the order they are proposed.
WITHOUT_NEW_UNITS: Final = ("Q8_0", "GPTQ-Int8", "Q4_K_M", "AWQ", "GPTQ-Int4")


def check_possible(
    fp: Footprint,
    fmt: QuantizationFormat,
    engine: str,
    machine: Machine,
    users: int,
    tensor_parallel: int | None = None,
    options: EngineOptions | None = None,
    lang: str = "en",
) -> None:
    """Raise RequestError for a combination that no machine of this kind could run.

    Codes: `no-users`, `format-not-on-engine`, `format-not-on-accelerator`, `cache-type-not-on-engine`,
    `tensor-parallel-not-on-engine`, `too-few-accelerators`, `tensor-parallel-heads`.
    """
    if users < 1:
        raise _refusal("no-users", lang, ("1",), users=users)
    if engine not in fmt.engines:
        raise _refusal("format-not-on-engine", lang, fmt.engines, format=fmt.key, engine=engine)
    _check_accelerators(fp, fmt, machine, lang)
    caches = ENGINES[engine].caches
    if options is not None and options.kv_cache not in caches:
        raise _refusal("cache-type-not-on-engine", lang, caches, kv_cache=options.kv_cache, engine=engine)
    if tensor_parallel is not None:
        _check_tensor_parallel(fp, engine, machine, tensor_parallel, lang)


def _check_accelerators(fp: Footprint, fmt: QuantizationFormat, machine: Machine, lang: str) -> None:
    least = fmt.min_compute_capability
    for group in machine.groups:
        own = group.gpu.compute_capability
        too_old = (
            least is not None and group.gpu.vendor == "nvidia" and own is not None and _version(own) < _version(least)
        )
        wrong = bool(fmt.vendors) and group.gpu.vendor not in (*fmt.vendors, "generic")
        if too_old or wrong:
            nearest = tuple(name for name in WITHOUT_NEW_UNITS if name in fp.sizes and name != fmt.key)
            raise _refusal(
                "format-not-on-accelerator", lang, nearest, format=fmt.key, gpu=group.gpu.name, needs=least or "-"
            )


def _check_tensor_parallel(fp: Footprint, engine: str, machine: Machine, wanted: int, lang: str) -> None:
    if wanted > 1 and not ENGINES[engine].tensor_parallel:
        able = tuple(name for name, habits in ENGINES.items() if habits.tensor_parallel)
        raise _refusal("tensor-parallel-not-on-engine", lang, able, engine=engine)
    if not 1 <= wanted <= max(1, machine.gpu_count):
        nearest = (str(max(1, machine.gpu_count)),)
        raise _refusal("too-few-accelerators", lang, nearest, wanted=wanted, count=machine.gpu_count)
    sizes = tensor_parallel_sizes(fp, max(wanted, 8))
    if wanted not in sizes:
        near = sorted(sizes, key=lambda size: (abs(size - wanted), size))[:3]
        raise _refusal("tensor-parallel-heads", lang, tuple(map(str, near)), wanted=wanted, heads=fp.heads)


def _version(capability: str) -> tuple[int, ...]:
    return tuple(int(part) for part in capability.split(".") if part.isdigit())


def _refusal(code: str, lang: str, nearest: tuple[str, ...], **params: object) -> RequestError:
    names = ", ".join(nearest) or "-"
    message = text(f"estimate.{code}", lang, **params)
    return RequestError(code, message, hint=text("estimate.nearest", lang, names=names), candidates=nearest)
