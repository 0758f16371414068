"""Which licences the models carry that articles get wrong: the catalog's own entries, by name on the Hub."""

from __future__ import annotations

from pathlib import Path

import pytest

from osllm.authoring import expand
from osllm.authoring.yamlio import load
from osllm.licensing.openness import derive

MODELS = Path(__file__).parents[2] / "catalog" / "models"
PAGES = {path: path.read_text("utf-8") for path in sorted(MODELS.glob("*/*.yaml"))}


def binding(hub_id):
    """The licence block of a model; what it does not say itself it has from its file's defaults."""
    [path] = [path for path, text in PAGES.items() if f"\n    hub_id: {hub_id}\n" in text]
    data = load(path).data
    entry = next(model for model in data["models"] if model.get("hub_id") == hub_id)
    return {**((data.get("defaults") or {}).get("license") or {}), **(entry.get("license") or {})}


@pytest.mark.parametrize(
    ("hub_id", "keys"),
    [
        ("Qwen/Qwen2.5-7B-Instruct", {"apache-2.0"}),
        ("Qwen/Qwen2.5-3B-Instruct", {"qwen-research-2024"}),
        ("Qwen/Qwen2.5-72B-Instruct", {"qwen-2024"}),
        ("mistralai/Mistral-Large-Instruct-2407", {"mistral-mrl-0.1"}),
        ("mistralai/Mistral-Large-3-675B-Instruct-2512", {"apache-2.0"}),
        ("mistralai/Mistral-Small-Instruct-2409", {"mistral-mrl-0.1"}),
        ("mistralai/Mistral-Small-24B-Instruct-2501", {"apache-2.0"}),
        ("mistralai/Ministral-8B-Instruct-2410", {"mistral-mrl-0.1"}),
        ("mistralai/Ministral-3-8B-Instruct-2512", {"apache-2.0"}),
        ("mistralai/Devstral-2-123B-Instruct-2512", {"mistral-modified-mit"}),
        ("deepseek-ai/DeepSeek-V3", {"deepseek-1.0"}),
        ("deepseek-ai/DeepSeek-R1", {"mit"}),
        ("deepseek-ai/DeepSeek-V3.2-Exp", {"mit"}),
        ("deepseek-ai/DeepSeek-R1-Distill-Qwen-7B", {"mit", "apache-2.0"}),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-8B", {"mit", "llama-3.1"}),
        ("deepseek-ai/DeepSeek-R1-Distill-Llama-70B", {"mit", "llama-3.3"}),
        ("meta-llama/Llama-3.3-70B-Instruct", {"llama-3.3"}),
        ("google/gemma-2-9b-it", {"gemma-tou-2025-03-24"}),
        ("tokyotech-llm/Llama-3.1-Swallow-8B-Instruct-v0.5", {"llama-3.1", "gemma-tou-2025-03-24"}),
        ("tiiuae/falcon-40b", {"apache-2.0"}),
        ("tiiuae/falcon-180B-chat", {"falcon-180b-1.0"}),
        ("microsoft/phi-4", {"mit"}),
        ("openai/gpt-oss-120b", {"apache-2.0-gpt-oss"}),
        ("pfnet/plamo-2-1b", {"apache-2.0"}),
        ("pfnet/plamo-2-8b", {"plamo-community"}),
        ("pfnet/plamo-100b", {"plamo-nc-100b"}),
        ("llm-jp/llm-jp-3-172b-instruct2", {"llm-jp-172b-instruct2-tou"}),
        ("LiquidAI/LFM2-1.2B", {"lfm-open-1.0"}),
        ("moonshotai/Kimi-K3", {"kimi-k3"}),
    ],
)
def test_the_licences_of_models_that_articles_get_wrong(hub_id, keys):
    found = binding(hub_id)
    assert set(found["keys"]) == keys
    assert not found.get("conflict")


@pytest.mark.parametrize(
    "hub_id", ["Rakuten/RakutenAI-3.0", "tiiuae/Falcon-H1-7B-Instruct", "deepseek-ai/DeepSeek-V3-0324"]
)
def test_contested_licences_say_why(hub_id):
    assert len(binding(hub_id)["conflict"]) > 20


def test_a_card_that_asks_for_more_than_its_tag():
    assert "commercial" in binding("third-intelligence/llm-jp-4-kappa-32b-a3b-v0.1")["card_restriction"]
    assert binding("karakuri-ai/karakuri-lm-70b-chat-v0.1")["card_restriction"]


def test_licences_that_changed_in_place():
    before = {one["before"]: set(one["keys"]) for one in binding("MiniMaxAI/MiniMax-M2")["revisions"]}
    assert list(before.values()) == [{"apache-2.0"}, {"mit"}]
    assert binding("01-ai/Yi-34B-Chat")["revisions"] == [{"before": "2024-05-30", "keys": ["yi-community-2.1"]}]


@pytest.mark.parametrize(
    ("hub_id", "tier", "mof_class", "lacking"),
    [
        ("allenai/OLMo-7B-hf", "open-data-and-code", 1, set()),
        (
            "ibm-granite/granite-4.0-h-small",
            "open-licence",
            3,
            {"training_code", "inference_code", "eval_code", "eval_data"},
        ),
        ("openai/gpt-oss-120b", "open-licence", 0, {"data_card"}),
        ("Qwen/Qwen3-14B-Base", "open-licence", 0, {"data_card", "tech_report"}),
        ("deepseek-ai/DeepSeek-R1", "open-licence", 0, {"data_card"}),
        ("deepseek-ai/DeepSeek-V3", "open-weights", 0, {"final_params", "data_card"}),
        ("google/gemma-2-9b-it", "open-weights", 0, {"architecture_code", "final_params"}),
    ],
)
def test_how_open_the_checked_models_are(hub_id, tier, mof_class, lacking, licenses):
    found = derive(expand.binding({"license": binding(hub_id)}), licenses)
    assert (found.tier, found.mof_class, found.unchecked) == (tier, mof_class, ())
    assert lacking <= set(found.missing)
