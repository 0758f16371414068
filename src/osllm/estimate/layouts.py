"""What a config name (`model_type`) says about the tensors of a model beyond its numbers.

Read from the modelling code of transformers (`modeling_<model_type>.py`) and from llama.cpp's converter
(`conversion/*.py`), and confirmed by counts: with these traits every catalog model counts its published total within one
part in a thousand, nine in ten to the last digit.
"""

from __future__ import annotations

from typing import Final

from osllm.tuples import NamedTuple


class Layout(NamedTuple):
    """Traits of one model_type. The defaults are Llama's."""

    qkv_bias: bool = False
    out_bias: bool = False
    mlp_bias: bool = False
    norm_bias: bool = False  # LayerNorm with bias instead of RMSNorm
    qk_norm: str = "none"  # none | head | full
    layer_norms: int | None = None  # norms per layer; None: one before every mixer and every feed-forward network
    final_norm: bool = True
    router_bias: bool = False  # a correction or bias per expert
    fused_qkv: bool = False  # one attn_qkv tensor in GGUF files
    split_kv_b: bool = True  # latent attention: keys and values unpack by two tensors of their own
    fused_gate: bool = False  # gate and up in one ffn_up tensor in GGUF files
    sinks: bool = False  # one learned sink per query head
    expert_bias: bool = False  # biases in every expert
    output_bias: bool = False  # a bias on the output matrix
    key_bias: bool = True  # with qkv_bias: keys have a bias too
    shared_keys: bool = False  # layers that reuse a cache carry unused key and value matrices all the same
    head_gate: bool = False  # an output gate per query head
    ssm_norms: bool = True  # norms inside Mamba layers
    fused_beta: bool = False  # one ssm_ba tensor for beta and alpha in GGUF files
    altup: int = 0  # Gemma 3n: number of parallel residual streams
    laurel_rank: int = 0  # Gemma 3n: rank of the learned residual
    per_layer_vocab_less: int = 0  # the per-layer embedding table has so many rows less than the vocabulary
    uniform_heads: bool = False  # GGUF headers of hybrids: one number of key/value heads for all layers
    gguf_mtp: bool = True  # GGUF files hold the multi-token-prediction layers
    gguf_family: str = ""  # llama-quantize's own special cases: llama, qwen2, falcon …


_QKV: Final = Layout(qkv_bias=True)
_HEAD: Final = Layout(qk_norm="head")
_DELTA: Final = Layout(qk_norm="head", uniform_heads=True)
_HEAD_ROUTER: Final = Layout(qk_norm="head", router_bias=True)
_HEAD_GATE: Final = Layout(qk_norm="head", router_bias=True, head_gate=True)
_ROUTER: Final = Layout(router_bias=True)
_GEMMA: Final = Layout(qk_norm="head", layer_norms=4)
_GEMMA4: Final = Layout(qk_norm="head", layer_norms=4, shared_keys=True)

LAYOUTS: Final[dict[str, Layout]] = {
    "llama": Layout(gguf_family="llama"),
    "mistral": Layout(gguf_family="llama"),
    "mixtral": Layout(gguf_family="llama"),
    "qwen2": Layout(qkv_bias=True, gguf_family="qwen2"),
    "qwen2_moe": _QKV,
    "qwen2_vl": _QKV,
    "qwen2_5_vl": _QKV,
    "qwen2_audio": _QKV,
    "internvl_chat_qwen2": _QKV,
    "seed_oss": _QKV,
    "mimo": _QKV,
    "phi3": Layout(fused_qkv=True, fused_gate=True),
    "phi4mm": Layout(fused_qkv=True, fused_gate=True),
    "phi4-siglip": Layout(fused_qkv=True, fused_gate=True),
    "phi": Layout(qkv_bias=True, out_bias=True, mlp_bias=True, norm_bias=True, layer_norms=1, output_bias=True),
    "phimoe": Layout(qkv_bias=True, out_bias=True, norm_bias=True, output_bias=True),
    "phi3small": Layout(qkv_bias=True, out_bias=True, mlp_bias=True, norm_bias=True, fused_qkv=True),
    "gpt_oss": Layout(qkv_bias=True, out_bias=True, router_bias=True, sinks=True, expert_bias=True),
    "starcoder2": Layout(qkv_bias=True, out_bias=True, mlp_bias=True, norm_bias=True),
    "gpt_bigcode": Layout(qkv_bias=True, out_bias=True, mlp_bias=True, norm_bias=True, fused_qkv=True),
    "falcon": Layout(norm_bias=True, fused_qkv=True, gguf_family="falcon"),
    "stablelm": Layout(norm_bias=True),
    "glm": Layout(qkv_bias=True, fused_gate=True),
    "glm4": Layout(qkv_bias=True, layer_norms=4, fused_gate=True),
    "glm4v": Layout(qkv_bias=True, layer_norms=4, fused_gate=True),
    "glm4_moe": Layout(qkv_bias=True, router_bias=True),
    "glm4v_moe": Layout(qkv_bias=True, router_bias=True),
    "glm4_moe_lite": _ROUTER,
    "glm_moe_dsa": _ROUTER,
    "qwen3": _HEAD,
    "qwen3_moe": _HEAD,
    "qwen3_vl": _HEAD,
    "qwen3_vl_moe": _HEAD,
    "qwen3_next": Layout(qk_norm="head", uniform_heads=True, fused_beta=True),
    "qwen3_5": _DELTA,
    "qwen3_5_text": _DELTA,
    "qwen3_5_moe": _DELTA,
    "qwen3_5_moe_text": _DELTA,
    "intern_s2_preview": _DELTA,
    "interns1": _HEAD,
    "minicpmv4_6": _DELTA,
    "gemma2": Layout(layer_norms=4),
    "gemma3": _GEMMA,
    "gemma3_text": _GEMMA,
    "gemma3n": Layout(
        qk_norm="head", layer_norms=4, shared_keys=True, altup=4, laurel_rank=64, per_layer_vocab_less=256
    ),
    "gemma4": _GEMMA4,
    "gemma4_unified": _GEMMA4,
    "olmo": Layout(layer_norms=0, final_norm=False, gguf_family="olmo"),
    "olmo2": Layout(qk_norm="full"),
    "olmo3": Layout(qk_norm="full"),
    "olmoe": Layout(qk_norm="full"),
    "cohere": Layout(layer_norms=1),
    "cohere2": Layout(layer_norms=1),
    "grok": Layout(layer_norms=4),
    "grok-1": Layout(layer_norms=4),
    "minimax_text_01": Layout(uniform_heads=True),
    "minimax_m1": Layout(uniform_heads=True),
    "nemotron_h": Layout(layer_norms=1),
    "deepseek_v3": Layout(router_bias=True, gguf_mtp=False),
    "deepseek_v32": _ROUTER,
    "kimi_k2": _ROUTER,
    "kimi_k25": _ROUTER,
    "kimi_vl": _ROUTER,
    "kimi_linear": _ROUTER,
    "minimax_m2": Layout(qk_norm="full", router_bias=True),
    "minimax_m3_vl": _HEAD_ROUTER,
    "dots1": _HEAD_ROUTER,
    "bailing_moe": Layout(qk_norm="head", router_bias=True, fused_qkv=True),
    "dbrx": Layout(fused_qkv=True),
    "plamo": Layout(layer_norms=1),
    "minicpm3": Layout(split_kv_b=False),
    "bailing_hybrid": _ROUTER,
    "ernie4_5_moe": Layout(router_bias=True, gguf_mtp=False),
    "ernie4_5_moe_vl": Layout(router_bias=True, gguf_mtp=False),
    "hy_v3": _HEAD_ROUTER,
    "hy_mt2": _HEAD,
    "hunyuan": _HEAD,
    "hunyuan_v1_dense": _HEAD,
    "hunyuan_v1_moe": _HEAD,
    "step3p5": _HEAD_GATE,
    "step3p7": _HEAD_GATE,
    "mimo_v2": _ROUTER,
    "mimo_v2_flash": _ROUTER,
    "longcat_flash": Layout(router_bias=True, layer_norms=4),
    "exaone4": _HEAD,
    "exaone4_5": _HEAD,
    "laguna": _HEAD_GATE,
    "muse_glimmer": Layout(layer_norms=4),
    "lfm2": _HEAD,
    "lfm2_moe": Layout(qk_norm="head", router_bias=True),
    "apertus": _HEAD,
    "kanana2_tiny": _HEAD,
    "hyperclovax": Layout(layer_norms=4),
    "axk1": Layout(layer_norms=3),
    "falcon_h1": Layout(layer_norms=2, ssm_norms=False),
    "falcon_mamba": Layout(ssm_norms=False),
}
_DEFAULT: Final = Layout()


def layout(model_type: str) -> Layout:
    """The traits of a model_type; Llama's for one that is not listed."""
    return LAYOUTS.get(model_type, _DEFAULT)
