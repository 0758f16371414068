"""How each engine shares memory out: block sizes, sliding windows, pools, parallelism.

Sources: vLLM 0.33.0 (config/cache.py, v1/core/kv_cache_utils.py, v1/worker/gpu_worker.py), SGLang 0.5.23
(arg_groups/memory_hook.py, server_args.py), llama.cpp 0c1e57098 (src/llama-kv-cache-iswa.cpp, common/fit.cpp),
TensorRT-LLM 00209af (llmapi/llm_args.py), LMDeploy 1263d5c (messages.py), transformers (cache_utils.py),
mlx-lm (models/cache.py).
"""

from __future__ import annotations

from typing import Final

from osllm.tuples import NamedTuple


class Engine(NamedTuple):
    """Memory habits of one engine."""

    gguf: bool = False  # llama.cpp inside: layers split over devices, GGUF files, token_embd stays in host memory
    block: int = 16  # tokens per cache block
    windows: str = "exact"  # padded | hybrid | ratio | exact | full: what a sliding-window layer keeps
    budget: str = "free"  # free | fraction | static | pool: what the cache may take, see `runtime`
    fraction: float = 1.0  # of that budget
    tensor_parallel: bool = False
    caches: tuple[str, ...] = ("f16",)  # cache types it offers
    state_bytes: tuple[int, int] = (2, 4)  # per element of the convolution and of the recurrent state
    states: int = 1  # of each recurrent layer that a running sequence may hold at once
    towers: bool = True  # loads the vision or audio tower with the language model
    trains: bool = False  # a trainer for its models is known (`trainer` in its record)


_LLAMA: Final = Engine(
    gguf=True, block=256, windows="padded", caches=("f16", "q8_0", "q4_0"), state_bytes=(4, 4), towers=False
)
_FP8: Final = ("f16", "fp8")
_PLAIN: Final = Engine(block=1, caches=("f16", "q8_0", "q4_0"))
ENGINES: Final[dict[str, Engine]] = {
    "llama.cpp": _LLAMA,
    "ollama": _LLAMA,
    "lmstudio": _LLAMA,
    "ktransformers": _LLAMA,
    "vllm": Engine(windows="hybrid", budget="fraction", fraction=0.92, tensor_parallel=True, caches=_FP8, states=2),
    "sglang": Engine(block=1, windows="ratio", budget="static", tensor_parallel=True, caches=_FP8),
    "tensorrt-llm": Engine(block=32, budget="pool", fraction=0.9, tensor_parallel=True, caches=_FP8),
    "lmdeploy": Engine(
        block=64, windows="full", budget="pool", fraction=0.8, tensor_parallel=True, caches=("f16", "q8_0", "q4_0")
    ),
    "tgi": Engine(windows="full", tensor_parallel=True, caches=_FP8),
    "transformers": _PLAIN._replace(trains=True),
    "mlx": _PLAIN._replace(block=256, towers=False),
}


def engine_of(name: str) -> Engine:
    """The habits of an engine; KeyError for a name that is not in the catalog's list."""
    return ENGINES[name]
