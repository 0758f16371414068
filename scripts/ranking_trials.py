"""Do the intervals hold what they promise, and do the first three stay when the tables are drawn anew."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ranking_data import Data

from osllm.domain.model import Quality
from osllm.quality.ability import INDEX
from osllm.quality.build import measure, quality
from osllm.quality.skills import JAPANESE
from osllm.quality.stitch import Settings, stitch

FOLDS = 5
WATCHED = ("ja-chat", "coding", "general")
FITS_24GB = 34e9  # about 20 GB at 4.8 bits per weight, which leaves room for 8k tokens


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
    params: int | None
    skill: str
    observed: bool  # other results speak of the model in the skill
    elsewhere: bool  # other results speak of the model in some skill
    slope: float  # of the benchmark
    error: float
    spread: float  # variance of the ability, on the benchmark's scale
    noise: float  # variance of the benchmark


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
    params = {m.id: m.params_total for m in data.models}
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
                Missed(
                    hidden=hide,
                    model=r.model,
                    params=params[r.model],
                    skill=r.skill,
                    observed=k in ability.observed,
                    elsewhere=bool(ability.observed),
                    slope=item.slope,
                    error=error,
                    spread=item.slope**2 * spread,
                    noise=item.noise,
                )
            )
    return found


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
