"""The engine as a container: image, argv, environment, devices. Compose and Kubernetes write the same one down.

The engine listens on 127.0.0.1 only. A gateway shares its network namespace (in Compose) or its pod (in Kubernetes), asks
for the API key and is the only thing that can be reached. So no engine needs a key of its own, and none is open.
"""

from __future__ import annotations

import re
from typing import Any, Final

from osllm.errors import CatalogError, RequestError
from osllm.i18n import text
from osllm.serve.job import ServeJob, ServePlan, local_name
from osllm.serve.ollama import source as ollama_source
from osllm.tuples import NamedTuple

MODELS: Final = "/models"  # where downloads are kept
WEIGHTS: Final = "/weights"  # where weights of one's own making are found
_PATH: Final = re.compile(r"/[A-Za-z0-9_./-]*")


class Container(NamedTuple):
    """What both deployments need to know."""

    name: str  # a DNS label
    image: str
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...]
    gpus: int
    platform: str
    port: int
    health: str
    metrics: str | None  # path of the Prometheus metrics; None: the engine has none
    api: str
    users: int
    files: tuple[tuple[str, str], ...]  # of the launcher, e.g. a configuration file
    local: bool  # weights of one's own making are mounted
    pull: tuple[str, ...] | None = None  # what brings the weights, where the server does not


def dns_label(name: str) -> str:
    """A name as Kubernetes and Compose accept it (RFC 1123): lower case letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].rstrip("-") or "model"


def safe_path(path: str) -> str:
    """A path of an engine's record for nginx and probes; CatalogError (`bad-path`) if it holds anything but a path."""
    if not _PATH.fullmatch(path):
        raise CatalogError("bad-path", repr(path))
    return path


def image_for(job: ServeJob, target: str) -> str:
    """The pinned image for the machine; RequestError (`no-image`) where the engine publishes none."""
    platform = job.machine.platform
    image = (job.engine.get("images") or {}).get(platform)
    if image is None:
        words = {"engine": job.engine["name"], "platform": platform, "target": target}
        raise RequestError("no-image", text("serve.no-image", job.language, **words))
    return str(image)


def container(job: ServeJob, plan: ServePlan, target: str) -> Container:
    """The container for a launcher's answer."""
    metrics = job.engine.get("metrics") or {}
    command, local = _inside(job, plan)
    pull = None
    if plan.engine == "ollama":
        command, pull = ("/bin/ollama", "serve"), ("/bin/ollama", "pull", ollama_source(job))
    if metrics.get("flag"):
        command += (str(metrics["flag"]),)
    # The images of Ollama and llama.cpp listen to the world unless they are told otherwise.
    fixed = {"HF_HOME": MODELS, "LLAMA_CACHE": MODELS, "OLLAMA_MODELS": MODELS, "OLLAMA_HOST": f"127.0.0.1:{plan.port}"}
    asked = {k: v for k, v in plan.environment if not k.endswith("VISIBLE_DEVICES")}
    return Container(
        name=dns_label(job.model.id),
        image=image_for(job, target),
        command=command,
        environment=tuple({**fixed, **asked}.items()),
        gpus=job.plan.placement.gpus,
        platform=job.machine.platform,
        port=int(plan.port or job.engine["default_port"]),
        health=safe_path(str(plan.health)),
        metrics=safe_path(metrics["path"]) if metrics else None,
        api=safe_path(str(job.engine.get("api") or "/v1")),
        users=job.plan.users,
        files=plan.files if plan.engine == "tensorrt-llm" else (),
        local=local,
        pull=pull,
    )


def _inside(job: ServeJob, plan: ServePlan) -> tuple[tuple[str, ...], bool]:
    """The launcher's argv with local weights and files where the container finds them."""
    own = {
        f"./{local_name(job)}": f"{WEIGHTS}/{local_name(job)}",
        local_name(job, ".gguf"): f"{WEIGHTS}/{local_name(job, '.gguf')}",
    }
    own |= {name: f"/etc/osllm/{name}" for name, _ in plan.files}
    program = job.engine.get("image_program")
    words = [own.get(word, word) for word in plan.command]
    if program:
        words[0] = str(program)
    return tuple(words), any(word.startswith(f"{WEIGHTS}/") for word in words)


def gpu_resource(platform: str) -> str:
    """The resource that a device plugin of Kubernetes offers."""
    return {"rocm": "amd.com/gpu", "xpu": "gpu.intel.com/i915"}.get(platform, "nvidia.com/gpu")


def metric(record: Any, role: str) -> str | None:  # noqa: ANN401 - an engine's record
    """The engine's name for a metric; None where it has none."""
    entry = ((record.get("metrics") or {}).get("roles") or {}).get(role)
    return None if entry is None else str(entry["name"])
