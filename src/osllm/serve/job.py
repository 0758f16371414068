"""What a launcher module is given, what it answers, and what all of them share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from osllm.domain.hardware import Machine
from osllm.domain.model import Artifact, Model
from osllm.domain.plan import Plan
from osllm.domain.verdict import Caveat
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.catalog.store import Catalog
    from osllm.domain.request import Request

GGUF_ENGINES: Final = ("llama.cpp", "ollama", "lmstudio", "ktransformers")
# Compute capability; vLLM: "Bfloat16 is only supported on GPUs with compute capability of at least 8.0".
BF16_FROM: Final = (8, 0)
PLAIN: Final = ("BF16", "F16", "FP32")  # formats that are the owner's own checkpoint


class ServeJob(NamedTuple):
    """One model to be served as planned."""

    model: Model
    plan: Plan
    artifact: Artifact | None  # published weights in the plan's format; None: none known
    machine: Machine
    engine: Mapping[str, Any]  # the engine's catalog record
    use_case: str = "chat"
    images: bool = False  # the use case sends images
    host: str = "127.0.0.1"
    port: int | None = None
    language: str = "en"  # of notes
    answers_in: str | None = None  # the language of the use case


class ServePlan(NamedTuple):
    """How to start it."""

    engine: str
    command: tuple[str, ...]  # argv, long flags in full, no container wrapper
    environment: tuple[tuple[str, str], ...] = ()
    notes: tuple[Caveat, ...] = ()
    files: tuple[tuple[str, str], ...] = ()  # path -> text
    port: int | None = None
    health: str | None = None  # path that answers 200 when ready
    served_name: str = ""  # what a request calls the model


def job_for(catalog: Catalog, request: Request, model: Model, plan: Plan, artifact: Artifact | None) -> ServeJob:
    """The job for a plan of a request: images and the language of the answers are the use case's."""
    use_case = catalog.use_cases()[request.use_case]
    asked = {*use_case.modalities, *request.filters.modalities}
    if artifact is not None and plan.engine in GGUF_ENGINES and artifact.format in PLAIN:
        artifact = None  # the owner's checkpoint in 16 bits is no GGUF
    return ServeJob(
        model,
        plan,
        artifact,
        request.machine,
        catalog.engines()[plan.engine],
        use_case=use_case.key,
        images="image" in asked or bool(request.filters.vision),
        language=request.lang,
        answers_in=request.filters.language or use_case.language,
    )


def plan_of(
    job: ServeJob,
    command: tuple[str, ...],
    served_name: str,
    notes: tuple[Caveat, ...],
    *,
    environment: tuple[tuple[str, str], ...] = (),
    files: tuple[tuple[str, str], ...] = (),
) -> ServePlan:
    """The answer of a module, with what follows from the engine's record: port, health check and the common notes."""
    said = (*notes, *gated_notes(job), *version_notes(job), *issue_notes(job))
    return ServePlan(
        str(job.engine["key"]), command, environment, said, files, port(job), job.engine.get("health"), served_name
    )


def published(job: ServeJob) -> bool:
    """Whether somebody is known to have published the weights in exactly the plan's format."""
    return job.artifact is not None and job.artifact.format == job.plan.format


def local_name(job: ServeJob, suffix: str = "") -> str:
    """The file or folder that weights of one's own making go to."""
    return f"{job.model.id}-{job.plan.format}{suffix}"


def weights(job: ServeJob, *, online: tuple[str, ...] = ()) -> str:
    """The repository to load from: the published one, the owner's for plain or `online` formats, else the folder to be made."""
    if published(job) and job.artifact is not None:
        return job.artifact.hub_id
    if job.plan.format in (*PLAIN, *online):
        return job.model.hub_id or job.model.id
    return f"./{local_name(job)}"


def missing_notes(job: ServeJob, *, online: tuple[str, ...] = (), code: str = "make-compressed") -> tuple[Caveat, ...]:
    """A caveat where the weights have to be made first."""
    if published(job) or job.plan.format in (*PLAIN, *online):
        return ()
    return (Caveat(code, {"hub_id": job.model.hub_id, "format": job.plan.format}),)


def port(job: ServeJob) -> int:
    """The port asked for, else the engine's own default from the catalog."""
    return job.port or int(job.engine["default_port"])


def _matching(table: Mapping[str, Any], job: ServeJob) -> str | None:
    """The value of the longest key that the model's id or model_type begins with."""
    architecture = job.model.architecture
    names = [job.model.id, *([] if architecture is None else [architecture.model_type])]
    keys = [key for key in table if any(name.startswith(key) for name in names)]
    return str(table[max(keys, key=len)]) if keys else None


def parser(job: ServeJob, kind: str) -> str | None:
    """The engine's parser (`tool_call` or `reasoning`) for this model, from the catalog; None if none is known."""
    return _matching((job.engine.get("parsers") or {}).get(kind) or {}, job)


def parser_arguments(job: ServeJob) -> list[str]:
    """The flags for tool calls and reasoning, as vLLM, SGLang and LMDeploy spell them, where the model has either."""
    arguments: list[str] = []
    tool_parser, reasoning_parser = parser(job, "tool_call"), parser(job, "reasoning")
    if job.model.tools and tool_parser:
        arguments += ["--tool-call-parser", tool_parser]
    if job.model.reasoning in ("always", "hybrid") and reasoning_parser:
        arguments += ["--reasoning-parser", reasoning_parser]
    return arguments


def kv_cache(job: ServeJob) -> str | None:
    """What the engine calls the plan's cache type; None where it is the engine's default."""
    if job.plan.options.kv_cache == "f16":
        return None
    value = (job.engine.get("kv_cache") or {}).get(job.plan.options.kv_cache)
    return None if value is None else str(value)


def remote_code_notes(job: ServeJob) -> tuple[Caveat, ...]:
    """A caveat where the model's own code must be trusted (`trust_remote_code` in the engine's record)."""
    architecture = job.model.architecture
    if architecture is not None and architecture.model_type in (job.engine.get("trust_remote_code") or ()):
        return (Caveat("trust-remote-code", {"model": job.model.hub_id}),)
    return ()


def gated_notes(job: ServeJob) -> tuple[Caveat, ...]:
    """A caveat where the weights must be asked for on the Hub before they can be downloaded."""
    return (Caveat("gated", {"hub_id": job.model.hub_id}),) if job.model.gated else ()


def version_notes(job: ServeJob) -> tuple[Caveat, ...]:
    """The oldest release of the engine that runs the model, where that is known."""
    version = _matching((job.engine.get("min_versions") or {}).get("models") or {}, job)
    return () if version is None else (Caveat("needs-version", {"engine": job.engine["name"], "version": version}),)


def computes_half(job: ServeJob) -> tuple[bool, tuple[Caveat, ...]]:
    """Whether a card has no bfloat16 (NVIDIA before Ampere), and a warning where the checkpoint was made in it."""
    versions = [g.gpu.compute_capability for g in job.machine.groups if g.gpu.vendor == "nvidia"]
    if not any(v is not None and tuple(map(int, v.split("."))) < BF16_FROM for v in versions):
        return False, ()
    made_in = None if job.model.architecture is None else job.model.architecture.dtype
    return True, (Caveat("half-precision", {}),) if made_in == "bfloat16" else ()


def dtype_arguments(job: ServeJob) -> tuple[list[str], tuple[Caveat, ...]]:
    """Half precision as vLLM and SGLang spell it, where a card needs it, with its warning."""
    half, notes = computes_half(job)
    return ["--dtype", "half"] if half else [], notes


def issue_notes(job: ServeJob) -> tuple[Caveat, ...]:
    """Known trouble of the model with the engine, from the engine's record."""
    language = job.language
    return tuple(
        Caveat("known-issue", {"text": issue["text"].get(language) or issue["text"]["en"]})
        for issue in job.engine.get("known_issues") or ()
        if any(job.model.id.startswith(name) for name in issue["models"])
    )


def visible_devices(job: ServeJob) -> tuple[tuple[str, str], ...]:
    """The variable that keeps an engine on the planned cards, where the machine has more of them."""
    used, platform = job.plan.placement.gpus, job.machine.platform
    variable = {"cuda": "CUDA_VISIBLE_DEVICES", "rocm": "HIP_VISIBLE_DEVICES"}.get(platform)
    if variable is None or not 0 < used < job.machine.gpu_count:
        return ()
    return ((variable, ",".join(map(str, range(used)))),)
