"""Memory that an engine needs besides weights and caches: compute buffers, logits, graphs, contexts. All in bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.domain.units import GIB, MIB
from osllm.estimate.engines import ENGINES
from osllm.estimate.kvcache import pad
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.domain.hardware import Gpu
    from osllm.domain.plan import EngineOptions
    from osllm.estimate.footprint import Footprint


class Range(NamedTuple):
    """A quantity that is not known exactly."""

    low: int
    mid: int
    high: int


# What one process holds on one device before any tensor: driver context, libraries, workspaces. llama.cpp's CUDA context
# is 0.3 to 0.5 GiB, Metal's is counted as shared memory by the system. vLLM's non-torch memory in its start-up logs is
# 0.01 to 0.2 GiB on one GPU (issues and pull requests 14447, 12569), plus NCCL buffers with several.
CONTEXT: Final[dict[str, Range]] = {
    "cuda": Range(250 * MIB, 400 * MIB, 600 * MIB),
    "rocm": Range(200 * MIB, 400 * MIB, 700 * MIB),
    "xpu": Range(200 * MIB, 400 * MIB, 700 * MIB),
    "metal": Range(0, 64 * MIB, 200 * MIB),
    "cpu": Range(16 * MIB, 64 * MIB, 200 * MIB),
}
_OTHER: Final = Range(200 * MIB, 400 * MIB, 700 * MIB)
# Captured CUDA graphs of vLLM and TensorRT-LLM: 0.17 GiB for 1.5B (log in the calibration file) to 1.85 GiB, the more the
# more sequences: 0.26 to 0.4 GiB for the few of the commands that we write, 1 GiB in the middle for 1024 sequences
# (tests/data/memory/server_lines.csv).
GRAPHS: Final = Range(150 * MIB, 500 * MIB, 1920 * MIB)
# Communication buffers. vLLM 0.19 takes 2.07 to 2.21 GiB outside of PyTorch on H100 in groups of 2 and 4 and 0.25 alone;
# versions before 0.17 took 0.55 (server_lines.csv). Its symmetric memory exists on compute capability 9 and 10 only.
NCCL: Final = Range(200 * MIB, 400 * MIB, 1024 * MIB)
NCCL_SYMMETRIC: Final = Range(400 * MIB, 1900 * MIB, 2200 * MIB)
# Compute buffers: our reading of llama.cpp's graph is within this of the sizes that it prints (tests/data/llama_fit), but
# for recurrent layers; vLLM's peak within this of what it prints (tests/data/memory/server_lines.csv), but for versions
# before 0.17; the peak of the other PyTorch engines is known within a factor of about two.
LLAMA_SPREAD: Final = (0.9, 1.2)
VLLM_SPREAD: Final = (0.75, 1.35)
TORCH_SPREAD: Final = (0.5, 2.0)


def batched_tokens(engine_name: str, gpu: Gpu | None) -> int:
    """Tokens that an engine computes in one step unless told otherwise (`max_num_batched_tokens`, `chunked_prefill_size`).

    vLLM 0.33 (engine/arg_utils.py): 16384 from 160 GiB, 8192 from 70 GiB except A100 and GB10, else 2048.
    SGLang 0.5.23 (server_args.py): 2048 below 20 GiB, 4096 below 60, 8192 below 160, else 16384.
    """
    if gpu is None:
        return 2048
    memory = gpu.memory_bytes
    if engine_name == "sglang":
        return 2048 if memory < 20 * GIB else 4096 if memory < 60 * GIB else 8192 if memory < 160 * GIB else 16384
    if memory >= 160 * GIB:
        return 16384
    small = memory < 70 * GIB or gpu.unified or "a100" in gpu.key
    return 2048 if small else 8192


def llama_compute_bytes(
    fp: Footprint,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    *,
    output: bool,
    host: bool = False,
    devices: int = 1,
) -> int:
    """llama.cpp's compute buffer on one device: the largest of three stages of the graph, for `ubatch` tokens in 32 bits.

    Output: a row of logits and a hidden row per token, two on a CPU. 512 * (262144 + 2560) * 4 B are the 517 MiB of Gemma 3
    4B on a card, 512 * (128256 + 2 * 4096) * 4 B the 266 MiB of Llama 3.1 8B on a CPU.
    Feed-forward: gate, up and, in a mixture, their product, and some hidden rows, beside the attention mask: 200 MiB and a
    16-bit mask in Mixtral 8x7B. Attention: some hidden rows, and without flash attention every head's scores over the
    context and a 32-bit mask: 572 MiB in Llama 3.1 8B at 8192 tokens. The numbers of rows are read off what
    `llama-fit-params` prints (tests/data/llama_fit).
    """
    ubatch = min(options.ubatch, max(1, context_tokens * users))
    cells = pad(context_tokens, 256)  # of one stream: the tokens of a batch are dealt to the streams
    hidden = fp.hidden_size
    rows = 3 * fp.ffn_width + 4 * hidden if fp.moe_layers else 2 * fp.ffn_width + 3 * hidden
    attention = 11 * hidden // 2
    mask = cells * ubatch * (2 if options.flash_attention else 4) if fp.caches else 0
    if not options.flash_attention and fp.caches:
        attention += cells * fp.heads
    layer = ubatch * 4 * max(rows, attention) + mask
    stage = ubatch * 4 * (fp.vocab_size + (2 if host else 1) * hidden) if output else 0
    copies = 4 * ubatch * hidden * 4 if devices > 1 else 0  # GGML_SCHED_MAX_COPIES inputs of a pipeline
    return max(layer, stage) + copies


def torch_compute_bytes(fp: Footprint, step_tokens: int, users: int, tensor_parallel: int, *, output: bool) -> int:
    """Peak of activations in PyTorch engines: 16-bit rows of one layer for the tokens of a step, and logits.

    Logits are made for the last token of each sequence, in 16 and 32 bits with a copy for sampling.
    """
    rows = step_tokens * 2 * (4 * fp.hidden_size + 3 * fp.ffn_width // tensor_parallel)
    return rows + (users * fp.vocab_size * 10 if output else 0)


def vllm_compute_bytes(fp: Footprint, step_tokens: int, sequences: int, tensor_parallel: int, *, output: bool) -> int:
    """Peak of activations that vLLM measures before it sizes its cache: one layer's rows, or the sampler if that is larger.

    v1/worker/gpu_model_runner.py (`profile_run`) runs a step of `max_num_batched_tokens` through the layers, then samples
    for `max_num_seqs` sequences while hidden rows and the experts' workspace are held: logits over the whole vocabulary on
    every rank, in 16 bits and three times in 32 (14 B, read off the printed peaks of 8 vocabularies in server_lines.csv).
    """
    rows = step_tokens * 2 * (4 * fp.hidden_size + 3 * fp.ffn_width // tensor_parallel)
    if not output:
        return rows
    held = 2 * fp.hidden_size
    if fp.moe_layers:
        held += fp.experts_per_token * fp.hidden_size + fp.ffn_width // tensor_parallel
    return max(rows, step_tokens * 2 * held + sequences * fp.vocab_size * 14)


def sglang_reserved_bytes(fp: Footprint, gpu: Gpu | None, tensor_parallel: int, pipeline_parallel: int) -> int:
    """What SGLang leaves outside its static pool: activations, graphs, communication.

    arg_groups/memory_hook.py of 0.5.23, in MiB: 512 + 1.5 * max(chunk, 2048) + 128 * tp * pp + 2 * largest graph batch,
    at least 10240 above 60 GiB; latent attention takes 1536 for its graphs.
    """
    memory = 0 if gpu is None else gpu.memory_bytes
    chunk = batched_tokens("sglang", gpu)
    wide = tensor_parallel >= 4
    batch = 8 if memory < 20 * GIB else (160 if wide else 48) if memory < 35 * GIB else (160 if wide else 32)
    if memory >= 60 * GIB:
        batch = 512 if wide or memory >= 160 * GIB else 256
    graphs = 1536 if any(c.kind == "mla" for c in fp.caches) else 2 * batch
    reserved = 512 + 3 * max(chunk, 2048) // 2 + 128 * tensor_parallel * pipeline_parallel + graphs
    return max(reserved, 10240 if memory > 60 * GIB else 0) * MIB


def _symmetric_memory(gpu: Gpu | None) -> bool:
    """Whether vLLM takes its symmetric communication buffers on this card."""
    capability = None if gpu is None or gpu.vendor != "nvidia" else gpu.compute_capability
    return capability is not None and capability.partition(".")[0] in ("9", "10")


def overhead(engine_name: str, platform: str, devices: int, gpu: Gpu | None = None) -> Range:
    """Context, graphs and communication buffers on one device."""
    low, mid, high = CONTEXT.get(platform, _OTHER)
    if ENGINES[engine_name].budget in ("fraction", "pool") and platform in ("cuda", "rocm"):
        # vLLM's fraction leaves the driver context outside; what counts is graphs and workspaces.
        low, mid, high = low // 4 + GRAPHS.low, mid // 2 + GRAPHS.mid, high + GRAPHS.high
    if devices > 1 and ENGINES[engine_name].tensor_parallel:
        buffers = NCCL_SYMMETRIC if engine_name == "vllm" and _symmetric_memory(gpu) else NCCL
        low, mid, high = low + buffers.low, mid + buffers.mid, high + buffers.high
    return Range(low, mid, high)
