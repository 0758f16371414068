"""KTransformers: SGLang with the routed experts of a mixture in RAM, out of GGUF files (`--kt-method LLAMAFILE`)."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, local_name, plan_of, remote_code_notes
from osllm.serve.llamacpp import make_note
from osllm.serve.sglang import LAUNCHER, arguments_for


def build(job: ServeJob) -> ServePlan:
    """SGLang's command over the owner's checkpoint; the experts' GGUF files are put into a folder first."""
    source, folder = job.model.hub_id or job.model.id, f"./{local_name(job)}"
    cores = str(job.machine.cpu_cores or 1)
    experts = ["--kt-method", "LLAMAFILE", "--kt-weight-path", folder, "--kt-cpuinfer", cores]
    experts += ["--kt-threadpool-count", "1", "--kt-num-gpu-experts", "0"]
    missing = () if job.artifact is not None else (make_note(job),)
    unknown = () if job.machine.cpu_cores else (Caveat("kt-cores", {}),)
    notes = (Caveat("kt-folder", {"folder": folder}), *missing, *unknown, *remote_code_notes(job))
    return plan_of(job, (*LAUNCHER, *arguments_for(job, source), *experts), source, notes)
