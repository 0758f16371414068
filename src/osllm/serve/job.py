"""What a launcher module is given, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from osllm.domain.hardware import Machine
from osllm.domain.model import Artifact, Model
from osllm.domain.plan import Plan
from osllm.domain.verdict import Caveat


class ServeJob(NamedTuple):
    """One model to be served as planned."""

    model: Model
    plan: Plan
    artifact: Artifact | None  # published weights in the plan's format; None: none known
    machine: Machine
    engine: Mapping[str, Any]  # the engine's catalog record
    use_case: str = "chat"
    tools: bool = False
    host: str = "127.0.0.1"
    port: int | None = None
    language: str = "en"


class ServePlan(NamedTuple):
    """How to start it."""

    engine: str
    command: tuple[str, ...]  # argv, long flags in full, no container wrapper
    environment: tuple[tuple[str, str], ...] = ()
    notes: tuple[Caveat, ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # path -> text
    port: int | None = None
    health: str | None = None  # path that answers 200 when ready


def weights(job: ServeJob) -> str:
    """The repository to load from: the published artifact's, else the owner's; RequestError never, a local name last."""
    if job.artifact is not None:
        return job.artifact.hub_id
    return job.model.hub_id or job.model.id


def port(job: ServeJob) -> int:
    """The port asked for, else the engine's own default from the catalog."""
    return job.port or int(job.engine.get("default_port") or 8000)


def parser(job: ServeJob, kind: str) -> str | None:
    """The engine's parser (`tool_call` or `reasoning`) for this model's family, from the catalog; None if none is known."""
    table = (job.engine.get("parsers") or {}).get(kind) or {}
    architecture = job.model.architecture
    names = [job.model.id, job.model.family.lower().replace(" ", "-")]
    if architecture is not None:
        names.append(architecture.model_type)
    best = None
    for pattern, value in table.items():
        if any(name.startswith(pattern) for name in names) and (best is None or len(pattern) > len(best[0])):
            best = (pattern, value)
    return None if best is None else str(best[1])


def remote_code_notes(job: ServeJob) -> tuple[Caveat, ...]:
    """A caveat where the model's own code must be trusted (`trust_remote_code` in the engine's record)."""
    needing = job.engine.get("trust_remote_code") or ()
    architecture = job.model.architecture
    if architecture is not None and architecture.model_type in needing:
        return (Caveat("trust-remote-code", {"model": job.model.hub_id}),)
    return ()


def gated_notes(job: ServeJob) -> tuple[Caveat, ...]:
    """A caveat where the weights must be asked for on the Hub before they can be downloaded."""
    return (Caveat("gated", {"hub_id": job.model.hub_id}),) if job.model.gated else ()
