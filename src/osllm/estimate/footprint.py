"""The footprint of a model: all that memory and speed need, worked out once from its tensors when the catalog is compiled.

Ranking reads footprints; only `estimate --explain` and the compiler walk tensors.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from osllm.domain.architecture import Attention, Experts, LatentAttention, LayerRun, Recurrent
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.domain.architecture import Architecture


class CacheGroup(NamedTuple):
    """Equal attention layers that own a growing cache. Widths are elements per token and layer, over all KV heads."""

    kind: str  # attention | mla | indexer | cross
    layers: int
    kv_heads: int  # 1 for mla and indexer: not divided by tensor parallelism
    k_width: int
    v_width: int  # 0 where keys double as values
    window: int | None  # tokens; None: the whole context


class StateGroup(NamedTuple):
    """Equal recurrent layers. Element counts are per sequence and layer."""

    type: str
    layers: int
    conv_elements: int
    state_elements: int


class LayerKind(NamedTuple):
    """What a layer of one kind has beside its weights."""

    mixture: bool  # routes to experts
    caches: tuple[int, ...]  # its growing caches, as places in `Footprint.caches`
    states: tuple[int, ...]  # its recurrent states, as places in `Footprint.states`
    parts: int  # mixers, feed-forward networks, shared experts, a per-layer embedding's: what brings kernels of its own


class FormatSize(NamedTuple):
    """Bytes of the language model's weights in one format. The parts are inside `tensor_bytes`, but `mtp_bytes` and `header_bytes`."""

    tensor_bytes: int
    embedding_bytes: int  # token embedding table (with the per-layer one)
    output_bytes: int  # output matrix; 0 where it is tied to the embeddings
    expert_bytes: int  # routed experts of all layers
    mtp_bytes: int = 0  # multi-token-prediction layers: in the file, loaded only for speculative decoding
    header_bytes: int = 0  # what a file holds beside its tensors (`weights.overhead_bytes`)
    looked_up_bytes: int = 0  # of the embeddings, those that no output is multiplied with: a token reads its rows alone
    kind_bytes: tuple[int, ...] = ()  # all layers of each kind, in the order of `Footprint.kinds`
    kind_experts: tuple[int, ...] = ()  # routed experts inside these; empty without any


class Training(NamedTuple):
    """What training adapters on a model takes (`adapters.training_of`)."""

    adapter_width: int  # inputs + outputs of the adapted matrices of all layers: adapter parameters per rank
    widest_matrix: int  # elements; a packed matrix is unpacked for its product
    rows_plain: int  # bytes per token while the layer that needs most is recomputed, over 16-bit weights
    rows_packed: int  # the same over 4-bit weights


class Footprint(NamedTuple):
    """See the module."""

    params_total: int
    params_active: int  # that one token is multiplied with; the token embedding counts whole, a per-layer one not
    hidden_size: int
    vocab_size: int
    tied_embeddings: bool
    layers: int
    parts: int  # of all layers, see `LayerKind`; two in a plain one
    heads: int  # query heads, the most of any layer; of a model without attention its recurrent heads
    ffn_width: int  # the widest feed-forward row that one token passes
    experts: int  # routed experts per mixture layer, 0: dense
    experts_per_token: int
    moe_layers: int
    mtp_layers: int  # layers for multi-token prediction behind the others that GGUF files hold
    vision_params: int
    dtype: str
    caches: tuple[CacheGroup, ...]
    states: tuple[StateGroup, ...]
    kinds: tuple[LayerKind, ...]
    layer_plan: tuple[tuple[int, int], ...]  # runs of layers from the first to the last: (kind, how many)
    training: Training
    sizes: Mapping[str, FormatSize]

    def layer_bytes(self, fmt: str) -> list[int]:
        """Bytes of each layer, from the first to the last; layers of one kind share their sum evenly."""
        counts: dict[int, int] = {}
        for kind, repeat in self.layer_plan:
            counts[kind] = counts.get(kind, 0) + repeat
        each = {kind: self.sizes[fmt].kind_bytes[kind] // count for kind, count in counts.items()}
        return [each[kind] for kind, repeat in self.layer_plan for _ in range(repeat)]

    def bits_per_weight(self, fmt: str) -> float:
        """Bits per parameter over all tensors of a format."""
        return self.sizes[fmt].tensor_bytes * 8 / self.params_total

    def file_bytes(self, fmt: str) -> int:
        """Size of a file: all tensors, header and tokenizer."""
        size = self.sizes[fmt]
        return size.tensor_bytes + size.mtp_bytes + size.header_bytes


def cache_groups(arch: Architecture) -> tuple[CacheGroup, ...]:
    """The growing caches of a model, equal layers counted together, in order of first appearance."""
    found: dict[CacheGroup, int] = {}
    for run in arch.runs:
        for group in _caches(run):
            found[group] = found.get(group, 0) + run.repeat
    return tuple(group._replace(layers=layers) for group, layers in found.items())


def _caches(run: LayerRun) -> list[CacheGroup]:
    return [group for mixer in run.mixers for group in _caches_of(mixer)]


def _caches_of(mixer: object) -> list[CacheGroup]:
    if isinstance(mixer, LatentAttention):
        groups = [CacheGroup("mla", 0, 1, mixer.kv_lora_rank + mixer.rope_head_dim, 0, None)]
        if mixer.indexer_head_dim:
            groups.append(CacheGroup("indexer", 0, 1, mixer.indexer_head_dim, 0, None))
        return groups
    if isinstance(mixer, Attention) and not mixer.shares_cache:
        # Keys that double as values still occupy both caches in today's engines (llama.cpp, vLLM allocate K and V).
        v_dim = mixer.head_dim if mixer.v_head_dim is None else mixer.v_head_dim
        kind = "cross" if mixer.cross else "attention"
        return [
            CacheGroup(kind, 0, mixer.kv_heads, mixer.kv_heads * mixer.head_dim, mixer.kv_heads * v_dim, mixer.window)
        ]
    return []


def state_groups(arch: Architecture) -> tuple[StateGroup, ...]:
    """The recurrent states of a model, equal layers counted together."""
    found: dict[StateGroup, int] = {}
    for run in arch.runs:
        for group in _states(run, arch.hidden_size):
            found[group] = found.get(group, 0) + run.repeat
    return tuple(group._replace(layers=layers) for group, layers in found.items())


def _states(run: LayerRun, hidden_size: int) -> list[StateGroup]:
    return [StateGroup(m.type, 0, *state_elements(m, hidden_size)) for m in run.mixers if isinstance(m, Recurrent)]


def state_elements(m: Recurrent, hidden_size: int) -> tuple[int, int]:
    """Elements of the convolution state and of the recurrent state of one layer, per sequence.

    llama.cpp, src/llama-hparams.cpp (n_embd_r, n_embd_s): convolution (kernel - 1) * (inner + 2 * groups * state) and
    state * inner for Mamba; gated delta and KDA keep one key_dim x value_dim matrix per value head and convolve q, k, v.
    """
    kernel = (m.conv_kernel or 1) - 1
    if m.type == "short-conv":
        return kernel * hidden_size, 0
    if m.type == "mamba1":
        inner = m.inner_size or 0
        return kernel * inner, (m.state_size or 0) * inner
    heads, width = m.value_heads or 0, m.value_head_dim or 0
    if m.type == "mamba2":
        inner = heads * width
        return kernel * (inner + 2 * (m.groups or 1) * (m.state_size or 0)), (m.state_size or 0) * inner
    key_heads, key_width = m.key_heads or heads, m.key_head_dim or width
    convolved = kernel * (2 * key_heads * key_width + heads * width) if m.conv_kernel else 0
    return convolved, heads * key_width * width


@lru_cache(maxsize=16)
def layer_kinds(arch: Architecture) -> tuple[tuple[tuple[int, int], ...], tuple[LayerKind, ...]]:
    """The runs of layers as (kind, how many), and the kinds; layers with equal parts are of one kind."""
    caches = [group._replace(layers=0) for group in cache_groups(arch)]
    states = [group._replace(layers=0) for group in state_groups(arch)]
    numbers: dict[tuple[object, ...], int] = {}
    plan: list[tuple[int, int]] = []
    kinds: list[LayerKind] = []
    for run in arch.runs:
        number = numbers.setdefault((run.mixers, run.ffns), len(numbers))
        plan.append((number, run.repeat))
        if number == len(kinds):
            own = tuple(caches.index(group) for group in _caches(run))
            constant = tuple(states.index(group) for group in _states(run, arch.hidden_size))
            kinds.append(LayerKind(any(isinstance(ffn, Experts) for ffn in run.ffns), own, constant, _parts(run, arch)))
    return tuple(plan), tuple(kinds)


def _parts(run: LayerRun, arch: Architecture) -> int:
    shared = sum(isinstance(ffn, Experts) and ffn.shared_size > 0 for ffn in run.ffns)
    return len(run.mixers) + len(run.ffns) + shared + (arch.per_layer_embedding_size > 0)


def build(arch: Architecture, formats: Iterable[str]) -> Footprint:
    """Work out the footprint of an architecture in the given formats, but for those that make no sense for it."""
    from osllm.estimate.adapters import training_of
    from osllm.estimate.layouts import layout
    from osllm.estimate.tensors import active_params, count_params, looked_up_params
    from osllm.estimate.weights import FOR_EXPERTS, format_size

    heads = recurrent_heads = ffn_width = experts = per_token = moe_layers = 0
    for run in arch.runs:
        for mixer in run.mixers:
            if isinstance(mixer, Recurrent):
                recurrent_heads = max(recurrent_heads, mixer.value_heads or 0)
            else:
                heads = max(heads, mixer.heads)
        for ffn in run.ffns:
            if isinstance(ffn, Experts):
                experts, per_token = max(experts, ffn.experts), max(per_token, ffn.per_token)
                moe_layers += run.repeat
                ffn_width = max(ffn_width, ffn.size * ffn.per_token + ffn.shared_size)
            else:
                ffn_width = max(ffn_width, ffn.size)
    plan, kinds = layer_kinds(arch)
    return Footprint(
        params_total=count_params(arch),
        params_active=active_params(arch) - looked_up_params(arch),
        hidden_size=arch.hidden_size,
        vocab_size=arch.vocab_size,
        tied_embeddings=arch.tied_embeddings,
        layers=arch.layer_count,
        parts=sum(kinds[kind].parts * repeat for kind, repeat in plan),
        heads=heads or recurrent_heads,
        ffn_width=ffn_width,
        experts=experts,
        experts_per_token=per_token,
        moe_layers=moe_layers,
        mtp_layers=arch.mtp_layers if layout(arch.model_type).gguf_mtp else 0,
        vision_params=arch.vision_params,
        dtype=arch.dtype,
        caches=cache_groups(arch),
        states=state_groups(arch),
        kinds=kinds,
        layer_plan=plan,
        training=training_of(arch),
        sizes={fmt: format_size(arch, fmt) for fmt in formats if experts or fmt not in FOR_EXPERTS},
    )


class Sizes(Mapping[str, FormatSize]):
    """The sizes of a compiled footprint, each read when it is asked for: ranking looks at a few of some fifty formats."""

    def __init__(self, text: str) -> None:
        self._text = text  # `;Q4_K_M=4912898304,…;Q8_0=…`
        self._known: dict[str, FormatSize] = {}

    def __getitem__(self, fmt: str) -> FormatSize:
        known = self._known.get(fmt)
        if known is None:
            start = self._text.find(f";{fmt}=")
            if start < 0:
                raise KeyError(fmt)
            start += len(fmt) + 2
            end = self._text.find(";", start)
            numbers = tuple(map(int, self._text[start : None if end < 0 else end].split(",")))
            split = 7 + (len(numbers) - 7 >> bool(numbers[3]))  # with experts each kind has two numbers
            known = self._known[fmt] = FormatSize._make((*numbers[:7], numbers[7:split], numbers[split:]))
        return known

    def __iter__(self) -> Iterator[str]:
        return (line.partition("=")[0] for line in self._text.split(";")[1:])

    def __len__(self) -> int:
        return self._text.count(";")

    def __contains__(self, fmt: object) -> bool:
        return f";{fmt}=" in self._text


def to_json(fp: Footprint) -> list[Any]:
    """Compact lists in field order; the sizes are one text, which decodes in no time (see `Sizes`)."""
    sizes = "".join(
        f";{fmt}=" + ",".join(map(str, (*s[:7], *s.kind_bytes, *s.kind_experts))) for fmt, s in fp.sizes.items()
    )
    *plain, caches, states, kinds, plan, training, _ = fp
    groups = [[[*item] for item in items] for items in (caches, states, kinds, plan)]
    return [*plain, *groups, [*training], sizes]


def from_json(data: list[Any]) -> Footprint:
    """The reverse of `to_json`."""
    *plain, caches, states, kinds, plan, training, sizes = data
    return Footprint._make(
        [
            *plain,
            tuple(map(CacheGroup._make, caches)),
            tuple(map(StateGroup._make, states)),
            tuple([LayerKind(mixture, tuple(own), tuple(constant), parts) for mixture, own, constant, parts in kinds]),
            tuple(map(tuple, plan)),
            Training._make(training),
            Sizes(sizes),
        ]
    )
