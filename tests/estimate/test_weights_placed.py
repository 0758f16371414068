"""What a device holds: tensor and layer bytes against what llama.cpp itself plans (F16 files, no data)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from osllm.domain.architecture import Architecture
from osllm.estimate.footprint import Footprint, build

DATA = Path(__file__).parents[1] / "data" / "llama_fit"
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


def test_a_device_takes_the_last_layers_and_the_output(architectures: dict[str, Architecture]) -> None:
    """`-ngl N` puts the output stage and the last N - 1 layers on the device; a prediction layer in the file counts."""
    checked = 0
    for row in planned("split.csv", "RPC0"):
        n = int(row["gpu_layers"]) - architectures[row["model"]].mtp_layers
        if row["devices"] != "1" or row["cpu_moe_layers"] != "0" or n > 80:
            continue
        fp = footprint(architectures, row["model"])
        size = fp.sizes["F16"]
        last = sum(fp.layer_bytes("F16")[fp.layers + 1 - n :]) + (size.output_bytes or size.embedding_bytes)
        assert last / MIB == pytest.approx(int(row["model_mib"]), abs=1.5), row
        checked += 1
    assert checked >= 20


def test_experts_left_on_the_host(architectures: dict[str, Architecture]) -> None:
    checked = 0
    for row in planned("split.csv", "RPC0"):
        fp = footprint(architectures, row["model"])
        if int(row["cpu_moe_layers"]) < fp.layers:
            continue
        size = fp.sizes["F16"]
        ours = size.tensor_bytes - size.expert_bytes - (size.embedding_bytes if size.output_bytes else 0)
        assert ours / MIB == pytest.approx(int(row["model_mib"]), abs=1.5), row
        checked += 1
    assert checked >= 5
