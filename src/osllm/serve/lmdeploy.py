"""LMDeploy: `lmdeploy serve api_server`."""

from __future__ import annotations

from typing import Final

from osllm.serve.job import (
    ServeJob,
    ServePlan,
    kv_cache,
    missing_notes,
    parser_arguments,
    plan_of,
    port,
    remote_code_notes,
    weights,
)

# What --model-format calls a checkpoint.
MODEL_FORMATS: Final = {"AWQ": "awq", "GPTQ-Int4": "gptq", "FP8": "fp8", "MXFP4": "mxfp4"}


def build(job: ServeJob) -> ServePlan:
    """The API server's command."""
    plan = job.plan
    arguments = ["--session-len", str(plan.context_tokens), "--max-batch-size", str(plan.users)]
    if plan.placement.tensor_parallel > 1:
        arguments += ["--tp", str(plan.placement.tensor_parallel)]
    if plan.format in MODEL_FORMATS:
        arguments += ["--model-format", MODEL_FORMATS[plan.format]]
    cache = kv_cache(job)
    if cache is not None:
        arguments += ["--quant-policy", cache]
    if plan.options.gpu_memory_utilization is not None:
        arguments += ["--cache-max-entry-count", f"{plan.options.gpu_memory_utilization:g}"]
    arguments += parser_arguments(job)
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    arguments += ["--server-name", job.host, "--server-port", str(port(job))]
    source = weights(job)
    return plan_of(job, ("lmdeploy", "serve", "api_server", source, *arguments), source, (*missing_notes(job), *trust))
