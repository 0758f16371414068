"""vLLM: `vllm serve`. Flags as in the parser of the vLLM version named in the engine's catalog record."""

from __future__ import annotations

from math import floor
from typing import Final

from osllm.estimate.engines import ENGINES
from osllm.serve.job import (
    PLAIN,
    ServeJob,
    ServePlan,
    dtype_arguments,
    kv_cache,
    missing_notes,
    parser_arguments,
    plan_of,
    port,
    published,
    remote_code_notes,
    weights,
)

# Formats that vLLM makes while loading 16-bit weights, by the name its --quantization takes.
ONLINE: Final = {"FP8": "fp8"}


def memory_fraction(job: ServeJob) -> float | None:
    """The share of the whole card that the estimate gives the engine, rounded down to a tenth of a percent; None on a CPU.

    vLLM refuses to start when its share of the total is not free. The estimate counts from what is usable.
    """
    if job.plan.options.gpu_memory_utilization is not None:
        return job.plan.options.gpu_memory_utilization
    shares = [group.usable_bytes / group.gpu.memory_bytes for group in job.machine.groups if group.gpu.memory_bytes]
    return floor(min(shares) * ENGINES["vllm"].fraction * 1000) / 1000 if shares else None


def build(job: ServeJob) -> ServePlan:
    """The `vllm serve` command."""
    plan, place = job.plan, job.plan.placement
    dtype, notes = dtype_arguments(job)
    arguments = ["--max-model-len", str(plan.context_tokens), "--max-num-seqs", str(plan.users)]
    fraction = memory_fraction(job)
    if fraction is not None:
        arguments += ["--gpu-memory-utilization", f"{fraction:g}"]
    if place.tensor_parallel > 1:
        arguments += ["--tensor-parallel-size", str(place.tensor_parallel)]
    if place.pipeline_parallel > 1:
        arguments += ["--pipeline-parallel-size", str(place.pipeline_parallel)]
    if plan.format in ONLINE and not published(job):
        arguments += ["--quantization", ONLINE[plan.format]]
    cache = kv_cache(job)
    if cache is not None:
        arguments += ["--kv-cache-dtype", cache]
    parsers = parser_arguments(job)
    if "--tool-call-parser" in parsers:
        parsers.insert(0, "--enable-auto-tool-choice")
    arguments += [*dtype, *parsers]
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    source = weights(job, online=tuple(ONLINE))
    command = ("vllm", "serve", source, *arguments, "--host", job.host, "--port", str(port(job)))
    return plan_of(job, command, source, (*missing_notes(job, online=(*PLAIN, *ONLINE)), *notes, *trust))
