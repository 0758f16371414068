"""How many bytes a matrix takes in the formats of safetensors checkpoints (AWQ, GPTQ, FP8, NVFP4, MLX …)."""

from __future__ import annotations

from math import prod
from typing import Final

from osllm.tuples import NamedTuple

_LINEAR: Final = frozenset(("attention", "recurrent", "ffn", "shared", "expert"))
_EXPERTS: Final = frozenset(("expert",))
_MLX: Final = _LINEAR | {"embedding", "output", "router"}


class Scheme(NamedTuple):
    """What a format stores for a quantized matrix of `rows` inputs and `columns` outputs; the rest stays at 16 bits."""

    bits: float  # per weight
    group: int = 0  # input weights that share a scale; 0: no groups
    group_bits: int = 0  # scale, zero point, bias per group
    block: int = 0  # side of the square that shares a 32-bit scale
    row_bytes: int = 0  # per input row: GPTQ's order of groups, EXL3's signs
    column_bytes: int = 0  # per output column: scale
    matrix_bytes: int = 0  # per matrix: scales
    output_bits: float = 16  # of the output matrix
    quantized: frozenset[str] = _LINEAR  # roles
    plain_bytes: int = 2  # of what is not quantized


# Layouts as the writers store them: AutoAWQ and GPTQModel (qweight, qzeros, scales, g_idx), compressed-tensors
# (weight_scale), DeepSeek's 128 x 128 blocks (weight_scale_inv), ModelOpt NVFP4 (16 weights share an FP8 scale, two FP32
# scales per matrix), OCP MXFP4 (32 weights share an 8-bit exponent), bitsandbytes NF4 (64 weights share an FP32 maximum),
# MLX (64 weights share a 16-bit scale and a 16-bit bias), ExLlamaV3 (16-bit signs per row and column, 6-bit head).
SCHEMES: Final[dict[str, Scheme]] = {
    "FP32": Scheme(32, plain_bytes=4),
    "BF16": Scheme(16),
    "AWQ": Scheme(4, 128, 20),
    "GPTQ-Int4": Scheme(4, 128, 20, row_bytes=4),
    "GPTQ-Int8": Scheme(8, 128, 24, row_bytes=4),
    "W4A16": Scheme(4, 128, 16),
    "INT4": Scheme(4, 32, 16, quantized=_EXPERTS),
    "INT8": Scheme(8, column_bytes=4),
    "FP8": Scheme(8, matrix_bytes=8),
    "FP8-block": Scheme(8, block=128),
    "MXFP8": Scheme(8, 32, 8),
    "NVFP4": Scheme(4, 16, 8, matrix_bytes=8),
    "MXFP4": Scheme(4, 32, 8, quantized=_EXPERTS),
    "NF4": Scheme(4, 64, 32),
    **{f"MLX-{n}bit": Scheme(n, 64, 32, quantized=_MLX) for n in (3, 4, 5, 6, 8)},
    **{f"EXL3-{n}bpw": Scheme(n, row_bytes=2, column_bytes=2, output_bits=6) for n in (2, 3, 4, 5, 6, 8)},
}


def matrix_bytes(scheme: Scheme, role: str, shape: tuple[int, ...]) -> int:
    """Bytes of one tensor; the third dimension of stacked experts counts matrices. Groups are padded to whole ones."""
    elements = prod(shape)
    if role == "output" and scheme.output_bits != 16:
        return round(elements * scheme.output_bits / 8)
    if role not in scheme.quantized or len(shape) < 2:
        return elements * scheme.plain_bytes
    rows, columns = shape[0], shape[1]
    size = rows * columns * scheme.bits / 8
    if scheme.group:
        size += -(-rows // scheme.group) * columns * scheme.group_bits / 8
    if scheme.block:
        size += -(-rows // scheme.block) * -(-columns // scheme.block) * 4
    size += rows * scheme.row_bytes + columns * scheme.column_bytes + scheme.matrix_bytes
    return round(size) * (elements // (rows * columns))
