"""The tensor types of GGUF files: how many weights a block holds and how many bytes it takes."""

from __future__ import annotations

from math import prod
from typing import Final

# Weights and bytes per block. llama.cpp, gguf-py/gguf/constants.py (GGML_QUANT_SIZES), equal to the structs of
# ggml/src/ggml-common.h.
BLOCKS: Final[dict[str, tuple[int, int]]] = {
    "F32": (1, 4),
    "F16": (1, 2),
    "BF16": (1, 2),
    "Q8_0": (32, 34),
    "Q6_K": (256, 210),
    "Q5_K": (256, 176),
    "Q5_1": (32, 24),
    "Q5_0": (32, 22),
    "Q4_K": (256, 144),
    "Q4_1": (32, 20),
    "Q4_0": (32, 18),
    "Q3_K": (256, 110),
    "Q2_K": (256, 84),
    "IQ4_NL": (32, 18),
    "IQ4_XS": (256, 136),
    "IQ3_S": (256, 110),
    "IQ3_XXS": (256, 98),
    "IQ2_S": (256, 82),
    "IQ2_XS": (256, 74),
    "IQ2_XXS": (256, 66),
    "IQ1_M": (256, 56),
    "IQ1_S": (256, 50),
    "TQ1_0": (256, 54),
    "TQ2_0": (256, 66),
    "MXFP4": (32, 17),
}

# What a type becomes where the row is no multiple of its block: src/llama-quant.cpp, tensor_type_fallback.
_FALLBACK: Final[dict[str, str]] = {
    **dict.fromkeys(("IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_XS"), "IQ4_NL"),
    **dict.fromkeys(("Q2_K", "Q3_K", "TQ1_0", "TQ2_0"), "Q4_0"),
    "Q4_K": "Q5_0",
    "Q5_K": "Q5_1",
    "Q6_K": "Q8_0",
}


def fitting(kind: str, row: int) -> str:
    """The type that a tensor with rows of this length really gets: itself, a 32-block fallback, or F16."""
    if row % BLOCKS[kind][0] == 0:
        return kind
    other = _FALLBACK.get(kind, kind)
    return other if row % BLOCKS[other][0] == 0 else "F16"


def tensor_bytes(kind: str, shape: tuple[int, ...]) -> int:
    """Bytes of a tensor. The row, shape[0], must be a multiple of the block (see `fitting`)."""
    weights, size = BLOCKS[kind]
    return prod(shape) // weights * size
