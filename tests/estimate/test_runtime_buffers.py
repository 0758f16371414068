"""Compute buffers against what engines print, and the reserves against their formulas."""

from __future__ import annotations

import pytest
from estimate_support import MIB, gpu, shape, windowed

from osllm.domain.plan import EngineOptions
from osllm.estimate.footprint import CacheGroup
from osllm.estimate.runtime import (
    batched_tokens,
    llama_compute_bytes,
    overhead,
    sglang_reserved_bytes,
    torch_compute_bytes,
    vllm_compute_bytes,
)

DEFAULT = EngineOptions()


def test_gemma_3_4b_prints_517_mib() -> None:
    assert llama_compute_bytes(windowed(), 32768, 1, DEFAULT, output=True) == 517 * MIB


def test_llama_3_8b_prints_258_5_mib() -> None:
    assert llama_compute_bytes(shape(), 8192, 1, DEFAULT, output=True) == 258.5 * MIB


def test_a_cpu_keeps_a_second_hidden_row() -> None:
    """512 * (128256 + 2 * 4096) * 4 B: the 266 MiB that llama-fit-params prints."""
    assert llama_compute_bytes(shape(), 8192, 1, DEFAULT, output=True, host=True) == 266.5 * MIB


def test_without_output_a_layer_and_the_mask_remain() -> None:
    """512 * 4 B * (2 * 14336 + 3 * 4096) = 80 MiB, and 2 B of mask per cell and token: 8 MiB."""
    assert llama_compute_bytes(shape(), 8192, 1, DEFAULT, output=False) == 88 * MIB


def test_mixtral_prints_204_mib() -> None:
    """512 * 4 B * (3 * 2 * 14336 + 4 * 4096) = 200 MiB, and a mask of 4096 * 512 * 2 B; 28 MiB more of it at 32768."""
    mixtral = shape(vocab_size=32000, ffn_width=28672, moe_layers=32)
    assert llama_compute_bytes(mixtral, 4096, 1, DEFAULT, output=True, host=True) == 204 * MIB
    assert llama_compute_bytes(mixtral, 32768, 1, DEFAULT, output=True, host=True) == 232 * MIB
    assert llama_compute_bytes(mixtral, 8192, 4, DEFAULT, output=True, host=True) == 208 * MIB


def test_without_flash_attention_every_head_keeps_its_scores() -> None:
    """32 heads * 8192 cells * 512 * 4 B = 512 MiB, 5.5 hidden rows 44 MiB, a 32-bit mask 16 MiB: the 572 MiB printed."""
    plain = EngineOptions(flash_attention=False)
    assert llama_compute_bytes(shape(), 8192, 1, plain, output=True, host=True) == 572 * MIB


def test_a_short_context_needs_a_short_batch() -> None:
    assert llama_compute_bytes(shape(), 64, 1, DEFAULT, output=True) == 64 * (128256 + 4096) * 4


@pytest.mark.parametrize(
    ("engine", "gib", "key", "expected"),
    [
        ("vllm", 24, "rtx4090", 2048),
        ("vllm", 80, "h100-sxm", 8192),
        ("vllm", 80, "a100-sxm-80gb", 2048),
        ("vllm", 180, "b200", 16384),
        ("sglang", 16, "rtx4060ti-16gb", 2048),
        ("sglang", 24, "rtx4090", 4096),
        ("sglang", 80, "h100-sxm", 8192),
        ("sglang", 180, "b200", 16384),
    ],
)
def test_tokens_per_step(engine: str, gib: int, key: str, expected: int) -> None:
    assert batched_tokens(engine, gpu(key, gib)) == expected


def test_gb10_counts_as_a_small_card() -> None:
    assert batched_tokens("vllm", gpu("gb10", 120, unified=True)) == 2048


def test_sglang_on_a_24_gib_card() -> None:
    """512 + 1.5 * 4096 + 128 + 2 * 48 MiB."""
    assert sglang_reserved_bytes(shape(), gpu(), 1, 1) == (512 + 6144 + 128 + 96) * MIB


def test_sglang_on_a_large_card_leaves_10_gib() -> None:
    assert sglang_reserved_bytes(shape(), gpu("h100-sxm", 80), 1, 1) == max(10240, 512 + 12288 + 128 + 512) * MIB


def test_sglang_graphs_of_latent_attention() -> None:
    latent = shape(caches=(CacheGroup("mla", 61, 1, 576, 0, None),))
    assert sglang_reserved_bytes(latent, gpu(), 1, 1) == (512 + 6144 + 128 + 1536) * MIB


def test_activations_are_cut_by_tensor_parallelism_but_logits_are_not() -> None:
    one = torch_compute_bytes(shape(), 2048, 4, 1, output=True)
    two = torch_compute_bytes(shape(), 2048, 4, 2, output=True)
    assert one - two == 2048 * 2 * 3 * 14336 // 2
    assert one - torch_compute_bytes(shape(), 2048, 4, 1, output=False) == 4 * 128256 * 10


def test_vllm_samples_for_all_sequences_or_runs_one_layer() -> None:
    """Llama 3.1 8B: 8192 rows of 4 * 4096 + 3 * 14336 in 16 bits for few sequences; logits of 14 B for 1024."""
    rows = 8192 * 2 * (4 * 4096 + 3 * 14336)
    assert vllm_compute_bytes(shape(), 8192, 8, 1, output=True) == rows
    sampled = 8192 * 2 * 2 * 4096 + 1024 * 128256 * 14
    assert [vllm_compute_bytes(shape(), 8192, 1024, tp, output=True) for tp in (1, 2)] == [sampled, sampled]
    assert vllm_compute_bytes(shape(), 8192, 1024, 1, output=False) == rows


@pytest.mark.parametrize(
    ("key", "capability", "mid"), [("h100-sxm", "9.0", 1900), ("l40s", "8.9", 400), ("rtx5090", "12.0", 400)]
)
def test_symmetric_memory_of_data_centre_cards(key: str, capability: str, mid: int) -> None:
    card = gpu(key, 80)._replace(vendor="nvidia", compute_capability=capability)
    assert overhead("vllm", "cuda", 2, card).mid - overhead("vllm", "cuda", 1, card).mid == mid * MIB
    assert overhead("sglang", "cuda", 2, card).mid - overhead("sglang", "cuda", 1, card).mid == 400 * MIB


@pytest.mark.parametrize("engine", ["llama.cpp", "vllm", "sglang", "tensorrt-llm", "transformers", "mlx"])
@pytest.mark.parametrize("platform", ["cuda", "rocm", "metal", "cpu", "tpu"])
def test_ranges_are_ordered(engine: str, platform: str) -> None:
    for devices in (1, 2):
        low, mid, high = overhead(engine, platform, devices)
        assert 0 <= low <= mid <= high
