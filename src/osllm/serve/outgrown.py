"""Other ways to run vLLM over several machines: Ray Serve LLM (KubeRay), and KServe, whose LLMInferenceService is llm-d.

Shapes as in docs.ray.io (serve/llm, RayService v1) and kserve.github.io (LLMInferenceService v1alpha1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.serve.container import gpu_resource
from osllm.serve.yamltext import dump, dump_all

if TYPE_CHECKING:
    from osllm.serve.container import Container
    from osllm.serve.job import ServeJob, ServePlan

RAY_VERSION: Final = "2.54.0"
RAY_IMAGE: Final = f"rayproject/ray-llm:{RAY_VERSION}-py311-cu128"


def engine_arguments(command: tuple[str, ...]) -> dict[str, Any]:
    """The flags of `vllm serve` as the keyword arguments of its engine; what belongs to its HTTP server is left out."""
    found: dict[str, Any] = {}
    words = command[3:]
    for index, word in enumerate(words):
        if not word.startswith("--") or word in ("--host", "--port"):
            continue
        following = words[index + 1] if index + 1 < len(words) else "--"
        found[word[2:].replace("-", "_")] = True if following.startswith("--") else _value(following)
    return found


def _value(word: str) -> str | int | float:
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def ray_service(job: ServeJob, plan: ServePlan, engine: Container, nodes: int, replicas: int) -> dict[str, Any]:
    """A RayService: one head without GPUs, one worker a machine."""
    per_node = engine.gpus // nodes
    config = {
        "model_loading_config": {"model_id": job.model.id, "model_source": plan.served_name},
        "deployment_config": {"autoscaling_config": {"min_replicas": replicas, "max_replicas": replicas * 2}},
        "engine_kwargs": engine_arguments(plan.command),
    }
    application = {
        "name": "llm",
        "route_prefix": "/",
        "import_path": "ray.serve.llm:build_openai_app",
        "args": {"llm_configs": [config]},
    }
    token = {
        "name": "HF_TOKEN",
        "valueFrom": {"secretKeyRef": {"name": f"{engine.name}-keys", "key": "HF_TOKEN", "optional": True}},
    }

    def group(gpus: int) -> dict[str, Any]:
        limits = {gpu_resource(engine.platform): gpus} if gpus else {"cpu": 4, "memory": "16Gi"}
        container = {"name": "ray", "image": RAY_IMAGE, "env": [token], "resources": {"limits": limits}}
        labels = {"app.kubernetes.io/name": f"{engine.name}-ray"}
        return {"metadata": {"labels": labels}, "spec": {"containers": [container]}}

    workers = {
        "groupName": "gpu",
        "replicas": nodes * replicas,
        "minReplicas": nodes,
        "maxReplicas": nodes * replicas * 2,
        "rayStartParams": {},
        "template": group(per_node),
    }
    cluster = {
        "rayVersion": RAY_VERSION,
        "headGroupSpec": {"rayStartParams": {"num-gpus": "0"}, "template": group(0)},
        "workerGroupSpecs": [workers],
    }
    return {
        "apiVersion": "ray.io/v1",
        "kind": "RayService",
        "metadata": {"name": f"{engine.name}-ray"},
        "spec": {"serveConfigV2": dump({"applications": [application]}), "rayClusterConfig": cluster},
    }


def closed(engine: Container) -> dict[str, Any]:
    """Ray Serve asks for no key, so only pods with the label of a gateway may reach it, and the cluster itself."""
    mine = {"matchLabels": {"app.kubernetes.io/name": f"{engine.name}-ray"}}
    door = {"matchLabels": {"app.kubernetes.io/component": f"{engine.name}-gateway"}}
    sources = [{"podSelector": mine}, {"podSelector": door}]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"{engine.name}-ray"},
        "spec": {"podSelector": mine, "policyTypes": ["Ingress"], "ingress": [{"from": sources}]},
    }


def inference_service(job: ServeJob, plan: ServePlan, engine: Container, nodes: int, replicas: int) -> dict[str, Any]:
    """KServe's LLMInferenceService; vLLM asks for the key itself."""
    place = job.plan.placement
    per_node = engine.gpus // nodes
    key = {"name": "VLLM_API_KEY", "valueFrom": {"secretKeyRef": {"name": f"{engine.name}-keys", "key": "API_KEY"}}}
    limits = {"limits": {gpu_resource(engine.platform): per_node}}
    main = {"name": "main", "image": engine.image, "env": [key], "resources": limits}
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "LLMInferenceService",
        "metadata": {"name": f"{engine.name}-llm-d"},
        "spec": {
            "model": {"uri": f"hf://{plan.served_name}", "name": job.model.id},
            "replicas": replicas,
            "parallelism": {"tensor": place.tensor_parallel, "pipeline": place.pipeline_parallel},
            "router": {"route": {}, "gateway": {}, "scheduler": {}},
            "template": {"containers": [main]},
            "worker": {"containers": [main]},
        },
    }


def files(job: ServeJob, plan: ServePlan, engine: Container, nodes: int, replicas: int) -> dict[str, str]:
    """Both alternatives as files."""
    ray = [ray_service(job, plan, engine, nodes, replicas), closed(engine)]
    return {
        "alternatives/ray-service.yaml": dump_all(ray),
        "alternatives/kserve.yaml": dump(inference_service(job, plan, engine, nodes, replicas)),
    }
