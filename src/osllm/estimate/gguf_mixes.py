"""The mixes of llama-quantize (`Q4_K_M`, `IQ3_XS` …): which tensors get another type than the default, and when.

A mix has a default type and rules per category of tensor. A rule is a list of (condition, type); the first condition
that holds decides, none leaves the default. Read from llama.cpp's src/llama-quant.cpp, llama_tensor_get_type_impl.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from osllm.tuples import NamedTuple


class Facts(NamedTuple):
    """What the rules ask about a model."""

    gqa: int  # query heads per key/value head in the first layer
    experts: int
    layers: int  # with multi-token-prediction layers
    imatrix: bool
    falcon: bool
    seventy: bool  # llama.cpp takes it for a "70B": 80 layers in a few families
    tied: bool


Rule = tuple[tuple[str, str], ...]


class Mix(NamedTuple):
    """A target of llama-quantize."""

    default: str
    output: str = "Q6_K"  # the output matrix, or the embeddings that double as it
    embedding: str | None = None
    value: Rule = ()  # attn_v, fused attn_qkv, attn_kv_b
    key: Rule = ()
    query: Rule = ()
    out: Rule = ()  # attn_output
    down: Rule = ()
    gate_up: Rule = ()
    stacked: str | None = None  # three-dimensional tensors
    tiny: bool = False  # the branch of the 1 and 2 bit I-quants
    needs_imatrix: bool = False


class Place(NamedTuple):
    """Where a tensor stands: number `i` of `n`, counted as llama-quantize counts."""

    model: Facts
    i: int
    n: int

    @property
    def more(self) -> bool:
        """The layers that get more bits: the first and last eighth, and every third between them."""
        return self.in_first(8) or self.i >= 7 * self.n // 8 or (self.i - self.n // 8) % 3 == 2

    def in_first(self, part: int) -> bool:
        """Whether it stands in the first 1/part."""
        return self.i < self.n // part


CONDITIONS: Final[dict[str, Callable[[Place], bool]]] = {
    "always": lambda _: True,
    "gqa 4": lambda p: p.model.gqa >= 4,
    "gqa 4 or 4 experts": lambda p: p.model.gqa >= 4 or p.model.experts >= 4,
    "8 experts": lambda p: p.model.experts == 8,
    "not 8 experts": lambda p: p.model.experts != 8,
    "8 experts and more": lambda p: p.model.experts == 8 and p.more,
    "more": lambda p: p.more,
    "first 2": lambda p: p.i < 2,
    "first 4": lambda p: p.i < 4,
    "first 16th": lambda p: p.in_first(16),
    "first 8th": lambda p: p.in_first(8),
    "first 8th, no imatrix": lambda p: p.in_first(8) and not p.model.imatrix,
    "first 8th, imatrix": lambda p: p.in_first(8) and p.model.imatrix,
    "middle": lambda p: p.n // 8 <= p.i < 7 * p.n // 8,
    "no imatrix": lambda p: not p.model.imatrix,
}
# The conditions that a layer's place decides.
BY_LAYER: Final = frozenset(("8 experts and more", "more", "middle")) | {c for c in CONDITIONS if c[:5] == "first"}

_ALL_Q4K: Final[Rule] = (("always", "Q4_K"),)
_GQA_Q4K: Final[Rule] = (("gqa 4", "Q4_K"),)
_GQA_Q5K: Final[Rule] = (("gqa 4", "Q5_K"),)
_MORE_Q6K: Final[Rule] = (("more", "Q6_K"),)
_OUT_8: Final[Rule] = (("8 experts", "Q5_K"),)
_IQ4_DOWN: Final[Rule] = (("first 8th, no imatrix", "Q5_K"),)


def _tiny(default: str, embedding: str, first: str, out: str | None) -> Mix:
    return Mix(
        default,
        "Q5_K",
        embedding,
        value=(("gqa 4 or 4 experts", "Q4_K"), ("always", first)),
        key=(("8 experts", "Q4_K"),),
        down=(("first 8th", first),),
        out=_OUT_8 if out is None else (*_OUT_8, ("always", out)),
        tiny=True,
        needs_imatrix=True,
    )


MIXES: Final[dict[str, Mix]] = {
    "F16": Mix("F16"),
    "Q8_0": Mix("Q8_0", "Q8_0"),
    "Q6_K": Mix("Q6_K"),
    "Q5_K_M": Mix("Q5_K", value=_MORE_Q6K, down=_MORE_Q6K),
    "Q5_K_S": Mix("Q5_K"),
    "Q5_0": Mix("Q5_0", down=(("first 8th, imatrix", "Q5_1"),)),
    "Q5_1": Mix("Q5_1"),
    "Q4_K_M": Mix("Q4_K", value=_MORE_Q6K, down=_MORE_Q6K, out=_OUT_8),
    "Q4_K_S": Mix("Q4_K", value=(("first 4", "Q5_K"),), down=(("first 8th", "Q5_K"),), out=_OUT_8),
    "Q4_0": Mix("Q4_0", down=(("first 8th, imatrix", "Q4_1"),)),
    "Q4_1": Mix("Q4_1"),
    "Q3_K_L": Mix("Q3_K", value=(("always", "Q5_K"),), down=(("always", "Q5_K"),), out=(("not 8 experts", "Q5_K"),)),
    "Q3_K_M": Mix(
        "Q3_K",
        value=(("first 2", "Q5_K"), ("always", "Q4_K")),
        down=(("first 16th", "Q5_K"), ("always", "Q4_K")),
        out=(*_OUT_8, ("always", "Q4_K")),
    ),
    "Q3_K_S": Mix("Q3_K", out=_OUT_8),
    "Q2_K": Mix(
        "Q2_K",
        value=(("gqa 4", "Q4_K"), ("always", "Q3_K")),
        down=(("always", "Q3_K"),),
        out=(*_OUT_8, ("always", "Q3_K")),
    ),
    "Q2_K_S": Mix("Q2_K", value=_GQA_Q4K, down=(("first 8th", "Q4_K"),), needs_imatrix=True),
    "IQ4_NL": Mix("IQ4_NL", value=_GQA_Q5K, down=_IQ4_DOWN, out=_OUT_8),
    "IQ4_XS": Mix("IQ4_XS", value=_GQA_Q5K, down=_IQ4_DOWN, out=_OUT_8),
    "IQ3_M": Mix(
        "IQ3_S",
        value=_ALL_Q4K,
        down=(("first 8th", "Q4_K"), ("8 experts and more", "Q4_K")),
        out=(*_OUT_8, ("always", "Q4_K")),
    ),
    "IQ3_S": Mix("IQ3_S", value=_GQA_Q4K, out=_OUT_8),
    "IQ3_XS": Mix(
        "IQ3_S",
        value=_GQA_Q4K,
        key=(("always", "IQ3_XXS"),),
        query=(("always", "IQ3_XXS"),),
        out=_OUT_8,
        gate_up=(("middle", "IQ3_XXS"),),
        needs_imatrix=True,
    ),
    "IQ3_XXS": Mix(
        "IQ3_XXS",
        "Q5_K",
        "IQ3_S",
        value=(("gqa 4", "Q4_K"), ("no imatrix", "IQ3_S")),
        key=(("always", "IQ2_S"),),
        query=(("always", "IQ2_S"),),
        down=(("first 8th, no imatrix", "Q4_K"), ("no imatrix", "Q3_K")),
        out=(*_OUT_8, ("always", "IQ3_S")),
        needs_imatrix=True,
    ),
    "IQ2_M": _tiny("IQ2_S", "IQ3_S", "IQ3_S", "IQ3_S"),
    "IQ2_S": _tiny("IQ2_XS", "IQ3_S", "IQ3_S", "IQ3_S"),
    "IQ2_XS": _tiny("IQ2_XS", "Q2_K", "Q2_K", None),
    "IQ2_XXS": _tiny("IQ2_XXS", "Q2_K", "Q2_K", None),
    "IQ1_M": _tiny("IQ1_M", "Q2_K", "Q2_K", "IQ2_XXS"),
    "IQ1_S": _tiny("IQ1_S", "Q2_K", "Q2_K", "IQ2_XXS"),
    "TQ2_0": Mix("TQ2_0", embedding="Q4_K"),
    "TQ1_0": Mix("TQ1_0", embedding="Q4_K"),
    "MXFP4_MOE": Mix("Q8_0", "Q8_0", stacked="MXFP4"),
}
# Falcon has its own exceptions for two categories.
FALCON_DOWN: Final[dict[str, Rule]] = {
    "Q3_K_M": (("first 16th", "Q5_K"), ("more", "Q4_K")),
    "Q3_K_L": _ALL_Q4K,
    "Q4_K_M": (("first 16th", "Q6_K"), ("more", "Q5_K")),
    "Q4_K_S": (),
}
FALCON_OUT: Final[dict[str, Rule]] = {"Q3_K_L": _ALL_Q4K}
