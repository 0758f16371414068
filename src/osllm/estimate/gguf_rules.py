"""Which type llama-quantize gives each tensor of a model: the walk of llama.cpp's src/llama-quant.cpp over its tensors."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from osllm.domain.architecture import Attention, Experts, LatentAttention
from osllm.estimate.gguf_mixes import BY_LAYER, CONDITIONS, FALCON_DOWN, FALCON_OUT, MIXES, Facts, Mix, Place, Rule
from osllm.estimate.gguf_types import BLOCKS, fitting
from osllm.estimate.layouts import layout
from osllm.estimate.tensors import inventory, mtp_block
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from osllm.domain.architecture import Architecture
    from osllm.estimate.parts import Tensor
    from osllm.estimate.tensors import Block

# The category of a tensor inside a layer: the first part that its name contains, in llama.cpp's order.
_CATEGORIES: Final = (
    ("attn_qkv.weight", "value"),
    ("attn_kv_b.weight", "value"),
    ("attn_v.weight", "value"),
    ("attn_k.weight", "key"),
    ("attn_q.weight", "query"),
    ("attn_output.weight", "out"),
    ("ffn_up", "up"),
    ("ffn_gate", "gate"),
    ("ffn_down", "down"),
)
_SEVENTY_FAMILIES: Final = frozenset(("llama", "qwen2", "olmo"))
# What is never quantized keeps the type that the converter gave it.
_STAYS: Final = {"small": "F32", "router": "F32", "kept": "F16"}


class Typed(NamedTuple):
    """Equal tensors of one block of the inventory (by its place there), with the type they get and how many they are."""

    block: int
    tensor: Tensor
    kind: str
    times: int


def category(name: str) -> str:
    """The category of a tensor inside a layer; `other` follows the default type."""
    return next((kind for part, kind in _CATEGORIES if part in name), "other")


def facts(arch: Architecture, imatrix: bool) -> Facts:
    """What the rules ask about a model, read as llama.cpp reads it from the header of a file."""
    traits = layout(arch.model_type)
    family = traits.gguf_family
    gqa = _gqa(arch)
    return Facts(
        gqa=gqa,
        experts=max((f.experts for run in arch.runs for f in run.ffns if isinstance(f, Experts)), default=0),
        layers=arch.layer_count + (arch.mtp_layers if traits.gguf_mtp else 0),
        imatrix=imatrix,
        falcon=family == "falcon",
        seventy=family in _SEVENTY_FAMILIES and arch.layer_count == 80 and not (family == "llama" and gqa == 1),
        tied=arch.tied_embeddings,
    )


def _gqa(arch: Architecture) -> int:
    """Query heads per key/value head of the first layer, 0 where it has no attention.

    Some hybrids write one number of key/value heads for all layers, so their recurrent layers have it too.
    """
    runs = arch.runs if layout(arch.model_type).uniform_heads else arch.runs[:1]
    for run in runs:
        for mixer in run.mixers:
            if isinstance(mixer, Attention):
                return mixer.heads // mixer.kv_heads
            if isinstance(mixer, LatentAttention):  # stored as one key/value head
                return mixer.heads
    return 0


def typed(arch: Architecture, fmt: str, imatrix: bool | None = None) -> Iterator[Typed]:
    """Every tensor with its type. `imatrix` None: only where the format cannot be made without one.

    Multi-token-prediction layers come last, as one more block, where files hold them and their shape is known.
    """
    mix = MIXES[fmt]
    extra = mtp_block(arch) if layout(arch.model_type).gguf_mtp else None
    blocks = inventory(arch) if extra is None else (*inventory(arch), extra)
    walk = _Walk(fmt, mix, facts(arch, mix.needs_imatrix if imatrix is None else imatrix), blocks)
    for number, block in enumerate(walk.blocks):
        for position, tensor in enumerate(block.tensors):
            kind = walk.fixed(block, tensor)
            kinds: Mapping[str, int] = {kind: block.repeat} if kind else walk.by_rule(number, position)
            for name, times in kinds.items():
                yield Typed(number, tensor, name, times)
        walk.leave(number)


class _Walk:
    """The counters that llama-quantize keeps while it goes through the tensors in order."""

    def __init__(self, fmt: str, mix: Mix, known: Facts, blocks: tuple[Block, ...]) -> None:
        self.mix, self.known, self.blocks = mix, known, blocks
        down, out = mix.down, mix.out
        if known.falcon and not mix.tiny:
            down, out = FALCON_DOWN.get(fmt, down), FALCON_OUT.get(fmt, ())
        self.rules: dict[str, Rule] = {
            "value": mix.value, "key": mix.key, "query": mix.query, "out": out, "down": down,
            "gate": mix.gate_up, "up": mix.gate_up, "other": (),
        }  # fmt: skip
        # Biases are not quantized, so they are not counted either, whatever their name contains.
        self.places = [["" if t.role in _STAYS else category(t.name) for t in block.tensors] for block in blocks]
        values = sum(b.repeat * place.count("value") for b, place in zip(blocks, self.places, strict=True))
        self.totals = {"value": values, "down": known.layers, "gate": known.layers, "up": known.layers}
        self.seen = dict.fromkeys((*self.rules, ""), 0)

    def fixed(self, block: Block, tensor: Tensor) -> str | None:
        """The type where no rule about layers is asked."""
        mix, row = self.mix, tensor.shape[0]
        if tensor.role in _STAYS:
            return _STAYS[tensor.role]
        if BLOCKS[mix.default][0] == 1:
            return mix.default
        if block.first is None:
            return fitting(self._outside(tensor), row)
        if mix.stacked and len(tensor.shape) == 3:
            return fitting(mix.stacked, row)
        return None

    def _outside(self, tensor: Tensor) -> str:
        if tensor.role == "output" or self.known.tied:
            unfit = self.known.falcon or tensor.shape[0] % BLOCKS[self.mix.default][0]
            return "Q8_0" if unfit else self.mix.output
        return self.mix.embedding or self.mix.default

    def by_rule(self, number: int, position: int) -> Counter[str]:
        """How many of the equal tensors of a block get which type."""
        block, place = self.blocks[number], self.places[number]
        what, row = place[position], block.tensors[position].shape[0]
        # Tensors of a category are counted as they come; of mixtures the layer is read from the name.
        if self.known.experts > 1 and not self.mix.tiny and what in ("down", "gate", "up"):
            start, step = block.first or 0, 1
        else:
            start, step = self.seen[what] + place[:position].count(what), place.count(what)
        if any(condition in BY_LAYER for condition, _ in self.rules[what]):
            layers = range(start, start + step * block.repeat, step)
            return Counter(fitting(self._chosen(what, i), row) for i in layers)
        return Counter({fitting(self._chosen(what, start), row): block.repeat})

    def _chosen(self, what: str, i: int) -> str:
        mix, known = self.mix, self.known
        place = Place(known, i, self.totals.get(what, 0))
        kind = next((kind for condition, kind in self.rules[what] if CONDITIONS[condition](place)), mix.default)
        if mix.tiny:
            return kind
        if what == "value" and known.seventy and kind in ("Q3_K", "Q4_K"):
            kind = "Q5_K"
        return "Q8_0" if what in ("value", "key") and known.experts == 8 else kind

    def leave(self, number: int) -> None:
        """Count the tensors of a block that has been passed."""
        for what in set(self.places[number]):
            self.seen[what] += self.blocks[number].repeat * self.places[number].count(what)
