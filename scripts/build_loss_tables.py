"""Fit the constants of `osllm.quality.loss` to catalog/quantization-loss.yaml.

    python scripts/build_loss_tables.py           # writes src/osllm/quality/loss_tables.py
    python scripts/build_loss_tables.py --check   # exit 1 if the file is not what the data give

Model of the share of a score that is lost:

    lost = base[format] * (parameters / 8B) ** -exponent * (moe if mixture of experts) * factor[group]

Least squares on the published losses, weighted by how many answers stand behind a row, with Huber weights so that no
single odd run decides, and a pull of every factor towards 1. Blocks of the model are solved in turn, each in closed form;
the exponent is searched on a grid. Then ladders are made monotone: fewer bits are never better.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from osllm.authoring.yamlio import load

ROOT: Final = Path(__file__).resolve().parents[1]
DATA: Final = ROOT / "catalog" / "quantization-loss.yaml"
TARGET: Final = ROOT / "src" / "osllm" / "quality" / "loss_tables.py"
REFERENCE: Final = 8e9  # parameters at which `base` is stated
HUBER: Final = 0.02  # residuals beyond two points of a hundred count less
PULL: Final = 5e-4  # strength of "a factor is 1", in weighted squared losses
ROUNDS: Final = 80
DIGITS: Final = 5


class Row(NamedTuple):
    """One published loss."""

    format: str
    size: float  # parameters / REFERENCE
    moe: bool
    group: str
    weight: float
    lost: float


class Fit(NamedTuple):
    """Fitted constants and the weighted error that they leave."""

    base: dict[str, float]
    exponent: float
    moe: float
    factors: dict[str, float]
    error: float

    def scale(self, row: Row) -> float:
        """What the base loss is multiplied with for a row."""
        return float(row.size**-self.exponent) * (self.moe if row.moe else 1.0) * self.factors.get(row.group, 1.0)


def weight(benchmark: str, weights: Mapping[str, float]) -> float:
    """The weight of a row by the kind of its benchmark."""
    if benchmark in weights:
        return float(weights[benchmark])
    return float(weights["mean of tasks" if benchmark.startswith("mean of ") else "one benchmark"])


def rows(data: Mapping[str, Any]) -> list[Row]:
    """The rows of the data file."""
    return [
        Row(fmt, size / REFERENCE, moe, group, weight(benchmark, data["weights"]), lost)
        for fmt, _model, size, moe, group, benchmark, lost, _source in data["weights_lost"]
    ]


def _slope(pairs: list[tuple[float, float, float]], pull: float = 0.0) -> float:
    """Weighted least squares of y = slope * x with a pull towards 1; never negative."""
    above = sum(w * x * y for w, x, y in pairs) + pull
    below = sum(w * x * x for w, x, _ in pairs) + pull
    return max(0.0, above / below) if below else 1.0


def fit_at(exponent: float, found: list[Row]) -> Fit:
    """The best constants for one exponent."""
    groups = sorted({row.group for row in found} - {"knowledge"})
    fit = Fit(dict.fromkeys((row.format for row in found), 0.01), exponent, 1.0, dict.fromkeys(groups, 1.0), 0.0)
    for _ in range(ROUNDS):
        robust = [(row, row.weight * _huber(row.lost - fit.base[row.format] * fit.scale(row))) for row in found]
        base = {
            fmt: _slope([(w, fit.scale(row), row.lost) for row, w in robust if row.format == fmt]) for fmt in fit.base
        }
        fit = fit._replace(base=base)
        fit = fit._replace(moe=_factor(fit, robust, lambda row: row.moe, fit.moe))
        for group in groups:
            known = fit.factors[group]
            factor = _factor(fit, robust, lambda row, group=group: row.group == group, known)  # type: ignore[misc]
            fit = fit._replace(factors={**fit.factors, group: factor})
    error = sum(row.weight * _cost(row.lost - fit.base[row.format] * fit.scale(row)) for row in found)
    return fit._replace(error=error)


def _factor(fit: Fit, robust: list[tuple[Row, float]], chosen: Callable[[Row], bool], now: float) -> float:
    pairs = [(w, fit.base[row.format] * fit.scale(row) / now, row.lost) for row, w in robust if chosen(row)]
    return max(0.1, _slope(pairs, PULL))


def _huber(residual: float) -> float:
    return 1.0 if abs(residual) <= HUBER else HUBER / abs(residual)


def _cost(residual: float) -> float:
    size = abs(residual)
    return size * size if size <= HUBER else HUBER * (2 * size - HUBER)


def monotone(base: Mapping[str, float], ladders: Mapping[str, list[str]]) -> dict[str, float]:
    """Along each ladder, widest format first, no loss below the one before."""
    result = dict(base)
    for ladder in ladders.values():
        floor = 0.0
        for fmt in ladder:
            floor = result[fmt] = max(floor, result[fmt])
    return result


def cache(data: Mapping[str, Any]) -> dict[str, float]:
    """Mean loss per cache setting; gains are noise and stay in the mean."""
    found: dict[str, list[float]] = {}
    for precision, _model, _benchmark, lost, _source in data["cache_lost"]:
        found.setdefault(precision, []).append(lost)
    return {setting: max(0.0, sum(found[p]) / len(found[p])) for setting, p in data["cache"].items()}


def render(data: Mapping[str, Any]) -> str:
    """The generated module."""
    found = rows(data)
    best = min((fit_at(step / 100, found) for step in range(0, 101, 5)), key=lambda fit: fit.error)
    base = monotone(best.base, data["ladders"])
    source_of: dict[str, list[str]] = {}
    for fmt, *_rest, source in data["weights_lost"]:
        source_of.setdefault(fmt, [])
        if source not in source_of[fmt]:
            source_of[fmt].append(source)
    for fmt, twin in data["same_as"].items():
        base[fmt] = base[twin["format"]]
        source_of[fmt] = [*source_of[twin["format"]], f"as {twin['format']}: {twin['why']}"]
    for fmt in data["lossless"]:
        base[fmt] = 0.0
        source_of[fmt] = ["the checkpoint's own precision"]
    cache_sources = sorted({row[-1] for row in data["cache_lost"]})
    lines = [
        '"""Generated by scripts/build_loss_tables.py from catalog/quantization-loss.yaml. Do not edit."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        f"EXPONENT: Final = {best.exponent}",
        f"MOE: Final = {round(best.moe, 3)}",
        _table("BASE", "float", {k: round(v, DIGITS) for k, v in sorted(base.items())}),
        _table("SOURCES", "str", {k: "; ".join(v) for k, v in sorted(source_of.items())}),
        _table("FACTORS", "float", {k: round(v, 3) for k, v in sorted(best.factors.items())}),
        _table("GROUPS", "tuple[str, ...]", {k: tuple(v) for k, v in sorted(data["groups"].items())}),
        _table("CACHE", "float", {k: round(v, DIGITS) for k, v in sorted(cache(data).items())}),
        f'CACHE_SOURCE: Final = "{"; ".join(cache_sources)}"',
    ]
    return "\n".join(lines) + "\n"


def _table(name: str, kind: str, values: Mapping[str, Any]) -> str:
    body = "".join(f"    {_text(key)}: {_text(value)},\n" for key, value in values.items())
    return f"{name}: Final[dict[str, {kind}]] = {{\n{body}}}"


def _text(value: object) -> str:
    if isinstance(value, tuple):
        inside = ", ".join(map(_text, value))
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def main() -> int:
    """Write the module, or check it."""
    text = render(load(DATA).data)
    if "--check" in sys.argv[1:]:
        return 0 if TARGET.exists() and TARGET.read_text(encoding="utf-8") == text else 1
    TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
