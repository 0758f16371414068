"""vLLM: `vllm serve`. Flags as in the parser of the vLLM version named in the engine's catalog record."""

from __future__ import annotations

from typing import Final

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, gated_notes, parser, port, remote_code_notes, weights

# Formats that vLLM makes while loading 16-bit weights, by the name its --quantization takes.
ONLINE: Final = {"FP8": "fp8"}


def quantization_arguments(job: ServeJob) -> tuple[list[str], list[Caveat]]:
    """Published quantized weights are recognised by vLLM itself; without them FP8 is made online, the rest by hand."""
    fmt = job.plan.format
    if job.artifact is not None and job.artifact.format == fmt:
        return [], []
    if fmt in ("BF16", "F16"):
        return [], []
    if fmt in ONLINE:
        return ["--quantization", ONLINE[fmt]], []
    return [], [Caveat("make-compressed", {"hub_id": job.model.hub_id, "format": fmt})]


def parser_arguments(job: ServeJob) -> list[str]:
    """Tool-call and reasoning parsers of the model's family."""
    arguments: list[str] = []
    tool_parser = parser(job, "tool_call")
    if job.model.tools and tool_parser:
        arguments += ["--enable-auto-tool-choice", "--tool-call-parser", tool_parser]
    reasoning_parser = parser(job, "reasoning")
    if job.model.reasoning in ("always", "hybrid") and reasoning_parser:
        arguments += ["--reasoning-parser", reasoning_parser]
    return arguments


def build(job: ServeJob) -> ServePlan:
    """The `vllm serve` command."""
    plan, place = job.plan, job.plan.placement
    quantization, notes = quantization_arguments(job)
    arguments = ["--max-model-len", str(plan.context_tokens), "--max-num-seqs", str(plan.users)]
    if plan.options.gpu_memory_utilization is not None:
        arguments += ["--gpu-memory-utilization", f"{plan.options.gpu_memory_utilization:g}"]
    if place.tensor_parallel > 1:
        arguments += ["--tensor-parallel-size", str(place.tensor_parallel)]
    if place.pipeline_parallel > 1:
        arguments += ["--pipeline-parallel-size", str(place.pipeline_parallel)]
    arguments += quantization
    if plan.options.kv_cache == "fp8":
        arguments += ["--kv-cache-dtype", "fp8"]
    arguments += parser_arguments(job)
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    arguments += ["--host", job.host, "--port", str(port(job))]
    all_notes = (*notes, *trust, *gated_notes(job))
    return ServePlan("vllm", ("vllm", "serve", weights(job), *arguments), (), all_notes, (), port(job), "/health")
