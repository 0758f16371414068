"""What a device holds: tensor and layer bytes against what llama.cpp itself plans (F16 files, no data)."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from estimate_support import gpu, machine

from osllm.domain.architecture import Architecture
from osllm.domain.plan import DeviceMemory, EngineOptions, Placement
from osllm.estimate.footprint import Footprint, build
from osllm.estimate.placement import estimate_at
from osllm.estimate.stack import layers_before, mixtures_among

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


def test_every_device_of_a_split_holds_what_llama_cpp_plans(architectures: dict[str, Architecture]) -> None:
    """Layers in RAM, experts in RAM, equal and unequal cards, models of one kind of layer and of several.

    `-ngl` counts the output matrix and, where the file holds one, the prediction layer. The tool rounds MiB down, so within
    one MiB is exact; of a cache and a state it rounds each.
    """
    checked = 0
    with (DATA / "split.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            ours = devices_of_row(row, footprint(architectures, row["model"])).get(row["device"])
            if ours is None:  # the host's embedding alone is not counted
                assert (row["device"], row["context_mib"]) == ("Host", "0")
                continue
            assert 0 <= ours.weights_bytes / MIB - int(row["model_mib"]) < 1, row
            assert 0 <= (ours.kv_cache_bytes + ours.state_bytes) / MIB - int(row["context_mib"]) < 1, row
            checked += 1
    assert checked >= 120


def devices_of_row(row: dict[str, str], fp: Footprint) -> dict[str, DeviceMemory]:
    """Our bill of a setting of `split.csv`, by the tool's names of devices."""
    parts = [int(part) for part in row["tensor_split"].split(",") if part] or [1]
    rig = machine(*((gpu(f"card{number}", part), 1) for number, part in enumerate(parts)), ram_gib=1024)
    asked = int(row["gpu_layers"])
    on_cards = fp.layers if asked == 99 else asked - 1 - fp.mtp_layers
    mixtures = mixtures_among(fp, layers_before(fp.layer_plan)[min(fp.layers, int(row["cpu_moe_layers"]))])
    place = Placement(len(parts), 1, len(parts), on_cards, fp.layers - on_cards, mixtures)
    memory = estimate_at(fp, "F16", "llama.cpp", rig, int(row["context"]), 1, EngineOptions(), place)
    names = {f"card{number}:0": f"RPC{number}" for number in range(len(parts))}
    return {names.get(device.device, "Host"): device for device in memory.per_device}
