"""Sizes in every format: published checkpoints, arithmetic by hand, and what must always hold."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osllm.authoring.yamlio import load
from osllm.domain.architecture import Architecture, Attention, Dense, Experts, LayerRun
from osllm.estimate.footprint import LayerKind, build, from_json, layer_kinds, to_json
from osllm.estimate.gguf_mixes import MIXES
from osllm.estimate.gguf_types import BLOCKS
from osllm.estimate.safetensors_sizes import SCHEMES, Scheme, matrix_bytes
from osllm.estimate.tensors import count_params
from osllm.estimate.weights import FOR_EXPERTS, FORMATS, format_size, overhead_bytes

ROOT = Path(__file__).parents[2]
BITS_16 = 2  # bytes of a tower's parameter


def published() -> list[dict[str, str]]:
    with (ROOT / "tests" / "data" / "checkpoints" / "published.csv").open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if not row["departure"]]


@pytest.mark.parametrize("row", published(), ids=lambda r: r["repository"])
def test_published_checkpoints(architectures: dict[str, Architecture], row: dict[str, str]) -> None:
    arch = architectures[row["model"]]
    ours = format_size(arch, row["format"]).tensor_bytes + BITS_16 * arch.vision_params
    # routers at 8 bits, norms at 16 or 32: what publishers decide for themselves is within this
    assert ours == pytest.approx(int(row["bytes"]), rel=0.002)


def test_most_published_checkpoints_are_met_to_a_thousandth(architectures: dict[str, Architecture]) -> None:
    errors = []
    for row in published():
        arch = architectures[row["model"]]
        ours = format_size(arch, row["format"]).tensor_bytes + BITS_16 * arch.vision_params
        errors.append(abs(ours / int(row["bytes"]) - 1))
    errors.sort()
    assert len(errors) > 50
    assert errors[len(errors) // 2] <= 0.0003
    assert sum(e <= 0.001 for e in errors) >= 0.95 * len(errors)


@pytest.mark.parametrize(
    ("fmt", "size"),
    [
        (
            "AWQ",
            256 * 512 // 2 + 2 * 512 * (2 + 0.5),
        ),  # two groups of 128 a column: scale 2 bytes, zero point half a byte
        ("GPTQ-Int4", 256 * 512 // 2 + 2 * 512 * 2.5 + 256 * 4),  # and the group of each row
        ("GPTQ-Int8", 256 * 512 + 2 * 512 * 3 + 256 * 4),
        ("W4A16", 256 * 512 // 2 + 2 * 512 * 2),
        ("INT8", 256 * 512 + 512 * 4),
        ("FP8", 256 * 512 + 8),
        ("FP8-block", 256 * 512 + 2 * 4 * 4),  # 2 x 4 blocks
        ("MXFP8", 256 * 512 + 256 * 512 // 32),
        ("NVFP4", 256 * 512 // 2 + 256 * 512 // 16 + 8),
        ("NF4", 256 * 512 // 2 + 256 * 512 // 64 * 4),
        ("MLX-4bit", 256 * 512 // 2 + 256 * 512 // 64 * 4),
        ("MXFP4", 256 * 512 * 2),  # only experts
        ("FP32", 256 * 512 * 4),
        ("EXL3-3bpw", 256 * 512 * 3 // 8 + (256 + 512) * 2),
    ],
)
def test_a_matrix_by_hand(fmt: str, size: float) -> None:
    assert matrix_bytes(SCHEMES[fmt], "ffn", (256, 512)) == size


def test_stacked_experts_are_matrices_of_their_own() -> None:
    assert matrix_bytes(SCHEMES["NVFP4"], "expert", (64, 32, 5)) == 5 * matrix_bytes(
        SCHEMES["NVFP4"], "expert", (64, 32)
    )
    assert matrix_bytes(SCHEMES["MXFP4"], "expert", (64, 32, 5)) == 5 * (64 * 32 // 2 + 64 * 32 // 32)


def test_what_stays_at_16_bits() -> None:
    for role in ("embedding", "output", "router", "small", "kept"):
        assert matrix_bytes(SCHEMES["AWQ"], role, (128, 64)) == 128 * 64 * 2
    assert matrix_bytes(SCHEMES["EXL3-4bpw"], "output", (128, 64)) == 128 * 64 * 6 // 8
    assert (
        matrix_bytes(Scheme(4, 128, 20), "ffn", (130, 8)) == 130 * 8 // 2 + 2 * 8 * 2.5
    )  # the second group is not full


def moe(layers: int, experts: int, vocab: int = 4096, tied: bool = False) -> Architecture:
    first = LayerRun(1, (Attention(8, 2, 64),), (Dense(1024),))
    rest = LayerRun(layers, (Attention(8, 2, 64),), (Experts(experts, 2, 256),))
    return Architecture("llama", 512, vocab, tied, (first, rest))


@given(layers=st.integers(1, 40), experts=st.integers(2, 16), tied=st.booleans(), fmt=st.sampled_from(FORMATS))
def test_parts_are_inside_the_whole(layers: int, experts: int, tied: bool, fmt: str) -> None:
    size = format_size(moe(layers, experts, tied=tied), fmt)
    assert size.embedding_bytes + size.output_bytes + sum(size.kind_bytes) < size.tensor_bytes  # and the last norm
    assert size.expert_bytes <= size.kind_bytes[1]
    assert (size.output_bytes == 0) == tied


@given(layers=st.integers(1, 40), experts=st.integers(2, 16), fmt=st.sampled_from(FORMATS))
def test_more_layers_and_experts_never_weigh_less(layers: int, experts: int, fmt: str) -> None:
    size = format_size(moe(layers, experts), fmt).tensor_bytes
    assert format_size(moe(layers + 1, experts), fmt).tensor_bytes > size
    assert format_size(moe(layers, experts, vocab=8192), fmt).tensor_bytes > size


LADDER = ("IQ1_S", "IQ2_XXS", "IQ2_XS", "IQ2_M", "IQ3_XXS", "Q3_K_S", "Q3_K_M", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K", "Q8_0", "F16")  # fmt: skip


def test_more_bits_never_weigh_less(architectures: dict[str, Architecture]) -> None:
    for key in ("llama-3.1-8b", "qwen2.5-0.5b", "mixtral-8x7b", "gemma-3-12b", "deepseek-v2-lite", "lfm2-1.2b"):
        sizes = [format_size(architectures[key], fmt).tensor_bytes for fmt in LADDER]
        assert sizes == sorted(sizes), key


def test_multi_token_prediction_is_in_the_file_but_not_in_the_weights(architectures: dict[str, Architecture]) -> None:
    arch = architectures["glm-4.6"]
    with_mtp = format_size(arch, "Q8_0")
    without = format_size(arch._replace(mtp_params=0), "Q8_0")
    assert with_mtp.tensor_bytes == without.tensor_bytes
    assert with_mtp.mtp_bytes == pytest.approx(arch.mtp_params * 8.5 / 8, rel=0.001)
    assert without.mtp_bytes == 0
    assert format_size(architectures["deepseek-v3"], "Q8_0").mtp_bytes == 0  # its files leave them out


def test_layers_of_a_footprint_add_up() -> None:
    arch = moe(7, 8)
    plan, kinds = layer_kinds(arch)
    assert plan == ((0, 1), (1, 7))
    assert kinds == (LayerKind(False, (0,), (), 2), LayerKind(True, (0,), (), 2))
    fp = build(arch, ["Q4_K_M", "AWQ"])
    layers = fp.layer_bytes("AWQ")
    assert len(layers) == 8
    assert sum(layers) == sum(fp.sizes["AWQ"].kind_bytes)
    assert layers[1] == layers[7] != layers[0]
    assert fp.bits_per_weight("AWQ") == fp.sizes["AWQ"].tensor_bytes * 8 / count_params(arch)
    assert fp.file_bytes("Q4_K_M") == fp.sizes["Q4_K_M"].tensor_bytes + overhead_bytes("Q4_K_M", 4096)
    assert overhead_bytes("AWQ", 4096) == 0


def test_footprints_survive_json(architectures: dict[str, Architecture]) -> None:
    for key in ("qwen3-next-80b-a3b", "gemma-3-12b", "deepseek-v3"):
        fp = build(architectures[key], ["Q4_K_M", "FP8"])
        assert from_json(to_json(fp)) == fp


def test_every_format_of_the_catalog_can_be_sized() -> None:
    listed = load(ROOT / "catalog" / "quantizations.yaml").data["quantizations"]
    assert [q["key"] for q in listed] == list(dict.fromkeys(q["key"] for q in listed))
    assert {q["key"] for q in listed} == set(FORMATS)
    for entry in listed:
        assert isinstance(entry["engines"], list)
        assert entry["note"]["en"]
        assert entry["note"]["ja"]
        if entry["kind"] == "gguf":
            for kind, layout in entry["blocks"]["types"].items():
                assert tuple(layout) == BLOCKS[kind]
            assert entry.get("imatrix", False) == MIXES[entry["key"]].needs_imatrix
        elif entry["key"] in SCHEMES:
            assert entry["blocks"]["weight_bits"] == SCHEMES[entry["key"]].bits
            assert entry["blocks"].get("group", 0) == SCHEMES[entry["key"]].group


def test_no_gguf_and_no_bitsandbytes_on_vllm() -> None:
    listed = load(ROOT / "catalog" / "quantizations.yaml").data["quantizations"]
    assert not [q["key"] for q in listed if q["kind"] in ("gguf", "bnb") and "vllm" in q["engines"]]


def test_formats_for_experts_are_not_sized_for_dense_models(architectures: dict[str, Architecture]) -> None:
    assert {"MXFP4", "INT4", "MXFP4_MOE"} == FOR_EXPERTS
    dense, sparse = (build(architectures[name], FORMATS) for name in ("llama-3.1-8b", "gpt-oss-20b"))
    assert set(FORMATS) - set(dense.sizes) == FOR_EXPERTS
    assert set(sparse.sizes) == set(FORMATS)
