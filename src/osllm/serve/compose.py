"""A directory for Docker Compose: engine, gateway, and where the engine has metrics Prometheus and Grafana."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.domain.verdict import Caveat
from osllm.serve import dashboard, gateway
from osllm.serve.container import MODELS, WEIGHTS, Container, container
from osllm.serve.yamltext import dump

if TYPE_CHECKING:
    from osllm.serve.job import ServeJob, ServePlan

_LOCAL: Final = "127.0.0.1"
_ENV: Final = """# Copy to .env and fill in. Compose reads .env by itself; it is never committed.
# API_KEY: openssl rand -hex 32
API_KEY=
# Only for gated models: https://huggingface.co/settings/tokens
HF_TOKEN=
"""


def plain(value: str) -> str:
    """A string that Compose takes as it is: `$` would otherwise name a variable."""
    return value.replace("$", "$$")


def environment_example(*, grafana: bool) -> str:
    """The secrets to fill in."""
    return _ENV + ("GRAFANA_PASSWORD=\n" if grafana else "")


def devices(engine: Container) -> dict[str, Any]:
    """How the cards are given to the container."""
    if engine.gpus == 0:
        return {}
    if engine.platform == "cuda":
        cards = {"driver": "nvidia", "count": engine.gpus, "capabilities": ["gpu"]}
        return {"deploy": {"resources": {"reservations": {"devices": [cards]}}}}
    nodes = ["/dev/kfd", "/dev/dri"] if engine.platform == "rocm" else ["/dev/dri"]
    return {"devices": nodes, "group_add": ["video"]}


def engine_service(engine: Container) -> dict[str, Any]:
    """The engine, in the gateway's network namespace: it listens on 127.0.0.1, where only the gateway is."""
    volumes = [f"models:{MODELS}"]
    if engine.local:
        volumes.append(f"./weights:{WEIGHTS}:ro")
    volumes += [f"./{name}:/etc/osllm/{name}:ro" for name, _ in engine.files]
    return {
        "image": engine.image,
        "entrypoint": [plain(word) for word in engine.command],
        "command": [],
        "network_mode": "service:gateway",
        "environment": {**{k: plain(v) for k, v in engine.environment}, "HF_TOKEN": "${HF_TOKEN:-}"},
        "volumes": volumes,
        "shm_size": "16gb" if engine.gpus > 1 else "4gb",
        "restart": "unless-stopped",
        **devices(engine),
    }


def gateway_service() -> dict[str, Any]:
    """The only door. It is healthy when the engine behind it answers."""
    check = ["CMD", "wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{gateway.PORT}/health"]
    return {
        "image": gateway.IMAGE,
        "ports": [f"{_LOCAL}:{gateway.PORT}:{gateway.PORT}"],
        "environment": {"API_KEY": "${API_KEY:?set API_KEY in .env}", "NGINX_ENVSUBST_FILTER": "^API_KEY$$"},
        "volumes": ["./nginx/templates:/etc/nginx/templates:ro"],
        # Loading takes long the first time: the weights are downloaded.
        "healthcheck": {"test": check, "interval": "15s", "timeout": "5s", "retries": 4, "start_period": "1h"},
        "restart": "unless-stopped",
    }


def monitoring() -> dict[str, Any]:
    """Prometheus and Grafana."""
    return {
        "prometheus": {
            "image": dashboard.PROMETHEUS_IMAGE,
            "volumes": ["./prometheus.yml:/etc/prometheus/prometheus.yml:ro", "prometheus:/prometheus"],
            "restart": "unless-stopped",
        },
        "grafana": {
            "image": dashboard.GRAFANA_IMAGE,
            "ports": [f"{_LOCAL}:3000:3000"],
            "environment": {"GF_SECURITY_ADMIN_PASSWORD": "${GRAFANA_PASSWORD:?set GRAFANA_PASSWORD in .env}"},
            "volumes": [
                "./grafana/provisioning:/etc/grafana/provisioning:ro",
                "./grafana/dashboards:/var/lib/grafana/dashboards:ro",
                "grafana:/var/lib/grafana",
            ],
            "restart": "unless-stopped",
        },
    }


def project(engine: Container) -> dict[str, Any]:
    """The Compose project."""
    services = {"gateway": gateway_service(), "engine": engine_service(engine)}
    if engine.pull is not None:
        once = {**engine_service(engine), "entrypoint": [plain(word) for word in engine.pull], "restart": "on-failure"}
        services["pull"] = {**once, "depends_on": {"engine": {"condition": "service_started"}}}
    volumes: dict[str, Any] = {"models": {}}
    if engine.metrics is not None:
        services |= monitoring()
        volumes |= {"prometheus": {}, "grafana": {}}
    return {"name": engine.name, "services": services, "volumes": volumes}


def files(job: ServeJob, plan: ServePlan) -> tuple[dict[str, str], tuple[Caveat, ...]]:
    """The files by path, and what to know about them."""
    engine = container(job, plan, "compose")
    watched = engine.metrics is not None
    written = {
        "compose.yaml": dump(project(engine)),
        ".env.example": environment_example(grafana=watched),
        ".gitignore": ".env\n",
        gateway.TEMPLATE: gateway.template(engine),
        gateway.TLS: gateway.tls_example(),
        **dict(engine.files),
    }
    if watched:
        written |= {
            "prometheus.yml": dashboard.prometheus(),
            "grafana/provisioning/datasources/prometheus.yml": dashboard.datasource(),
            "grafana/provisioning/dashboards/files.yml": dashboard.provider(),
            "grafana/dashboards/engine.json": dashboard.dashboard(job.engine, job.model.id, job.language),
        }
    notes = [Caveat("compose-start", {}), Caveat("compose-local", {}), Caveat("image-version", {"image": engine.image})]
    if engine.local:
        notes.append(Caveat("local-weights", {}))
    if not watched:
        notes.append(Caveat("no-metrics", {"engine": job.engine["name"]}))
    return written, tuple(notes)
