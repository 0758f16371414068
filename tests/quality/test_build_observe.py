"""From a published value to an observation: scales, who measured, and which of two rows stands."""

from __future__ import annotations

from math import log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osllm.quality.observe import EDGE, ModelFacts, cells, observations, open_scale, source_text

SHARE = {"min": 0, "max": 1}
ONE = ModelFacts(
    "one", "lab/One", "One", "Lab", None, "instruct", 8_000_000_000, 8_000_000_000, "2025-01", "hybrid", ()
)
BASE = ONE._replace(id="one-base", hub_id="lab/One-Base", kind="base", reasoning=None)
BENCHMARKS: dict[str, dict[str, Any]] = {
    "exam-v1": {"title": "Exam", "skill": "reasoning", "scale": SHARE},
    "ja-exam": {"title": "Exam (Japanese)", "skill": "japanese-knowledge", "scale": SHARE},
    "exam-reported": {
        "title": "Exam",
        "skill": "reasoning",
        "scale": {"min": 0, "max": 100},
        "independent": False,
        "reported_as": ["Exam", "Exam (0-shot)"],
    },
}


def table(name: str, rows: dict[str, Any], **header: Any) -> dict[str, Any]:
    return {
        "id": name,
        "source": {"repo": "x/y", "commit": "0123456789", "path": "t.csv"},
        "evaluated_by": "Evaluator",
        "independent": True,
        "as_of": "2026-01-01",
        "series": "x",
        "license": "MIT",
        "rows": rows,
    } | header


@pytest.mark.parametrize(
    ("value", "scale", "expected"),
    [
        (0.5, SHARE, 0.0),
        (0.8, SHARE, log(4.0)),
        (62.5, {"min": 0, "max": 100, "chance": 25}, 0.0),  # half way between guessing and full marks
        (20.0, {"min": 0, "max": 100, "lower_better": True}, log(4.0)),
        (1.0, SHARE, log((1 - EDGE) / EDGE)),
        (0.1, {"min": 0, "max": 1, "chance": 0.25}, log(EDGE / (1 - EDGE))),  # below guessing counts as guessing
        (400.0, {"unit": "elo"}, log(10.0)),
        (-1.5, {"unit": "logit"}, -1.5),
    ],
)
def test_open_scale_by_hand(value: float, scale: dict[str, Any], expected: float) -> None:
    assert open_scale(value, scale) == pytest.approx(expected)


@given(st.floats(0, 1), st.floats(0, 1))
def test_open_scale_keeps_order(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert open_scale(low, SHARE) <= open_scale(high, SHARE)
    assert open_scale(low, SHARE | {"lower_better": True}) >= open_scale(high, SHARE | {"lower_better": True})


def test_rows_by_order_and_by_key_read_alike() -> None:
    by_order = {"benchmarks": ["exam-v1", "ja-exam"], "rows": {"one@thinking": [0.5, None]}}
    by_key = {"rows": {"one@thinking": {"exam-v1": 0.5}}}
    assert list(cells(by_order)) == list(cells(by_key)) == [("one", "thinking", "exam-v1", 0.5)]


def test_a_row_of_the_wrong_length_is_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        list(cells({"benchmarks": ["exam-v1", "ja-exam"], "rows": {"one": [0.5]}}))


def test_the_evaluators_own_models_are_not_independent() -> None:
    rows = table("t", {"one": {"exam-v1": 0.5}}, evaluator_develops=["Lab"])
    assert [r.independent for r in observations(BENCHMARKS, [rows], [ONE], {})] == [False]
    assert [r.independent for r in observations(BENCHMARKS, [rows], [ONE._replace(developer="Other")], {})] == [True]


def test_a_base_models_results_speak_for_its_base_quality() -> None:
    rows = table("t", {"one-base": {"exam-v1": 0.5, "ja-exam": 0.5}})
    assert [r.skill for r in observations(BENCHMARKS, [rows], [BASE], {})] == ["base-quality", "base-quality-ja"]


def test_independent_then_newer_rows_stand() -> None:
    tables = [
        table("own", {"one": {"exam-v1": 0.9}}, independent=False, as_of="2026-06-01"),
        table("old", {"one": {"exam-v1": 0.4}}, as_of="2025-01-01"),
        table("new", {"one": {"exam-v1": 0.5}}),
    ]
    assert [r.value for r in observations(BENCHMARKS, tables, [ONE], {})] == [0.5]
    assert observations(BENCHMARKS, tables, [ONE], {}) == observations(BENCHMARKS, tables[::-1], [ONE], {})


def test_modes_are_kept_apart() -> None:
    rows = table("t", {"one@thinking": {"exam-v1": 0.9}, "one@non-thinking": {"exam-v1": 0.4}})
    assert [(r.mode, r.value) for r in observations(BENCHMARKS, [rows], [ONE], {})] == [
        ("non-thinking", 0.4),
        ("thinking", 0.9),
    ]


def test_models_outside_the_catalog_are_passed_over() -> None:
    assert observations(BENCHMARKS, [table("t", {"stranger": {"exam-v1": 0.5}})], [ONE], {}) == []


def test_developers_own_figures() -> None:
    said = [
        {"name": "Exam", "value": 50.0, "source": "card", "setting": "non-thinking, table 3"},
        {"name": "Unknown exam", "value": 99.0, "source": "card"},
        {"name": "Exam (0-shot)", "value": 88.0, "source": "card", "setting": "base model"},
    ]
    (row,) = observations(BENCHMARKS, [], [ONE], {"one": said})
    assert (row.mode, row.z, row.independent, row.reported, row.evaluator) == ("non-thinking", 0.0, False, True, "Lab")
    (row,) = observations(BENCHMARKS, [], [BASE], {"one-base": said})
    assert (row.value, row.skill) == (88.0, "base-quality")


def test_shares_and_percents_are_told_apart() -> None:
    rows = [observations(BENCHMARKS, [], [ONE], {"one": [{"name": "Exam", "value": v}]})[0] for v in (0.8, 80.0)]
    assert rows[0].z == pytest.approx(rows[1].z) == pytest.approx(log(4.0))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ({"repo": "a/b", "commit": "0123456789", "path": "c.csv"}, "github.com/a/b@0123456 c.csv"),
        ({"hub": "a/b", "path": "README.md"}, "hf.co/a/b README.md"),
        ({"url": "https://example.org/t"}, "https://example.org/t"),
        ("card", "card"),
    ],
)
def test_source_in_one_line(source: object, text: str) -> None:
    assert source_text(source) == text


def test_a_figure_told_again_without_its_mode_counts_once() -> None:
    collected = table("t", {"one": {"exam-reported": 50.0}}, independent=False)
    said = [{"name": "Exam", "value": 0.5, "setting": "thinking"}]
    (row,) = observations(BENCHMARKS, [collected], [ONE], {"one": said})
    assert row.mode == "thinking"
    said = [{"name": "Exam", "value": 0.6, "setting": "thinking"}]
    assert len(observations(BENCHMARKS, [collected], [ONE], {"one": said})) == 2
