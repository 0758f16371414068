"""llama.cpp: `llama-server`. Flags as in tools/server/README.md of ggml-org/llama.cpp (listed in the engine's catalog record)."""

from __future__ import annotations

from typing import Final

from osllm.domain.verdict import Caveat
from osllm.estimate.footprint import layer_kinds
from osllm.estimate.layouts import layout
from osllm.estimate.stack import layers_with_mixtures
from osllm.serve.job import ServeJob, ServePlan, kv_cache, local_name, plan_of, port, visible_devices

# What publishers who choose types tensor by tensor give in place of a mix: unsloth/gemma-4-26B-A4B-it-GGUF has UD-Q2_K_XL and no
# Q2_K, and llama.cpp does not take the one for the other.
INSTEAD: Final = {"Q2_K": "UD-Q2_K_XL"}


def tag(job: ServeJob) -> str:
    """How a repository of GGUF files is asked for the plan's mix: `:Q4_K_M`. gpt-oss files carry MXFP4 in their names."""
    return job.plan.format.removesuffix("_MOE")


def make_note(job: ServeJob) -> Caveat:
    """How to make the GGUF that nobody is known to have published."""
    how = {"hub_id": job.model.hub_id, "format": job.plan.format, "file": local_name(job, ".gguf")}
    return Caveat("make-gguf", how)


def source_arguments(job: ServeJob) -> tuple[list[str], tuple[Caveat, ...]]:
    """Where llama-server takes the GGUF from, and how to make one if nobody is known to have published it."""
    artifact = job.artifact
    if artifact is None:
        return ["--model", local_name(job, ".gguf")], (make_note(job),)
    arguments = ["--hf-repo", f"{artifact.hub_id}:{tag(job)}"]
    notes: tuple[Caveat, ...] = ()
    if artifact.file is not None and artifact.format == job.plan.format and "*" not in artifact.file:
        arguments = ["--hf-repo", artifact.hub_id, "--hf-file", artifact.file]
    elif tag(job) in INSTEAD:
        notes = (Caveat("file-not-listed", {"hub_id": artifact.hub_id, "tag": tag(job), "other": INSTEAD[tag(job)]}),)
    if "image" in job.model.modalities and not job.images:
        arguments += ["--no-mmproj"]  # the repository's vision tower would be loaded and never used
    return arguments, notes


def placement_arguments(job: ServeJob) -> list[str]:
    """Layers on the GPUs, experts and layers in RAM, and how several GPUs share the work."""
    place = job.plan.placement
    if place.gpus == 0:
        return ["--n-gpu-layers", "0"]
    some = place.gpu_layers + layers_behind(job) if place.gpu_layers else 0
    arguments = ["--n-gpu-layers", str(some) if place.cpu_layers else "all"]
    if place.experts_on_cpu and job.model.architecture is not None:
        layers = layers_with_mixtures(*layer_kinds(job.model.architecture), place.experts_on_cpu)
        arguments += ["--n-cpu-moe", str(layers)]
    if place.gpus > 1:
        arguments += ["--split-mode", "layer"]
        sizes = [group.usable_bytes for group in job.machine.groups for _ in range(group.number)][: place.gpus]
        if len(set(sizes)) > 1:  # a mixed rig: layers in proportion to memory
            arguments += ["--tensor-split", ",".join(str(round(size / 2**30)) for size in sizes)]
    return arguments


def layers_behind(job: ServeJob) -> int:
    """What `--n-gpu-layers` counts behind the model's layers, first to go to a card (src/llama-model.cpp, `n_layer_all`).

    The output matrix is one, and each layer for multi-token prediction that the file holds.
    """
    shape = job.model.architecture
    return 1 + (shape.mtp_layers if shape is not None and layout(shape.model_type).gguf_mtp else 0)


def cache_arguments(job: ServeJob) -> list[str]:
    """Flash attention and the types of the cache; a quantized V needs flash attention."""
    options, cache = job.plan.options, kv_cache(job)
    arguments = ["--flash-attn", "on" if options.flash_attention or cache else "off"]
    if cache is not None:
        arguments += ["--cache-type-k", cache, "--cache-type-v", cache]
    if options.swa_full:
        arguments += ["--swa-full"]
    if options.ubatch != 512:
        arguments += ["--ubatch-size", str(options.ubatch)]
    return arguments


def build(job: ServeJob) -> ServePlan:
    """The llama-server command: its context is tokens per sequence times sequences."""
    plan = job.plan
    arguments, notes = source_arguments(job)
    arguments += ["--ctx-size", str(plan.context_tokens * plan.users), "--parallel", str(plan.users)]
    arguments += [*placement_arguments(job), *cache_arguments(job)]
    arguments += ["--jinja", "--host", job.host, "--port", str(port(job))]
    return plan_of(job, ("llama-server", *arguments), job.model.id, notes, environment=visible_devices(job))
