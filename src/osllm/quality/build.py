"""Evidence to quality: what the compiled catalog holds of every model for every skill and use case.

A value is the share of tasks of middling difficulty that a model is expected to get right, where middling is what the median
of the measured models gets half right, and one step of difficulty is the spread between them. 0.5 is the median model, 0.73
one standard deviation above it. low and high bound it with 80 % confidence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import exp, sqrt
from typing import Any, Final

from osllm.domain.model import Quality
from osllm.quality.ability import INDEX, Fit
from osllm.quality.grades import combined, current, grade
from osllm.quality.observe import ModelFacts, Observation, observations
from osllm.quality.skills import BASE, BASE_JA, SKILLS
from osllm.quality.stitch import DEFAULT, Settings, stitch
from osllm.tuples import NamedTuple

Z80: Final = 1.2816  # half the width of an 80 % interval, in standard deviations
SHOWN: Final = 6  # results that a use case shows
DIGITS: Final = 4


class QualitySections(NamedTuple):
    """What the compiled catalog keeps."""

    use_cases: dict[str, dict[str, Quality]]
    skills: dict[str, dict[str, tuple[float, float, float, str]]]
    evidence: dict[str, list[dict[str, Any]]]


class _Scale(NamedTuple):
    """The reference population of a skill, on the ability scale."""

    median: float
    spread: float


class Measured(NamedTuple):
    """A fit with what is needed to read it."""

    fit: Fit
    rows: dict[str, list[Observation]]  # by model
    grades: dict[str, dict[str, str]]  # model -> skill -> grade
    scales: tuple[_Scale, ...]  # by skill
    inherits: frozenset[str]  # models without results that have relatives with some


def build_quality(
    benchmarks: Mapping[str, Mapping[str, Any]],
    tables: Iterable[Mapping[str, Any]],
    models: Iterable[ModelFacts],
    use_cases: Mapping[str, Mapping[str, Any]],
    reported: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> QualitySections:
    """Stitch all evidence and read it for each use case.

    `benchmarks`: the mapping of catalog/benchmarks.yaml; `tables`: the files of catalog/evidence; `use_cases`: key to a
    mapping with `skills` (skill to weight); `reported`: model id to the `benchmarks` block of its catalog entry. A model is
    missing from a use case when neither it nor a relative has any result (未評価).
    """
    listed = sorted(models, key=lambda m: m.id)
    rows = observations(benchmarks, tables, listed, reported or {})
    done = measure(rows, listed, benchmarks)
    cases: dict[str, dict[str, Quality]] = {}
    for key, case in use_cases.items():
        weights = {str(s): float(w) for s, w in dict(case["skills"]).items()}
        cases[key] = {m.id: q for m in listed if (q := quality(done, m, weights, benchmarks)) is not None}
    skills: dict[str, dict[str, tuple[float, float, float, str]]] = {}
    for skill in SKILLS:
        found = ((m.id, quality(done, m, {skill: 1.0}, benchmarks)) for m in listed)
        skills[skill] = {name: (q.value, q.low, q.high, q.grade) for name, q in found if q is not None}
    return QualitySections(cases, skills, {m: [_row(r, benchmarks) for r in done.rows[m]] for m in sorted(done.rows)})


def measure(
    rows: Sequence[Observation],
    models: Sequence[ModelFacts],
    benchmarks: Mapping[str, Mapping[str, Any]],
    settings: Settings = DEFAULT,
    emphasis: Mapping[str, float] | None = None,
) -> Measured:
    """Fit the results, grade them, and find the reference population."""
    fit = stitch(rows, models, settings, emphasis)
    by_model: dict[str, list[Observation]] = defaultdict(list)
    by_skill: dict[tuple[str, str], list[Observation]] = defaultdict(list)
    for row in rows:
        by_model[row.model].append(row)
        by_skill[row.model, row.skill].append(row)
    fresh = current(rows, benchmarks)
    grades: dict[str, dict[str, str]] = defaultdict(dict)
    for (model, skill), found in by_skill.items():
        grades[model][skill] = grade(found, fresh)
    related = {m.family for m in models if m.id in by_model}
    named = {n.lower() for m in models if m.id in by_model for n in (m.id, m.hub_id) if n}
    inherits = frozenset(
        m.id for m in models if m.id not in by_model and (m.family in related or (m.base_id or "").lower() in named)
    )
    return Measured(fit, dict(by_model), dict(grades), _scales(fit, models, by_model), inherits)


def quality(
    done: Measured, model: ModelFacts, weights: Mapping[str, float], benchmarks: Mapping[str, Mapping[str, Any]]
) -> Quality | None:
    """A model's value for a mix of skills; None where nothing is known of it or its relatives, or of its kind."""
    if model.id not in done.rows and model.id not in done.inherits:
        return None
    if all((skill in (BASE, BASE_JA)) != (model.kind == "base") for skill in weights):
        return None
    whole = sum(weights.values())
    mix = [0.0] * len(SKILLS)
    middle = 0.0
    ability = done.fit.abilities[model.id]
    for skill, weight in weights.items():
        k = INDEX[skill]
        scale = done.scales[k]
        mix[k] = weight / whole / scale.spread
        middle += mix[k] * (ability.mean[k] - scale.median)
    half = Z80 * sqrt(max(0.0, done.fit.variance(model.id, mix)))
    value, low, high = (round(_share(middle + step), DIGITS) for step in (0.0, -half, half))
    letter = combined(done.grades.get(model.id, {}), weights)
    return Quality(value, low, high, letter, _shown(done, model.id, weights, benchmarks))


def _scales(
    fit: Fit, models: Sequence[ModelFacts], measured: Mapping[str, Sequence[Observation]]
) -> tuple[_Scale, ...]:
    """Median and spread of each skill over the measured models of the kind that it is about."""
    out = []
    for k, skill in enumerate(SKILLS):
        base = skill in (BASE, BASE_JA)
        at = sorted(fit.abilities[m.id].mean[k] for m in models if m.id in measured and (m.kind == "base") == base)
        if len(at) < 2:
            out.append(_Scale(at[0] if at else 0.0, 1.0))
            continue
        average = sum(at) / len(at)
        spread = sqrt(sum((x - average) ** 2 for x in at) / len(at))
        out.append(_Scale(at[len(at) // 2], spread or 1.0))
    return tuple(out)


def _share(logit: float) -> float:
    return 1.0 / (1.0 + exp(-logit))


def _shown(
    done: Measured, model: str, weights: Mapping[str, float], benchmarks: Mapping[str, Mapping[str, Any]]
) -> tuple[tuple[object, ...], ...]:
    """The few results that say most: by weight of the skill, independence, and what the benchmark can tell."""

    def rank(row: Observation) -> tuple[float, str]:
        item = done.fit.items[row.benchmark]
        trust = 1.0 if row.independent else 0.25
        return -weights[row.skill] * trust * item.slope**2 / item.noise, row.benchmark

    best = sorted((r for r in done.rows.get(model, ()) if r.skill in weights), key=rank)[:SHOWN]
    return tuple(
        (spec["title"], _version(spec, r), spec.get("judge"), r.value, r.evaluator, r.as_of, r.source)
        for r in best
        for spec in (benchmarks[r.benchmark],)
    )


def _version(spec: Mapping[str, Any], row: Observation) -> str | None:
    parts = [str(p) for p in (spec.get("version"), row.mode) if p]
    return ", ".join(parts) or None


def _row(row: Observation, benchmarks: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    spec = benchmarks[row.benchmark]
    return {
        "benchmark": spec["title"],
        "version": spec.get("version"),
        "judge": spec.get("judge"),
        "skill": row.skill,
        "value": row.value,
        "lower_better": bool(spec["scale"].get("lower_better")),
        "mode": row.mode,
        "independent": row.independent,
        "evaluated_by": row.evaluator,
        "as_of": row.as_of or None,
        "source": row.source,
    }
