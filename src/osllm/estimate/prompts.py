"""The arithmetic of reading prompts: FLOPs of a token, the rate of the matrix units, and seconds of one batch of tokens.

A batch of prompt tokens takes, like a decode step,

    launching the kernels + bytes of the weights that the batch touches / bandwidth + FLOPs / (matrix rate * share)

The share of the matrix rate belongs to an engine on a kind of memory and to a class of weights (`CLASSES`); `scripts/fit_speed.py`
takes it from public measurements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.estimate.engines import ENGINES
from osllm.estimate.runtime import batched_tokens

if TYPE_CHECKING:
    from osllm.domain.hardware import Gpu
    from osllm.estimate.footprint import Footprint

# In the order of the calibration: quantized dense models, mixtures of experts (few tokens of a batch meet in one expert), and
# 16-bit dense models, which need no unpacking. Where four tiles of 64 tokens meet in an expert, its matrices run as a dense
# model's do.
CLASSES: Final = ("quantized", "mixture", "plain")
MANY_TOKENS: Final = 256
MLX_STEP: Final = 2048  # mlx-lm, generate.py: prefill_step_size


def class_of(fp: Footprint, batch: int, bits: float) -> int:
    """Index into CLASSES of a prompt that is read in batches of so many tokens."""
    few = fp.experts and batch * fp.experts_per_token < MANY_TOKENS * fp.experts
    return 1 if few else 2 if bits > 15 else 0


def matrix_flops(engine: str, gpu: Gpu) -> float | None:
    """The matrix rate that reading prompts is measured against, in 1/s; None where it is not known.

    The catalog's rates are with 32-bit accumulation, which GeForce RTX cards and NVIDIA's unified chips do at half speed;
    llama.cpp multiplies quantized weights as integers and 16-bit ones with 16-bit accumulation (ggml-cuda/mmq.cu), which
    they do not.
    """
    rate = gpu.matrix_tflops or gpu.fp16_tflops
    if not rate:
        return None
    halved = gpu.vendor == "nvidia" and (gpu.unified or "GeForce RTX" in gpu.name)
    return (2e12 if ENGINES[engine].gguf and halved else 1e12) * rate


def prompt_flops(fp: Footprint, prompt_tokens: float) -> float:
    """FLOPs per prompt token: 2 per active parameter, and 2 per head, dimension and position seen for scores and values."""
    attention = 0.0
    for group in fp.caches:
        seen = min(prompt_tokens / 2, group.window or prompt_tokens)
        heads = fp.heads / max(1, group.kv_heads)
        attention += 2.0 * group.layers * heads * (group.k_width + (group.v_width or group.k_width)) * seen
    return 2.0 * fp.params_active + attention


def prompt_batch(engine: str, gpu: Gpu | None, prompt_tokens: float, ubatch: int) -> int:
    """How many tokens of a prompt are read at once: llama.cpp's ubatch, mlx-lm's step, what a server computes in one, or all."""
    if engine == "transformers":
        return max(1, int(prompt_tokens))
    most = ubatch if ENGINES[engine].gguf else MLX_STEP if engine == "mlx" else batched_tokens(engine, gpu)
    return max(1, int(min(prompt_tokens, most)))
