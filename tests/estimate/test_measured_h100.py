"""Estimates against what we measured on one H100 (tests/data/memory/README.md), to which nothing was fitted."""

from __future__ import annotations

import csv
import statistics
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from accuracy import memory_rows
from speed_data import footprints

DATA = ROOT / "tests" / "data" / "memory"
# Llama 3.1 8B, layer by layer: queries and output, keys and values, three matrices of the feed-forward network.
LINEAR = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024 + 3 * 4096 * 14336)


def lora_rows() -> list[dict[str, str]]:
    with (DATA / "lora_h100.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_peaks_of_transformers() -> None:
    """Weights, cache and activations of reading and generating; Gemma's masks of windows cost more than we count."""
    errors = [abs(ours / float(row["measured_mib"]) - 1) for row, ours, _ in memory_rows("transformers_h100")]
    assert len(errors) > 10
    assert statistics.median(errors) < 0.015
    assert max(errors) < 0.08


def test_loaded_weights() -> None:
    """16 bits as they are; NF4 less what double quantization saves of the 32-bit scales of 64 weights each."""
    sizes = {fmt: fp.sizes[fmt].tensor_bytes for (_, fmt), fp in footprints({"llama-3.1-8b": {"BF16", "NF4"}}).items()}
    scales = LINEAR // 64
    saved = 4 * scales - (scales + 4 * scales // 256)  # 8 bits each, and 32 for every 256 of them
    measured = {row["method"]: int(row["weights_bytes"]) for row in lora_rows()}
    assert measured["lora"] == pytest.approx(sizes["BF16"], rel=1e-6)
    assert measured["qlora"] == pytest.approx(sizes["NF4"] - saved, rel=2e-4)


def test_adapters_are_of_the_rank_that_the_file_says() -> None:
    rank = 16
    per_layer = rank * (2 * (4096 + 4096) + 2 * (4096 + 1024) + 3 * (4096 + 14336))
    for row in lora_rows():
        assert int(row["adapter_params"]) == 32 * per_layer
        # Adapters and AdamW's two moments in 32 bits rest beside the weights; rotary tables and inputs are small.
        assert int(row["resting_bytes"]) - int(row["weights_bytes"]) == pytest.approx(32 * per_layer * 12, rel=0.15)
