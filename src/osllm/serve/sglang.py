"""SGLang: `python -m sglang.launch_server`. Flags as in the version named in the engine's catalog record."""

from __future__ import annotations

from typing import Final

from osllm.serve.job import (
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

LAUNCHER: Final = ("python", "-m", "sglang.launch_server")
# Formats made while loading 16-bit weights, by the name that --quantization takes.
ONLINE: Final = {"FP8": "fp8", "NF4": "bitsandbytes"}


def arguments_for(job: ServeJob, source: str) -> list[str]:
    """Everything but the quantization: model, context, parallelism, cache, parsers, address."""
    plan, place = job.plan, job.plan.placement
    arguments = ["--model-path", source, "--context-length", str(plan.context_tokens)]
    arguments += ["--max-running-requests", str(plan.users)]
    if plan.options.gpu_memory_utilization is not None:
        arguments += ["--mem-fraction-static", f"{plan.options.gpu_memory_utilization:g}"]
    if place.tensor_parallel > 1:
        arguments += ["--tensor-parallel-size", str(place.tensor_parallel)]
    if place.pipeline_parallel > 1:
        arguments += ["--pipeline-parallel-size", str(place.pipeline_parallel)]
    cache = kv_cache(job)
    if cache is not None:
        arguments += ["--kv-cache-dtype", cache]
    arguments += parser_arguments(job)
    if remote_code_notes(job):
        arguments += ["--trust-remote-code"]
    return [*arguments, "--host", job.host, "--port", str(port(job))]


def build(job: ServeJob) -> ServePlan:
    """The SGLang launch command."""
    source = weights(job, online=tuple(ONLINE))
    dtype, notes = dtype_arguments(job)
    quantization = (
        [] if published(job) or job.plan.format not in ONLINE else ["--quantization", ONLINE[job.plan.format]]
    )
    command = (*LAUNCHER, *arguments_for(job, source), *quantization, *dtype)
    return plan_of(job, command, source, (*missing_notes(job, online=tuple(ONLINE)), *notes, *remote_code_notes(job)))
