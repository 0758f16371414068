"""explain and compare over the shipped catalog: the parts add up, and what would change a place really would."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from osllm import api
from osllm.advise.explain import rank_if_measured
from osllm.advise.prepare import question as prepare
from osllm.advise.rank import order, rank
from osllm.api.request import build, policy_of
from osllm.catalog.store import Catalog

ASKED = {"use_case": "ja-chat", "gpu": ["rtx4090"]}


@cache
def top() -> list[str]:
    answer = api.recommend(**ASKED, top=8)
    return [row["model"]["id"] for row in answer.document["recommendations"]]


def explained(model: str) -> dict[str, Any]:
    return dict(api.explain(model, **ASKED).document)


@pytest.mark.parametrize("place", [1, 2, 5, 8])
def test_the_parts_of_a_difference_add_up_to_it(place: int) -> None:
    document = explained(top()[place - 1])
    others = [document[key] for key in ("above", "leader", "runner_up") if document[key]]
    assert len(others) == (1 if place == 1 else 2)
    for other in others:
        # Each part is rounded to four digits.
        assert sum(part["points"] for part in other["parts"]) == pytest.approx(other["difference"], abs=5e-4)


def test_the_first_is_told_from_the_second_and_nothing_has_to_change() -> None:
    document = explained(top()[0])
    assert document["runner_up"]["model"] == top()[1]
    assert document["runner_up"]["difference"] <= 0
    assert (document["above"], document["leader"], document["changes"]) == (None, None, [])


def test_a_row_charged_for_thin_evidence_is_told_where_a_measurement_would_put_it(catalog: Catalog) -> None:
    request, use_case, _ = build(catalog, ASKED)
    question = prepare(catalog, request, use_case, policy_of(request))
    ranked = rank(catalog, question)
    charged = 0
    for number, row in enumerate(ranked.rows[:40], 1):
        found = rank_if_measured(ranked, number)
        parts = {name: value * weight for name, value, weight in row.score.parts}
        charge = -parts.get("thin_evidence", 0.0)
        assert (found is None) == (charge == 0.0)
        if found is not None:
            charged += 1
            assert found <= number
            # Whoever stands between must have less than the row would have without the charge.
            freed = row.score.total + charge
            assert all(e.score.total <= freed + 1e-9 for e in ranked.rows[found - 1 : number])
            assert found == 1 or order(ranked.rows[found - 2])[1] <= -round(freed, 9)
    assert charged > 3


def test_a_comparison_shows_each_skill_of_the_use_case_and_only_tests_that_two_took() -> None:
    document = api.compare(["qwen3-32b", "gemma-4-31b", "gpt-oss-20b"], **ASKED).document
    for column in document["models"]:
        assert [one["skill"] for one in column["skills"]] == [
            "japanese-chat", "japanese-instruction-following", "japanese-knowledge",
        ]  # fmt: skip
        assert all(one["low"] <= one["value"] <= one["high"] for one in column["skills"])
    assert document["tests"]
    for test in document["tests"]:
        assert len(test["values"]) >= 2
        for model, result in test["values"].items():
            rows = api.show_model(model).document["model"]["evidence"]
            assert any(
                (row["benchmark"], row["version"], row["value"], row["source"])
                == (test["benchmark"], test["version"], result["value"], result["source"])
                for row in rows
            )


def test_a_run_that_thinks_stands_before_one_that_does_not() -> None:
    document = api.compare(["qwen3-32b", "qwen3-14b"], use_case="coding", gpu=["rtx4090"]).document
    modes = {result["mode"] for test in document["tests"] for result in test["values"].values()}
    assert "thinking" in modes
    for test in document["tests"]:
        for model, result in test["values"].items():
            if result["mode"] == "non-thinking":
                rows = api.show_model(model).document["model"]["evidence"]
                assert not any(
                    row["mode"] != "non-thinking"
                    for row in rows
                    if (row["benchmark"], row["version"], row["judge"])
                    == (test["benchmark"], test["version"], test["judge"])
                )


def test_developers_results_name_their_source_and_not_its_key(catalog: Catalog) -> None:
    for model in ("gemma-4-31b", "qwen3.6-27b"):
        keys = set(catalog.provenance(model)["sources"])
        sources = [row["source"] for row in catalog.evidence(model) if not row["independent"]]
        assert sources
        assert not keys & set(sources)
        assert all("/" in source for source in sources)


def test_a_text_model_is_not_said_to_see() -> None:
    shown = {one["skill"] for one in api.show_model("qwen3-32b").document["model"]["skills"]}
    assert "vision" not in shown
    assert {"coding", "japanese-chat"} <= shown
    assert "vision" in {one["skill"] for one in api.show_model("gemma-4-31b").document["model"]["skills"]}
