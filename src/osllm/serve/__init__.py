"""From a plan to a running server: one module per engine, all with one shape.

`build(job)` answers with the argv of the engine's own launcher, its environment and what else must be known.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

from osllm.errors import RequestError
from osllm.serve.job import ServeJob, ServePlan

# Engine key of the catalog -> module of this package.
ENGINES: Final = {
    "llama.cpp": "llamacpp",
    "ollama": "ollama",
    "vllm": "vllm",
    "sglang": "sglang",
    "tensorrt-llm": "tensorrt_llm",
    "tgi": "tgi",
    "transformers": "transformers",
    "mlx": "mlx",
    "lmdeploy": "lmdeploy",
    "lmstudio": "lmstudio",
    "ktransformers": "ktransformers",
}


def build(job: ServeJob) -> ServePlan:
    """Return how to start `job.model` as planned. Raises RequestError (`unknown-engine`) for an engine without a module."""
    engine = job.plan.engine
    if job.plan.options.adapter_rank is not None and job.engine.get("trainer"):
        from osllm.serve import training

        return training.build(job)
    if engine not in ENGINES:
        raise RequestError("unknown-engine", f"no launcher is known for {engine!r}", candidates=sorted(ENGINES))
    plan: ServePlan = import_module(f"osllm.serve.{ENGINES[engine]}").build(job)
    return plan
