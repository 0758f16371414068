"""Tokenizer figures: known keys only, sane numbers, and nothing measured without a source."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from osllm.authoring.expand import entries
from osllm.authoring.yamlio import load

CATALOG = Path(__file__).parents[2] / "catalog"
FILE = load(CATALOG / "tokenizers.yaml").data
TOKENIZERS: list[dict[str, Any]] = FILE["tokenizers"]
TEXTS = ("encyclopedic", "exam", "prompts")


def test_every_tokenizer_of_a_model_is_described() -> None:
    models = entries(load(path) for path in sorted(CATALOG.glob("models/*/*.yaml")))
    used = {entry.facts.get("tokenizer") for entry in models} - {None}
    assert used <= {t["key"] for t in TOKENIZERS}


def test_keys_are_unique_and_sorted() -> None:
    keys = [t["key"] for t in TOKENIZERS]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("tokenizer", TOKENIZERS, ids=lambda t: t["key"])
def test_figures_match_their_basis(tokenizer: dict[str, Any]) -> None:
    figures = tokenizer["chars_per_token_ja"]
    texts = [figures[name] for name in TEXTS]
    assert set(figures) == {*TEXTS, "mean"}
    if tokenizer["basis"] == "measured":
        assert figures["mean"] == pytest.approx(sum(texts) / len(texts), abs=0.011)
        assert 0.5 < figures["mean"] < 3
    elif tokenizer["basis"] == "published":
        assert texts == [None] * len(TEXTS)
        assert 0.5 < figures["mean"] < 3
    else:
        assert tokenizer["basis"] == "unknown"
        assert set(figures.values()) == {None}
    assert tokenizer["source"] in FILE["sources"] or (tokenizer["basis"] == "unknown" and tokenizer["vocab"] is None)


def test_larger_japanese_vocabularies_hold_more_characters() -> None:
    mean = {t["key"]: t["chars_per_token_ja"]["mean"] for t in TOKENIZERS}
    assert mean["llm-jp-v4"] > mean["llm-jp-v3"] > mean["qwen2"] > mean["llama3"] > mean["llama2"]
    assert mean["llm-jp-v4"] / mean["llama2"] == pytest.approx(2.4, abs=0.05)
