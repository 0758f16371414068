"""SGLang: `python -m sglang.launch_server`. Flags as in the version named in the engine's catalog record."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, gated_notes, parser, port, remote_code_notes, weights


def build(job: ServeJob) -> ServePlan:
    """The SGLang launch command."""
    plan, place = job.plan, job.plan.placement
    notes: list[Caveat] = []
    arguments = ["--model-path", weights(job), "--context-length", str(plan.context_tokens)]
    arguments += ["--max-running-requests", str(plan.users)]
    if plan.options.gpu_memory_utilization is not None:
        arguments += ["--mem-fraction-static", f"{plan.options.gpu_memory_utilization:g}"]
    if place.tensor_parallel > 1:
        arguments += ["--tensor-parallel-size", str(place.tensor_parallel)]
    if place.pipeline_parallel > 1:
        arguments += ["--pipeline-parallel-size", str(place.pipeline_parallel)]
    published = job.artifact is not None and job.artifact.format == plan.format
    if plan.format == "FP8" and not published:
        arguments += ["--quantization", "fp8"]
    elif not published and plan.format not in ("BF16", "F16"):
        notes.append(Caveat("make-compressed", {"hub_id": job.model.hub_id, "format": plan.format}))
    if plan.options.kv_cache == "fp8":
        arguments += ["--kv-cache-dtype", "fp8_e5m2"]
    tool_parser, reasoning_parser = parser(job, "tool_call"), parser(job, "reasoning")
    if job.model.tools and tool_parser:
        arguments += ["--tool-call-parser", tool_parser]
    if job.model.reasoning in ("always", "hybrid") and reasoning_parser:
        arguments += ["--reasoning-parser", reasoning_parser]
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    arguments += ["--host", job.host, "--port", str(port(job))]
    command = ("python", "-m", "sglang.launch_server", *arguments)
    return ServePlan("sglang", command, (), (*notes, *trust, *gated_notes(job)), (), port(job), "/health")
