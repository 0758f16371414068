"""LM Studio: its `lms` program downloads, loads and serves a GGUF or MLX model."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, local_name, plan_of, port
from osllm.serve.llamacpp import make_note


def build(job: ServeJob) -> ServePlan:
    """`lms load` with the planned context; `lms get` before it and `lms server start` after it are notes."""
    place = job.plan.placement
    offload = "off" if place.gpus == 0 else "max"
    if place.gpus and place.cpu_layers:
        offload = f"{place.gpu_layers / (place.gpu_layers + place.cpu_layers):.2f}"
    arguments = ["--context-length", str(job.plan.context_tokens), "--gpu", offload, "--identifier", job.model.id]
    if job.artifact is None:
        source = local_name(job, ".gguf")
        notes: tuple[Caveat, ...] = (Caveat("lms-import", {"file": source, "port": port(job)}), make_note(job))
    else:
        source = job.artifact.hub_id
        notes = (Caveat("lms-steps", {"get": f"{source}@{job.plan.format.lower()}", "port": port(job)}),)
    return plan_of(job, ("lms", "load", source, *arguments, "--yes"), job.model.id, notes)
