"""The bytes of a model's weights in each format, from its tensors. Standard GGUF mixes are exact to the byte."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from osllm.estimate.footprint import FormatSize, layer_kinds
from osllm.estimate.gguf_mixes import MIXES
from osllm.estimate.gguf_rules import typed
from osllm.estimate.gguf_types import tensor_bytes
from osllm.estimate.layouts import layout
from osllm.estimate.safetensors_sizes import SCHEMES, matrix_bytes
from osllm.estimate.tensors import PER_LAYER_EMBEDDING, inventory

if TYPE_CHECKING:
    from osllm.domain.architecture import Architecture
    from osllm.estimate.parts import Tensor

# Every format that a size can be computed for, by its key in quantizations.yaml. F16 is the GGUF file, which keeps norms
# and routers at 32 bits, BF16 the checkpoint, which does not: they differ by less than one part in a thousand.
FORMATS: Final[tuple[str, ...]] = (*MIXES, *SCHEMES)

# Formats whose few bits are for routed experts alone: of a dense model they leave nothing smaller.
FOR_EXPERTS: Final = frozenset(("MXFP4_MOE", *(fmt for fmt, s in SCHEMES.items() if s.quantized == {"expert"})))

# Bytes of header per token of the vocabulary: the median of 20 published files with different tokenizers (tests/data/
# llama_quantize). SentencePiece vocabularies take 23 to 25, byte-pair ones with their list of merges 36 to 65.
_TOKENIZER_BYTES: Final = 43


def format_size(arch: Architecture, fmt: str, imatrix: bool | None = None) -> FormatSize:
    """Bytes of the language model's weights in a format. KeyError for a format that FORMATS does not have.

    `imatrix` None: as the format is usually made, with an importance matrix only where it needs one.
    """
    blocks = inventory(arch)
    plan, kinds = layer_kinds(arch)
    of_block = [kind for kind, _ in plan]
    by_role = dict.fromkeys(("embedding", "output", "expert"), 0)
    total, by_kind, in_experts, mtp, looked_up = 0, [0] * len(kinds), [0] * len(kinds), 0, 0
    for block, tensor, size in _sizes(arch, fmt, imatrix):
        if block == len(blocks):
            mtp += size
            continue
        total += size
        part = "expert" if "_exps." in tensor.name else tensor.role  # the biases of experts go where the experts go
        if part in by_role:
            by_role[part] += size
        if part == "embedding" and (tensor.name == PER_LAYER_EMBEDDING or not arch.tied_embeddings):
            looked_up += size
        if block:
            by_kind[of_block[block - 1]] += size
            in_experts[of_block[block - 1]] += size if part == "expert" else 0
    if not mtp and (fmt in SCHEMES or layout(arch.model_type).gguf_mtp):  # of unknown shape: as the layers
        mtp = arch.mtp_params * sum(by_kind) // sum(block.elements for block in blocks[1:])
    header = overhead_bytes(fmt, arch.vocab_size)
    routed = by_role["expert"]
    experts = tuple(in_experts) if routed else ()
    embedding, output = by_role["embedding"], by_role["output"]
    return FormatSize(total, embedding, output, routed, mtp, header, looked_up, tuple(by_kind), experts)


def _sizes(arch: Architecture, fmt: str, imatrix: bool | None) -> Iterator[tuple[int, Tensor, int]]:
    """(block, tensor, bytes of all its repetitions); the block behind the inventory is multi-token prediction."""
    if fmt in MIXES:
        for block, tensor, kind, times in typed(arch, fmt, imatrix):
            yield block, tensor, times * tensor_bytes(kind, tensor.shape)
    else:
        scheme = SCHEMES[fmt]
        for number, group in enumerate(inventory(arch)):
            for tensor in group.tensors:
                yield number, tensor, group.repeat * matrix_bytes(scheme, tensor.role, tensor.shape)


def overhead_bytes(fmt: str, vocab_size: int) -> int:
    """Bytes of a file beside its tensors: the header, which in GGUF holds the tokenizer.

    The tokenizer of a safetensors checkpoint is a file of its own, and its header holds a hundred bytes per tensor: 0.
    """
    return _TOKENIZER_BYTES * vocab_size if fmt in MIXES else 0
