"""Ollama: a tag of its library, any GGUF repository of the Hub, or a Modelfile over a local GGUF.

Context and cache type are settings of the server (`OLLAMA_CONTEXT_LENGTH`, `OLLAMA_KV_CACHE_TYPE`,
`OLLAMA_NUM_PARALLEL`, docs/faq.mdx of ollama/ollama); without them a 24 GB card gets 32k tokens whatever was planned.
"""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, kv_cache, local_name, plan_of, port, visible_devices
from osllm.serve.llamacpp import make_note, tag
from osllm.serve.request import SYSTEM_JA


def source(job: ServeJob) -> str:
    """What a Modelfile or `ollama run` starts from."""
    if job.artifact is not None:
        return f"hf.co/{job.artifact.hub_id}:{tag(job)}"
    return job.model.ollama[0] if job.model.ollama else f"./{local_name(job, '.gguf')}"


def modelfile(job: ServeJob) -> str:
    """A Modelfile with the planned context; a Japanese use case asks for Japanese answers."""
    lines = [f"FROM {source(job)}", f"PARAMETER num_ctx {job.plan.context_tokens}"]
    if job.answers_in == "ja":
        lines.append(f'SYSTEM """{SYSTEM_JA}"""')
    return "\n".join(lines) + "\n"


def settings(job: ServeJob) -> tuple[tuple[str, str], ...]:
    """What the server must be told for the plan to hold."""
    plan, cache = job.plan, kv_cache(job)
    found = [("OLLAMA_CONTEXT_LENGTH", str(plan.context_tokens)), ("OLLAMA_NUM_PARALLEL", str(plan.users))]
    if cache is not None:
        found += [("OLLAMA_FLASH_ATTENTION", "1"), ("OLLAMA_KV_CACHE_TYPE", cache)]
    elif plan.options.flash_attention:
        found += [("OLLAMA_FLASH_ATTENTION", "1")]
    if port(job) != job.engine["default_port"]:
        found += [("OLLAMA_HOST", f"{job.host}:{port(job)}")]
    return (*found, *visible_devices(job))


def build(job: ServeJob) -> ServePlan:
    """The `ollama run` command (`ollama create` for a GGUF of one's own) and the server's environment."""
    notes: list[Caveat] = [Caveat("ollama-environment", {})]
    if job.artifact is None and not job.model.ollama:
        notes.append(make_note(job))
        command = ("ollama", "create", job.model.id, "--file", "Modelfile")
        files = (("Modelfile", modelfile(job)),)
        return plan_of(job, command, job.model.id, tuple(notes), environment=settings(job), files=files)
    if job.artifact is None:
        notes.append(Caveat("ollama-default-quantization", {"tag": source(job), "format": job.plan.format}))
    return plan_of(job, ("ollama", "run", source(job)), source(job), tuple(notes), environment=settings(job))
