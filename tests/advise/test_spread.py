"""Ties and marks, by hand."""

from __future__ import annotations

from advice_values import GIB, evaluated, memory, quality, question, row, speed

from osllm.advise.spread import marks_of, ties_of
from osllm.domain.verdict import LicenseVerdict


def test_rows_tie_where_the_difference_is_small_against_its_uncertainty() -> None:
    # Half-widths of 0.05 at 80 % are 0.039 standard deviations each, 0.055 for the difference: 0.43 of it is 0.0237.
    rows = [
        evaluated("a", measured=quality(0.70)),
        evaluated("b", measured=quality(0.68)),
        evaluated("c", measured=quality(0.65)),
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
