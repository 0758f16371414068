"""Manifests for Kubernetes: a Deployment with Service, PVC and autoscaler, or a LeaderWorkerSet over several machines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.domain.verdict import Caveat
from osllm.errors import RequestError
from osllm.i18n import text
from osllm.serve import gateway, outgrown
from osllm.serve.compose import environment_example
from osllm.serve.container import MODELS, WEIGHTS, Container, container, gpu_resource, metric
from osllm.serve.yamltext import dump_all

if TYPE_CHECKING:
    from osllm.domain.plan import Placement
    from osllm.serve.job import ServeJob, ServePlan

PER_NODE: Final = 8  # GPUs of the largest instances in the catalog's list of clouds
_DISK_SLACK: Final = 1.2


def plain(value: str) -> str:
    """A string that Kubernetes takes as it is: `$(NAME)` would otherwise be replaced by a variable."""
    return value.replace("$(", "$$(")


def labels(engine: Container) -> dict[str, str]:
    """What selects the pods."""
    return {"app.kubernetes.io/name": engine.name, "app.kubernetes.io/part-of": "osllm"}


def secret_variable(engine: Container, name: str, *, optional: bool = False) -> dict[str, Any]:
    """A variable out of the secret; the secret itself is made by hand and never written to a file."""
    reference: dict[str, Any] = {"name": f"{engine.name}-keys", "key": name}
    if optional:
        reference["optional"] = True
    return {"name": name, "valueFrom": {"secretKeyRef": reference}}


def engine_container(engine: Container, gpus: int, arguments: tuple[str, ...] = ()) -> dict[str, Any]:
    """The engine; it listens on 127.0.0.1, inside the pod. `arguments` are added as they are, variables and all."""
    variables = [{"name": k, "value": plain(v)} for k, v in engine.environment]
    mounts = [{"name": "models", "mountPath": MODELS}, {"name": "shared-memory", "mountPath": "/dev/shm"}]  # noqa: S108
    if engine.local:
        mounts.append({"name": "models", "mountPath": WEIGHTS, "subPath": "weights"})
    if engine.files:
        mounts.append({"name": "configuration", "mountPath": "/etc/osllm"})
    return {
        "name": "engine",
        "image": engine.image,
        "command": [*map(plain, engine.command), *arguments],
        "env": [*variables, secret_variable(engine, "HF_TOKEN", optional=True)],
        "resources": {"limits": {gpu_resource(engine.platform): gpus}} if gpus else {},
        "volumeMounts": mounts,
    }


def gateway_container(engine: Container) -> dict[str, Any]:
    """The nginx that asks for the key; the probes go through it to the engine."""
    health = {"httpGet": {"path": "/health", "port": gateway.PORT}, "periodSeconds": 15}
    ports = [{"name": "http", "containerPort": gateway.PORT}]
    if engine.metrics is not None:
        ports.append({"name": "metrics", "containerPort": gateway.METRICS_PORT})
    return {
        "name": "gateway",
        "image": gateway.IMAGE,
        "ports": ports,
        "env": [secret_variable(engine, "API_KEY"), {"name": "NGINX_ENVSUBST_FILTER", "value": "^API_KEY$"}],
        # An hour: the weights are downloaded the first time.
        "startupProbe": {**health, "failureThreshold": 240},
        "readinessProbe": {**health, "failureThreshold": 2},
        "volumeMounts": [{"name": "gateway", "mountPath": "/etc/nginx/templates", "readOnly": True}],
    }


def pod(engine: Container, containers: list[dict[str, Any]]) -> dict[str, Any]:
    """A pod template with the volumes that the containers name."""
    volumes: list[dict[str, Any]] = [
        {"name": "models", "persistentVolumeClaim": {"claimName": f"{engine.name}-models"}},
        {"name": "shared-memory", "emptyDir": {"medium": "Memory", "sizeLimit": "16Gi"}},
    ]
    if any(c["name"] == "gateway" for c in containers):
        volumes.append({"name": "gateway", "configMap": {"name": f"{engine.name}-gateway"}})
    if engine.files:
        volumes.append({"name": "configuration", "configMap": {"name": f"{engine.name}-configuration"}})
    annotations = {"prometheus.io/scrape": "true", "prometheus.io/port": str(gateway.METRICS_PORT)}
    metadata: dict[str, Any] = {"labels": labels(engine)}
    if engine.metrics is not None:
        metadata["annotations"] = annotations
    return {"metadata": metadata, "spec": {"containers": containers, "volumes": volumes}}


def common(engine: Container, disk_bytes: int) -> list[dict[str, Any]]:
    """What both shapes need: gateway configuration, files of the launcher, room for the weights, a service."""
    found = [config_map(f"{engine.name}-gateway", {"default.conf.template": gateway.template(engine)})]
    if engine.files:
        found.append(config_map(f"{engine.name}-configuration", dict(engine.files)))
    size = f"{int(disk_bytes * _DISK_SLACK / 2**30) + 1}Gi"
    claim = {"accessModes": ["ReadWriteMany"], "resources": {"requests": {"storage": size}}}
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    return [
        *found,
        {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": f"{engine.name}-models"},
            "spec": claim,
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": engine.name, "labels": labels(engine)},
            "spec": {"type": "ClusterIP", "selector": labels(engine), "ports": ports},
        },
    ]


def config_map(name: str, data: dict[str, str]) -> dict[str, Any]:
    """A ConfigMap."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def deployment(engine: Container, replicas: int) -> dict[str, Any]:
    """The Deployment for what one machine holds."""
    template = pod(engine, [gateway_container(engine), engine_container(engine, engine.gpus)])
    if engine.pull is not None:
        puller = {**engine_container(engine, 0), "name": "pull", "command": _pull_when_ready(engine)}
        template["spec"]["containers"].append(puller)
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": engine.name, "labels": labels(engine)},
        "spec": {
            "replicas": replicas,
            # A new pod finds no free GPU while the old one runs.
            "strategy": {"type": "Recreate"},
            "selector": {"matchLabels": labels(engine)},
            "template": template,
        },
    }


def _pull_when_ready(engine: Container) -> list[str]:
    """Pull as soon as the server answers, then stay: a container of a Deployment must not end."""
    script = 'until "$@"; do sleep 5; done; while :; do sleep 86400; done'
    return ["/bin/sh", "-c", script, "pull", *map(plain, engine.pull or ())]


def autoscaler(engine: Container, waiting: str, replicas: int) -> dict[str, Any]:
    """More pods when more than one request waits per pod on average."""
    name = waiting.replace(":", "_")  # what prometheus-adapter calls it
    target = {"type": "AverageValue", "averageValue": "1"}
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": engine.name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": engine.name},
            "minReplicas": replicas,
            "maxReplicas": max(replicas * 2, replicas + 1),
            "metrics": [{"type": "Pods", "pods": {"metric": {"name": name}, "target": target}}],
        },
    }


def nodes_for(gpus: int) -> int:
    """Machines of eight GPUs that a plan needs."""
    return max(1, -(-gpus // PER_NODE))


def across_nodes(placement: Placement) -> Placement:
    """The placement with each layer cut inside a machine only, and the stack cut into stages over the machines.

    Cutting layers costs two reductions a layer, which the network between machines is too slow for.
    """
    nodes = nodes_for(placement.gpus)
    inside = placement.gpus // nodes
    if nodes == 1 or placement.gpus % nodes or placement.tensor_parallel <= inside:
        return placement
    return placement._replace(tensor_parallel=inside, pipeline_parallel=nodes)


def leader_worker_set(engine: Container, nodes: int, replicas: int) -> dict[str, Any]:
    """One replica over several machines: rank 0 serves, the others join it (`--nnodes`, `--node-rank`, `--master-addr`)."""
    per_node = engine.gpus // nodes
    joined = ("--nnodes", str(nodes), "--node-rank", "$(LWS_WORKER_INDEX)", "--master-addr", "$(LWS_LEADER_ADDRESS)")
    leader = pod(engine, [gateway_container(engine), engine_container(engine, per_node, joined)])
    worker = pod(engine, [engine_container(engine, per_node, (*joined, "--headless"))])
    worker["metadata"] = {"labels": {"app.kubernetes.io/component": f"{engine.name}-worker"}}
    return {
        "apiVersion": "leaderworkerset.x-k8s.io/v1",
        "kind": "LeaderWorkerSet",
        "metadata": {"name": engine.name},
        "spec": {
            "replicas": replicas,
            "leaderWorkerTemplate": {
                "size": nodes,
                "restartPolicy": "RecreateGroupOnPodRestart",
                "leaderTemplate": leader,
                "workerTemplate": worker,
            },
        },
    }


def files(
    job: ServeJob, plan: ServePlan, disk_bytes: int, replicas: int = 1
) -> tuple[dict[str, str], tuple[Caveat, ...]]:
    """The files by path, and what to know about them. `disk_bytes` is the size of the weights.

    RequestError (`no-multi-node`) for an engine that stays on one machine and a plan that outgrows it.
    """
    engine = container(job, plan, "kubernetes")
    nodes = nodes_for(engine.gpus)
    notes = [
        Caveat("kubernetes-start", {"secret": f"{engine.name}-keys"}),
        Caveat("kubernetes-reach", {"service": engine.name, "port": gateway.PORT}),
        Caveat("image-version", {"image": engine.image}),
    ]
    written = {".env.example": environment_example(grafana=False), ".gitignore": ".env\n"}
    if engine.local:
        notes.append(Caveat("local-weights-volume", {"volume": f"{engine.name}-models"}))
    documents = common(engine, disk_bytes)
    if nodes > 1:
        if plan.engine != "vllm":
            words = {"engine": job.engine["name"], "gpus": engine.gpus}
            raise RequestError(
                "no-multi-node", text("serve.no-multi-node", job.language, **words), hint="--engine vllm"
            )
        documents.append(leader_worker_set(engine, nodes, replicas))
        notes += [
            Caveat("multi-node", {"gpus": engine.gpus, "nodes": nodes}),
            Caveat("nodes-assumed", {"per_node": PER_NODE}),
        ]
        written |= outgrown.files(job, plan, engine, nodes, replicas)
        notes.append(Caveat("alternatives", {}))
    else:
        documents.append(deployment(engine, replicas))
        waiting = metric(job.engine, "waiting")
        if waiting is not None:
            documents.append(autoscaler(engine, waiting, replicas))
            notes.append(Caveat("hpa-adapter", {"metric": waiting.replace(":", "_")}))
    return {"manifest.yaml": dump_all(documents), **written}, tuple(notes)
