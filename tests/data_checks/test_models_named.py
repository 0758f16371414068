"""Every model and line that well-read articles name is found in the catalog by that very name."""

from __future__ import annotations

from pathlib import Path

import pytest

from osllm.authoring.expand import Entry, architecture, entries, model
from osllm.authoring.namebook import build
from osllm.authoring.yamlio import load
from osllm.catalog.names import normalise

CATALOG = Path(__file__).parents[2] / "catalog"
MODELS = {
    "Llama 2 7B": "llama-2-7b", "Llama 3 8B": "llama-3-8b", "Llama 3 70B": "llama-3-70b", "Llama 3.1 8B": "llama-3.1-8b",
    "Llama 3.1 70B": "llama-3.1-70b", "Llama 3.1 405B": "llama-3.1-405b", "Llama 3.2 1B": "llama-3.2-1b",
    "Llama 3.2 3B": "llama-3.2-3b", "Llama 3.2 Vision 11B": "llama-3.2-11b-vision",
    "Llama 3.2 Vision 90B": "llama-3.2-90b-vision", "Llama 3.3 70B": "llama-3.3-70b", "Mistral 7B": "mistral-7b-v0.3",
    "Mistral Nemo 12B": "mistral-nemo-12b", "Mistral Small 22B": "mistral-small-22b-2409",
    "Mistral Large 2 123B": "mistral-large-2411", "Mixtral 8x7B": "mixtral-8x7b", "Mixtral 8x22B": "mixtral-8x22b",
    "Codestral": "codestral-22b", "Gemma 2B": "gemma-2b", "Gemma 2 2B": "gemma-2-2b", "Gemma 2 9B": "gemma-2-9b",
    "Gemma 2 27B": "gemma-2-27b", "Phi-3 mini": "phi-3-mini-128k", "Phi-3 small": "phi-3-small-8k",
    "Phi-3 medium": "phi-3-medium-4k", "Phi-4": "phi-4", "Command R+": "command-r-plus", "OLMo 7B": "olmo-7b",
    "Falcon 7B": "falcon-7b", "Falcon 40B": "falcon-40b", "Qwen 2.5 0.5B": "qwen2.5-0.5b", "Qwen 2.5 1.5B": "qwen2.5-1.5b",
    "Qwen 2.5 3B": "qwen2.5-3b", "Qwen 2.5 7B": "qwen2.5-7b", "Qwen 2.5 14B": "qwen2.5-14b", "Qwen 2.5 32B": "qwen2.5-32b",
    "Qwen 2.5 72B": "qwen2.5-72b", "Qwen2.5-Coder 7B": "qwen2.5-coder-7b", "Qwen-VL": "qwen-vl-7b",
    "Qwen-Audio": "qwen-audio-7b", "DeepSeek-V3": "deepseek-v3", "DeepSeek-R1": "deepseek-r1",
    "DeepSeek-Coder": "deepseek-coder-v2", "CALM3": "calm3-22b", "ELYZA-japanese-Llama-2-7b": "elyza-japanese-llama-2-7b",
    "ELYZA Llama 3": "llama-3-elyza-jp-8b", "LLaMA Pro 8B": "llama-pro-8b", "BioMistral 7B": "biomistral-7b",
    "OpenMath-Mistral-7B": "openmath-mistral-7b",
    "OpenAssistant falcon-40b-sft-top1-560": "oasst-falcon-40b-sft-top1-560", "gpt4all-falcon": "gpt4all-falcon",
}  # fmt: skip
LINES = (
    "Llama 2", "Code Llama", "Granite", "PLaMo", "Vicuna", "WizardLM", "Qwen2.5-Coder", "Llama 3.1", "Phi-3", "Gemma 2",
)  # fmt: skip
NEVER_RELEASED = ("Code Llama 3", "Llama 3.1 30B", "Qwen 2.5 110B")


@pytest.fixture(scope="module")
def listed() -> list[Entry]:
    return entries(load(path) for path in sorted(CATALOG.glob("models/*/*.yaml")))


@pytest.fixture(scope="module")
def names(listed: list[Entry]) -> dict[str, str | list[str | None]]:
    by_id = {entry.id: entry for entry in listed}
    return build([model(entry, architecture(entry, by_id)) for entry in listed])


@pytest.mark.parametrize("name", MODELS)
def test_model_is_found(names: dict[str, str | list[str | None]], name: str) -> None:
    found = names[normalise(name)]
    assert (found if isinstance(found, str) else found[0]) == MODELS[name]


@pytest.mark.parametrize("name", LINES)
def test_line_is_a_family(listed: list[Entry], name: str) -> None:
    assert any(normalise(str(entry.facts["family"])).startswith(normalise(name)) for entry in listed)


@pytest.mark.parametrize("name", NEVER_RELEASED)
def test_what_was_never_released_has_no_entry(names: dict[str, str | list[str | None]], name: str) -> None:
    assert normalise(name) not in names


def test_medical_tunes_of_llama_are_listed(listed: list[Entry]) -> None:
    medical = [e for e in listed if "medical" in (e.facts.get("domains") or ())]
    assert any("llama" in e.id for e in medical)


def test_every_name_means_one_model(listed: list[Entry]) -> None:
    owner: dict[str, str] = {}
    for entry in listed:
        facts = entry.facts
        for name in (entry.id, facts.get("hub_id"), *(facts.get("aliases") or ()), *(facts.get("ollama") or ())):
            if name:
                assert owner.setdefault(normalise(str(name)), entry.id) == entry.id, name


def test_superseded_models_name_their_successor(listed: list[Entry]) -> None:
    by_id = {entry.id: entry for entry in listed}
    for entry in listed:
        successor = entry.facts.get("superseded_by")
        assert (entry.facts.get("status") == "superseded") == (successor is not None), entry.id
        assert successor is None or (successor in by_id and successor != entry.id), entry.id


def test_kinds_keep_their_models_apart(listed: list[Entry]) -> None:
    by_hub_id = {entry.facts.get("hub_id"): entry for entry in listed}
    for item in load(CATALOG / "embeddings.yaml").data["models"]:
        entry = by_hub_id[item["hub_id"]]
        assert entry.id == item["id"]
        assert entry.facts["kind"] == ("reranker" if item["kind"] == "reranker" else "embedding")
        assert entry.facts["license"]["keys"] == item["license"]["keys"]
