"""The engines' records against the data that they were read from and against each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from serve_support import ALL_ENGINES, ROOT, engine, formats

from osllm.estimate.engines import ENGINES as MEMORY_HABITS


def test_every_engine_has_one_record_one_module_and_memory_habits():
    files = {p.stem for p in (ROOT / "catalog" / "engines").glob("*.yaml")}
    assert files == set(ALL_ENGINES) == set(MEMORY_HABITS)


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_flags_are_listed_once_and_in_order(key):
    flags = engine(key)["flags"]
    assert flags == sorted(set(flags))
    assert all(re.fullmatch(r"--[a-z0-9][a-z0-9_-]*", flag) for flag in flags)


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_every_fact_names_a_source(key):
    record = engine(key)
    named = {entry["source"] for entry in record["platforms"].values()}
    for part in ("parsers", "min_versions", "metrics"):
        source = (record.get(part) or {}).get("source") or []
        named |= {source} if isinstance(source, str) else set(source)
    named |= {issue["source"] for issue in record.get("known_issues") or ()}
    assert named <= set(record["sources"])
    assert all(source.get("url") or source.get("hub") for source in record["sources"].values())


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_flags_that_other_parts_of_the_record_name_exist(key):
    record = engine(key)
    named = [(record.get("metrics") or {}).get("flag"), (record.get("api_key") or {}).get("flag")]
    assert {n for n in named if n} <= set(record["flags"])


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_every_engine_loads_some_format_of_the_catalog(key):
    kinds = {f.kind for f in formats().values() if key in f.engines}
    assert kinds
    assert set(engine(key).get("formats") or kinds) <= kinds


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_cache_types_agree_with_the_estimates(key):
    # MLX-LM quantizes its cache, transformers does not through its server.
    assert set(engine(key)["kv_cache"]) <= set(MEMORY_HABITS[key].caches) or key in ("mlx", "ktransformers")
    assert "f16" in engine(key)["kv_cache"]


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_images_are_pinned(key):
    for image in engine(key)["images"].values():
        tag = image.rpartition(":")[2]
        assert re.search(r"\d", tag)
        assert "latest" not in tag


def model_types():
    found = set()
    for path in (ROOT / "catalog" / "models").glob("*/*.yaml"):
        found |= set(re.findall(r"model_type: *([A-Za-z0-9_.-]+)", path.read_text(encoding="utf-8")))
    return found


def model_ids():
    found = set()
    for path in (ROOT / "catalog" / "models").glob("*/*.yaml"):
        document = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        found |= {entry["id"] for entry in document["models"]}
    return found


@pytest.mark.parametrize("key", ["vllm", "sglang", "ktransformers", "lmdeploy"])
def test_parsers_are_for_models_that_exist(key):
    names = model_types() | model_ids()
    for kind in ("tool_call", "reasoning"):
        for pattern in engine(key)["parsers"][kind]:
            assert any(name.startswith(pattern) for name in names), pattern


def test_minimum_versions_and_issues_are_for_models_that_exist():
    names = model_types() | model_ids()
    for key in ALL_ENGINES:
        patterns = list((engine(key).get("min_versions") or {}).get("models") or {})
        patterns += [m for issue in engine(key).get("known_issues") or () for m in issue["models"]]
        for pattern in patterns:
            assert any(name.startswith(pattern) for name in names), (key, pattern)


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_minimum_versions_are_not_newer_than_the_record(key):
    def numbers(text):
        return tuple(int(n) for n in text.split("."))

    record = engine(key)
    for version in ((record.get("min_versions") or {}).get("models") or {}).values():
        assert numbers(version) <= numbers(record["version"])
