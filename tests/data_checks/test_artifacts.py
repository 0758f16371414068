"""Published weights: known formats, one line each, owners who own them, and enough of them to run what is recommended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from osllm.authoring.expand import Entry, architecture, entries, model
from osllm.authoring.yamlio import load
from osllm.domain.model import Model

CATALOG = Path(__file__).parents[2] / "catalog"
# Repositories whose mix or precision is not one of quantizations.yaml: a folder of GGUF mixes, MLX without a number …
BUNDLES = {"GGUF", "MLX", "EXL3", "FP4"}


@pytest.fixture(scope="module")
def listed() -> list[Entry]:
    return entries(load(path) for path in sorted(CATALOG.glob("models/*/*.yaml")))


@pytest.fixture(scope="module")
def models(listed: list[Entry]) -> list[Model]:
    by_id = {entry.id: entry for entry in listed}
    return [model(entry, architecture(entry, by_id)) for entry in listed]


def owner(item: dict[str, Any]) -> str:
    return str(item["hub_id"]).partition("/")[0].lower()


def test_formats_are_known(models: list[Model]) -> None:
    formats = {f["key"] for f in load(CATALOG / "quantizations.yaml").data["quantizations"]} | BUNDLES
    assert {a.format for m in models for a in m.artifacts} <= formats


def test_each_stands_once(models: list[Model]) -> None:
    for m in models:
        named = [(a.format, a.hub_id, a.file) for a in m.artifacts]
        assert len(named) == len(set(named)), m.id


def test_single_files_are_gguf_and_have_a_plausible_size(models: list[Model]) -> None:
    for m in models:
        for a in m.artifacts:
            assert a.file is None or a.file.endswith(".gguf"), (m.id, a.file)
            if a.file_bytes is not None and m.params_total is not None:
                assert 0.1 < a.file_bytes / m.params_total < 4.5, (m.id, a.file)


def test_named_publishers_are_named_by_their_own_name(listed: list[Entry]) -> None:
    for entry in listed:
        for item in entry.facts.get("artifacts") or ():
            if item["publisher"] != "owner":
                assert owner(item) == item["publisher"].lower(), (entry.id, item["hub_id"])


def test_no_artifact_is_an_altered_model(models: list[Model]) -> None:
    for m in models:
        for a in m.artifacts:
            name = a.hub_id.lower()
            assert not any(word in name for word in ("abliterat", "uncensored", "heretic")), a.hub_id


def test_most_chat_models_have_weights_for_a_desktop(models: list[Model]) -> None:
    chat = [m for m in models if m.recommendable and m.kind in {"instruct", "translation"}]
    desktop = [m for m in chat if any(a.format == "GGUF" or a.format[:1] in "QI" for a in m.artifacts)]
    assert len(desktop) / len(chat) > 0.65


@pytest.mark.parametrize(
    ("model_id", "hub_id"),
    [
        ("qwen2.5-72b", "Qwen/Qwen2.5-72B-Instruct-AWQ"),
        ("gpt-oss-20b", "openai/gpt-oss-20b"),
        ("qwen3-swallow-8b-rl-v0.2", "mmnga-o/Qwen3-Swallow-8B-RL-v0.2-gguf"),
        ("gemma-3-27b", "bartowski/google_gemma-3-27b-it-GGUF"),
    ],
)
def test_well_known_weights_are_there(models: list[Model], model_id: str, hub_id: str) -> None:
    found = next(m for m in models if m.id == model_id)
    assert hub_id in {a.hub_id for a in found.artifacts}
