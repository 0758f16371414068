"""MLX-LM: `mlx_lm.server`, for Apple silicon."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, gated_notes, port, remote_code_notes, weights


def build(job: ServeJob) -> ServePlan:
    """The server's command; without published MLX weights, how to convert them."""
    trust = remote_code_notes(job)
    notes: list[Caveat] = [*trust, *gated_notes(job)]
    source = weights(job)
    if job.artifact is None:
        source = f"{job.model.id}-mlx"
        bits = job.plan.format.partition("-")[2].removesuffix("bit")
        notes.append(Caveat("make-mlx", {"hub_id": job.model.hub_id, "bits": bits, "path": source}))
    arguments = ["--model", source, "--host", job.host, "--port", str(port(job))]
    if trust:
        arguments += ["--trust-remote-code"]
    return ServePlan("mlx", ("mlx_lm.server", *arguments), (), tuple(notes), (), port(job), "/health")
