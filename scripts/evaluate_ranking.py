"""How well the stitched skills rank models, measured on tables that the fit has not seen.

    python scripts/evaluate_ranking.py [--write]

Each series of tables (one leaderboard in all its releases) is left out in turn and everything is fitted again; the models
of the left-out tables are then ranked by their fitted skill and by four simpler ways, and a paired bootstrap over the models
of each table says whether the difference is beyond noise. Also: coverage by grade, coverage of the 80 % intervals on results
that were left out, and how stable the first three places are when tables are drawn anew.
--write puts the numbers into docs/en/reference/ranking-quality.md and docs/ja/reference/ranking-quality.md.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from typing import NamedTuple

from ranking_data import ROOT, Data, load
from ranking_orders import (
    Held,
    Score,
    leave_out,
    like_size_pairs,
    series_of,
    small_and_recent,
    table_scores,
)
from ranking_page import page
from ranking_trials import (
    FOLDS,
    HIDDEN,
    WAYS_TO_DRAW,
    Missed,
    Stable,
    first_places,
    interval_coverage,
    stability,
)

from osllm.quality.build import Measured, measure
from osllm.quality.skills import SKILLS
from osllm.quality.stitch import DEFAULT, Settings

DRAWS = 20


class Report(NamedTuple):
    """Everything that the page shows."""

    rows: int
    models: int
    grades: dict[str, dict[str, int]]
    scores: dict[str, list[Score]]
    pairs: dict[str, dict[str, tuple[float, int]]]
    missed: list[Missed]
    stable: list[Stable]


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
