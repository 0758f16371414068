"""Every use case is complete, weighs to one, has words in both languages and names that mean nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from osllm.authoring.yamlio import load
from osllm.catalog.names import normalise
from osllm.domain.usecase import UseCase

FOLDER = Path(__file__).parents[2] / "catalog" / "use-cases"
FILES = sorted(FOLDER.glob("*.yaml"))
JAPANESE = {"ja-chat", "ja-writing", "ja-business", "ja-rag", "ja-translation", "ja-reasoning", "ja-knowledge"}
OTHERS = {
    "general", "chat", "coding", "agentic-coding", "math", "reasoning", "rag", "summarization", "translation",
    "function-calling", "multimodal", "creative-writing", "classification", "edge", "local-light", "cost", "commercial",
    "fine-tuning",
}  # fmt: skip
SKILLS = {
    "japanese-chat", "japanese-writing", "japanese-knowledge", "japanese-reasoning", "japanese-instruction-following",
    "translation-ja", "general-knowledge", "reasoning", "math", "coding", "agentic-coding", "instruction-following",
    "tool-use", "long-context", "vision", "chat", "creative-writing", "faithfulness", "grounded-answers", "translation", "base-quality",
    "base-quality-ja",
}  # fmt: skip
PENALTIES = {
    "few_bits", "offload", "always_thinking", "superseded", "thin_evidence", "language_slips", "long_thinking", "licence_conditions", "licence_review",
}  # fmt: skip
KINDS = {"instruct", "base", "translation"}


def read(path: Path) -> dict[str, Any]:
    return load(path).data


@pytest.fixture(scope="module")
def cases() -> dict[str, dict[str, Any]]:
    return {path.stem: read(path) for path in FILES}


def test_every_use_case_is_there(cases: dict[str, dict[str, Any]]) -> None:
    assert set(cases) == JAPANESE | OTHERS


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_fields_and_weights(path: Path) -> None:
    case = read(path)
    assert tuple(case) == UseCase._fields
    assert case["key"] == path.stem
    assert set(case["skills"]) <= SKILLS
    assert sum(case["skills"].values()) == pytest.approx(1.0)
    assert set(case["weights"]) == {"quality", "speed", "fit"}
    assert sum(case["weights"].values()) == pytest.approx(1.0)
    assert max(case["weights"], key=case["weights"].get) == "quality"
    assert set(case["penalties"]) <= PENALTIES
    assert all(0 < points <= 0.5 for points in case["penalties"].values())
    assert set(case["kinds"]) <= KINDS
    assert case["offload"] in {"never", "if-nothing-fits", "allowed"}
    assert set(case["companions"]) <= {"embedding", "reranker"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_words_in_both_languages(path: Path) -> None:
    case = read(path)
    texts = [case["title"], case["description"], *case["rationale"].values()]
    for text in texts:
        assert set(text) == {"en", "ja"}
        assert text["en"].isascii()
        assert not text["ja"].isascii() or text["ja"] == "RAG"
        assert "\n" not in text["en"] + text["ja"]
    assert set(case["rationale"]) <= {*UseCase._fields, *PENALTIES}
    assert {"skills", "weights", "min_bits", "offload", "min_tps", "context_tokens", "penalties"} <= set(
        case["rationale"]
    )
    assert any(not alias.isascii() for alias in case["aliases"])


def test_names_mean_one_use_case(cases: dict[str, dict[str, Any]]) -> None:
    owner: dict[str, str] = {}
    for key, case in cases.items():
        for name in {normalise(n) for n in (key, *case["aliases"], *case["title"].values())}:
            assert owner.setdefault(name, key) == key, name


def test_japanese_chat_is_what_was_promised(cases: dict[str, dict[str, Any]]) -> None:
    chat = cases["ja-chat"]
    assert (chat["context_tokens"], chat["users"], chat["min_tps"]) == (8192, 1, 10)
    assert (chat["offload"], chat["min_bits"]) == ("if-nothing-fits", 4)
    assert "日本語チャット" in chat["aliases"]


def test_japanese_use_cases_answer_in_japanese(cases: dict[str, dict[str, Any]]) -> None:
    assert {key for key, case in cases.items() if case["language"] == "ja"} == JAPANESE


def test_retrieval_brings_its_companions(cases: dict[str, dict[str, Any]]) -> None:
    assert {key for key, case in cases.items() if case["companions"]} == {"ja-rag", "rag"}
    assert all(cases[key]["context_tokens"] >= 16384 for key in ("ja-rag", "rag"))


def test_only_fine_tuning_takes_base_models(cases: dict[str, dict[str, Any]]) -> None:
    assert {key for key, case in cases.items() if "base" in case["kinds"]} == {"fine-tuning"}
