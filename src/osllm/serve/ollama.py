"""Ollama: a tag of its library, any GGUF repository of the Hub, or a Modelfile over a local GGUF.

Context and cache type are settings of the server (`OLLAMA_CONTEXT_LENGTH`, `OLLAMA_KV_CACHE_TYPE`,
`OLLAMA_NUM_PARALLEL`, docs/faq.mdx of ollama/ollama); without them a 24 GB card gets 32k tokens whatever was planned.
"""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, port


def modelfile(job: ServeJob, file: str) -> str:
    """A Modelfile for a local GGUF with the planned context."""
    return f"FROM ./{file}\nPARAMETER num_ctx {job.plan.context_tokens}\n"


def build(job: ServeJob) -> ServePlan:
    """The `ollama run` command and the server's environment."""
    plan = job.plan
    environment = [("OLLAMA_CONTEXT_LENGTH", str(plan.context_tokens)), ("OLLAMA_NUM_PARALLEL", str(plan.users))]
    if plan.options.kv_cache != "f16":
        environment += [("OLLAMA_FLASH_ATTENTION", "1"), ("OLLAMA_KV_CACHE_TYPE", plan.options.kv_cache)]
    notes: list[Caveat] = [Caveat("ollama-environment", {})]
    files: tuple[tuple[str, str], ...] = ()
    if job.artifact is not None:
        command = ("ollama", "run", f"hf.co/{job.artifact.hub_id}:{plan.format}")
    elif job.model.ollama:
        command = ("ollama", "run", job.model.ollama[0])
        notes.append(Caveat("ollama-default-quantization", {"tag": job.model.ollama[0], "format": plan.format}))
    else:
        file = f"{job.model.id}-{plan.format}.gguf"
        files = (("Modelfile", modelfile(job, file)),)
        command = ("ollama", "create", job.model.id, "--file", "Modelfile")
        notes.append(Caveat("make-gguf", {"hub_id": job.model.hub_id, "format": plan.format, "file": file}))
    return ServePlan("ollama", command, tuple(environment), tuple(notes), files, port(job), "/api/version")
