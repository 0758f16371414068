"""Embedding models and rerankers: every fact has a source, and the pair we advise is fit for advising."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from osllm.authoring.yamlio import load

CATALOG = Path(__file__).parents[2] / "catalog"
FILE = load(CATALOG / "embeddings.yaml").data
MODELS: list[dict[str, Any]] = FILE["models"]
BY_HUB_ID = {m["hub_id"]: m for m in MODELS}


def scores(hub_id: str) -> dict[tuple[str, str | None], float]:
    return {(s["benchmark"], s["version"]): s["value"] for s in BY_HUB_ID[hub_id]["scores"]}


def test_each_model_stands_once() -> None:
    assert len(BY_HUB_ID) == len(MODELS) == len({m["id"] for m in MODELS})
    assert len(MODELS) >= 77


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m["id"])
def test_model(model: dict[str, Any]) -> None:
    licences = {path.stem for path in (CATALOG / "licenses").glob("*.yaml")}
    assert model["kind"] in {"embedding", "late-interaction", "sparse", "reranker"}
    assert set(model["license"]["keys"]) <= licences
    assert bool(model["license"]["keys"]) == (model["license"]["evidence"] != "not_seen")
    assert model["memory_bytes"] == (None if model["params"] is None else 2 * model["params"])
    assert {*model["source"], *(s["source"] for s in model.get("scores", ()))} <= set(FILE["sources"])
    for field in ("params", "max_tokens", "dim"):
        missing = model[field] is None and not (field == "dim" and model["kind"] == "reranker")
        assert missing == any(gap.startswith(f"{field}:") for gap in model.get("gaps", ()))
    keys = [(s["benchmark"], s["version"], s["source"]) for s in model.get("scores", ())]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("hub_id", ["cl-nagoya/ruri-v3-310m", "cl-nagoya/ruri-v3-reranker-310m"])
def test_the_default_pair_is_free_known_and_japanese(hub_id: str) -> None:
    model = BY_HUB_ID[hub_id]
    assert model["license"]["keys"] == ["apache-2.0"]
    assert model["languages"] == ["ja"]
    assert model["memory_bytes"] == 2 * 315_000_000


def test_scores_keep_versions_apart() -> None:
    v1 = {m["id"] for m in MODELS for s in m.get("scores", ()) if s["version"] == "v1"}
    assert "glucose-base-ja" in v1
    assert scores("cl-nagoya/ruri-v3-310m")["JMTEB retrieval", "v2"] == pytest.approx(76.27)
    assert scores("cl-nagoya/ruri-reranker-large")["JQaRA nDCG@10", "2025-01-20"] == pytest.approx(0.7712)


def test_non_commercial_models_are_marked() -> None:
    assert BY_HUB_ID["sbintuitions/sarashina-embedding-v2-1b"]["license"]["keys"] == ["sarashina-nc-1"]
    assert BY_HUB_ID["jinaai/jina-embeddings-v3"]["license"]["keys"] == ["cc-by-nc-4.0"]
