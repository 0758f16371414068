"""The tensor inventory: every tensor of a language model, from its architecture. Sizes and counts follow from it.

Equal neighbouring layers are listed once with their number, so a model costs a few microseconds per kind of layer.
Towers and multi-token-prediction (MTP) layers are not part of it: their parameters stand in the architecture as a number.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

from osllm.domain.architecture import Experts, LayerRun, Recurrent
from osllm.estimate.layouts import layout
from osllm.estimate.parts import Tensor, feed_forward_tensors, linear, mixer_tensors, norm
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.domain.architecture import Architecture
    from osllm.estimate.layouts import Layout

__all__ = [
    "PER_LAYER_EMBEDDING",
    "Block",
    "Tensor",
    "active_params",
    "count_params",
    "inventory",
    "looked_up_params",
    "mtp_block",
]


PER_LAYER_EMBEDDING: Final = "per_layer_token_embd.weight"
_MTP_TOLERANCE: Final = 500  # one part in so many: layers that share an indexer make the last one a little smaller


class Block(NamedTuple):
    """Tensors that occur `repeat` times, in the layers from `first` on; `first` is None outside the layers."""

    first: int | None
    repeat: int
    tensors: tuple[Tensor, ...]

    @property
    def elements(self) -> int:
        """Parameters of all repetitions."""
        return self.repeat * sum(t.elements for t in self.tensors)


@lru_cache(maxsize=16)
def inventory(arch: Architecture) -> tuple[Block, ...]:
    """All tensors of the language model: first those outside the layers, then one block per run of layers."""
    traits = layout(arch.model_type)
    blocks = [Block(None, 1, tuple(_outside(arch, traits)))]
    first = 0
    for run in arch.runs:
        blocks.append(Block(first, run.repeat, tuple(_layer(run, arch, traits))))
        first += run.repeat
    return tuple(blocks)


def _outside(arch: Architecture, traits: Layout) -> list[Tensor]:
    hidden, vocab = arch.hidden_size, arch.vocab_size
    made = [Tensor("token_embd.weight", "embedding", (hidden, vocab))]
    if not arch.tied_embeddings:
        made += linear("output", "output", hidden, vocab, traits.output_bias)
    made += norm("output_norm", hidden, traits.norm_bias) if traits.final_norm else []
    if arch.position_embeddings:
        made.append(Tensor("position_embd.weight", "small", (hidden, arch.position_embeddings)))
    if arch.per_layer_embedding_size:
        width = arch.per_layer_embedding_size * arch.layer_count
        rows = vocab - traits.per_layer_vocab_less
        made.append(Tensor(PER_LAYER_EMBEDDING, "embedding", (width, rows)))
        made.append(Tensor("per_layer_model_proj.weight", "kept", (hidden, width)))
        made += norm("per_layer_proj_norm", arch.per_layer_embedding_size)
    if traits.altup:
        for name in ("altup_proj", "altup_unembd_proj"):
            made.append(Tensor(f"{name}.weight", "kept", (hidden, hidden, traits.altup - 1)))
    return made


def _layer(run: LayerRun, arch: Architecture, traits: Layout) -> list[Tensor]:
    hidden = arch.hidden_size
    made: list[Tensor] = []
    for mixer in run.mixers:
        made += mixer_tensors(mixer, hidden, traits)
    for ffn in run.ffns:
        made += feed_forward_tensors(ffn, hidden, traits)
    norms = len(run.mixers) + len(run.ffns) if traits.layer_norms is None else traits.layer_norms
    for number in range(norms):
        made += norm(f"layer_{number}_norm", hidden, traits.norm_bias)
    if arch.per_layer_embedding_size:
        made += linear("inp_gate", "attention", hidden, arch.per_layer_embedding_size)
        made += linear("proj", "attention", arch.per_layer_embedding_size, hidden) + norm("post_norm", hidden)
    made += _gemma3n_layer(hidden, traits) if traits.altup else []
    return made


def _gemma3n_layer(hidden: int, traits: Layout) -> list[Tensor]:
    """AltUp and LAuReL of Gemma 3n (modeling_gemma3n.py): small matrices that no format quantizes."""
    n = traits.altup
    made = [
        Tensor("altup_correct_coef.weight", "small", (n, n)),
        Tensor("altup_predict_coef.weight", "small", (n, n * n)),
        Tensor("altup_router.weight", "kept", (hidden, n)),
        Tensor("laurel_l.weight", "kept", (hidden, traits.laurel_rank)),
        Tensor("laurel_r.weight", "kept", (traits.laurel_rank, hidden)),
    ]
    for name in ("altup_correct_scale", "altup_router_norm", "laurel_post_norm"):
        made += norm(name, hidden)
    return made


@lru_cache(maxsize=16)
def mtp_block(arch: Architecture) -> Block | None:
    """The tensors of the MTP layers, where their count shows what they are made of; else None.

    Such a layer is one of the model's own, or the attention of one with the feed-forward network of another, behind a
    projection of two hidden states to one, with three norms (DeepSeek-V3 report, section 2.2). Some checkpoints carry
    copies of the output matrix and of the embeddings in it.
    """
    if not (arch.mtp_layers and arch.mtp_params):
        return None
    hidden, vocab, traits = arch.hidden_size, arch.vocab_size, layout(arch.model_type)
    around = linear("nextn.eh_proj", "ffn", 2 * hidden, hidden)
    for name in ("enorm", "hnorm", "shared_head_norm"):
        around += norm(f"nextn.{name}", hidden)
    head = Tensor("nextn.shared_head_head.weight", "output", (hidden, vocab))
    table = Tensor("nextn.embed_tokens.weight", "embedding", (hidden, vocab))
    mixers = dict.fromkeys(r.mixers for r in reversed(arch.runs) if not any(isinstance(m, Recurrent) for m in r.mixers))
    ffns = dict.fromkeys(r.ffns for r in reversed(arch.runs))
    for copies, mixer, ffn in product(((), (head, table), (head,)), filter(None, mixers), filter(None, ffns)):
        made = _layer(LayerRun(1, mixer, ffn), arch, traits)
        block = Block(arch.layer_count, arch.mtp_layers, (*made, *around, *copies))
        if abs(block.elements - arch.mtp_params) * _MTP_TOLERANCE <= arch.mtp_params:
            return block
    return None


def count_params(arch: Architecture) -> int:
    """Parameters of the language model: no towers, no multi-token-prediction layers."""
    return sum(block.elements for block in inventory(arch)) + arch.extra_params


def active_params(arch: Architecture) -> int:
    """Parameters that one token uses: all but the routed experts that are not chosen. Embeddings count whole."""
    idle = 0
    for block, run in zip(inventory(arch)[1:], arch.runs, strict=True):
        for ffn in run.ffns:
            if isinstance(ffn, Experts):
                routed = sum(t.elements for t in block.tensors if t.role == "expert")
                idle += run.repeat * routed * (ffn.experts - ffn.per_token) // ffn.experts
    return count_params(arch) - idle


def looked_up_params(arch: Architecture) -> int:
    """Parameters of a per-layer embedding (Gemma E-models), of which a token reads its own row."""
    return sum(t.elements for t in inventory(arch)[0].tensors if t.name == PER_LAYER_EMBEDDING)
