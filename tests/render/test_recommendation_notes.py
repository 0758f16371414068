"""What the notes and reasons of an answer say and leave out."""

from __future__ import annotations

from typing import Any

from osllm.render.views.ranking_notes import runs_of_equals
from osllm.render.views.recommendation import decisive


def ranked(*spans: tuple[float, float]) -> list[dict[str, Any]]:
    """Rows with these intervals, each said to be level with the one above."""
    return [
        {"rank": number, "ties_with_above": number > 1, "quality": {"low": low, "high": high}}
        for number, (low, high) in enumerate(spans, 1)
    ]


def test_a_chain_of_neighbours_is_no_tie() -> None:
    """1 and 2 overlap, 2 and 3 overlap, 1 and 3 do not: 3 begins a run of its own."""
    rows = ranked((0.80, 0.90), (0.74, 0.84), (0.68, 0.78), (0.66, 0.76))
    assert runs_of_equals(rows) == [[1, 2], [3, 4]]


def test_all_of_a_tie_overlap_each_other() -> None:
    """Both 2 and 3 overlap the wide first interval, yet not each other."""
    rows = ranked((0.79, 0.89), (0.85, 0.89), (0.79, 0.83))
    assert runs_of_equals(rows) == [[1, 2]]


def test_rows_without_a_value_are_level_with_nothing() -> None:
    rows = ranked((0.8, 0.9), (0.8, 0.9))
    rows[0]["quality"] = rows[1]["quality"] = None
    for row in rows:
        row["ties_with_above"] = False
    assert runs_of_equals(rows) == []


def reason(rule: str, points: float, **params: Any) -> dict[str, Any]:
    return {"rule": rule, "points": points, "params": params}


def test_a_reservation_is_said_though_it_moves_nothing() -> None:
    plain = [reason(f"QLT20{number}", 0.5) for number in range(6)]
    told = [r["rule"] for r in decisive([*plain, reason("LIC202", 0.0, keys=["apache-2.0"], why="reservation")])]
    assert told[-1] == "LIC202"
    assert len(told) == 6
    duties = reason("LIC202", 0.0, keys=["gemma"], obligations=["aup"])  # told among the warnings
    assert "LIC202" not in [r["rule"] for r in decisive([*plain, duties])]
