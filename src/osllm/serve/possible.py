"""Whether an engine can run a plan at all, from its catalog record: the first obstacle, or none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from osllm.domain.architecture import Experts
from osllm.domain.verdict import Caveat
from osllm.hardware.support import new_enough

if TYPE_CHECKING:
    from osllm.domain.hardware import Machine
    from osllm.domain.model import QuantizationFormat
    from osllm.serve.job import ServeJob


def why_not(job: ServeJob, fmt: QuantizationFormat) -> Caveat | None:
    """Why the engine cannot run the job, as a caveat of area `serve`; None if nothing stands against it."""
    return next(_obstacles(job, fmt), None)


def _obstacles(job: ServeJob, fmt: QuantizationFormat) -> Iterator[Caveat]:
    record, place = job.engine, job.plan.placement
    engine = record["name"]
    yield from machine_obstacles(record, job.machine)
    if record["key"] not in fmt.engines or fmt.kind not in record.get("formats", (fmt.kind,)):
        yield Caveat("no-format", {"engine": engine, "format": fmt.key, "engines": list(fmt.engines)})
    parallel = record.get("parallel") or {}
    if place.tensor_parallel > 1 and not parallel.get("tensor"):
        yield Caveat("no-tensor-parallel", {"engine": engine})
    if place.gpus > 1 and not (parallel.get("tensor") or parallel.get("pipeline")):
        yield Caveat("one-gpu-only", {"engine": engine, "gpus": place.gpus})
    if (place.cpu_layers or place.experts_on_cpu) and place.gpus and not record.get("cpu_offload"):
        yield Caveat("no-offload", {"engine": engine})
    if job.plan.options.kv_cache not in (record.get("kv_cache") or {}):
        yield Caveat(
            "no-kv-cache",
            {"engine": engine, "kv_cache": job.plan.options.kv_cache, "known": sorted(record.get("kv_cache") or {})},
        )
    yield from _architecture(job)


def machine_obstacles(record: Mapping[str, Any], machine: Machine) -> Iterator[Caveat]:
    """What stands between an engine and a machine, whatever the model: another platform, a card that is too old."""
    engine, platforms = record["name"], record["platforms"]
    entry: Mapping[str, Any] | None = platforms.get(machine.platform)
    if not entry:
        yield Caveat("no-platform", {"engine": engine, "platform": machine.platform, "platforms": sorted(platforms)})
        return
    for group in machine.groups:
        if not new_enough(entry, group.gpu):
            needs = entry.get("min_compute_capability") or ", ".join(entry.get("archs") or ())
            has = group.gpu.compute_capability
            yield Caveat("gpu-too-old", {"engine": engine, "gpu": group.gpu.name, "has": has, "needs": needs})


def _architecture(job: ServeJob) -> Iterator[Caveat]:
    record, architecture = job.engine, job.model.architecture
    if architecture is None:
        return
    known = record.get("model_types")
    if known and architecture.model_type not in known:
        yield Caveat("no-architecture", {"engine": record["name"], "model_type": architecture.model_type})
    if record.get("experts_only") and not any(isinstance(f, Experts) for run in architecture.runs for f in run.ffns):
        yield Caveat("experts-only", {"engine": record["name"], "model": job.model.id})
