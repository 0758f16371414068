"""What the compiled catalog holds: values, intervals, grades and the rows behind them."""

from __future__ import annotations

from typing import Any

import pytest

from osllm.domain.model import Quality
from osllm.quality.build import QualitySections, build_quality
from osllm.quality.grades import combined, current, grade
from osllm.quality.observe import ModelFacts, Observation
from osllm.quality.skills import BASE, BASE_JA, SKILLS

SHARE = {"min": 0, "max": 1}
BENCHMARKS: dict[str, dict[str, Any]] = {
    "chat-2": {"title": "Chat", "version": "2", "judge": "a judge", "skill": "japanese-chat", "scale": SHARE},
    "chat-1": {"title": "Chat", "version": "1", "skill": "japanese-chat", "scale": SHARE, "superseded_by": "chat-2"},
    "exam": {"title": "Exam", "skill": "reasoning", "scale": SHARE},
    "own-exam": {"title": "Exam", "skill": "reasoning", "scale": SHARE, "independent": False, "reported_as": ["Exam"]},
}
CASES = {"ja-chat": {"skills": {"japanese-chat": 0.7, "reasoning": 0.3}}, "reasoning": {"skills": {"reasoning": 1}}}


def facts(name: str, **more: Any) -> ModelFacts:
    return ModelFacts(
        name, f"lab/{name}", "Family", "Lab", None, "instruct", 8 * 10**9, 8 * 10**9, "2025-01-01", None, ()
    )._replace(**more)


MODELS = [
    facts("strong"),
    facts("middle"),
    facts("weak"),
    facts("old-only", family="Old"),
    facts("own-only", family="Own"),
    facts("sibling"),
    facts("unknown", family="Nobody's"),
    facts("bare", kind="base"),
]


def table(
    name: str, benchmarks: list[str], rows: dict[str, list[float | None]], as_of: str = "2026-05-08"
) -> dict[str, Any]:
    return {
        "id": name,
        "source": {"repo": "x/y", "commit": "abc", "path": "t.csv"},
        "evaluated_by": "Evaluator",
        "independent": True,
        "as_of": as_of,
        "series": name,
        "license": "MIT",
        "benchmarks": benchmarks,
        "rows": rows,
    }


TABLES = [
    table(
        "new", ["chat-2", "exam"], {"strong": [0.9, 0.8], "middle": [0.7, 0.5], "weak": [0.4, 0.2], "bare": [None, 0.4]}
    ),
    table("old", ["chat-1"], {"strong": [0.95], "weak": [0.5], "old-only": [0.8]}, "2024-05-08"),
]


@pytest.fixture(scope="module")
def built() -> QualitySections:
    own = {"own-only": [{"name": "Exam", "value": 0.9, "source": "card"}]}
    return build_quality(BENCHMARKS, TABLES, MODELS, CASES, own)


def test_order_and_interval(built: QualitySections) -> None:
    chat = built.use_cases["ja-chat"]
    assert chat["strong"].value > chat["middle"].value > chat["weak"].value
    assert all(0.0 < q.low < q.value < q.high < 1.0 for q in chat.values())


def test_grades_by_who_measured_and_when(built: QualitySections) -> None:
    chat = built.use_cases["ja-chat"]
    assert {m: q.grade for m, q in chat.items()} == {
        "strong": "A",
        "middle": "A",
        "weak": "A",
        "old-only": "B",
        "own-only": "D",  # its own figures are about the smaller part of the mix only
        "sibling": "D",
    }
    assert built.use_cases["reasoning"]["own-only"].grade == "C"


def test_what_nobody_measured_is_missing(built: QualitySections) -> None:
    assert "unknown" not in built.use_cases["ja-chat"]
    assert all("unknown" not in values for values in built.skills.values())


def test_an_inherited_value_is_wider(built: QualitySections) -> None:
    chat = built.use_cases["ja-chat"]

    def width(q: Quality) -> float:
        return q.high - q.low

    assert width(chat["sibling"]) > width(chat["old-only"]) > width(chat["middle"])
    assert chat["sibling"].evidence == ()


def test_base_models_are_judged_as_bases_only(built: QualitySections) -> None:
    assert "bare" not in built.use_cases["ja-chat"]
    assert [s for s in SKILLS if "bare" in built.skills[s]] == [BASE, BASE_JA]
    assert [s for s in SKILLS if "strong" in built.skills[s]] == [s for s in SKILLS if s not in (BASE, BASE_JA)]


def test_rows_behind_a_value(built: QualitySections) -> None:
    rows = built.use_cases["ja-chat"]["strong"].evidence
    assert ("Chat", "2", "a judge", 0.9, "Evaluator", "2026-05-08", "github.com/x/y@abc t.csv") in rows
    assert {r[0] for r in built.use_cases["reasoning"]["strong"].evidence} == {"Exam"}
    assert {(r["benchmark"], r["value"]) for r in built.evidence["own-only"]} == {("Exam", 0.9)}


def test_the_order_of_the_input_does_not_matter(built: QualitySections) -> None:
    own = {"own-only": [{"name": "Exam", "value": 0.9, "source": "card"}]}
    assert build_quality(BENCHMARKS, TABLES[::-1], MODELS[::-1], CASES, own) == built


def seen(benchmark: str, as_of: str, *, independent: bool = True, reported: bool = False) -> Observation:
    return Observation("m", None, benchmark, "reasoning", 0.0, 0.5, independent, reported, "E", as_of, "s", "x", "t")


def test_current_is_newest_version_and_at_most_a_year_old() -> None:
    rows = [
        seen("chat-2", "2026-05-08"),
        seen("chat-1", "2026-05-08"),
        seen("exam", "2025-05-08"),
        seen("exam", "2025-05-07"),
    ]
    assert current(rows, BENCHMARKS) == {("chat-2", "2026-05-08"), ("exam", "2025-05-08")}


@pytest.mark.parametrize(
    ("rows", "letter"),
    [
        ([], "D"),
        ([seen("chat-2", "2026-05-08")], "A"),
        ([seen("chat-1", "2026-05-08")], "B"),
        ([seen("chat-2", "2026-05-08", independent=False)], "C"),
        ([seen("chat-2", "2026-05-08", reported=True)], "C"),
        ([seen("chat-1", "2024-01-01"), seen("chat-2", "2026-05-08")], "A"),
    ],
)
def test_grade(rows: list[Observation], letter: str) -> None:
    assert grade(rows, {("chat-2", "2026-05-08")}) == letter


@pytest.mark.parametrize(
    ("grades", "letter"),
    [({"a": "A", "b": "D"}, "A"), ({"b": "A"}, "D"), ({"a": "B", "b": "A"}, "B"), ({"a": "C"}, "C"), ({}, "D")],
)
def test_a_mix_has_the_grade_of_at_least_half_of_its_weight(grades: dict[str, str], letter: str) -> None:
    assert combined(grades, {"a": 0.6, "b": 0.4}) == letter
