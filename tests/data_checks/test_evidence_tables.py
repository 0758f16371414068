"""The evidence in the catalog: every value belongs to a benchmark, a model, a source and terms that let it be shipped."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from osllm.authoring.expand import entries
from osllm.authoring.yamlio import load
from osllm.quality.observe import cells
from osllm.quality.skills import SKILLS

CATALOG = Path(__file__).resolve().parents[2] / "catalog"
TABLES = sorted((CATALOG / "evidence").glob("*.yaml"))


@cache
def benchmarks() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load(CATALOG / "benchmarks.yaml").data["benchmarks"]
    return found


@cache
def table(path: Path) -> dict[str, Any]:
    return load(path).data


@cache
def models() -> dict[str, dict[str, Any]]:
    return {e.id: e.facts for e in entries(map(load, sorted(CATALOG.glob("models/*/*.yaml"))))}


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_header(path: Path) -> None:
    data = table(path)
    assert data["id"] == path.stem
    assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", data["as_of"])
    assert data["source"].keys() & {"repo", "url", "hub"}
    assert isinstance(data["independent"], bool)
    if data["license"].startswith(("CC-BY", "CC BY")):
        assert data.get("attribution") or "not seen" in data["license"]


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_terms_let_the_rows_be_shipped(path: Path) -> None:
    data = table(path)
    words = f"{data['id']} {data['license']} {data['source']}".lower()
    assert not re.search(r"non-?commercial|\bnc\b|-nc-|swe-?bench/swe|nolima|lmarena-ai|artificialanalysis", words)


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_every_value_has_a_benchmark_a_model_and_its_scale(path: Path) -> None:
    wrong = []
    for model, mode, key, value in cells(table(path)):
        scale = benchmarks()[key]["scale"]
        if model not in models() or mode not in (None, "thinking", "non-thinking"):
            wrong.append((model, mode))
        if "unit" not in scale and not scale["min"] <= value <= scale["max"]:
            wrong.append((model, key, value))
    assert wrong == []


@pytest.mark.parametrize("path", TABLES, ids=lambda p: p.stem)
def test_modes_are_of_models_that_have_them(path: Path) -> None:
    for model, mode, _, _ in cells(table(path)):
        assert mode is None or models()[model].get("reasoning") in ("hybrid", None), model


def test_excluded_values_are_not_in_the_rows_and_say_why() -> None:
    for path in TABLES:
        data = table(path)
        held = {(model, key) for model, _, key, _ in cells(data)}
        for model, reasons in (data.get("excluded") or {}).items():
            for key, reason in reasons.items():
                assert (model, key) not in held
                assert re.match(r"\d+(\.\d+)?: \w", reason)


def test_known_failures_are_excluded() -> None:
    """Answers that were not read or a model that was not loaded are no measure of ability."""
    gone = {m for path in TABLES for m in table(path).get("excluded") or {}}
    assert {"tanuki-8x8b", "sarashina2.2-3b"} <= gone


def test_benchmarks_have_a_known_skill_and_a_usable_scale() -> None:
    for key, spec in benchmarks().items():
        assert spec["skill"] in SKILLS, key
        scale = spec["scale"]
        if "unit" in scale:
            assert scale["unit"] in ("elo", "logit"), key
        else:
            assert scale["min"] <= scale.get("chance", scale["min"]) < scale["max"], key


def test_every_benchmark_is_used() -> None:
    used = {key for path in TABLES for _, _, key, _ in cells(table(path))}
    named = {b["name"] for facts in models().values() for b in facts.get("benchmarks") or ()}
    for key, spec in benchmarks().items():
        assert key in used or named & set(spec.get("reported_as") or ()), key


def test_successors_exist_measure_the_same_and_end() -> None:
    for key, spec in benchmarks().items():
        seen, successor = {key}, spec.get("superseded_by")
        while successor is not None:
            assert successor not in seen, key
            assert benchmarks()[successor]["skill"] == spec["skill"], key
            seen.add(successor)
            successor = benchmarks()[successor].get("superseded_by")


def test_versions_and_judges_are_benchmarks_of_their_own() -> None:
    """Two keys may share a title only if version or judge tells them apart."""
    named = Counter((b["title"], b.get("version"), b.get("judge"), b["skill"]) for b in benchmarks().values())
    assert [n for n, count in named.items() if count > 1] == []


def test_names_of_reported_figures_lead_to_one_benchmark() -> None:
    names = Counter(n for spec in benchmarks().values() for n in spec.get("reported_as") or ())
    assert [n for n, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("stem", "model", "key", "value"),
    [  # read from the published tables
        ("swallow-v202604", "gemma-4-31b", "ja-mt-bench-v202604", 0.815),
        ("swallow-v202604", "gemma-4-31b", "jamc-qa-v202604", 0.686),
        ("swallow-v202604", "qwen3-32b", "jamc-qa-v202604", 0.472),
        ("swallow-v202510", "qwen3-32b", "ja-mt-bench-v202510", 0.875),
    ],
)
def test_known_values(stem: str, model: str, key: str, value: float) -> None:
    found = {(m, k): v for m, _, k, v in cells(table(CATALOG / "evidence" / f"{stem}.yaml"))}
    assert found[model, key] == value


def test_gemma_4_31b_leads_the_newest_japanese_table() -> None:
    """First among open models in knowledge, instructions and translation, as the leaderboard says."""
    found: dict[str, dict[str, float]] = {}
    for model, _, key, value in cells(table(CATALOG / "evidence" / "swallow-v202604.yaml")):
        found.setdefault(key, {})[model] = value
    for key in ("ja-mt-bench-v202604", "jamc-qa-v202604", "m-ifeval-ja-v202604", "wmt20-en-ja-v202604"):
        assert max(found[key], key=found[key].__getitem__) == "gemma-4-31b", key
