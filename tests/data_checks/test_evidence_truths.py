"""What is known from the tables themselves must come out of the stitching too."""

from __future__ import annotations

import pytest

from osllm.catalog.store import Catalog
from osllm.domain.model import Quality

Cases = dict[str, dict[str, Quality]]


@pytest.fixture(scope="module")
def cases(catalog: Catalog) -> Cases:
    names = (
        "ja-chat",
        "ja-writing",
        "ja-knowledge",
        "ja-reasoning",
        "ja-translation",
        "general",
        "coding",
        "fine-tuning",
    )
    return {name: catalog.quality(name) for name in names}


def on_one_card(catalog: Catalog, values: dict[str, Quality]) -> dict[str, Quality]:
    """The independently measured models of at most 40B parameters."""
    small = {row.id for row in catalog.index() if row.params_total and row.params_total <= 40e9}
    return {m: q for m, q in values.items() if m in small and q.grade == "A"}


@pytest.mark.parametrize("case", ["ja-chat", "ja-writing"])
def test_gemma_4_31b_leads_what_was_measured_in_japanese(cases: Cases, catalog: Catalog, case: str) -> None:
    """First in the newest Japanese table that measures models of its size, so first among those that one card holds."""
    measured = on_one_card(catalog, cases[case])
    assert max(measured, key=lambda m: measured[m].value) == "gemma-4-31b"


def test_nothing_measured_knows_japan_clearly_better_than_gemma_4_31b(cases: Cases, catalog: Catalog) -> None:
    """Its JamC-QA is the highest of the open models that Swallow measured; others of its size may be level with it."""
    values = cases["ja-knowledge"]
    best = max(on_one_card(catalog, values).values(), key=lambda q: q.value)
    assert values["gemma-4-31b"].high > best.value


@pytest.mark.parametrize(
    ("tuned", "own_base", "better"),
    [
        ("qwen3-swallow-32b-rl-v0.2", "qwen3-32b", ["ja-knowledge", "ja-writing"]),
        ("gpt-oss-swallow-20b-rl-v0.1", "gpt-oss-20b", ["ja-knowledge"]),
        ("llama-3.3-swallow-70b-v0.4", "llama-3.3-70b", ["ja-knowledge", "ja-writing", "ja-translation"]),
    ],
)
def test_japanese_tuning_shows_where_it_was_measured(
    cases: Cases, tuned: str, own_base: str, better: list[str]
) -> None:
    assert [c for c in better if cases[c][tuned].value > cases[c][own_base].value] == better


def test_knowledge_and_reasoning_come_apart(cases: Cases) -> None:
    japanese, foreign = "llm-jp-4-8b-thinking", "qwen3-8b"
    assert cases["ja-knowledge"][japanese].value > cases["ja-knowledge"][foreign].value
    assert cases["ja-reasoning"][japanese].value < cases["ja-reasoning"][foreign].value


@pytest.mark.parametrize("model", ["llm-jp-4.1-33b-thinking", "elyza-thinking-1.0-llm-jp-4-33b"])
def test_the_newest_japanese_models_have_no_independent_grade(cases: Cases, model: str) -> None:
    assert {cases[c][model].grade for c in ("ja-chat", "ja-writing", "ja-knowledge", "general")} <= {"C", "D"}


def test_newer_generations_of_one_size_are_better(cases: Cases) -> None:
    """Far apart in the tables that hold both."""
    chain = ["gemma-2-27b", "gemma-3-27b", "gemma-4-31b"]
    for case in ("ja-chat", "general", "coding"):
        values = [cases[case][m].value for m in chain]
        assert values == sorted(values), case


def test_sizes_of_one_family_are_in_order(cases: Cases) -> None:
    chain = ["qwen2.5-1.5b", "qwen2.5-7b", "qwen2.5-32b"]
    for case in ("ja-chat", "general", "coding"):
        values = [cases[case][m].value for m in chain]
        assert values == sorted(values), case


def test_base_models_are_in_the_use_case_for_tuning_only(cases: Cases, catalog: Catalog) -> None:
    assert "qwen3-8b-base" in cases["fine-tuning"]
    assert "qwen3-8b-base" not in cases["general"]
    assert "qwen3-8b" not in cases["fine-tuning"]


def test_every_interval_holds_its_value(cases: Cases) -> None:
    for values in cases.values():
        assert all(0.0 <= q.low <= q.value <= q.high <= 1.0 and q.grade in "ABCD" for q in values.values())
