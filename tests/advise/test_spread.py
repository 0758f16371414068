"""Ties and marks, by hand."""

from __future__ import annotations

from advice_values import GIB, evaluated, memory, quality, question, row, speed

from osllm.advise.spread import marks_of, ties_of
from osllm.domain.verdict import LicenseVerdict


def test_rows_tie_where_their_intervals_overlap() -> None:
    # 0.65 to 0.75, 0.60 to 0.68, 0.50 to 0.58: the first two meet, the last two do not.
    rows = [
        evaluated("a", measured=quality(0.70, 0.05)),
        evaluated("b", measured=quality(0.64, 0.04)),
        evaluated("c", measured=quality(0.54, 0.04)),
    ]
    assert ties_of(rows) == [False, True, False]


def test_certain_values_tie_only_when_equal() -> None:
    rows = [
        evaluated("a", measured=quality(0.7, 0.0)),
        evaluated("b", measured=quality(0.7, 0.0)),
        evaluated("c", measured=quality(0.69, 0.0)),
    ]
    assert ties_of(rows) == [False, True, False]


def test_unmeasured_rows_tie_with_each_other_and_not_with_measured_ones() -> None:
    rows = [evaluated("a", measured=quality()), evaluated("b"), evaluated("c")]
    assert ties_of(rows) == [False, False, True]


def test_each_mark_goes_to_one_row() -> None:
    verdicts = {0: "conditions", 1: "allowed", 2: "review"}
    q = question(license_of=lambda r: LicenseVerdict(verdicts[r.license], ("x",)))
    rows = [
        evaluated("best", measured=quality(0.9), row=row("best", license=0), speed=speed(20), memory=memory(20 * GIB)),
        evaluated("free", measured=quality(0.8), row=row("free", license=1), speed=speed(30), memory=memory(18 * GIB)),
        evaluated("small", measured=quality(0.6), row=row("small", license=2), speed=speed(90), memory=memory(4 * GIB)),
    ]
    assert marks_of(rows, q) == {
        "best": ("best-quality",),
        "free": ("most-permissive",),
        "small": ("fastest", "lightest"),
    }
    assert marks_of([], q) == {}


def test_of_equals_the_higher_ranked_is_marked() -> None:
    rows = [evaluated("a", measured=quality(0.7)), evaluated("b", measured=quality(0.7))]
    assert marks_of(rows, question()) == {"a": ("best-quality", "fastest", "lightest", "most-permissive"), "b": ()}


def test_what_nobody_measured_is_not_called_the_best() -> None:
    rows = [
        evaluated("guessed", measured=quality(0.9, grade="D")),
        evaluated("measured", measured=quality(0.7, grade="C")),
    ]
    assert "best-quality" in marks_of(rows, question())["measured"]
    assert not any("best-quality" in names for names in marks_of(rows[:1], question()).values())
