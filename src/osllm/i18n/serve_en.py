"""What a user should know about starting an engine, in English."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # what stands against an engine
    "no-platform": "{engine} does not run on {platform}; it runs on: {platforms}",
    "gpu-too-old": "{engine} does not run on the {gpu} (it is {has}, needed is {needs})",
    "no-format": "{engine} does not load {format}; engines that do: {engines}",
    "no-tensor-parallel": "{engine} cannot cut layers over several GPUs (tensor parallelism)",
    "one-gpu-only": "{engine} uses one GPU, and the plan needs {gpus}",
    "no-offload": "{engine} cannot leave layers or experts in RAM",
    "no-kv-cache": "{engine} has no {kv_cache} KV cache; it has: {known}",
    "no-architecture": "{engine} does not implement the architecture {model_type}",
    "experts-only": "{engine} puts the experts of a mixture into RAM, and {model} has no experts",
    "does-not-fit": "the plan needs {needed_bytes} and the machine has {usable_bytes}: it will not start like this",
    "not-ollama": "a Modelfile is for Ollama, not for {engine}",
    "cannot-serve": "{model} cannot be served so: {why}",
    # how to get the weights
    "make-compressed": "no published {format} weights are known. Make them from {hub_id} with llm-compressor (make_weights.py), in the folder that the command names",
    "make-modelopt": "no published {format} weights are known. Make them from {hub_id} with NVIDIA ModelOpt, in the folder that the command names",
    # about the engine
    "engine-for-many": "{engine}, because {users} sequences at once gain from its batching; --engine asks for another",
    "engine-for-hbm": "{engine}, because it makes the most of cards with HBM; --engine asks for another",
    "engine-for-use-case": "{engine}, because this is what the use case is done with; --engine asks for another",
    "engine-for-one": "{engine}, because it runs the model from one file on any machine; --engine asks for another",
    "needs-version": "needs {engine} {version} or newer",
    "known-issue": "{text}",
    "half-precision": "the GPU has no bfloat16, so the model runs in float16: models made in bfloat16 may overflow. Look at the answers",
    "kt-folder": "the GGUF files of the experts go to {folder} first",
    "kt-cores": "set --kt-cpuinfer to the number of physical cores",
    "mlx-one-at-a-time": "with a quantized KV cache MLX-LM answers one request at a time ({users} users wait for each other)",
    "not-for-many": "{engine} is for trying a model; for {users} users take vLLM or SGLang",
    "lms-import": "first `lms import {file}`; afterwards `lms server start --port {port}`",
    # deployments
    "compose-start": "next: cp .env.example .env, fill in the keys, then docker compose up -d",
    "compose-local": "the gateway listens on 127.0.0.1 only; nginx/tls.conf.example shows how to open it with TLS",
    "no-image": "{engine} publishes no container image for {platform}, so there is no {target} target",
    "no-metrics": "{engine} exports no Prometheus metrics, so Prometheus and Grafana are left out",
    "image-version": "the image is pinned to {image}",
    "kubernetes-reach": "to reach it from here: kubectl port-forward service/{service} {port}:80, with the key in API_KEY",
    "kubernetes-start": "next: kubectl create secret generic {secret} --from-env-file=.env, then kubectl apply -f manifest.yaml",
    "hpa-adapter": "the autoscaler reads {metric}, which prometheus-adapter has to offer as a pod metric",
    "multi-node": "{gpus} GPUs over {nodes} machines: tensor parallelism inside a machine, pipeline stages across (LeaderWorkerSet must be installed)",
    "no-multi-node": "{engine} does not run over several machines, and the plan needs {gpus} GPUs",
    "nodes-assumed": "machines with {per_node} GPUs are assumed",
    "alternatives": "Ray Serve (KubeRay) and KServe with llm-d stand in alternatives/; take one of the three. Ray asks for no key: its pods are closed to all but a gateway",
    "local-weights": "the weights of your own making go to ./weights",
    "local-weights-volume": "the weights of your own making go into the folder weights of the volume {volume}",
    "systemd-start": "next: copy {unit} to /etc/systemd/system and {env} to /etc/osllm, then systemctl enable --now {unit}",
    "modelfile-start": "next: ollama create {name} --file Modelfile, then ollama run {name}",
    # sizing
    "over-machines": "the plan uses {gpus} GPUs. Machines with more than {per_node} are rare: --target kubernetes spreads it over several",
    "replicas": "one machine serves {each} of the {users} users at once; {replicas} such machines are needed",
    "capacity-not-known": "how many users one machine serves is not known: {why}",
    "capacity-too-slow": "one user alone already gets less than {min_tps} tokens/s, so more machines do not help",
    "price-not-known": "no machine with a known price fits this plan",
    "price-as-of": "{instance} costs {price} USD an hour ({price_date}, list price)",
    "advice-api": "a hosted API is cheaper: even at full load a machine costs {own} USD per million tokens against {api}. Your own machine is for data that must not leave the house",
    "advice-own": "an own machine is cheaper from {tokens} million tokens a month, {share} of what it can make",
    "advice-both": "an own machine pays only above {tokens} million tokens a month, {share} of what it can make: own machine for the steady load and private data, API for peaks",
}
