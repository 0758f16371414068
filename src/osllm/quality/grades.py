"""How far a model's evidence can be trusted: A independent and current, B independent but older, C developer's own, D inherited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Final

from osllm.quality.observe import Observation

GRADES: Final = "ABCD"
CURRENT_DAYS: Final = 365  # a table older than this, counted from the newest one, is no longer current


def current(rows: Iterable[Observation], benchmarks: Mapping[str, Mapping[str, Any]]) -> set[tuple[str, str]]:
    """(benchmark, date) of the results that are current: the newest version of their kind, at most a year old."""
    dated = {(r.benchmark, r.as_of) for r in rows if len(r.as_of) >= 7}
    if not dated:
        return set()
    limit = max(_day(as_of) for _, as_of in dated) - timedelta(days=CURRENT_DAYS)
    return {(b, as_of) for b, as_of in dated if _day(as_of) >= limit and not benchmarks[b].get("superseded_by")}


def grade(rows: Iterable[Observation], fresh: Collection[tuple[str, str]]) -> str:
    """The grade of the best of some results; D of none."""
    found = "D"
    for row in rows:
        if row.independent and not row.reported:
            found = min(found, "A" if (row.benchmark, row.as_of) in fresh else "B")
        else:
            found = min(found, "C")
    return found


def combined(grades: Mapping[str, str], weights: Mapping[str, float]) -> str:
    """The grade of a weighted mix: at least half of the weight is this good or better."""
    whole = sum(weights.values())
    for letter in GRADES:
        if sum(w for skill, w in weights.items() if grades.get(skill, "D") <= letter) * 2.0 >= whole:
            return letter
    return GRADES[-1]


def _day(text: str) -> date:
    parts = [int(p) for p in text.split("-")]
    return date(parts[0], parts[1], parts[2] if len(parts) > 2 else 1)
