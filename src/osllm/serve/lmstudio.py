"""LM Studio: its `lms` program downloads, loads and serves a GGUF."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, port


def build(job: ServeJob) -> ServePlan:
    """`lms load` with the planned context; `lms get` before it and `lms server start` after it are notes."""
    source = job.artifact.hub_id if job.artifact is not None else job.model.id
    offload = "off" if job.plan.placement.gpus == 0 else "max"
    command = ("lms", "load", source, "--context-length", str(job.plan.context_tokens), "--gpu", offload)
    notes = [Caveat("lms-steps", {"get": f"{source}@{job.plan.format.lower()}", "port": port(job)})]
    if job.artifact is None:
        file = f"{job.model.id}-{job.plan.format}.gguf"
        notes.append(Caveat("make-gguf", {"hub_id": job.model.hub_id, "format": job.plan.format, "file": file}))
    return ServePlan("lmstudio", command, (), tuple(notes), (), port(job), "/v1/models")
