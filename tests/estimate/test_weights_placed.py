"""What a device holds: tensor and layer bytes against what llama.cpp itself plans (F16 files, no data)."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import llama_fit

from osllm.domain.architecture import Architecture
from osllm.estimate.footprint import Footprint, build

DATA = ROOT / "tests" / "data" / "llama_fit"
MIB = 1024 * 1024


def planned(name: str, device: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["device"] == device]


def footprint(architectures: dict[str, Architecture], model: str) -> Footprint:
    return build(architectures[model], ["F16"])


MODELS = sorted({row["model"] for row in planned("one_device.csv", "RPC0")})


@pytest.mark.parametrize("model", MODELS)
def test_a_device_holds_all_but_an_untied_embedding(architectures: dict[str, Architecture], model: str) -> None:
    size = footprint(architectures, model).sizes["F16"]
    ours = size.tensor_bytes - (size.embedding_bytes if size.output_bytes else 0)
    for row in planned("one_device.csv", "RPC0"):
        if row["model"] == model:
            assert abs(ours / MIB - int(row["model_mib"])) <= 1.01  # the tool rounds down


@pytest.mark.parametrize("model", MODELS)
def test_the_host_keeps_the_embedding(architectures: dict[str, Architecture], model: str) -> None:
    embedding = footprint(architectures, model).sizes["F16"].embedding_bytes
    for row in planned("one_device.csv", "Host"):
        if row["model"] == model:
            assert abs(embedding / MIB - int(row["model_mib"])) <= 1.01


def test_every_device_of_a_split_holds_what_llama_cpp_plans() -> None:
    """Layers in RAM, experts in RAM, equal and unequal cards, models of one kind of layer and of several.

    `-ngl` counts the output matrix and, where the file holds one, the prediction layer. The tool cuts figures to whole MiB,
    so less than one MiB above is exact.
    """
    checked = 0
    for row, _, ours in llama_fit.split_devices():
        assert 0 <= ours.weights_bytes / MIB - int(row["model_mib"]) < 1, row
        assert 0 <= (ours.kv_cache_bytes + ours.state_bytes) / MIB - int(row["context_mib"]) < 1, row
        checked += 1
    assert checked == 120
