"""Jobs over the catalog's real engine records, models and machines that are small enough to read."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from osllm.domain.architecture import Architecture, Attention, Dense, Experts, LayerRun
from osllm.domain.hardware import Gpu, GpuGroup, Machine
from osllm.domain.model import Artifact, LicenseBinding, Model, QuantizationFormat
from osllm.domain.plan import EngineOptions, Placement, Plan
from osllm.domain.units import GIB
from osllm.serve import ENGINES
from osllm.serve.job import ServeJob

ROOT = Path(__file__).parents[2]
ALL_ENGINES = tuple(ENGINES)


@cache
def engine(key):
    return yaml.load(
        (ROOT / "catalog" / "engines" / f"{key}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )


@cache
def formats():
    rows = yaml.load((ROOT / "catalog" / "quantizations.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return {
        r["key"]: QuantizationFormat(
            r["key"], r["name"], r["kind"], r["bits"], tuple(r["engines"]), r["min_compute_capability"], tuple(r["vendors"]), None
        )
        for r in rows["quantizations"]
    }  # fmt: skip


def gpu(**changes):
    plain = Gpu(
        "rtx4090", "NVIDIA GeForce RTX 4090", "nvidia", "desktop", "Ada Lovelace", "8.9", 24 * GIB, "GDDR6X", 1008.0, 165.0,
        None, None, None, ("bf16",), False, None, None, None, None,
    )  # fmt: skip
    return plain._replace(**changes)


def machine(card=None, number=1, usable=23 * GIB, cores=16):
    groups = () if card is None else (GpuGroup(card, number, usable),)
    return Machine(groups, 64 * GIB, 58 * GIB, 51.2, cores, "flag")


def architecture(model_type="qwen3", experts=0):
    ffn = Experts(experts, 8, 768) if experts else Dense(9728)
    return Architecture(model_type, 2560, 151936, True, (LayerRun(36, (Attention(32, 8, 128),), (ffn,)),))


def model(**changes):
    facts = {
        "id": "qwen3-4b", "hub_id": "Qwen/Qwen3-4B", "name": "Qwen3-4B", "family": "Qwen3", "developer": "Alibaba (Qwen)",
        "kind": "instruct", "params_total": 4 * 10**9, "context_max": 32768, "modalities": ("text",), "languages": ("ja",),
        "tools": True, "reasoning": "hybrid", "license": LicenseBinding(("apache-2.0",), "primary"), "gated": False,
        "aliases": (), "ollama": (), "architecture": architecture(), "artifacts": (),
    }  # fmt: skip
    return Model(**{**dict.fromkeys(Model._fields), **facts, **changes})


def artifact(fmt, hub_id="Qwen/Qwen3-4B-X", file=None):
    return Artifact(fmt, hub_id, file, None, "owner")


def job(key="llama.cpp", fmt="Q4_K_M", *, card=None, number=1, place=None, options=None, users=1, **changes):
    card = gpu() if card is None else card
    placement = place or Placement(number, number if engine(key)["parallel"]["tensor"] else 1, 1, 36)
    plan = Plan("qwen3-4b", fmt, key, 8192, users, placement, options or EngineOptions(slots=users))
    fields = {"model": model(), "artifact": artifact(fmt), "machine": machine(card, number), **changes}
    return ServeJob(plan=plan, engine=engine(key), **fields)
