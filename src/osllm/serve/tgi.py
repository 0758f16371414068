"""Text Generation Inference: `text-generation-launcher`. It still runs; its owner has put it in maintenance."""

from __future__ import annotations

from typing import Final

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, gated_notes, port, remote_code_notes, weights

QUANTIZE: Final = {"AWQ": "awq", "GPTQ-Int4": "gptq", "GPTQ-Int8": "gptq", "FP8": "fp8", "NF4": "bitsandbytes-nf4"}


def build(job: ServeJob) -> ServePlan:
    """The launcher's command."""
    plan = job.plan
    arguments = ["--model-id", weights(job), "--max-total-tokens", str(plan.context_tokens)]
    arguments += ["--max-concurrent-requests", str(plan.users)]
    if plan.placement.tensor_parallel > 1:
        arguments += ["--sharded", "true", "--num-shard", str(plan.placement.tensor_parallel)]
    if plan.format in QUANTIZE:
        arguments += ["--quantize", QUANTIZE[plan.format]]
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    arguments += ["--hostname", job.host, "--port", str(port(job))]
    notes = (Caveat("engine-in-maintenance", {"engine": "TGI"}), *trust, *gated_notes(job))
    return ServePlan("tgi", ("text-generation-launcher", *arguments), (), notes, (), port(job), "/health")
