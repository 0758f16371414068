"""Reasons say no more than is known: over answers of the shipped catalog, in both languages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from osllm import api

PAIRS = [
    ("fine-tuning", "a100-80gb"),
    ("function-calling", "m3-max-64gb"),
    ("general", "rtx3060-12gb"),
    ("general", "a100-80gb"),
]


def rows(use_case: str, gpu: str, lang: str) -> list[dict[str, Any]]:
    answer = api.recommend(use_case=use_case, gpu=[gpu], ram="64gb", lang=lang)
    return list(answer.document["recommendations"])


def reason(row: dict[str, Any], rule: str) -> dict[str, Any] | None:
    return next((r for r in row["reasons"] if r["rule"] == rule), None)


@pytest.mark.parametrize(("use_case", "gpu"), PAIRS)
@pytest.mark.parametrize(("lang", "measured"), [("en", "measured"), ("ja", "主な測定")])
def test_only_measurements_are_called_measured(use_case: str, gpu: str, lang: str, measured: str) -> None:
    for row in rows(use_case, gpu, lang):
        said = reason(row, "QLT201")
        if said is not None:
            assert (measured in said["text"]) == (row["quality"]["grade"] != "D"), row["model"]["id"]


@pytest.mark.parametrize(("use_case", "gpu"), PAIRS)
def test_a_loss_is_never_printed_as_nothing(use_case: str, gpu: str) -> None:
    texts = [r["text"] for row in rows(use_case, gpu, "en") if (r := reason(row, "QNT201"))]
    assert not [t for t in texts if " 0.0%" in t]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_ram_names_only_what_runs_there(lang: str) -> None:
    found = [r for row in rows("general", "rtx3060-12gb", lang) if (r := reason(row, "MEM203"))]
    assert found
    for said in found:
        counts = {said["params"][key] for key in ("cpu_layers", "experts_on_cpu")} - {0}
        assert {int(number) for number in re.findall(r"\d+", said["text"])} == counts


@pytest.mark.parametrize(("use_case", "gpu"), PAIRS)
def test_conditions_without_a_duty_point_to_the_check(use_case: str, gpu: str) -> None:
    for row in rows(use_case, gpu, "en"):
        said = reason(row, "LIC202")
        if said is not None and not said["params"]["obligations"]:
            assert said["text"].endswith(f"osllm license check {row['model']['id']}")


def test_weights_that_are_made_while_loading_need_no_file() -> None:
    for row in rows("fine-tuning", "a100-80gb", "en"):
        assert row["quantization"]["format"] in ("BF16", "NF4")
        assert reason(row, "QNT203") is None


@pytest.mark.parametrize(("lang", "words"), [("en", "only 18.8% of the characters"), ("ja", "実測で 18.8%")])
def test_answers_in_another_language_are_charged(lang: str, words: str) -> None:
    # shaberi's "% JA output" of Meta-Llama-3-8B-Instruct is 0.188: far below one half, hence the whole penalty.
    asked = {"gpu": ["rtx4090"], "ram": "64gb", "lang": lang, "family": ["llama-3", "llama-3.1"], "top": 50}
    found = {row["model"]["id"]: row for row in api.recommend(use_case="ja-chat", **asked).document["recommendations"]}
    said = reason(found["llama-3-8b"], "JPN202")
    assert said is not None
    assert said["points"] == pytest.approx(-0.2)
    assert words in said["text"]
    assert reason(found["llama-3.1-8b"], "JPN202") is None  # 0.880
