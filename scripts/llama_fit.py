"""Our memory beside what `llama-fit-params` of llama.cpp prints (tests/data/llama_fit)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import NamedTuple

from speed_data import ROOT, accelerators, footprints

from osllm.authoring.accelerators import gpu as gpu_of
from osllm.domain.hardware import GpuGroup, Machine
from osllm.domain.plan import DeviceMemory, EngineOptions, Memory, Placement
from osllm.estimate.footprint import Footprint
from osllm.estimate.placement import estimate_at, placement_for
from osllm.estimate.stack import layers_before, mixtures_among

LLAMA_FIT = ROOT / "tests" / "data" / "llama_fit"
MIB = 2**20
ALL_LAYERS = 99  # what `-ngl` says for all


class Fitted(NamedTuple):
    """One setting of llama-fit-params: relative errors of our weights, cache with state, and compute buffers."""

    model: str
    weights: float
    cache: float
    compute: float


def llama_fit_errors(name: str) -> list[Fitted]:
    """Errors against what llama.cpp prints for models in 16 bits on a CPU or a card; printed figures are cut to whole MiB.

    `name` is `cpu` or `one_device`; what the host keeps beside a card is no part of the plan.
    """
    with (LLAMA_FIT / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        printed = [row for row in csv.DictReader(file) if (row["device"] == "Host") == (name == "cpu")]
    shapes = footprints({row["model"]: {"BF16"} for row in printed})
    groups = () if name == "cpu" else (GpuGroup(gpu_of(accelerators()["b200"]), 1, 2**50),)
    machine = Machine(groups, 2**50, 2**50, None, None, "flag")
    found = []
    for row in printed:
        slots = int(row["slots"])
        options = EngineOptions(
            kv_cache=row["cache_type"],
            ubatch=int(row["ubatch"]),
            flash_attention=row["flash_attention"] == "1",
            swa_full=row["swa_full"] == "1",
            slots=slots,
        )
        fp = shapes[row["model"], "BF16"]
        place = placement_for(fp, "llama.cpp", 1) if groups else Placement(0, cpu_layers=fp.layers)
        context = int(row["context"]) // slots
        memory = estimate_at(fp, "BF16", "llama.cpp", machine, context, slots, options, place)
        found.append(fitted(row["model"], memory, row))
    return found


def fitted(model: str, held: Memory | DeviceMemory, row: dict[str, str]) -> Fitted:
    """The errors of one device of one row."""
    ours = (held.weights_bytes, held.kv_cache_bytes + held.state_bytes, held.compute_bytes)
    theirs = (row["model_mib"], row["context_mib"], row["compute_mib"])
    return Fitted(model, *(_off(a, float(b)) for a, b in zip(ours, theirs, strict=True)))


def _off(ours: int, printed_mib: float) -> float:
    """Relative error beyond the cut to whole MiB."""
    least, most = printed_mib * MIB, (printed_mib + 1) * MIB
    return max(0.0, ours - most, least - ours) / max(1.0, least)


def split_errors() -> list[Fitted]:
    """Errors on every device of models that are split over cards and RAM."""
    return [fitted(row["model"], ours, row) for row, _, ours in split_devices()]


def split_devices() -> Iterator[tuple[dict[str, str], Footprint, DeviceMemory]]:
    """Every device of `split.csv` with the shape of its model and our bill; not a host that keeps only the embedding."""
    with (LLAMA_FIT / "split.csv").open(newline="", encoding="utf-8") as file:
        printed = list(csv.DictReader(file))
    shapes = footprints({row["model"]: {"F16"} for row in printed})
    for row in printed:
        fp = shapes[row["model"], "F16"]
        ours = devices_of_row(row, fp).get(row["device"])
        if ours is not None:
            yield row, fp, ours


def devices_of_row(row: dict[str, str], fp: Footprint) -> dict[str, DeviceMemory]:
    """Our bill of a setting of `split.csv`, by the tool's names of devices."""
    parts = [int(part) for part in row["tensor_split"].split(",") if part] or [1]
    card = gpu_of(accelerators()["b200"])
    groups = tuple(GpuGroup(card._replace(key=f"RPC{number}"), 1, part * 2**40) for number, part in enumerate(parts))
    machine = Machine(groups, 2**50, 2**50, None, None, "flag")
    asked, held = int(row["gpu_layers"]), min(fp.layers, int(row["cpu_moe_layers"]))
    on_cards = fp.layers if asked == ALL_LAYERS else asked - 1 - fp.mtp_layers
    mixtures = mixtures_among(fp, layers_before(fp.layer_plan)[held])
    place = Placement(len(parts), 1, len(parts), on_cards, fp.layers - on_cards, mixtures)
    memory = estimate_at(fp, "F16", "llama.cpp", machine, int(row["context"]), 1, EngineOptions(), place)
    return {"Host" if d.device == "cpu" else d.device.partition(":")[0]: d for d in memory.per_device}
