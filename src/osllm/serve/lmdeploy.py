"""LMDeploy: `lmdeploy serve api_server`."""

from __future__ import annotations

from typing import Final

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, gated_notes, port, remote_code_notes, weights

# --quant-policy: how many bits a cached value takes.
CACHE_POLICY: Final = {"q8_0": "8", "q4_0": "4"}


def build(job: ServeJob) -> ServePlan:
    """The API server's command."""
    plan = job.plan
    arguments = ["--session-len", str(plan.context_tokens), "--max-batch-size", str(plan.users)]
    if plan.placement.tensor_parallel > 1:
        arguments += ["--tp", str(plan.placement.tensor_parallel)]
    if plan.format == "AWQ":
        arguments += ["--model-format", "awq"]
    if plan.options.kv_cache in CACHE_POLICY:
        arguments += ["--quant-policy", CACHE_POLICY[plan.options.kv_cache]]
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    arguments += ["--server-name", job.host, "--server-port", str(port(job))]
    notes: list[Caveat] = [*trust, *gated_notes(job)]
    if job.artifact is None and plan.format not in ("BF16", "F16"):
        notes.append(Caveat("make-compressed", {"hub_id": job.model.hub_id, "format": plan.format}))
    command = ("lmdeploy", "serve", "api_server", weights(job), *arguments)
    return ServePlan("lmdeploy", command, (), tuple(notes), (), port(job), "/health")
