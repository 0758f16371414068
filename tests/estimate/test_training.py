"""Training adapters: widths and rows against traces of the real modelling code, the bill by hand, and against a card."""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

import pytest
from estimate_support import gpu, machine
from hypothesis import given, settings
from hypothesis import strategies as st

from osllm.domain.plan import EngineOptions, Placement
from osllm.estimate.case import Case
from osllm.estimate.footprint import Footprint
from osllm.estimate.itemise import itemise
from osllm.estimate.placement import estimate_at, estimate_plan, max_tokens_that_fit
from osllm.estimate.speed import estimate_speed
from osllm.estimate.training import nested_saving_bytes

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from speed_data import footprints
from training_memory import against_the_card, read, speeds, traced

RANK16 = EngineOptions(adapter_rank=16)
ONE = Placement(1, gpu_layers=32)
# Llama 3.1 8B, inputs and outputs of the seven matrices of each of 32 layers.
WIDTH = 32 * (2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 14336))


@lru_cache(maxsize=1)
def shapes() -> dict[tuple[str, str], Footprint]:
    names = {row["model"] for row in read("training_traces")}
    return footprints({name: {"BF16", "NF4"} for name in names})


def llama(fmt: str) -> Footprint:
    return shapes()["llama-3.1-8b", fmt]


@pytest.mark.parametrize(
    ("row", "error", "mixture"), traced(), ids=lambda v: "-".join(v.values()) if isinstance(v, dict) else ""
)
def test_rows_and_widths_against_the_modelling_code(row: dict[str, str], error: float, mixture: bool) -> None:
    """Adapters to the last parameter; what a step keeps within 7 %, of mixtures within 25 %."""
    fp = shapes()[row["model"], "BF16"]
    assert 16 * fp.training.adapter_width == int(row["adapter_params"])
    assert int(row["weights_bytes"]) == pytest.approx(2 * fp.params_total, rel=1e-5)
    assert abs(error) < (0.25 if mixture else 0.07)


def test_traces_equal_what_a_card_allocated() -> None:
    """The same counting of a plain step, whose peak stands in lora_h100.csv, both beyond what rests between steps."""
    errors = against_the_card()
    assert len(errors) == 2
    assert max(map(abs, errors)) < 1e-5


def test_a_step_over_16_bit_weights_by_hand() -> None:
    fp, rig = llama("BF16"), machine((gpu("card", 80), 1))
    assert fp.training.adapter_width == WIDTH
    # Per token of a layer: 28 B an element of the hidden row, 6 of queries, 4 of keys, 14 of the feed-forward network.
    assert fp.training.rows_plain == 28 * 4096 + 6 * 4096 + 4 * 1024 + 14 * 14336
    memory = estimate_at(fp, "BF16", "transformers", rig, 4096, 1, RANK16, ONE)
    inputs = 4096 * 32 * 4096 * 2
    assert memory.weights_bytes == fp.sizes["BF16"].tensor_bytes
    assert memory.compute_bytes == 16 * WIDTH * 12 + 4096 * fp.training.rows_plain + inputs
    assert memory.kv_cache_bytes == memory.state_bytes == 0


def test_a_step_over_4_bit_weights_by_hand() -> None:
    fp, rig = llama("NF4"), machine((gpu("card", 24), 1))
    memory = estimate_at(fp, "NF4", "transformers", rig, 2048, 2, RANK16, ONE)
    assert fp.training.rows_packed == 16 * 4096 + 4 * 4096 + 4 * 1024 + 12 * 14336
    rows = 4096 * fp.training.rows_packed + 4096 * 32 * 4096 * 2
    assert memory.compute_bytes == 16 * WIDTH * 6 + rows + 2 * 4096 * 14336  # one matrix is unpacked
    loaded = next(int(r["weights_bytes"]) for r in read("lora_h100") if r["method"] == "qlora")
    assert memory.weights_bytes == pytest.approx(loaded, rel=1e-4)


def test_of_few_tokens_the_gradients_are_the_peak() -> None:
    """256 tokens: inputs of 32 layers are 67 MB, gradients of adapters of rank 64 671 MB."""
    fp, rig = llama("BF16"), machine((gpu("card", 80), 1))
    memory = estimate_at(fp, "BF16", "transformers", rig, 256, 1, EngineOptions(adapter_rank=64), ONE)
    assert memory.compute_bytes == 64 * WIDTH * (12 + 4) + 256 * fp.training.rows_plain


def test_speed_against_the_card() -> None:
    errors = speeds()
    assert len(errors) == 5
    assert max(map(abs, errors)) < 0.15


def test_training_generates_nothing() -> None:
    rig = machine((gpu("card", 80), 1))
    speed = estimate_speed(llama("BF16"), "BF16", "transformers", rig, ONE, 4096, 1, RANK16)
    assert speed.decode_tps is speed.prefill_tps is None
    assert speed.low < speed.total_tps < speed.high
    assert speed.pace_tps == speed.total_tps


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(("BF16", "NF4")), st.integers(1, 20_000), st.integers(1, 8), st.integers(1, 128), st.integers(1, 4)
)
def test_properties(fmt: str, tokens: int, batch: int, rank: int, cards: int) -> None:
    fp, rig, options = llama(fmt), machine((gpu("card", 24), cards)), EngineOptions(adapter_rank=rank)
    at = (fp, fmt, "transformers", rig, tokens, batch)
    placement, memory = estimate_plan(*at, options)
    parts = memory.weights_bytes + memory.compute_bytes + memory.overhead_bytes
    assert parts == memory.total_bytes == sum(d.total_bytes for d in memory.per_device)
    assert memory.low_bytes <= memory.total_bytes <= memory.high_bytes
    assert sum(item.bytes for item in itemise(*at, options, placement)) == memory.total_bytes
    more = estimate_at(fp, fmt, "transformers", rig, tokens + 1, batch, options, placement)
    wider = estimate_at(*at, options._replace(adapter_rank=rank + 1), placement)
    assert more.total_bytes > memory.total_bytes
    assert wider.total_bytes > memory.total_bytes
    alone = estimate_at(*at, options, ONE)
    assert memory.weights_bytes == alone.weights_bytes  # a stage more loses no weights
    assert memory.total_bytes >= alone.total_bytes


def test_the_longest_sample_is_the_longest() -> None:
    fp, rig = llama("NF4"), machine((gpu("card", 24), 1))
    longest = max_tokens_that_fit(fp, "NF4", "transformers", rig, 1, RANK16, 131072)
    assert longest is not None
    assert estimate_plan(fp, "NF4", "transformers", rig, longest, 1, RANK16)[1].fits
    assert not estimate_plan(fp, "NF4", "transformers", rig, longest + 1, 1, RANK16)[1].fits


def test_only_scales_of_nf4_are_quantized_again() -> None:
    case = Case(llama("BF16"), "BF16", "transformers", machine((gpu("card", 80), 1)), 4096, 1, RANK16)
    assert nested_saving_bytes(case) == 0
    # 6,979,321,856 weights in blocks of 64, each 4 B of scale less 1.015625 B.
    packed = nested_saving_bytes(case._replace(fp=llama("NF4"), fmt="NF4"))
    assert packed == pytest.approx(6_979_321_856 / 64 * 2.984375, rel=1e-3)
