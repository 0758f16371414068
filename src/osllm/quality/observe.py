"""Evidence tables to observations: one published value, on a scale without ends, with who measured it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import Any, Final

from osllm.quality.skills import skill_of
from osllm.tuples import NamedTuple

# A rating of 400 points more wins ten times as often: the definition of Elo's scale.
LOGITS_PER_ELO: Final = log(10.0) / 400.0
EDGE: Final = 0.02  # nearer to the ends of a scale than this, a difference says little
THINKING: Final = ("thinking", "non-thinking")


class ModelFacts(NamedTuple):
    """What the stitching knows of a model besides its results. None is: not known."""

    id: str
    hub_id: str | None
    family: str
    developer: str
    base_id: str | None
    kind: str  # instruct | base | translation …
    params_total: int | None
    params_active: int | None
    released: str | None
    reasoning: str | None  # none | hybrid | always
    languages: tuple[str, ...]  # that the owner names


class Observation(NamedTuple):
    """One published value."""

    model: str
    mode: str | None  # thinking | non-thinking, where the evaluator says
    benchmark: str
    skill: str
    z: float  # on the open scale, better is higher
    value: float  # as published
    independent: bool  # not by the model's own developer
    reported: bool  # from a developer's own tables, its own prompts and settings
    evaluator: str
    as_of: str
    source: str
    series: str  # tables of one series share questions, prompts or judges
    table: str


def open_scale(value: float, scale: Mapping[str, Any]) -> float:
    """A published value on the log-odds scale, where equal steps are equally hard at both ends.

    Chance is taken off first, so that guessing is zero; values within EDGE of an end count as EDGE from it.
    """
    unit = scale.get("unit")
    sign = -1.0 if scale.get("lower_better") else 1.0
    if unit == "elo":
        return sign * value * LOGITS_PER_ELO
    if unit == "logit":
        return sign * value
    low, high = float(scale["min"]), float(scale["max"])
    if scale.get("lower_better"):
        low, high = high, low
    floor = float(scale.get("chance", low))
    share = min(1.0 - EDGE, max(EDGE, (value - floor) / (high - floor)))
    return log(share / (1.0 - share))


def source_text(source: object) -> str:
    """One line that leads to a source: an address, or repository, path and commit."""
    if not isinstance(source, Mapping):
        return str(source)
    if "url" in source:
        return str(source["url"])
    place = source.get("repo") or f"hf.co/{source.get('hub')}"
    parts = [f"github.com/{place}" if "repo" in source else str(place)]
    commit = source.get("commit") or source.get("revision")
    if commit:
        parts.append(f"@{str(commit)[:7]}")
    if source.get("path"):
        parts.append(f" {source['path']}")
    return "".join(parts)


def cells(table: Mapping[str, Any]) -> Iterable[tuple[str, str | None, str, float]]:
    """Model, mode, benchmark and value of every cell of a table."""
    columns: Sequence[str] = table.get("benchmarks") or ()
    for row, values in table["rows"].items():
        model, _, mode = str(row).partition("@")
        pairs = values.items() if isinstance(values, Mapping) else zip(columns, values, strict=True)
        for benchmark, value in pairs:
            if value is not None:
                yield model, mode or None, benchmark, float(value)


def observations(
    benchmarks: Mapping[str, Mapping[str, Any]],
    tables: Iterable[Mapping[str, Any]],
    models: Iterable[ModelFacts],
    reported: Mapping[str, Sequence[Mapping[str, Any]]],
) -> list[Observation]:
    """Every value that counts, once, in a fixed order.

    Where two tables hold the same model, mode and benchmark, the independent and then the newer one stands.
    """
    facts = {m.id: m for m in models}
    best: dict[tuple[str, str | None, str], Observation] = {}
    for seen in (*_from_tables(benchmarks, tables, facts), *_from_models(benchmarks, reported, facts)):
        key = (seen.model, seen.mode, seen.benchmark)
        held = best.get(key)
        if held is None or (seen.independent, seen.as_of, seen.table) > (held.independent, held.as_of, held.table):
            best[key] = seen
    kept = {key: seen for key, seen in best.items() if not _said_with_mode(seen, best)}
    return [kept[key] for key in sorted(kept, key=lambda k: (k[0], k[1] or "", k[2]))]


def _said_with_mode(seen: Observation, rows: Mapping[tuple[str, str | None, str], Observation]) -> bool:
    """Whether a figure is the same developer's figure told again without its mode."""
    if seen.mode is not None or not seen.reported:
        return False
    told = (rows.get((seen.model, mode, seen.benchmark)) for mode in THINKING)
    return any(row is not None and abs(row.z - seen.z) < 1e-6 for row in told)


def _from_tables(
    benchmarks: Mapping[str, Mapping[str, Any]], tables: Iterable[Mapping[str, Any]], facts: Mapping[str, ModelFacts]
) -> Iterable[Observation]:
    for table in tables:
        makers = frozenset(table.get("evaluator_develops") or ())
        for model, mode, key, value in cells(table):
            if model not in facts:
                continue
            one, spec = facts[model], benchmarks[key]
            by_others = bool(table["independent"]) and one.developer not in makers
            yield Observation(
                model,
                mode,
                key,
                skill_of(spec["skill"], one.kind),
                open_scale(value, spec["scale"]),
                value,
                by_others,
                spec.get("independent") is False,
                str(table["evaluated_by"]),
                str(table["as_of"]),
                source_text(table["source"]),
                str(table.get("series") or table["id"]),
                str(table["id"]),
            )


def _from_models(
    benchmarks: Mapping[str, Mapping[str, Any]],
    reported: Mapping[str, Sequence[Mapping[str, Any]]],
    facts: Mapping[str, ModelFacts],
) -> Iterable[Observation]:
    names = {name: key for key, spec in benchmarks.items() for name in spec.get("reported_as") or ()}
    for model, rows in reported.items():
        one = facts.get(model)
        if one is None:
            continue
        for row in rows:
            key = names.get(str(row["name"]))
            setting = str(row.get("setting") or "").lower()
            if key is None or ("base model" in setting) != (one.kind == "base"):
                continue
            spec = benchmarks[key]
            value = float(row["value"])
            # Developers print shares as 0-1 or as percent.
            scaled = value * float(spec["scale"]["max"]) if value <= 1.0 else value
            yield Observation(
                model,
                next((m for m in reversed(THINKING) if m in setting), None),
                key,
                skill_of(spec["skill"], one.kind),
                open_scale(scaled, spec["scale"]),
                value,
                False,
                True,
                one.developer,
                one.released or "",
                str(row.get("source") or ""),
                "reported",
                "reported",
            )
