"""What quantization costs: the share of a model's quality that a format is expected to lose against 16 bits.

Constants are fitted to published losses (`catalog/quantization-loss.yaml`, `scripts/build_loss_tables.py`):

    lost = base[format] * (parameters / 8B) ** -exponent * (factor for mixtures of experts) * (factors of the skill)

so small models, few bits, code, mathematics and scripts other than Latin lose more. A checkpoint that its owner trained
and published in few bits loses nothing by that format.
"""

from __future__ import annotations

from typing import Final

from osllm.quality.loss_tables import BASE, CACHE, CACHE_SOURCE, EXPONENT, FACTORS, GROUPS, MOE, SOURCES

METRIC: Final = "share of benchmark score"
DATA: Final = "quantization-loss.yaml"
_REFERENCE: Final = 8e9  # parameters at which BASE holds
_SMALLEST: Final = 0.4e9  # the smallest model with published losses has 0.5B: no extrapolation below
_MOST: Final = 0.95


def loss(
    fmt: str, params_total: int | None, moe: bool, skill: str | None, native: str | None = None
) -> tuple[str, float, str] | None:
    """(metric, expected share of quality lost 0..1, source) of a weight format; None where nobody measured it.

    `params_total` counts all experts. Without it the size of the measured models, 8B, is taken. `native` is the format
    that the owner's own checkpoint is in, where it is not 16 bits.
    """
    if native is not None and fmt in (native, f"{native}_MOE"):
        return METRIC, 0.0, "the format of the owner's own checkpoint"
    base = BASE.get(fmt)
    if base is None:
        return None
    size = max(_SMALLEST, float(params_total or _REFERENCE)) / _REFERENCE
    expected = base * size**-EXPONENT * (MOE if moe else 1.0)
    for group in GROUPS.get(skill or "", ()):
        expected *= FACTORS[group]
    return METRIC, min(_MOST, expected), f"{DATA}: {SOURCES[fmt]}"


def cache_loss(kv_cache: str) -> tuple[str, float, str] | None:
    """The same for a key/value cache setting (`f16`, `q8_0`, `q4_0`, `fp8`); None where nobody measured it."""
    if kv_cache == "f16":
        return METRIC, 0.0, "the model's own precision"
    lost = CACHE.get(kv_cache)
    return None if lost is None else (METRIC, lost, f"{DATA}: {CACHE_SOURCE}")
