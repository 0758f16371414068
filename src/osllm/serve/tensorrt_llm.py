"""TensorRT-LLM: `trtllm-serve`. Its flags are spelled with underscores."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, gated_notes, port, remote_code_notes, weights


def build(job: ServeJob) -> ServePlan:
    """The `trtllm-serve` command."""
    plan, place = job.plan, job.plan.placement
    arguments = ["--max_seq_len", str(plan.context_tokens), "--max_batch_size", str(plan.users)]
    if place.tensor_parallel > 1:
        arguments += ["--tp_size", str(place.tensor_parallel)]
    if place.pipeline_parallel > 1:
        arguments += ["--pp_size", str(place.pipeline_parallel)]
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust_remote_code"]
    arguments += ["--host", job.host, "--port", str(port(job))]
    notes: list[Caveat] = [*trust, *gated_notes(job)]
    if job.artifact is None and plan.format not in ("BF16", "F16"):
        notes.append(Caveat("make-modelopt", {"hub_id": job.model.hub_id, "format": plan.format}))
    command = ("trtllm-serve", weights(job), *arguments)
    return ServePlan("tensorrt-llm", command, (), tuple(notes), (), port(job), "/health")
