"""MLX-LM: `mlx_lm.server`, for Apple silicon."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, kv_cache, missing_notes, plan_of, port, remote_code_notes, weights


def bits(job: ServeJob) -> str:
    """Bits of a format such as `MLX-4bit`."""
    return job.plan.format.partition("-")[2].removesuffix("bit")


def build(job: ServeJob) -> ServePlan:
    """The server's command; without published MLX weights, how to convert them."""
    source = weights(job)
    notes: list[Caveat] = []
    if missing_notes(job):
        notes.append(Caveat("make-mlx", {"hub_id": job.model.hub_id, "bits": bits(job), "path": source}))
    arguments = ["--model", source, "--host", job.host, "--port", str(port(job))]
    cache = kv_cache(job)
    if cache is not None:
        arguments += ["--kv-bits", cache]
        if job.plan.users > 1:
            notes.append(Caveat("mlx-one-at-a-time", {"users": job.plan.users}))
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    return plan_of(job, ("mlx_lm.server", *arguments), source, (*notes, *trust))
