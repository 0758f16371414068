"""Caches and states against arithmetic done by hand and lines that engines print."""

from __future__ import annotations

import pytest
from estimate_support import MIB, hybrid, shape, windowed

from osllm.domain.plan import EngineOptions
from osllm.estimate.engines import ENGINES
from osllm.estimate.footprint import CacheGroup
from osllm.estimate.kvcache import group_width, held_tokens, kv_cache_bytes, state_bytes

DEFAULT = EngineOptions()


@pytest.mark.parametrize(("tokens", "mib"), [(8192, 1024), (32768, 4096)])
def test_llama_31_8b_in_16_bits(tokens: int, mib: int) -> None:
    """2 * 32 layers * 8 heads * 128 * 2 B = 128 KiB per token."""
    assert kv_cache_bytes(shape(), "llama.cpp", tokens, 1, DEFAULT) == mib * MIB


def test_gemma_3_4b_prints_814_mib() -> None:
    """5 * 2 * 4 * 256 * 2 B * 32768 = 640 MiB and 29 layers of pad256(1024 + 512) = 1536 cells = 174 MiB."""
    assert kv_cache_bytes(windowed(), "llama.cpp", 32768, 1, DEFAULT) == 814 * MIB


def test_swa_full_gives_up_the_saving() -> None:
    full = kv_cache_bytes(windowed(), "llama.cpp", 32768, 1, EngineOptions(swa_full=True))
    assert full == 34 * 2 * 4 * 256 * 2 * 32768


def test_a_larger_ubatch_widens_the_window() -> None:
    wide = kv_cache_bytes(windowed(), "llama.cpp", 32768, 1, EngineOptions(ubatch=2048))
    assert wide == 640 * MIB + 29 * 2 * 4 * 256 * 2 * 3072


@pytest.mark.parametrize(("cache", "share"), [("q8_0", 34 / 64), ("q4_0", 18 / 64), ("f16", 1)])
def test_quantized_caches_are_blocks_of_32(cache: str, share: float) -> None:
    assert kv_cache_bytes(shape(), "llama.cpp", 8192, 1, EngineOptions(kv_cache=cache)) == 1024 * MIB * share


def test_every_stream_is_padded_to_256_cells() -> None:
    assert kv_cache_bytes(shape(), "llama.cpp", 1000, 3, DEFAULT) == 3 * 1024 * 131072


def test_spare_slots_share_one_unified_window() -> None:
    """Slots beyond the users: pad256(1024 * 4 + 512) = 4608 cells for all, not 1536 for each."""
    assert held_tokens(ENGINES["llama.cpp"], 1024, 32768, 1, EngineOptions(slots=4), 2048) == 4608
    assert held_tokens(ENGINES["llama.cpp"], 1024, 32768, 4, EngineOptions(slots=4), 2048) == 4 * 1536


@pytest.mark.parametrize(("engine", "expected"), [("vllm", 8208), ("tensorrt-llm", 8224), ("sglang", 8193)])
def test_blocks(engine: str, expected: int) -> None:
    assert held_tokens(ENGINES[engine], None, 8193, 1, DEFAULT, 2048) == expected


def test_vllm_keeps_window_and_batch_in_groups_of_equal_length() -> None:
    """29 windowed and 5 whole layers: groups of 5, so 30 windowed; pad16(1023 + 2048) + 16 = 3088 tokens each."""
    per_layer_and_token = 2 * 4 * 256 * 2
    expected = per_layer_and_token * (5 * 32768 + 30 * 3088)
    assert kv_cache_bytes(windowed(), "vllm", 32768, 1, DEFAULT, 1, 2048) == expected


GEMMA_4_31B = (CacheGroup("attention", 50, 16, 4096, 4096, 1024), CacheGroup("attention", 10, 4, 2048, 2048, None))


def test_vllm_gives_narrow_layers_longer_blocks() -> None:
    """Gemma 4 31B: windows keep pad16(1023 + 2048) + 16 tokens of 16384 B, the rest is 8192 B a token in blocks of 32."""
    expected = 50 * 3088 * 16384 + 10 * 4128 * 8192  # 4100 tokens in blocks of 32
    assert kv_cache_bytes(shape(caches=GEMMA_4_31B, heads=32), "vllm", 4100, 1, DEFAULT, 1, 2048) == expected


def test_vllm_holds_half_a_million_tokens_of_gemma_4_in_50_gb() -> None:
    """About 525k at full length on an A100 (vllm-project/vllm, issue 43308, version 0.21; 55k before, whole context everywhere)."""
    length = 262_144
    each = kv_cache_bytes(shape(caches=GEMMA_4_31B, heads=32), "vllm", length, 1, DEFAULT, 1, 2048)
    assert 50e9 / each * length == pytest.approx(525_000, rel=0.06)


def test_vllm_pads_pages_that_do_not_divide() -> None:
    """2 layers of 96 and 4 of 64 elements with windows: all pages are of 96, in groups of 2."""
    caches = (CacheGroup("attention", 2, 1, 48, 48, None), CacheGroup("attention", 4, 1, 32, 32, 1024))
    expected = 2 * 8192 * 96 * 2 + 4 * 3088 * 96 * 2
    assert kv_cache_bytes(shape(caches=caches, heads=1), "vllm", 8192, 1, DEFAULT, 1, 2048) == expected


def test_vllm_keeps_own_pages_where_all_layers_keep_the_same_tokens() -> None:
    """DeepSeek V3.2: 61 latents of 576 and 61 indexers of 128, 2 B each, whatever their widths."""
    caches = (CacheGroup("mla", 61, 1, 576, 0, None), CacheGroup("indexer", 61, 1, 128, 0, None))
    assert kv_cache_bytes(shape(caches=caches, heads=128), "vllm", 4096, 1, DEFAULT) == 61 * (576 + 128) * 2 * 4096


def test_sglang_gives_windows_a_pool_of_four_fifths() -> None:
    assert held_tokens(ENGINES["sglang"], 1024, 10000, 2, DEFAULT, 2048) == 2 * 8000


def test_heads_are_divided_then_replicated() -> None:
    group = CacheGroup("attention", 1, 8, 1024, 1024, None)
    assert [group_width(group, tp) for tp in (1, 2, 8, 16)] == [2048, 1024, 256, 256]


def test_the_latent_of_mla_is_on_every_rank() -> None:
    """DeepSeek-V3: 61 layers * 576 * 2 B = 70272 B per token, 0.54 GiB at 8k, whatever the tensor parallelism."""
    latent = shape(caches=(CacheGroup("mla", 61, 1, 576, 0, None),), heads=128)
    for tp in (1, 8):
        assert kv_cache_bytes(latent, "vllm", 8192, 1, DEFAULT, tp) == 70272 * 8192


def test_states_are_kept_per_slot_in_32_bits_by_llama_cpp() -> None:
    assert state_bytes(hybrid(), "llama.cpp", 2, DEFAULT) == 2 * 36 * 4 * 50100
    assert state_bytes(hybrid(), "llama.cpp", 2, EngineOptions(slots=4)) == 4 * 36 * 4 * 50100


def test_states_are_kept_in_16_and_32_bits_elsewhere() -> None:
    assert state_bytes(hybrid(), "sglang", 3, DEFAULT) == 3 * 36 * (2 * 100 + 4 * 50000)


def test_vllm_grows_its_block_until_it_holds_one_state() -> None:
    """A state of 200200 B, 512 B of cache per token and layer: 392 tokens, in blocks of 16: 400; two states of one page each."""
    assert state_bytes(hybrid(), "vllm", 1, DEFAULT) == 2 * 36 * 400 * 512
    assert kv_cache_bytes(hybrid(), "vllm", 401, 1, DEFAULT) == 12 * 800 * 512


def test_a_model_without_states_has_none() -> None:
    assert state_bytes(shape(), "vllm", 8, DEFAULT) == 0
    assert kv_cache_bytes(shape(caches=()), "vllm", 8192, 8, DEFAULT) == 0
