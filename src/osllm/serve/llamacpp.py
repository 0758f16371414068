"""llama.cpp: `llama-server`. Flags as in tools/server/README.md of ggml-org/llama.cpp (listed in the engine's catalog record)."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, gated_notes, port


def source_arguments(job: ServeJob) -> tuple[list[str], list[Caveat]]:
    """Where llama-server takes the GGUF from, and how to make one if nobody is known to have published it."""
    artifact = job.artifact
    if artifact is None:
        file = f"{job.model.id}-{job.plan.format}.gguf"
        how = {"hub_id": job.model.hub_id, "format": job.plan.format, "file": file}
        return ["--model", file], [Caveat("make-gguf", how)]
    if artifact.file is not None and artifact.format == job.plan.format:
        return ["--hf-repo", artifact.hub_id, "--hf-file", artifact.file], []
    return ["--hf-repo", f"{artifact.hub_id}:{job.plan.format}"], []


def placement_arguments(job: ServeJob) -> list[str]:
    """Layers on the GPUs, experts and layers in RAM, and how several GPUs share the work."""
    place = job.plan.placement
    if place.gpus == 0:
        return ["--n-gpu-layers", "0"]
    arguments = ["--n-gpu-layers", str(place.gpu_layers if place.cpu_layers else 999)]
    if place.experts_on_cpu:
        arguments += ["--n-cpu-moe", str(place.experts_on_cpu)]
    if place.gpus > 1:
        arguments += ["--split-mode", "layer"]
        sizes = {group.usable_bytes for group in job.machine.groups}
        if len(sizes) > 1:  # a mixed rig: layers in proportion to memory
            shares = [str(round(g.usable_bytes / 2**30)) for g in job.machine.groups for _ in range(g.number)]
            arguments += ["--tensor-split", ",".join(shares)]
    return arguments


def build(job: ServeJob) -> ServePlan:
    """The llama-server command: context is tokens per sequence times sequences."""
    plan = job.plan
    arguments, notes = source_arguments(job)
    arguments += ["--ctx-size", str(plan.context_tokens * plan.users), "--parallel", str(plan.users)]
    arguments += placement_arguments(job)
    if plan.options.flash_attention:
        arguments += ["--flash-attn", "on"]
    if plan.options.kv_cache != "f16":
        arguments += ["--cache-type-k", plan.options.kv_cache, "--cache-type-v", plan.options.kv_cache]
    if plan.options.swa_full:
        arguments += ["--swa-full"]
    if plan.options.ubatch != 512:
        arguments += ["--ubatch-size", str(plan.options.ubatch)]
    arguments += ["--jinja", "--host", job.host, "--port", str(port(job))]
    return ServePlan(
        "llama.cpp", ("llama-server", *arguments), (), (*notes, *gated_notes(job)), (), port(job), "/health"
    )
