"""What training low-rank adapters (LoRA) takes of a model's shape: their width, and the rows a recomputed layer keeps.

The rows are read off the modelling code of transformers: `scripts/trace_training.py` runs a training step on tensors without
storage and counts what is alive (tests/data/memory/training_traces.csv). The same count of a plain step equals what an H100
allocated to 0.001 % (tests/data/memory/lora_h100.csv).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.domain.architecture import Attention, Dense, LatentAttention
from osllm.estimate.footprint import Training
from osllm.estimate.layouts import layout
from osllm.estimate.tensors import inventory

if TYPE_CHECKING:
    from osllm.domain.architecture import Architecture, FeedForward, LayerRun, Mixer
    from osllm.estimate.layouts import Layout
    from osllm.estimate.parts import Tensor

LINEAR: Final = ("attention", "recurrent", "ffn", "shared")  # roles of tensors that are linear layers
BESIDE_EXPERTS: Final = (
    "attention",
    "recurrent",
)  # those of a mixture that get adapters: its experts are left as they are


def training_of(arch: Architecture) -> Training:
    """The training facts of an architecture."""
    traits = layout(arch.model_type)
    roles = BESIDE_EXPERTS if arch.is_mixture else LINEAR
    width = widest = 0
    for block in inventory(arch)[1:]:
        for tensor in block.tensors:
            if tensor.role in LINEAR and len(tensor.shape) > 1:
                width += block.repeat * _in_and_out(tensor) if tensor.role in roles else 0
                widest = max(widest, tensor.elements)
    rows = [
        max(layer_rows(run, arch.hidden_size, traits, packed=packed) for run in arch.runs) for packed in (False, True)
    ]
    return Training(width, widest, *rows)


def _in_and_out(tensor: Tensor) -> int:
    """Inputs and outputs of the linear layer that a tensor is, or (of latent attention's two halves) is part of."""
    rows, columns, *heads = tensor.shape
    if not heads:
        return rows + columns
    return rows * heads[0] if tensor.name.startswith("attn_k_b") else rows + columns * heads[0]


def layer_rows(run: LayerRun, hidden_size: int, traits: Layout, *, packed: bool) -> int:
    """Bytes per token that a layer keeps while it is recomputed, at the peak of its backward pass; `packed`: over 4-bit weights.

    Norms keep their input in 32 bits, adapters over 16-bit weights a copy of theirs, attention its queries, keys, values and
    output, the feed-forward network gate, activation, up and their product; on top stands what flows back through its last
    matrix. Coefficients are bytes per element, as traced.
    """
    parts = len(run.mixers) + len(run.ffns)
    more_norms = max(0, (parts if traits.layer_norms is None else traits.layer_norms) - 2)
    rows = (16 if packed else 28) * hidden_size + 4 * hidden_size * more_norms
    rows += sum(_mixer_rows(mixer, traits, packed=packed) for mixer in run.mixers)
    return rows + sum(_feed_forward_rows(ffn, hidden_size, packed=packed) for ffn in run.ffns)


def _mixer_rows(mixer: Mixer, traits: Layout, *, packed: bool) -> int:
    if isinstance(mixer, Attention):
        queries, keys = mixer.heads * mixer.head_dim, mixer.kv_heads * mixer.head_dim
        norm = traits.qk_norm if mixer.qk_norm is None else mixer.qk_norm
        rows = (4 if packed else 6) * queries * (2 if mixer.gated else 1) + 4 * keys
        return rows + (4 * (queries + keys) if norm != "none" else 0)
    # Not traced: queries, keys, values and gates of all heads, in 16 bits and once more for the gradient.
    if isinstance(mixer, LatentAttention):
        return mixer.heads * 8 * (mixer.nope_head_dim + mixer.rope_head_dim + mixer.v_head_dim)
    return 16 * max((mixer.value_heads or 0) * (mixer.value_head_dim or 0), mixer.inner_size or 0)


def _feed_forward_rows(ffn: FeedForward, hidden_size: int, *, packed: bool) -> int:
    dense = 12 if packed else 14
    if isinstance(ffn, Dense):
        return (dense if ffn.gated else dense - 4) * ffn.size
    routed = ffn.per_token * (6 * ffn.size + 9 * (ffn.latent_size or hidden_size))
    return routed + dense * ffn.shared_size
