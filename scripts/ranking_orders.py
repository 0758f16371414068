"""The order that a fit foretells of a leaderboard that it has not seen, against simpler orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import log2, sqrt
from typing import NamedTuple

from ranking_data import Data
from ranking_measures import Gap, paired_gap, spearman, standardised

from osllm.quality import prior
from osllm.quality.ability import INDEX
from osllm.quality.observe import ModelFacts, Observation
from osllm.quality.stitch import Settings, stitch

MIN_MODELS = 8  # fewer models in a table say nothing about an order
SMALL, SINCE = 40e9, "2024-07"
LIKE_SIZE = log2(4 / 3)


class Score(NamedTuple):
    """One left-out benchmark: rank correlation of every way of ordering its models."""

    series: str
    benchmark: str
    skill: str
    models: int
    ways: dict[str, float]
    gap: Gap


class Held(NamedTuple):
    """One left-out result with what the fit without its series says of it."""

    series: str
    benchmark: str
    skill: str
    model: str
    z: float
    ours: float
    deviation: float
    mean_z: float | None  # mean of standardised results in the remaining tables
    family: float | None  # mean fitted skill of the family's other members


def leave_out(data: Data, series: str, settings: Settings) -> list[Held]:
    """Fit without one series; what that fit says of the series' results."""
    train = [r for r in data.rows if r.series != series]
    fit = stitch(train, data.models, settings)
    facts = {m.id: m for m in data.models}
    simple = _mean_z(train)
    relatives: dict[str, list[str]] = defaultdict(list)
    for model in sorted({r.model for r in train}):
        relatives[facts[model].family].append(model)
    out = []
    for r in data.rows:
        if r.series != series or not r.independent:
            continue
        k = INDEX[r.skill]
        unit = [float(i == k) for i in range(len(INDEX))]
        kin = [fit.abilities[m].mean[k] for m in relatives[facts[r.model].family] if m != r.model]
        out.append(
            Held(
                series,
                r.benchmark,
                r.skill,
                r.model,
                r.z,
                fit.abilities[r.model].mean[k] + fit.shift[k] * (r.mode == "non-thinking"),
                sqrt(max(0.0, fit.variance(r.model, unit))),
                simple.get(r.model),
                prior.mean(kin) if kin else None,
            )
        )
    return out


def _mean_z(rows: Sequence[Observation]) -> dict[str, float]:
    tables: dict[str, list[Observation]] = defaultdict(list)
    for r in rows:
        tables[r.benchmark].append(r)
    found: dict[str, list[float]] = defaultdict(list)
    for held in tables.values():
        for r, z in zip(held, standardised([r.z for r in held]), strict=True):
            found[r.model].append(z)
    return {m: prior.mean(z) for m, z in found.items()}


def baselines(held: Sequence[Held], facts: Mapping[str, ModelFacts]) -> dict[str, list[float]]:
    """Simpler orders of the same models: size and date, size, mean of z-scores, family."""
    size = [log2(facts[h.model].params_total or prior.REFERENCE_PARAMS) for h in held]
    day = [prior.years(facts[h.model].released) or 0.0 for h in held]
    both = [a + b for a, b in zip(standardised(size), standardised(day), strict=True)]
    simple = [0.0 if h.mean_z is None else h.mean_z for h in held]
    known = [h.family for h in held if h.family is not None]
    family = [prior.mean(known) if h.family is None else h.family for h in held]
    return {"ours": [h.ours for h in held], "size+date": both, "size": size, "mean z": simple, "family": family}


def _tables(held: Sequence[Held], facts: Mapping[str, ModelFacts]) -> dict[tuple[str, str, str], list[Held]]:
    """The results of each table by skill: a table's bases speak for another skill than its tuned models and stand apart."""
    groups: dict[tuple[str, str, str], list[Held]] = defaultdict(list)
    for h in held:
        if facts[h.model].params_total and facts[h.model].released:
            groups[h.series, h.benchmark, h.skill].append(h)
    return groups


def table_scores(held: Sequence[Held], facts: Mapping[str, ModelFacts]) -> list[Score]:
    """Per left-out benchmark: series, benchmark, number of models, rank correlation of every way."""
    groups = _tables(held, facts)
    out = []
    for (series, benchmark, skill), rows in sorted(groups.items()):
        if len(rows) >= MIN_MODELS:
            z = [h.z for h in rows]
            ways = baselines(rows, facts)
            scores = {name: spearman(values, z) for name, values in ways.items()}
            gap = paired_gap(z, ways["ours"], ways["size+date"], f"{series} {benchmark} {skill}")
            out.append(Score(series, benchmark, skill, len(rows), scores, gap))
    return out


def like_size_pairs(held: Sequence[Held], facts: Mapping[str, ModelFacts]) -> dict[str, tuple[float, int]]:
    """Of pairs of models within a third of each other in size: the share that each way orders as the table does."""
    right: dict[str, float] = defaultdict(float)
    count = 0
    for rows in _tables(held, facts).values():
        ways = baselines(rows, facts)
        size = ways["size"]
        for i in range(len(rows)):
            for j in range(i):
                gap = rows[i].z - rows[j].z
                if abs(size[i] - size[j]) > LIKE_SIZE or gap == 0.0:
                    continue
                count += 1
                for name, values in ways.items():
                    said = values[i] - values[j]
                    right[name] += 0.5 if said == 0.0 else float((said > 0.0) == (gap > 0.0))
    return {name: (r / count, count) for name, r in right.items()}


def small_and_recent(held: Sequence[Held], facts: Mapping[str, ModelFacts]) -> list[Held]:
    """Results of models of at most 40B parameters released since mid-2024."""
    return [
        h for h in held if (facts[h.model].params_total or 9e99) <= SMALL and (facts[h.model].released or "0") >= SINCE
    ]


def series_of(data: Data) -> list[str]:
    """Series with at least one table of enough models measured by others."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for r in data.rows:
        if r.independent:
            count[r.series, r.benchmark] += 1
    return sorted({s for (s, _), n in count.items() if n >= MIN_MODELS})
