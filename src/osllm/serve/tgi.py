"""Text Generation Inference: `text-generation-launcher`. It still runs; its owner has put it in maintenance."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, kv_cache, missing_notes, plan_of, port, remote_code_notes, weights

ONLINE = ("FP8", "NF4")  # made while loading 16-bit weights


def build(job: ServeJob) -> ServePlan:
    """The launcher's command. A quarter of the context is left for the answer."""
    plan, context = job.plan, job.plan.context_tokens
    source = weights(job, online=ONLINE)
    arguments = ["--model-id", source, "--max-total-tokens", str(context)]
    arguments += ["--max-input-tokens", str(max(1, context * 3 // 4)), "--max-concurrent-requests", str(plan.users)]
    if plan.placement.tensor_parallel > 1:
        arguments += ["--num-shard", str(plan.placement.tensor_parallel)]
    quantize = job.engine["quantize"].get(plan.format)
    if quantize is not None:
        arguments += ["--quantize", quantize]
    cache = kv_cache(job)
    if cache is not None:
        arguments += ["--kv-cache-dtype", cache]
    if plan.options.gpu_memory_utilization is not None:
        arguments += ["--cuda-memory-fraction", f"{plan.options.gpu_memory_utilization:g}"]
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    arguments += ["--hostname", job.host, "--port", str(port(job))]
    notes = (
        Caveat("engine-in-maintenance", {"engine": job.engine["name"]}),
        *missing_notes(job, online=ONLINE),
        *trust,
    )
    return plan_of(job, ("text-generation-launcher", *arguments), source, notes)
