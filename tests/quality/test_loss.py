"""Quantization loss: hand-computed values, the shape of the model, and agreement with the data file."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osllm.authoring.yamlio import load
from osllm.quality import loss_tables
from osllm.quality.loss import cache_loss, loss

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "build_loss_tables.py"
FORMATS = sorted(loss_tables.BASE)
SKILLS = [None, *sorted(loss_tables.GROUPS), "vision"]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_loss_tables", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def share(fmt: str, params: int | None = 8_000_000_000, moe: bool = False, skill: str | None = None) -> float:
    found = loss(fmt, params, moe, skill)
    assert found is not None
    return found[1]


def test_at_eight_billion_the_base_holds() -> None:
    assert share("Q4_K_M") == loss_tables.BASE["Q4_K_M"]
    assert share("Q4_K_M", None) == share("Q4_K_M")


def test_each_factor_by_hand() -> None:
    base, exponent = loss_tables.BASE["AWQ"], loss_tables.EXPONENT
    assert share("AWQ", 32_000_000_000) == pytest.approx(base / 4**exponent)
    assert share("AWQ", moe=True) == pytest.approx(base * loss_tables.MOE)
    both = loss_tables.FACTORS["non-latin"] * loss_tables.FACTORS["math"]
    assert share("AWQ", skill="japanese-reasoning") == pytest.approx(base * both)
    assert share("AWQ", skill="vision") == base


def test_nothing_is_extrapolated_below_the_smallest_measured_model() -> None:
    assert share("Q4_K_M", 135_000_000) == share("Q4_K_M", 400_000_000)


def test_unknown_formats_and_caches_have_no_number() -> None:
    assert loss("EXL3-4bpw", 8_000_000_000, moe=False, skill=None) is None
    assert cache_loss("fp8") is None


def test_sixteen_bits_lose_nothing() -> None:
    assert {share(fmt, skill="coding") for fmt in ("BF16", "F16", "FP32")} == {0.0}
    assert cache_loss("f16") == ("share of benchmark score", 0.0, "the model's own precision")


def test_a_checkpoint_trained_in_few_bits_loses_nothing_by_them() -> None:
    for fmt in ("MXFP4", "MXFP4_MOE"):
        found = loss(fmt, 21_000_000_000, True, "coding", native="MXFP4")
        assert found is not None
        assert found[1] == 0.0
    assert share("MXFP4_MOE", 21_000_000_000, True) > 0.05
    converted = loss("Q2_K", 21_000_000_000, True, "coding", native="MXFP4")
    assert converted == loss("Q2_K", 21_000_000_000, True, "coding")


def test_caches() -> None:
    eight, four = cache_loss("q8_0"), cache_loss("q4_0")
    assert eight is not None
    assert four is not None
    assert 0 <= eight[1] < 0.002 < four[1] < 0.03


@given(st.sampled_from(FORMATS), st.integers(10**8, 10**12), st.booleans(), st.sampled_from(SKILLS))
def test_a_share_is_between_nothing_and_nearly_all(fmt: str, params: int, moe: bool, skill: str | None) -> None:
    assert 0 <= share(fmt, params, moe, skill) <= 0.95


@given(st.sampled_from(FORMATS), st.integers(10**8, 10**12), st.integers(10**8, 10**12), st.sampled_from(SKILLS))
def test_larger_models_lose_no_more(fmt: str, one: int, other: int, skill: str | None) -> None:
    small, large = sorted((one, other))
    assert share(fmt, large, skill=skill) <= share(fmt, small, skill=skill)


@given(st.sampled_from(FORMATS), st.integers(10**8, 10**12), st.sampled_from(SKILLS))
def test_skills_and_experts_lose_no_less_than_knowledge(fmt: str, params: int, skill: str | None) -> None:
    assert share(fmt, params, False, skill) >= share(fmt, params, False, None)
    assert share(fmt, params, True, skill) >= share(fmt, params, False, skill)


def test_fewer_bits_are_never_better() -> None:
    for ladder in load(ROOT / "catalog" / "quantization-loss.yaml").data["ladders"].values():
        losses = [share(fmt) for fmt in ladder]
        assert losses == sorted(losses)


def test_published_losses_are_met() -> None:
    assert share("Q4_K_M") < 0.01  # Qwen3-8B on MMLU: 0.1 to 0.5 % (auto-round)
    assert 0.05 < share("Q2_K_S") < 0.12  # Qwen3-8B on MMLU: 7.6 to 10.1 % (auto-round)
    assert 0.07 < share("GPTQ-Int4", 494_032_768) < 0.14  # Qwen2-0.5B: 13.7 % (Qwen)
    assert share("GPTQ-Int4", 72_706_203_648) < 0.01  # Qwen2-72B: 1 to 2 % (Qwen)


def test_the_generated_module_is_what_the_data_give(script: ModuleType) -> None:
    assert script.render(load(script.DATA).data) == script.TARGET.read_text(encoding="utf-8")


def test_the_fit_finds_what_it_was_made_from(script: ModuleType) -> None:
    rows = [
        script.Row(
            fmt, size, moe, group, 1.0, base * size**-0.5 * (1.3 if moe else 1) * (1.2 if group == "math" else 1)
        )
        for fmt, base in (("A", 0.01), ("B", 0.02))
        for size in (0.25, 1.0, 4.0)
        for moe in (False, True)
        for group in ("knowledge", "math")
    ]
    fit = script.fit_at(0.5, rows)
    assert fit.base["B"] / fit.base["A"] == pytest.approx(2, rel=1e-3)
    assert fit.error == pytest.approx(0, abs=1e-4)
    assert fit.moe == pytest.approx(1.3, rel=0.1)
    assert fit.factors["math"] == pytest.approx(1.2, rel=0.1)


def test_one_odd_run_does_not_decide(script: ModuleType) -> None:
    rows = [script.Row("A", 1.0, False, "knowledge", 1.0, 0.01)] * 9
    odd = script.Row("A", 1.0, False, "knowledge", 1.0, 0.4)
    assert script.fit_at(0.5, [*rows, odd]).base["A"] == pytest.approx(0.01, abs=0.003)
