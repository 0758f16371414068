"""llama-quantize's rules: against its README, against the tool itself and against published files."""

from __future__ import annotations

import csv
from pathlib import Path
from statistics import median

import pytest

from osllm.domain.architecture import Architecture, Attention, Dense, LayerRun
from osllm.estimate.gguf_mixes import MIXES
from osllm.estimate.gguf_rules import category, facts, typed
from osllm.estimate.gguf_types import BLOCKS, fitting, tensor_bytes
from osllm.estimate.weights import format_size, overhead_bytes

DATA = Path(__file__).parents[1] / "data" / "llama_quantize"
MIB = 1024 * 1024

# Bits per weight of Llama-3.1-8B: llama.cpp at 0c1e57098, tools/quantize/README.md.
README_BPW = {
    "IQ1_S": 2.0042, "IQ1_M": 2.1460, "IQ2_XXS": 2.3824, "IQ2_XS": 2.5882, "IQ2_S": 2.7403, "IQ2_M": 2.9294,
    "IQ3_XXS": 3.2548, "IQ3_XS": 3.4977, "IQ3_S": 3.6606, "IQ3_M": 3.7628, "IQ4_XS": 4.4597, "IQ4_NL": 4.6818,
    "Q2_K_S": 2.9697, "Q2_K": 3.1593, "Q3_K_S": 3.6429, "Q3_K_M": 3.9960, "Q3_K_L": 4.2979, "Q4_K_S": 4.6672,
    "Q4_K_M": 4.8944, "Q5_K_S": 5.5704, "Q5_K_M": 5.7036, "Q6_K": 6.5633, "Q8_0": 8.5008, "F16": 16.0005,
}  # fmt: skip
ROPE_FACTORS = 64  # Llama 3.1 files carry so many F32 values that are no parameters


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(("fmt", "bits"), README_BPW.items())
def test_readme_of_llama_quantize(architectures: dict[str, Architecture], fmt: str, bits: float) -> None:
    size = format_size(architectures["llama-3.1-8b"], fmt).tensor_bytes + 4 * ROPE_FACTORS
    assert round(size * 8 / (8_030_261_248 + ROPE_FACTORS), 4) == bits


def test_llama_70b_from_its_published_listing(architectures: dict[str, Architecture]) -> None:
    listed = {"Q2_K": 26.4, "Q3_K_M": 34.3, "Q4_K_S": 40.3, "Q4_K_M": 42.5, "Q5_K_M": 49.9}
    shape = architectures["llama-3.1-70b"]
    assert {fmt: round(format_size(shape, fmt).tensor_bytes / 1e9, 1) for fmt in listed} == listed


@pytest.mark.parametrize("row", rows("dry_run.csv"), ids=lambda r: f"{r['model']}-{r['imatrix']}")
def test_dry_run_of_the_tool(architectures: dict[str, Architecture], row: dict[str, str]) -> None:
    shape = architectures[row["model"]]
    wrong = {}
    for fmt in MIXES.keys() & row.keys():
        if row[fmt]:
            size = format_size(shape, fmt, imatrix=row["imatrix"] == "1")
            ours = (size.tensor_bytes + size.mtp_bytes) / MIB
            if abs(ours - float(row[fmt])) > 0.006:
                wrong[fmt] = (ours, row[fmt])
    assert not wrong


def published_errors(architectures: dict[str, Architecture]) -> list[float]:
    errors = []
    for row in rows("published_files.csv"):
        if row["departure"] != "own-types":
            size = format_size(architectures[row["model"]], row["format"])
            ours = size.tensor_bytes + (0 if row["departure"] == "no-mtp" else size.mtp_bytes)
            errors.append(abs(ours / int(row["tensor_bytes"]) - 1))
    return errors


def test_tensor_bytes_of_published_files(architectures: dict[str, Architecture]) -> None:
    errors = sorted(published_errors(architectures))
    assert len(errors) >= 55
    assert median(errors) <= 1e-7
    assert errors[-1] <= 0.0015  # fused attention matrices before March 2025


def test_file_bytes_of_published_files() -> None:
    errors = []
    for row in rows("published_files.csv"):
        header = int(row["file_bytes"]) - int(row["tensor_bytes"])
        errors.append((overhead_bytes(row["format"], int(row["vocab"])) - header) / int(row["file_bytes"]))
    assert median(map(abs, errors)) < 0.001
    assert max(map(abs, errors)) < 0.01


def dense(layers: int, heads: int = 8, kv_heads: int = 2, hidden: int = 1024, **over: object) -> Architecture:
    run = LayerRun(layers, (Attention(heads, kv_heads, hidden // heads),), (Dense(2048),))
    values: dict[str, object] = {
        "model_type": "llama",
        "hidden_size": hidden,
        "vocab_size": 512,
        "tied_embeddings": False,
    }
    return Architecture(runs=(run,), **(values | over))  # type: ignore[arg-type]


def kinds(shape: Architecture, fmt: str, name: str, imatrix: bool | None = None) -> dict[str, int]:
    return {t.kind: t.times for t in typed(shape, fmt, imatrix) if t.tensor.name == f"{name}.weight"}


def test_half_of_the_layers_get_more_bits() -> None:
    # 16 layers: 0-1 and 14-15 (first and last eighth), and 4, 7, 10, 13 (every third between)
    assert kinds(dense(16), "Q4_K_M", "ffn_down") == {"Q6_K": 8, "Q4_K": 8}
    assert kinds(dense(16), "Q4_K_M", "attn_v") == {"Q6_K": 8, "Q4_K": 8}
    assert kinds(dense(16), "Q4_K_M", "ffn_up") == {"Q4_K": 16}


def test_output_and_embeddings() -> None:
    assert kinds(dense(4), "Q4_K_M", "output") == {"Q6_K": 1}
    assert kinds(dense(4), "Q4_K_M", "token_embd") == {"Q4_K": 1}
    assert kinds(dense(4, tied_embeddings=True), "Q4_K_M", "token_embd") == {"Q6_K": 1}
    assert kinds(dense(4), "IQ2_XS", "token_embd") == {"Q2_K": 1}


def test_grouped_queries_protect_the_values() -> None:
    assert kinds(dense(8, kv_heads=2), "Q2_K", "attn_v") == {"Q4_K": 8}
    assert kinds(dense(8, kv_heads=4), "Q2_K", "attn_v") == {"Q3_K": 8}


def test_eighty_layers_are_taken_for_a_70b() -> None:
    assert kinds(dense(80), "Q3_K_M", "attn_v") == {"Q5_K": 80}
    assert kinds(dense(80, model_type="qwen3"), "Q3_K_M", "attn_v") == {"Q5_K": 2, "Q4_K": 78}


def test_importance_matrix_changes_the_mix_where_the_tool_says_so() -> None:
    assert kinds(dense(16), "IQ4_XS", "ffn_down", imatrix=False) == {"Q5_K": 2, "IQ4_XS": 14}
    assert kinds(dense(16), "IQ4_XS", "ffn_down", imatrix=True) == {"IQ4_XS": 16}
    assert kinds(dense(16), "Q4_0", "ffn_down", imatrix=True) == {"Q4_1": 2, "Q4_0": 14}
    assert kinds(dense(16), "IQ3_XXS", "ffn_down") == {"IQ3_XXS": 16}  # cannot be made without


@pytest.mark.parametrize(
    ("kind", "row", "got"),
    [("Q4_K", 256, "Q4_K"), ("Q4_K", 896, "Q5_0"), ("Q6_K", 896, "Q8_0"), ("IQ2_XS", 96, "IQ4_NL"), ("Q4_K", 100, "F16"),
     ("Q8_0", 48, "F16"), ("Q2_K", 128, "Q4_0"), ("Q5_K", 32, "Q5_1")],
)  # fmt: skip
def test_rows_that_do_not_fit(kind: str, row: int, got: str) -> None:
    assert fitting(kind, row) == got


def test_bytes_of_a_tensor() -> None:
    assert tensor_bytes("Q4_K", (4096, 4096)) == 4096 * 4096 // 256 * 144
    assert tensor_bytes("MXFP4", (2880, 2880, 32)) == 2880 * 2880 * 32 // 32 * 17
    assert {kind for kind, (weights, _) in BLOCKS.items() if weights == 1} == {"F32", "F16", "BF16"}


def test_categories_follow_the_names() -> None:
    names = {
        "attn_qkv.weight": "value",
        "attn_v_b.weight": "other",
        "ffn_down_shexp.weight": "down",
        "attn_k_b.weight": "other",
    }
    assert {name: category(name) for name in names} == names


def test_what_the_rules_ask(architectures: dict[str, Architecture]) -> None:
    assert facts(architectures["mixtral-8x7b"], False).experts == 8
    assert facts(architectures["llama-3.1-70b"], False).seventy
    assert not facts(architectures["qwen3-30b-a3b"], False).seventy
    assert facts(architectures["lfm2-1.2b"], False).gqa == 0  # its first layer has no attention
    assert facts(architectures["qwen3-next-80b-a3b"], False).gqa == 8  # one number for all layers
