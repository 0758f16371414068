"""How well the stitched skills rank models, measured on tables that the fit has not seen.

    python scripts/evaluate_ranking.py [--write]

Each series of tables (one leaderboard in all its releases) is left out in turn and everything is fitted again; the models
of the left-out tables are then ranked by their fitted skill and by four simpler ways. Also: coverage by grade, coverage of
the 80 % intervals on results that were left out, and how stable the first three places are when tables are drawn anew.
--write puts the numbers into docs/en/reference/ranking-quality.md and docs/ja/reference/ranking-quality.md.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from math import log2, sqrt
from pathlib import Path
from typing import Any, NamedTuple

from ranking_page import page

from osllm.authoring.expand import entries
from osllm.authoring.files import read
from osllm.domain.model import Quality
from osllm.quality import prior
from osllm.quality.ability import INDEX
from osllm.quality.build import Measured, measure, quality
from osllm.quality.observe import ModelFacts, Observation, observations
from osllm.quality.skills import JAPANESE, SKILLS
from osllm.quality.stitch import DEFAULT, Settings, stitch

ROOT = Path(__file__).resolve().parent.parent
MIN_MODELS = 8  # fewer models in a table say nothing about an order
SMALL, SINCE = 40e9, "2024-07"
LIKE_SIZE = log2(4 / 3)
FOLDS = 5
DRAWS = 20
WATCHED = ("ja-chat", "coding", "general")
FITS_24GB = 34e9  # about 20 GB at 4.8 bits per weight, which leaves room for 8k tokens
Z80 = 1.2816


class Data(NamedTuple):
    """What the evaluation reads from the catalog."""

    benchmarks: dict[str, dict[str, Any]]
    models: list[ModelFacts]
    rows: list[Observation]
    use_cases: dict[str, dict[str, Any]]


class Score(NamedTuple):
    """One left-out benchmark: rank correlation of every way of ordering its models."""

    series: str
    benchmark: str
    skill: str
    models: int
    ways: dict[str, float]


class Stable(NamedTuple):
    """The first three of a use case on 24 GB."""

    way: str  # how the tables were drawn
    case: str
    top: list[str]
    changed: float  # share of draws whose first three are others
    beyond: float  # share of draws with a first three that is not level with the third
    level: int  # models whose interval reaches that of the third
    draws: int


class Missed(NamedTuple):
    """One hidden result: by how much it was missed, and how much it could have been."""

    hidden: str
    model: str
    skill: str
    observed: bool  # other results speak of the model in the skill
    error: float
    spread: float  # variance of the ability, on the benchmark's scale
    noise: float  # variance of the benchmark


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


class Report(NamedTuple):
    """Everything that the page shows."""

    rows: int
    models: int
    grades: dict[str, dict[str, int]]
    scores: dict[str, list[Score]]
    pairs: dict[str, dict[str, tuple[float, int]]]
    missed: list[Missed]
    stable: list[Stable]


def load(root: Path = ROOT / "catalog") -> Data:
    """Read the catalog's benchmarks, tables, models and use cases."""
    files = read(root)
    benchmarks = {k: v for d in files.of("benchmark") for k, v in d.data["benchmarks"].items()}
    models, reported = [], {}
    for entry in entries(files.of("model")):
        facts, params = entry.facts, entry.facts.get("params") or {}
        total = params.get("total")
        released = facts.get("released")
        models.append(
            ModelFacts(
                entry.id,
                facts.get("hub_id"),
                facts["family"],
                facts["developer"],
                facts.get("base"),
                facts.get("kind") or "other",
                total,
                params.get("active") or total,
                None if released is None else str(released),
                facts.get("reasoning"),
            )
        )
        reported[entry.id] = facts.get("benchmarks") or ()
    models.sort(key=lambda m: m.id)
    rows = observations(benchmarks, [d.data for d in files.of("evidence")], models, reported)
    return Data(benchmarks, models, rows, {d.data["key"]: d.data for d in files.of("use-case")})


# -- measures -----------------------------------------------------------------------------------------------------------


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 0, ties sharing their mean."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    out = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for i in order[start : end + 1]:
            out[i] = (start + end) / 2.0
        start = end + 1
    return out


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Pearson's correlation; 0 where one side is constant."""
    ma, mb = prior.mean(a), prior.mean(b)
    top = sum((x - ma) * (y - mb) for x, y in zip(a, b, strict=True))
    below = sqrt(sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b))
    return top / below if below else 0.0


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Rank correlation."""
    return correlation(ranks(a), ranks(b))


def standardised(values: Sequence[float]) -> list[float]:
    """Values less their mean, in standard deviations."""
    m = prior.mean(values)
    sd = sqrt(prior.mean([(v - m) ** 2 for v in values]))
    return [(v - m) / sd if sd else 0.0 for v in values]


# -- leaving a series out -------------------------------------------------------------------------------------------------


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


def table_scores(held: Sequence[Held], facts: Mapping[str, ModelFacts]) -> list[Score]:
    """Per left-out benchmark: series, benchmark, number of models, rank correlation of every way."""
    groups: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for h in held:
        if facts[h.model].params_total and facts[h.model].released:
            groups[h.series, h.benchmark].append(h)
    out = []
    for (series, benchmark), rows in sorted(groups.items()):
        if len(rows) >= MIN_MODELS:
            z = [h.z for h in rows]
            scores = {name: spearman(values, z) for name, values in baselines(rows, facts).items()}
            out.append(Score(series, benchmark, rows[0].skill, len(rows), scores))
    return out


def like_size_pairs(held: Sequence[Held], facts: Mapping[str, ModelFacts]) -> dict[str, tuple[float, int]]:
    """Of pairs of models within a third of each other in size: the share that each way orders as the table does."""
    groups: dict[tuple[str, str], list[Held]] = defaultdict(list)
    for h in held:
        if facts[h.model].params_total and facts[h.model].released:
            groups[h.series, h.benchmark].append(h)
    right: dict[str, float] = defaultdict(float)
    count = 0
    for rows in groups.values():
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


# -- intervals --------------------------------------------------------------------------------------------------------------


HIDDEN = {
    "series": lambda r: (r.model, r.series),  # another leaderboard still speaks of the model
    "skill": lambda r: (r.model, r.skill),  # nothing speaks of the model in that skill
    "language": lambda r: (
        r.model,
        r.skill in JAPANESE,
    ),  # nothing speaks of the model in Japanese, or nothing else does
}


def interval_coverage(data: Data, hide: str, fold: int, settings: Settings) -> list[Missed]:
    """Hide a fifth of the pairs of one kind, fit the rest, and compare the hidden results with what was expected of them."""
    key = HIDDEN[hide]
    pairs = sorted({key(r) for r in data.rows})
    random.Random(11).shuffle(pairs)
    hidden = set(pairs[fold::FOLDS])
    fit = stitch([r for r in data.rows if key(r) not in hidden], data.models, settings)
    found = []
    for r in data.rows:
        if key(r) in hidden and r.independent and r.benchmark in fit.items:
            k, item = INDEX[r.skill], fit.items[r.benchmark]
            unit = [float(i == k) for i in range(len(INDEX))]
            ability = fit.abilities[r.model]
            theta = ability.mean[k] + fit.shift[k] * (r.mode == "non-thinking")
            error = r.z - (item.slope * theta - item.difficulty)
            spread = fit.variance(r.model, unit)
            found.append(
                Missed(hide, r.model, r.skill, k in ability.observed, error, item.slope**2 * spread, item.noise)
            )
    return found


# -- stability ----------------------------------------------------------------------------------------------------------------


def drawn_anew(data: Data, seed: int) -> dict[str, float]:
    """How often each table is drawn when as many as there are are drawn with replacement: a third of them never."""
    names = sorted({r.table for r in data.rows})
    drawn = random.Random(seed).choices(names, k=len(names))
    return {name: float(drawn.count(name)) for name in names}


def weighed_anew(data: Data, seed: int) -> dict[str, float]:
    """Weights of the Bayesian bootstrap (Rubin 1981): exponential, with mean one; every table keeps a say."""
    dice = random.Random(seed)
    names = sorted({r.table for r in data.rows})
    return {name: dice.expovariate(1.0) for name in names}


WAYS_TO_DRAW = {"drawn": drawn_anew, "weighed": weighed_anew}


def first_places(
    data: Data, settings: Settings, emphasis: Mapping[str, float] | None = None
) -> dict[str, list[tuple[str, Quality]]]:
    """The models of each watched use case that fit 24 GB, best lower end first."""
    rows = [r for r in data.rows if emphasis is None or emphasis[r.table] > 0.0]
    done = measure(rows, data.models, data.benchmarks, settings, emphasis)
    out = {}
    for case in WATCHED:
        spec = data.use_cases[case]
        fit = [m for m in data.models if m.kind in spec["kinds"] and (m.params_total or 9e99) <= FITS_24GB]
        found = [(m.id, q) for m in fit if (q := quality(done, m, spec["skills"], data.benchmarks)) is not None]
        out[case] = sorted(found, key=lambda x: (-x[1].low, x[0]))
    return out


def stability(data: Data, settings: Settings, draws: Mapping[str, Sequence[dict[str, list[str]]]]) -> list[Stable]:
    """How often other weights of the tables put others first, and others than those level with the third."""
    full = first_places(data, settings)
    out = []
    for way, places in draws.items():
        for case in WATCHED:
            top = [name for name, _ in full[case][:3]]
            third = full[case][2][1]
            level = {name for name, q in full[case] if q.high >= third.low}
            changed = sum(set(d[case]) != set(top) for d in places) / len(places)
            beyond = sum(not set(d[case]) <= level for d in places) / len(places)
            out.append(Stable(way, case, top, changed, beyond, len(level), len(places)))
    return out


# -- all of it ------------------------------------------------------------------------------------------------------------------


def series_of(data: Data) -> list[str]:
    """Series with at least one table of enough models measured by others."""
    count: dict[tuple[str, str], int] = defaultdict(int)
    for r in data.rows:
        if r.independent:
            count[r.series, r.benchmark] += 1
    return sorted({s for (s, _), n in count.items() if n >= MIN_MODELS})


def _left_out(job: tuple[Data, str, Settings]) -> list[Held]:
    return leave_out(*job)


def _hidden(job: tuple[Data, str, int, Settings]) -> list[Missed]:
    return interval_coverage(*job)


def _drawn(job: tuple[Data, str, int, Settings]) -> dict[str, list[str]]:
    data, way, seed, settings = job
    places = first_places(data, settings, WAYS_TO_DRAW[way](data, seed))
    return {case: [name for name, _ in found[:3]] for case, found in places.items()}


def run(data: Data, settings: Settings = DEFAULT, jobs: int = 2, draws: int = DRAWS) -> Report:
    """Everything, on a few processes."""
    facts = {m.id: m for m in data.models}
    with ProcessPoolExecutor(jobs) as pool:
        left = pool.map(_left_out, [(data, s, settings) for s in series_of(data)])
        hidden = pool.map(_hidden, [(data, h, f, settings) for h in HIDDEN for f in range(FOLDS)])
        drawn = {way: pool.map(_drawn, [(data, way, seed, settings) for seed in range(draws)]) for way in WAYS_TO_DRAW}
        held = [h for some in left for h in some]
        missed = [m for some in hidden for m in some]
        stable = stability(data, settings, {way: list(places) for way, places in drawn.items()})
    done = measure(data.rows, data.models, data.benchmarks, settings)
    few = small_and_recent(held, facts)
    return Report(
        len(data.rows),
        len(done.rows),
        grades_by_skill(done),
        {"all": table_scores(held, facts), "small": table_scores(few, facts)},
        {"all": like_size_pairs(held, facts), "small": like_size_pairs(few, facts)},
        missed,
        stable,
    )


def grades_by_skill(done: Measured) -> dict[str, dict[str, int]]:
    """How many models have their own evidence of each grade in each skill."""
    out = {}
    for skill in SKILLS:
        letters = [found[skill] for found in done.grades.values() if skill in found]
        out[skill] = {letter: letters.count(letter) for letter in "ABC"}
    return out


def main() -> None:
    """Run, print in English, and write both pages if asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    report = run(load(), jobs=args.jobs)
    print(page(report, "en"))
    if args.write:
        for language in ("en", "ja"):
            target = ROOT / "docs" / language / "reference" / "ranking-quality.md"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page(report, language), encoding="utf-8")


if __name__ == "__main__":
    main()
