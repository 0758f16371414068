"""What vLLM and SGLang print when they start, against our estimate (tests/data/memory/server_lines.csv)."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

import server_memory
from server_memory import Compared
from speed_data import footprints

from osllm.estimate.runtime import VLLM_SPREAD
from osllm.estimate.sharded import expert_padding_bytes

# Mistral's tower has no published size (its architecture has a gap).
UNKNOWN_TOWER = ("mistral-small-3.1-24b-2503",)


@pytest.fixture(scope="module")
def figures() -> list[Compared]:
    return server_memory.compared()


def of(figures: list[Compared], part: str, *kinds: str) -> list[Compared]:
    return [f for f in figures if f.part == part and (not kinds or f.kind in kinds)]


def test_there_are_enough_runs() -> None:
    runs = server_memory.rows()
    assert len(runs) >= 60
    assert len({run["model"] for run in runs}) >= 25
    assert {run["tensor_parallel"] for run in runs} >= {"1", "2", "4", "8"}
    assert {run["engine"] for run in runs} == {"vllm", "sglang"}


def test_weights(figures: list[Compared]) -> None:
    """Within 1.5 %, but for towers and for old kernels of MXFP4, which padded less."""
    for figure in of(figures, "weights", "plain"):
        bar = (
            0.05 if figure.row["model"] in UNKNOWN_TOWER else 0.03 if figure.row["version"] == "before 0.17" else 0.015
        )
        assert abs(figure.error) < bar, figure
    assert max(abs(f.error) for f in of(figures, "weights", "tower")) < 0.08


def test_cache_of_equal_layers_is_exact(figures: list[Compared]) -> None:
    """Also latent attention, 8-bit caches and heads cut over 2, 4 and 8 ranks; 0.2 % is the rounding of the printed GiB."""
    found = of(figures, "cache", "plain")
    assert len(found) > 40
    assert max(abs(f.error) for f in found) < 0.002


def test_cache_of_unlike_layers(figures: list[Compared]) -> None:
    """Gemma 2 and 3, gpt-oss, Llama 4 and gated-delta hybrids: within the rounding of the printed concurrency."""
    found = of(figures, "cache", "windows", "states")
    assert len({f.row["model"] for f in found}) >= 10
    assert max(abs(f.error) for f in found) < 0.005


def test_activations(figures: list[Compared]) -> None:
    errors = sorted(abs(f.error) for f in of(figures, "activations") if f.row["version"] != "before 0.17")
    assert statistics.median(errors) < 0.05
    assert errors[int(0.9 * len(errors))] < 0.15


def test_activations_lie_within_the_range_that_is_told(figures: list[Compared]) -> None:
    low, high = VLLM_SPREAD
    assert all(low <= f.printed / f.ours <= high for f in of(figures, "activations"))


def test_what_is_left_for_the_cache(figures: list[Compared]) -> None:
    """On A100, H100 and A6000, at two fractions of the card, in groups of 1, 2 and 4."""
    errors = sorted(abs(f.error) for f in of(figures, "left"))
    assert len(errors) > 40
    assert statistics.median(errors) < 0.01
    assert errors[int(0.9 * len(errors))] < 0.05


def test_rows_of_mxfp4_experts_are_padded() -> None:
    """gpt-oss-20b: 2880 to 3072 and 2944 on one card, 1440 to 1536 on each of two; nothing in SGLang or BF16."""
    fp = footprints({"gpt-oss-20b": {"MXFP4", "BF16"}})["gpt-oss-20b", "MXFP4"]
    experts = fp.sizes["MXFP4"].expert_bytes
    assert expert_padding_bytes(fp, "MXFP4", "vllm", 1) == experts * 3072 * 2944 // 2880**2 - experts
    assert expert_padding_bytes(fp, "MXFP4", "vllm", 2) == experts * 3072 * 3072 // 2880**2 - experts
    assert expert_padding_bytes(fp, "MXFP4", "sglang", 1) == 0
    both = footprints({"gpt-oss-20b": {"BF16"}})["gpt-oss-20b", "BF16"]
    assert expert_padding_bytes(both, "BF16", "vllm", 1) == 0
