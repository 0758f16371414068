"""The measurements in tests/data/speed with what the speed model needs to know about each: shared by the fit and the page."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

from osllm.authoring import expand, yamlio
from osllm.authoring.accelerators import gpu as gpu_of
from osllm.domain.hardware import Gpu, GpuGroup, Machine
from osllm.domain.plan import EngineOptions
from osllm.estimate.engines import ENGINES
from osllm.estimate.footprint import Footprint, build
from osllm.estimate.placement import estimate_plan
from osllm.estimate.prompts import class_of, matrix_flops, prompt_batch, prompt_flops
from osllm.estimate.speed import CORE_FLOPS, kind_of, reduce_seconds
from osllm.estimate.work import Work, cache_read_bytes, state_layers, state_read_bytes, weight_read_bytes

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data" / "speed"
MEASURED_CONTEXT = 4096  # what the community runs were started with, where they say so


class Row(NamedTuple):
    """One measurement: features, and the measured speeds (None: not measured)."""

    kind: str
    accelerator: str  # key, and what differs from the catalog's variant
    source: str  # the data file
    model: str
    fmt: str
    mixture: bool
    work: Work
    bandwidth: float  # bytes/s
    flops: float | None
    matrix_flops: float | None  # that reading prompts is measured against
    bits: float
    decode_tps: float | None
    prompt_tps: float | None
    prompt_flops: float  # FLOPs per prompt token
    prompt_batch: int  # tokens read at once
    prompt_bytes: float  # weights that they touch
    prompt_class: int  # of `prompts.CLASSES`
    params: int
    depth: int
    users: int
    number: int  # of accelerators that share every layer
    message_s: float  # for what they add up, twice per layer
    url: str


def read_csv() -> list[dict[str, str]]:
    """All rows of all files, each with its file's name."""
    rows = []
    for path in sorted(DATA.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            rows += [{**row, "file": path.stem} for row in csv.DictReader(file)]
    return rows


def footprints(wanted: dict[str, set[str]]) -> dict[tuple[str, str], Footprint]:
    """Footprints of the measured models whose shape the catalog knows, one per format."""
    documents = [yamlio.load(path) for path in sorted((ROOT / "catalog" / "models").rglob("*.yaml"))]
    entries = expand.entries(documents)
    by_id = {entry.id: entry for entry in entries}
    found = {}
    for model, formats in wanted.items():
        shape = expand.architecture(by_id[model], by_id)
        if shape is not None:
            found.update({(model, fmt): build(shape, [fmt]) for fmt in formats})
    return found


def accelerators() -> dict[str, dict[str, Any]]:
    """Catalog entries by key."""
    found = {}
    for path in sorted((ROOT / "catalog" / "gpus").glob("*.yaml")):
        found.update({entry["key"]: entry for entry in yamlio.load(path).data["accelerators"]})
    return found


def rows() -> list[Row]:
    """Every usable row: a known shape, and wholly on one accelerator or shared layer by layer by several."""
    raw = read_csv()
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in raw:
        wanted[row["model"]].add(row["format"])
    shapes = footprints(wanted)
    catalog = accelerators()
    found = []
    for row in raw:
        fp = shapes.get((row["model"], row["format"]))
        if fp is None:
            continue
        entry = None if row["gpu"] == "cpu" else gpu_of(catalog[row["gpu"]])
        if row["number"] != "1":
            if ENGINES[row["engine"]].tensor_parallel:  # else every accelerator has whole layers
                found.append(_row(row, fp, entry))
            continue
        if entry is not None and not _on_accelerator(fp, row, entry):
            continue
        found.append(_row(row, fp, entry))
    return found


def _on_accelerator(fp: Footprint, row: dict[str, str], gpu: Gpu) -> bool:
    """Whether the model was wholly on the accelerator: by our own memory estimate, within 85 % of what it has."""
    machine = Machine((GpuGroup(gpu, 1, int(gpu.memory_bytes * 0.85)),), None, None, None, None, "flag")
    context = max(MEASURED_CONTEXT, int(row["depth"])) if row["users"] == "1" else int(row["depth"])
    options = EngineOptions(gpu_memory_utilization=1.0 if row["engine"] == "vllm" else None)
    return estimate_plan(fp, row["format"], row["engine"], machine, context, int(row["users"]), options)[1].fits


def _row(row: dict[str, str], fp: Footprint, gpu: Gpu | None) -> Row:
    fmt, depth = row["format"], int(row["depth"])
    bandwidth = float(row["bandwidth_gbps"] or (gpu.bandwidth_gbps if gpu else 0) or 0)
    if gpu is None:  # the second figure is then the number of cores
        flops = float(row["fp16_tflops"]) * CORE_FLOPS
    else:
        flops = float(row["fp16_tflops"] or gpu.fp16_tflops or 0) * 1e12
    users, number = int(row["users"]), int(row["number"])
    plain, experts = weight_read_bytes(fp, fmt, users)
    cache = users * cache_read_bytes(fp, 2 * depth, EngineOptions(), number)
    weights, state = (plain + experts) / number, users * state_read_bytes(fp) / number
    params = fp.params_active / number
    work = Work(fp.parts / 2, fp.moe_layers, state_layers(fp), weights, cache, state, params)
    variant = "-".join(filter(None, (row["gpu"], row["bandwidth_gbps"], row["fp16_tflops"])))
    prompt = float(row["prompt_tokens"]) if row["prompt_tps"] else 512.0
    batch = prompt_batch(row["engine"], gpu, prompt, EngineOptions().ubatch)
    return Row(
        kind_of(row["engine"], gpu),
        variant,
        row["file"],
        row["model"],
        fmt,
        fp.moe_layers > 0,
        work,
        bandwidth * 1e9,
        flops or None,
        _matrix_flops(row["engine"], gpu, flops) if gpu else flops,
        fp.bits_per_weight(fmt),
        float(row["decode_tps"]) if row["decode_tps"] else None,
        float(row["prompt_tps"]) if row["prompt_tps"] else None,
        prompt_flops(fp, prompt),
        batch,
        sum(weight_read_bytes(fp, fmt, batch)),
        class_of(fp, batch, fp.bits_per_weight(fmt)),
        fp.params_total,
        depth,
        users,
        number,
        2 * fp.layers * reduce_seconds(gpu.link_gbps, number, users * fp.hidden_size * 2.0)
        if gpu and number > 1
        else 0.0,
        row["source"],
    )


def _matrix_flops(engine: str, gpu: Gpu, flops: float) -> float | None:
    """The matrix rate of a chip of which the row's has so much."""
    whole = matrix_flops(engine, gpu)
    return whole * flops / (gpu.fp16_tflops * 1e12) if whole and gpu.fp16_tflops else None
