"""From what people type to what the catalog calls it. Never a guess."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osllm.authoring import namebook
from osllm.catalog.names import (
    normalise,
    resolve_engine,
    resolve_format,
    resolve_license,
    resolve_model,
    resolve_use_case,
    unknown,
)
from osllm.catalog.store import Catalog
from osllm.domain.model import LicenseBinding, Model
from osllm.errors import AmbiguousNameError, UnknownNameError


def entry(key: str, released: str | None = "2025-01-01", **fields: object) -> Model:
    values = dict.fromkeys(Model._fields) | {
        "id": key, "name": key, "kind": "instruct", "released": released, "status": "current", "aliases": (), "ollama": (),
        "license": LicenseBinding((), "not_seen"),
    } | fields  # fmt: skip
    return Model(**values)


@pytest.mark.parametrize(
    "name",
    [
        "akatsuki-8b-2604",
        "akatsuki-8b",
        "AKATSUKI 8B",
        "ａｋａｔｓｕｋｉ－８ｂ",
        "Akatsuki_8B_Instruct_2604",
        "example-lab/Akatsuki-8B-Instruct-2604",
        "https://huggingface.co/example-lab/Akatsuki-8B-Instruct-2604",
        "https://huggingface.co/example-lab/Akatsuki-8B-Instruct-2604/tree/main",
        "hf.co/example-lab/Akatsuki-8B-Instruct-2604:Q4_K_M",
        "akatsuki:8b",
    ],
)
def test_names_of_one_model(small_catalog, name):
    assert resolve_model(small_catalog, name) == ("akatsuki-8b-2604", None)


def test_a_short_name_means_the_newest_and_says_so(small_catalog):
    key, notice = resolve_model(small_catalog, "Akatsuki-8B-Instruct")
    assert key == "akatsuki-8b-2604"
    assert notice is not None
    assert "akatsuki-8b-2510" in notice


def test_unknown_names_have_candidates(small_catalog):
    with pytest.raises(UnknownNameError) as caught:
        resolve_model(small_catalog, "akatsuky-70b")
    assert caught.value.code == "unknown-model"
    assert caught.value.candidates[0] == "akatsuki-70b"
    with pytest.raises(UnknownNameError):
        resolve_model(small_catalog, "")


def test_other_names(small_catalog):
    assert resolve_use_case(small_catalog, "日本語チャット") == "ja-chat"
    assert resolve_use_case(small_catalog, "JA CHAT") == "ja-chat"
    assert resolve_engine(small_catalog, "llama-server") == "llama.cpp"
    assert resolve_engine(small_catalog, "vLLM") == "vllm"
    assert resolve_format(small_catalog, "q4-k-m") == "Q4_K_M"
    assert resolve_license(small_catalog, "Apache 2.0") == "apache-2.0"
    for resolve in (resolve_use_case, resolve_engine, resolve_format, resolve_license):
        with pytest.raises(UnknownNameError):
            resolve(small_catalog, "no such thing")


@given(st.text(max_size=30))
def test_normalising_twice_changes_nothing(text):
    assert normalise(normalise(text)) == normalise(text)


@given(
    st.sampled_from(["Qwen2.5-72B", "llama 3.1_8b", "ＲＴＸ　４０９０"]),
    st.sampled_from([str.upper, str.lower, str.swapcase]),
)
def test_case_and_separators_do_not_matter(name, change):
    assert normalise(change(name)) == normalise(name.replace("-", " ").replace("_", ""))


def outcome(catalog: Catalog, name: str) -> tuple[str | None, str]:
    try:
        return resolve_model(catalog, name)[0], ""
    except (UnknownNameError, AmbiguousNameError) as error:
        return None, error.message


@given(st.text(max_size=200))
def test_any_text_is_resolved_or_refused(small_catalog, text):
    key, message = outcome(small_catalog, text)
    assert key in small_catalog.model_ids() if key is not None else 0 < len(message) < 400


def test_a_long_unknown_name_is_cut_in_the_message():
    assert len(unknown("model", "x" * 5000, ["a"]).message) < 200


def test_an_own_name_beats_a_short_one():
    names = namebook.build([entry("vega-7b"), entry("vega-7b-v2", name="Vega-7B")])
    assert names["vega7b"] == "vega-7b"


def test_short_names_mean_instruct_models_before_bases():
    names = namebook.build([entry("lyra-7b-chat"), entry("lyra-7b-base", kind="base", name="Lyra-7B")])
    assert names["lyra7b"] == "lyra-7b-chat"


def test_superseded_models_give_way():
    old = entry("lyra-7b-2401", "2024-01", status="superseded", superseded_by="lyra-7b-2403")
    names = namebook.build([old, entry("lyra-7b-2403", None)])
    assert names["lyra7b"] == ["lyra-7b-2403", "lyra-7b-2401"]


def test_two_of_one_day_are_ambiguous(small_catalog, monkeypatch):
    names = namebook.build([entry("lyra-7b-2401"), entry("lyra-7b-2402")])
    assert names["lyra7b"] == [None, "lyra-7b-2401", "lyra-7b-2402"]
    monkeypatch.setattr(small_catalog, "section", lambda name: names)
    with pytest.raises(AmbiguousNameError) as caught:
        resolve_model(small_catalog, "Lyra 7B")
    assert caught.value.candidates == ["lyra-7b-2401", "lyra-7b-2402"]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("gemma-3-27b-it", "gemma-3-27b"),
        ("Mistral-Small-3.2-24B-Instruct-2506", "Mistral-Small-3.2-24B"),
        ("Mistral-7B-Instruct-v0.3", "Mistral-7B"),
        ("Qwen3-30B-A3B-2507", "Qwen3-30B-A3B"),
        ("DeepSeek-V3-0324", "DeepSeek"),
        ("phi-4", "phi-4"),
        ("model-20250131", "model"),
    ],
)
def test_what_a_short_name_may_leave_out(name, short):
    assert list(namebook.short_names(entry("x", name=name)))[-1] == short


@given(st.permutations(["a-1b", "a-1b-it", "a-1b-2401", "b-2b", "b-2b-chat", "c-v1"]))
def test_the_order_of_models_changes_nothing(order):
    assert namebook.build(map(entry, order)) == namebook.build(map(entry, sorted(order)))
