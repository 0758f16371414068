"""The `architecture:` block: the fields of `osllm.domain.architecture`, as people write them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from osllm.authoring.schema.base import Count, Positive, Sources, Strict, Text


class AttentionBlock(Strict):
    """Softmax attention with a growing cache."""

    heads: Positive = Field(description="query heads")
    kv_heads: Positive = Field(description="key and value heads")
    head_dim: Positive = Field(description="width of one head")
    v_head_dim: Positive | None = Field(None, description="width of a value head, where it differs")
    window: Positive | None = Field(None, description="sliding window or chunk in tokens; left out: full attention")
    qkv_bias: bool | None = Field(
        None, description="bias on queries, keys and values, where the model_type does not say"
    )
    out_bias: bool | None = Field(None, description="bias on the output projection, where the model_type does not say")
    qk_norm: Literal["none", "head", "full"] | None = Field(None, description="norm on queries and keys")
    k_eq_v: bool = Field(False, description="keys double as values")
    shares_cache: bool = Field(False, description="reuses the cache of an earlier layer")
    gated: bool = Field(False, description="an output gate as wide as the queries")
    cross: bool = Field(False, description="attends to image tokens: a constant cache")


class LatentBlock(Strict):
    """Multi-head latent attention."""

    mla: Literal[True]
    heads: Positive = Field(description="query heads")
    kv_lora_rank: Positive = Field(description="width of the compressed latent")
    rope_head_dim: Positive = Field(description="rotary part of a query or key head")
    nope_head_dim: Count = Field(description="other part of a query or key head")
    v_head_dim: Positive = Field(description="width of a value head")
    q_lora_rank: Positive | None = Field(None, description="width of the compressed queries; left out: not compressed")
    indexer_heads: Positive | None = Field(None, description="heads of the sparse-attention indexer")
    indexer_head_dim: Positive | None = Field(None, description="width of an indexer head")


class RecurrentBlock(Strict):
    """A mixer with a state of constant size."""

    recurrent: Literal["mamba1", "mamba2", "gated-delta", "kda", "lightning", "short-conv", "rwkv"]
    key_heads: Positive | None = Field(None, description="key heads of a linear attention")
    value_heads: Positive | None = Field(None, description="value heads; Mamba-2: heads")
    key_head_dim: Positive | None = Field(None, description="width of a key head")
    value_head_dim: Positive | None = Field(None, description="width of a value head; Mamba-2: head width")
    state_size: Positive | None = Field(None, description="Mamba: d_state")
    groups: Positive | None = Field(None, description="Mamba-2: n_groups")
    conv_kernel: Positive | None = Field(None, description="taps of the short convolution")
    inner_size: Positive | None = Field(None, description="Mamba-1: d_inner")
    dt_rank: Positive | None = Field(None, description="Mamba-1: rank of the step projection")


class DenseBlock(Strict):
    """A feed-forward network that every token passes."""

    size: Positive = Field(description="inner width")
    gated: bool = Field(True, description="gate, up and down matrices; false: up and down")
    bias: bool | None = Field(None, description="biases, where the model_type does not say")


class ExpertsBlock(Strict):
    """A mixture of experts."""

    experts: Positive = Field(description="routed experts")
    per_token: Positive = Field(description="experts that one token passes")
    size: Positive = Field(description="inner width of one routed expert")
    shared_size: Count = Field(0, description="total inner width of the shared experts")
    gated: bool = Field(True, description="gate, up and down matrices; false: up and down")
    shared_gate: bool = Field(False, description="a sigmoid gate on the shared expert")
    router_bias: bool | None = Field(
        None, description="a correction bias per expert, where the model_type does not say"
    )
    latent_size: Positive | None = Field(None, description="experts work in a smaller latent width")
    zero_experts: Count = Field(0, description="identity experts in the router")


def _mixer_kind(block: Any) -> str:  # noqa: ANN401 - whatever stands in the file
    if isinstance(block, dict):
        return "latent" if "mla" in block else "recurrent" if "recurrent" in block else "attention"
    return "attention"


def _ffn_kind(block: Any) -> str:  # noqa: ANN401
    return "experts" if isinstance(block, dict) and "experts" in block else "dense"


MixerBlock = Annotated[
    Annotated[AttentionBlock, Tag("attention")]
    | Annotated[LatentBlock, Tag("latent")]
    | Annotated[RecurrentBlock, Tag("recurrent")],
    Discriminator(_mixer_kind),
]
FfnBlock = Annotated[
    Annotated[DenseBlock, Tag("dense")] | Annotated[ExpertsBlock, Tag("experts")], Discriminator(_ffn_kind)
]


class ArchitectureBlock(Strict):
    """The shape of the language model; `same_as` takes another entry's, and the other keys override it."""

    source: Sources | None = Field(None, description="where the shape was read")
    same_as: Text | None = Field(None, description="id of the entry whose shape this is")
    incomplete: bool | None = Field(None, description="true: not all is known, so the model is listed only")
    model_type: Text | None = Field(None, description="of config.json, lower case: decides the tensor layout")
    hidden_size: Positive | None = Field(None, description="width of the residual stream")
    layers: Positive | None = Field(None, description="layers of the language model")
    vocab_size: Positive | None = Field(None, description="rows of the embedding matrix")
    tied_embeddings: bool | None = Field(None, description="whether the output matrix is the embedding matrix")
    dtype: Text | None = Field(None, description="what the owner's checkpoint is stored in; default bfloat16")
    attention: MixerBlock | None = Field(None, description="the mixer, where every layer has the same")
    mixers: dict[Text, MixerBlock] | None = Field(None, description="named mixers, where layers differ")
    mixer_pattern: Text | None = Field(None, description="order of the mixers: `local*5 global`")
    ffn: FfnBlock | None = Field(None, description="the feed-forward network, where every layer has the same")
    ffns: dict[Text, FfnBlock] | None = Field(None, description="named feed-forward networks, where layers differ")
    ffn_pattern: Text | None = Field(None, description="order of the feed-forward networks: `dense*3 moe*`")
    position_embeddings: Count | None = Field(None, description="rows of a learned position table")
    per_layer_embedding_size: Count | None = Field(None, description="width of the per-layer embedding (Gemma E)")
    vision_params: Count | None = Field(None, description="parameters of image and audio towers and projectors")
    mtp_layers: Count | None = Field(None, description="multi-token-prediction layers in the checkpoint")
    mtp_params: Count | None = Field(None, description="their parameters")
    extra_params: Count | None = Field(None, description="counted by the owner, no standard tensor; see `note`")
    derived: list[Text] | None = Field(None, description="fields deduced from counts or siblings instead of read")
    note: Text | None = Field(None, description="what to know about the shape")
