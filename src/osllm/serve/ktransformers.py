"""KTransformers: SGLang with the routed experts of a mixture in RAM (`--kt-*`)."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan
from osllm.serve.sglang import build as build_sglang


def build(job: ServeJob) -> ServePlan:
    """SGLang's command with the CPU expert method; the CPU weights are converted first, which a note says."""
    plan = build_sglang(job)
    cores = str(job.machine.cpu_cores or 1)
    arguments = ("--kt-method", "AMXINT4", "--kt-weight-path", f"{job.model.id}-cpu-int4", "--kt-cpuinfer", cores)
    notes = (*plan.notes, Caveat("make-kt-weights", {"hub_id": job.model.hub_id}))
    return plan._replace(engine="ktransformers", command=(*plan.command, *arguments), notes=notes)
