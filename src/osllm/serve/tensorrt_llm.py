"""TensorRT-LLM: `trtllm-serve`. Its flags are spelled with underscores; what they do not cover stands in a --config file."""

from __future__ import annotations

import json

from osllm.serve.job import (
    ServeJob,
    ServePlan,
    kv_cache,
    missing_notes,
    plan_of,
    port,
    remote_code_notes,
    weights,
)

CONFIG = "trtllm.yaml"


def config(job: ServeJob) -> str:
    """The configuration file, as JSON, which is YAML: the cache's type, and metrics switched on."""
    settings: dict[str, object] = {"return_perf_metrics": True, "enable_iter_perf_stats": True}
    cache = kv_cache(job)
    if cache is not None:
        settings["kv_cache_config"] = {"dtype": cache}
    return json.dumps(settings, indent=2) + "\n"


def build(job: ServeJob) -> ServePlan:
    """The `trtllm-serve` command."""
    plan, place = job.plan, job.plan.placement
    arguments = ["--max_seq_len", str(plan.context_tokens), "--max_batch_size", str(plan.users)]
    if plan.options.gpu_memory_utilization is not None:
        arguments += ["--kv_cache_free_gpu_memory_fraction", f"{plan.options.gpu_memory_utilization:g}"]
    if place.tensor_parallel > 1:
        arguments += ["--tp_size", str(place.tensor_parallel)]
    if place.pipeline_parallel > 1:
        arguments += ["--pp_size", str(place.pipeline_parallel)]
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust_remote_code"]
    arguments += ["--config", CONFIG, "--host", job.host, "--port", str(port(job))]
    source = weights(job)
    notes = (*missing_notes(job, code="make-modelopt"), *trust)
    return plan_of(job, ("trtllm-serve", source, *arguments), source, notes, files=((CONFIG, config(job)),))
