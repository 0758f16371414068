"""The shape of a model: what `estimate` needs to count tensors, cache and state.

A model is a stack of layers; a layer has mixers (attention, latent attention, recurrent …; nearly always one,
two where they run in parallel) and feed-forward networks (nearly always one, none in some hybrids).
Equal neighbours are stored once, as a run.
"""

from __future__ import annotations

from osllm.tuples import NamedTuple


class Attention(NamedTuple):
    """Softmax attention with a growing key/value cache (multi-head, grouped-query, multi-query)."""

    heads: int
    kv_heads: int
    head_dim: int
    v_head_dim: int | None = None  # None: the same as head_dim
    window: int | None = None  # sliding window or chunk in tokens; None: the whole context
    qkv_bias: bool | None = None  # None: as the model_type has it
    out_bias: bool | None = None
    qk_norm: str | None = (
        None  # none | head (size head_dim) | full (size heads*head_dim); None: as the model_type has it
    )
    k_eq_v: bool = False  # keys double as values: one projection, one cache
    shares_cache: bool = False  # reuses the cache (and K/V projections) of an earlier layer
    gated: bool = False  # an output gate as wide as the queries
    cross: bool = False  # attends to image tokens: a constant cache


class LatentAttention(NamedTuple):
    """Multi-head latent attention (MLA): one compressed latent per token, shared by all heads."""

    heads: int
    kv_lora_rank: int
    rope_head_dim: int
    nope_head_dim: int
    v_head_dim: int
    q_lora_rank: int | None = None
    indexer_heads: int | None = None  # sparse attention (DSA) keeps its own small key cache
    indexer_head_dim: int | None = None


class Recurrent(NamedTuple):
    """A mixer with a state of constant size per sequence instead of a growing cache."""

    type: str  # mamba1 | mamba2 | gated-delta | kda | lightning | short-conv | rwkv
    key_heads: int | None = None
    value_heads: int | None = None  # mamba2: n_heads
    key_head_dim: int | None = None
    value_head_dim: int | None = None  # mamba2: d_head
    state_size: int | None = None  # mamba: d_state
    groups: int | None = None  # mamba2: n_groups
    conv_kernel: int | None = None
    inner_size: int | None = None  # mamba1: d_inner
    dt_rank: int | None = None


class Dense(NamedTuple):
    """A feed-forward network that every token passes."""

    size: int
    gated: bool = True  # gate, up, down (SwiGLU, GeGLU); False: up, down
    bias: bool | None = None  # None: as the model_type has it


class Experts(NamedTuple):
    """A mixture of experts."""

    experts: int
    per_token: int
    size: int  # width of one routed expert
    shared_size: int = 0  # total width of the shared experts, 0 = none
    gated: bool = True
    shared_gate: bool = False  # Qwen-style sigmoid gate on the shared expert
    router_bias: bool | None = None  # DeepSeek-style correction bias per expert; None: as the model_type has it
    latent_size: int | None = None  # experts work in a smaller latent width
    zero_experts: int = 0  # identity experts in the router (LongCat)


Mixer = Attention | LatentAttention | Recurrent
FeedForward = Dense | Experts


class LayerRun(NamedTuple):
    """`repeat` equal neighbouring layers."""

    repeat: int
    mixers: tuple[Mixer, ...]
    ffns: tuple[FeedForward, ...]


class Architecture(NamedTuple):
    """The language model's shape. Vision and audio towers and MTP layers are counted, not shaped."""

    model_type: (
        str  # the owner's config name, lower case (`qwen2`, `gemma3`, `deepseek_v3` …): decides the tensor layout
    )
    hidden_size: int
    vocab_size: int
    tied_embeddings: bool
    runs: tuple[LayerRun, ...]
    dtype: str = "bfloat16"  # what the owner's checkpoint is stored in
    vision_params: int = 0  # parameters of image/audio towers and projectors
    mtp_layers: int = 0  # multi-token-prediction layers in the checkpoint
    mtp_params: int = 0  # their parameters
    position_embeddings: int = 0  # rows of a learned position table (GPT-2, StarCoder)
    per_layer_embedding_size: int = 0  # Gemma 3n/4 E-models: width of the per-layer embedding
    extra_params: int = 0  # counted by the owner, explained in the catalog, not a standard tensor

    @property
    def is_mixture(self) -> bool:
        """Whether any layer routes to experts."""
        return any(isinstance(ffn, Experts) for run in self.runs for ffn in run.ffns)

    @property
    def layer_count(self) -> int:
        """Number of layers of the language model."""
        return sum(run.repeat for run in self.runs)
