"""The tensors of one mixer or one feed-forward network, under the names that GGUF files give them.

Shapes are (input width, output width[, experts]), as llama.cpp writes them (src/models/*.cpp); a weight matrix of
transformers has the same elements the other way round. Names leave out the `blk.N.` of the layer.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from osllm.domain.architecture import Attention, Experts, LatentAttention, Recurrent
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.domain.architecture import Dense, FeedForward, Mixer
    from osllm.estimate.layouts import Layout


class Tensor(NamedTuple):
    """One tensor. Role: embedding | output | attention | recurrent | ffn | shared | expert | router | kept | small.

    `kept` stays at 16 bits in every quantized format, `small` (norms, biases, convolutions) and `router` at F32 in GGUF.
    """

    name: str
    role: str
    shape: tuple[int, ...]

    @property
    def elements(self) -> int:
        """Number of parameters."""
        return prod(self.shape)


def linear(name: str, role: str, rows: int, columns: int, bias: bool = False) -> list[Tensor]:
    """A matrix from `rows` inputs to `columns` outputs, with its bias where it has one."""
    made = [Tensor(f"{name}.weight", role, (rows, columns))]
    return [*made, Tensor(f"{name}.bias", "small", (columns,))] if bias else made


def norm(name: str, width: int, bias: bool = False) -> list[Tensor]:
    """A normalisation of a vector."""
    made = [Tensor(f"{name}.weight", "small", (width,))]
    return [*made, Tensor(f"{name}.bias", "small", (width,))] if bias else made


def mixer_tensors(mixer: Mixer, hidden: int, layout: Layout) -> list[Tensor]:
    """The tensors of a mixer, without the norm in front of it."""
    if isinstance(mixer, Attention):
        return _attention(mixer, hidden, layout)
    if isinstance(mixer, LatentAttention):
        return _latent(mixer, hidden, layout)
    return _RECURRENT[mixer.type](mixer, hidden, layout)


def _attention(a: Attention, hidden: int, layout: Layout) -> list[Tensor]:
    value_width = a.head_dim if a.v_head_dim is None else a.v_head_dim
    q, k, v = a.heads * a.head_dim, a.kv_heads * a.head_dim, a.kv_heads * value_width
    bias = layout.qkv_bias if a.qkv_bias is None else a.qkv_bias
    qk_norm = layout.qk_norm if a.qk_norm is None else a.qk_norm
    keys = layout.shared_keys or not a.shares_cache
    values = keys and not a.k_eq_v
    q_out = 2 * q if a.gated else q
    made: list[Tensor] = []
    if layout.fused_qkv:
        made += linear("attn_qkv", "attention", hidden, q_out + k + v, bias)
    else:
        made += linear("attn_q", "attention", hidden, q_out, bias)
        made += linear("attn_k", "attention", hidden, k, bias and layout.key_bias) if keys else []
        made += linear("attn_v", "attention", hidden, v, bias) if values else []
    made += linear("attn_gate", "attention", hidden, a.heads) if layout.head_gate else []
    out_bias = layout.out_bias if a.out_bias is None else a.out_bias
    made += linear("attn_output", "attention", a.heads * value_width, hidden, out_bias)
    if qk_norm != "none":
        per_head = qk_norm == "head"
        made += norm("attn_q_norm", a.head_dim if per_head else q)
        made += norm("attn_k_norm", a.head_dim if per_head else k) if keys else []
    if layout.sinks:
        made += norm("attn_sinks", a.heads)
    if a.cross:  # two scalar gates, on the attention and on the feed-forward network
        made += norm("cross_attn_attn_gate", 1) + norm("cross_attn_mlp_gate", 1)
    return made


def _latent(a: LatentAttention, hidden: int, layout: Layout) -> list[Tensor]:
    query = a.heads * (a.nope_head_dim + a.rope_head_dim)
    made: list[Tensor] = []
    if a.q_lora_rank:
        made += linear("attn_q_a", "attention", hidden, a.q_lora_rank) + norm("attn_q_a_norm", a.q_lora_rank)
        made += linear("attn_q_b", "attention", a.q_lora_rank, query)
    else:
        made += linear("attn_q", "attention", hidden, query)
    made += linear("attn_kv_a_mqa", "attention", hidden, a.kv_lora_rank + a.rope_head_dim)
    made += norm("attn_kv_a_norm", a.kv_lora_rank)
    if layout.split_kv_b:
        made.append(Tensor("attn_k_b.weight", "attention", (a.nope_head_dim, a.kv_lora_rank, a.heads)))
        made.append(Tensor("attn_v_b.weight", "attention", (a.kv_lora_rank, a.v_head_dim, a.heads)))
    else:
        made += linear("attn_kv_b", "attention", a.kv_lora_rank, a.heads * (a.nope_head_dim + a.v_head_dim))
    made += linear("attn_output", "attention", a.heads * a.v_head_dim, hidden)
    if a.indexer_heads and a.indexer_head_dim:
        made += linear("indexer.attn_q_b", "attention", a.q_lora_rank or hidden, a.indexer_heads * a.indexer_head_dim)
        made += linear("indexer.attn_k", "attention", hidden, a.indexer_head_dim)
        made += norm("indexer.k_norm", a.indexer_head_dim, bias=True)
        made.append(Tensor("indexer.proj.weight", "attention", (hidden, a.indexer_heads)))
    return made


def _convolution(m: Recurrent, width: int) -> list[Tensor]:
    return [
        Tensor("ssm_conv1d.weight", "small", (m.conv_kernel or 1, width)),
        Tensor("ssm_conv1d.bias", "small", (width,)),
    ]


def _mamba1(m: Recurrent, hidden: int, layout: Layout) -> list[Tensor]:
    inner, state, rank = m.inner_size or 0, m.state_size or 0, m.dt_rank or 0
    made = linear("ssm_in", "recurrent", hidden, 2 * inner)
    made += _convolution(m, inner)
    made += linear("ssm_x", "recurrent", inner, rank + 2 * state)
    made += linear("ssm_dt", "recurrent", rank, inner, bias=True)
    made += [Tensor("ssm_a", "small", (state, inner)), Tensor("ssm_d", "small", (inner,))]
    made += linear("ssm_out", "recurrent", inner, hidden)
    if layout.ssm_norms:
        made += norm("ssm_dt_norm", rank) + norm("ssm_b_norm", state) + norm("ssm_c_norm", state)
    return made


def _mamba2(m: Recurrent, hidden: int, layout: Layout) -> list[Tensor]:
    heads, groups, state = m.value_heads or 0, m.groups or 1, m.state_size or 0
    inner = heads * (m.value_head_dim or 0)
    convolved = inner + 2 * groups * state
    made = linear("ssm_in", "recurrent", hidden, inner + convolved + heads)
    made += _convolution(m, convolved)
    made += [
        Tensor("ssm_dt.bias", "small", (heads,)),
        *(Tensor(name, "small", (1, heads)) for name in ("ssm_a", "ssm_d")),
    ]
    made += [Tensor("ssm_norm.weight", "small", (inner // groups, groups))] if layout.ssm_norms else []
    return made + linear("ssm_out", "recurrent", inner, hidden)


def _gated_delta(m: Recurrent, hidden: int, layout: Layout) -> list[Tensor]:
    heads, width = m.value_heads or 0, m.value_head_dim or 0
    keys, values = (m.key_heads or heads) * (m.key_head_dim or width), heads * width
    made = linear("attn_qkv", "recurrent", hidden, 2 * keys + values) + linear("attn_gate", "recurrent", hidden, values)
    made.append(Tensor("ssm_conv1d.weight", "small", (m.conv_kernel or 1, 2 * keys + values)))
    if layout.fused_beta:
        made += linear("ssm_ba", "recurrent", hidden, 2 * heads)
    else:
        made += linear("ssm_alpha", "recurrent", hidden, heads) + linear("ssm_beta", "recurrent", hidden, heads)
    made += [Tensor("ssm_dt.bias", "small", (heads,)), Tensor("ssm_a", "small", (heads,))]
    return made + norm("ssm_norm", width) + linear("ssm_out", "recurrent", values, hidden)


def _kda(m: Recurrent, hidden: int, _layout: Layout) -> list[Tensor]:
    heads, width = m.value_heads or 0, m.value_head_dim or 0
    inner = heads * width
    made: list[Tensor] = []
    for part in "qkv":
        made += linear(f"attn_{part}", "recurrent", hidden, inner)
        made.append(Tensor(f"ssm_conv1d_{part}.weight", "small", (m.conv_kernel or 1, inner)))
    for gate in ("f", "g"):
        made += linear(f"ssm_{gate}_a", "recurrent", hidden, width) + linear(f"ssm_{gate}_b", "recurrent", width, inner)
    made += linear("ssm_beta", "recurrent", hidden, heads)
    made += [Tensor("ssm_a", "small", (heads,)), Tensor("ssm_dt.bias", "small", (inner,))]
    return made + norm("ssm_norm", width) + linear("attn_output", "recurrent", inner, hidden)


def _lightning(m: Recurrent, hidden: int, _layout: Layout) -> list[Tensor]:
    inner = (m.value_heads or 0) * (m.value_head_dim or 0)
    made = linear("attn_qkv", "recurrent", hidden, 3 * inner) + linear("attn_gate", "recurrent", hidden, inner)
    return made + norm("attn_norm_2", inner) + linear("attn_output", "recurrent", inner, hidden)


def _short_conv(m: Recurrent, hidden: int, _layout: Layout) -> list[Tensor]:
    made = linear("shortconv.in_proj", "recurrent", hidden, 3 * hidden)
    made.append(Tensor("shortconv.conv.weight", "small", (m.conv_kernel or 1, hidden)))
    return made + linear("shortconv.out_proj", "recurrent", hidden, hidden)


_RECURRENT = {
    "mamba1": _mamba1,
    "mamba2": _mamba2,
    "gated-delta": _gated_delta,
    "kda": _kda,
    "lightning": _lightning,
    "short-conv": _short_conv,
}


def feed_forward_tensors(ffn: FeedForward, hidden: int, layout: Layout) -> list[Tensor]:
    """The tensors of a feed-forward network, without the norm in front of it."""
    if isinstance(ffn, Experts):
        return _experts(ffn, hidden, layout)
    return _dense(ffn, hidden, layout)


def _dense(f: Dense, hidden: int, layout: Layout) -> list[Tensor]:
    bias = layout.mlp_bias if f.bias is None else f.bias
    if f.gated and layout.fused_gate:
        made = linear("ffn_up", "ffn", hidden, 2 * f.size, bias)
    else:
        made = linear("ffn_gate", "ffn", hidden, f.size, bias) if f.gated else []
        made += linear("ffn_up", "ffn", hidden, f.size, bias)
    return made + linear("ffn_down", "ffn", f.size, hidden, bias)


def _experts(f: Experts, hidden: int, layout: Layout) -> list[Tensor]:
    inputs = f.latent_size or hidden
    made = [Tensor("ffn_gate_inp.weight", "router", (hidden, f.experts + f.zero_experts))]
    if layout.router_bias if f.router_bias is None else f.router_bias:
        made.append(Tensor("exp_probs_b.bias", "small", (f.experts + f.zero_experts,)))
    for name, rows, columns in (("gate", inputs, f.size), ("up", inputs, f.size), ("down", f.size, inputs)):
        if name == "gate" and not f.gated:
            continue
        made.append(Tensor(f"ffn_{name}_exps.weight", "expert", (rows, columns, f.experts)))
        if layout.expert_bias:
            made.append(Tensor(f"ffn_{name}_exps.bias", "small", (columns, f.experts)))
    if f.latent_size:
        made += linear("ffn_latent_down", "shared", hidden, f.latent_size)
        made += linear("ffn_latent_up", "shared", f.latent_size, hidden)
    if f.shared_size:
        made += linear("ffn_gate_shexp", "shared", hidden, f.shared_size) if f.gated else []
        made += linear("ffn_up_shexp", "shared", hidden, f.shared_size)
        made += linear("ffn_down_shexp", "shared", f.shared_size, hidden)
    if f.shared_gate:
        made.append(Tensor("ffn_gate_inp_shexp.weight", "router", (hidden,)))
    return made
