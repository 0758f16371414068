"""Where plans go and what they need there, by hand."""

from __future__ import annotations

import pytest
from estimate_support import GIB, MIB, gpu, hybrid, machine, mixture, shape, windowed

from osllm.domain.plan import EngineOptions, Placement
from osllm.estimate.itemise import itemise
from osllm.estimate.placement import (
    best_format_that_fits,
    estimate_at,
    estimate_plan,
    max_tokens_that_fit,
    max_users_that_fit,
    placement_for,
    tensor_parallel_sizes,
)

DEFAULT = EngineOptions()
ONE = machine((gpu(), 1))


def test_one_card_in_llama_cpp() -> None:
    """Weights less the embedding, which stays in host memory; 1 GiB of cache; 258.5 MiB of compute; 400 MiB of context."""
    placement, memory = estimate_plan(shape(), "Q4_K_M", "llama.cpp", ONE, 8192, 1, DEFAULT)
    assert placement == Placement(1, gpu_layers=32)
    assert memory.weights_bytes == 4912898304 - 295501824
    assert memory.kv_cache_bytes == GIB
    assert memory.compute_bytes == 258.5 * MIB
    assert memory.overhead_bytes == 400 * MIB
    assert memory.total_bytes == 4617396480 + GIB + 658.5 * MIB
    assert memory.fits
    assert memory.headroom_bytes == 24 * GIB - memory.total_bytes


def test_a_tied_embedding_is_on_the_card_too() -> None:
    memory = estimate_plan(windowed(), "F16", "llama.cpp", ONE, 8192, 1, DEFAULT)[1]
    assert memory.weights_bytes == 7_760_000_000


def test_one_memory_for_both_holds_the_embedding_once() -> None:
    shared = machine((gpu("m4-max", 48, vendor="apple", unified=True), 1))
    assert estimate_plan(shape(), "Q4_K_M", "llama.cpp", shared, 8192, 1, DEFAULT)[1].weights_bytes == 4912898304


def test_vllm_may_fill_92_percent() -> None:
    memory = estimate_plan(shape(), "BF16", "vllm", ONE, 8192, 1, DEFAULT)[1]
    assert memory.capacity_bytes == int(24 * GIB * 0.92)
    older = EngineOptions(gpu_memory_utilization=0.9)
    assert estimate_plan(shape(), "BF16", "vllm", ONE, 8192, 1, older)[1].capacity_bytes == int(24 * GIB * 0.9)


def test_tensorrt_llm_leaves_a_tenth_of_the_free_memory() -> None:
    """1 GiB of cache needs 1 / 0.9 GiB of free memory."""
    memory = estimate_plan(shape(), "BF16", "tensorrt-llm", ONE, 8192, 1, DEFAULT)[1]
    plain = estimate_plan(shape(), "BF16", "tensorrt-llm", ONE, 8192, 1, EngineOptions(gpu_memory_utilization=1.0))[1]
    assert memory.overhead_bytes - plain.overhead_bytes == int(GIB * (1 / 0.9 - 1))


def test_towers_are_loaded_by_engines_that_load_checkpoints() -> None:
    seeing = shape(vision_params=400_000_000)
    bare = estimate_plan(shape(), "BF16", "vllm", ONE, 8192, 1, DEFAULT)[1]
    assert (
        estimate_plan(seeing, "BF16", "vllm", ONE, 8192, 1, DEFAULT)[1].weights_bytes - bare.weights_bytes
        == 800_000_000
    )
    gguf = [estimate_plan(s, "Q4_K_M", "llama.cpp", ONE, 8192, 1, DEFAULT)[1] for s in (shape(), seeing)]
    assert gguf[0] == gguf[1]


def test_the_fewest_cards_are_taken() -> None:
    two = machine((gpu(memory_gib=12), 4))
    assert estimate_plan(shape(), "Q4_K_M", "llama.cpp", two, 8192, 1, DEFAULT)[0].gpus == 1
    placement, memory = estimate_plan(shape(), "BF16", "llama.cpp", two, 8192, 1, DEFAULT)
    assert (placement.gpus, placement.tensor_parallel, placement.pipeline_parallel) == (2, 1, 2)
    assert memory.fits
    assert [d.device for d in memory.per_device] == ["rtx4090:0", "rtx4090:1"]


def test_vllm_cuts_layers_where_heads_divide_and_the_stack_where_not() -> None:
    four = machine((gpu(memory_gib=8), 4))
    assert estimate_plan(shape(), "BF16", "vllm", four, 8192, 1, DEFAULT)[0][:3] == (4, 4, 1)
    three = machine((gpu(memory_gib=9), 3))
    assert estimate_plan(shape(), "BF16", "vllm", three, 8192, 1, DEFAULT)[0][:3] == (3, 1, 3)


def test_tensor_parallel_ranks_hold_a_share_of_weights_and_cache() -> None:
    two = machine((gpu(), 2))
    memory = estimate_at(shape(), "BF16", "vllm", two, 8192, 1, DEFAULT, placement_for(shape(), "vllm", 2))
    assert {d.weights_bytes for d in memory.per_device} == {16060522496 // 2}
    assert {d.kv_cache_bytes for d in memory.per_device} == {GIB // 2}


def test_more_ranks_than_heads_replicate_the_cache() -> None:
    sixteen = machine((gpu(), 16))
    memory = estimate_at(shape(), "BF16", "vllm", sixteen, 8192, 1, DEFAULT, placement_for(shape(), "vllm", 16))
    assert memory.kv_cache_bytes == 2 * GIB


def test_sizes_that_divide_the_heads() -> None:
    assert tensor_parallel_sizes(shape(), 8) == [1, 2, 4, 8]
    assert tensor_parallel_sizes(shape(heads=40, caches=()), 8) == [1, 2, 4, 5, 8]
    assert tensor_parallel_sizes(hybrid(), 16) == [1, 2, 4, 8, 16]


def test_a_mixed_rig_is_filled_in_proportion_the_roomiest_first() -> None:
    rig = machine((gpu("small", 8), 1), (gpu("large", 24), 1))
    assert estimate_plan(shape(), "Q4_K_M", "llama.cpp", rig, 8192, 1, DEFAULT)[1].per_device[0].device == "large:0"
    memory = estimate_at(shape(), "Q4_K_M", "llama.cpp", rig, 8192, 1, DEFAULT, Placement(2, 1, 2, 32))
    # 32 layers and the output matrix are 33 places, of which the first card's three quarters are 24.75: it takes 25.
    assert [d.kv_cache_bytes for d in memory.per_device] == [GIB * 25 // 32, GIB * 7 // 32]


def test_layers_move_to_ram_until_the_rest_fits() -> None:
    small = machine((gpu(memory_gib=8), 1))
    placement, memory = estimate_plan(shape(), "BF16", "llama.cpp", small, 8192, 1, DEFAULT, offload=True)
    assert placement.cpu_layers + placement.gpu_layers == 32
    assert memory.fits
    assert [d.device for d in memory.per_device] == ["rtx4090:0", "cpu"]
    fewer = placement._replace(gpu_layers=placement.gpu_layers + 1, cpu_layers=placement.cpu_layers - 1)
    assert not estimate_at(shape(), "BF16", "llama.cpp", small, 8192, 1, DEFAULT, fewer).fits


def test_experts_move_before_layers() -> None:
    small = machine((gpu(memory_gib=12), 1))
    placement, memory = estimate_plan(mixture(), "Q4_K_M", "llama.cpp", small, 8192, 1, DEFAULT, offload=True)
    assert placement.cpu_layers == 0
    assert 0 < placement.experts_on_cpu < 48
    assert memory.fits
    cards, host = memory.per_device
    assert host.kv_cache_bytes == 0
    assert cards.weights_bytes + host.weights_bytes == 18_000_000_000


def test_without_room_in_ram_nothing_moves() -> None:
    small = machine((gpu(memory_gib=8), 1), ram_gib=None)
    placement, memory = estimate_plan(shape(), "BF16", "llama.cpp", small, 8192, 1, DEFAULT, offload=True)
    assert placement.cpu_layers == 0
    assert not memory.fits
    assert memory.headroom_bytes < 0


def test_a_machine_without_accelerators_works_in_ram() -> None:
    placement, memory = estimate_plan(shape(), "Q4_K_M", "llama.cpp", machine(), 8192, 1, DEFAULT)
    assert placement == Placement(0, cpu_layers=32)
    assert memory.weights_bytes == 4912898304
    assert memory.capacity_bytes == 64 * GIB


def test_the_largest_context_is_the_last_that_fits() -> None:
    small = machine((gpu(memory_gib=8), 1))
    most = max_tokens_that_fit(shape(), "Q4_K_M", "llama.cpp", small, 1, DEFAULT, 131072)
    assert most is not None
    assert estimate_plan(shape(), "Q4_K_M", "llama.cpp", small, most, 1, DEFAULT)[1].fits
    assert not estimate_plan(shape(), "Q4_K_M", "llama.cpp", small, most + 1, 1, DEFAULT)[1].fits


def test_the_largest_context_ends_at_the_models_own() -> None:
    assert max_tokens_that_fit(shape(), "Q4_K_M", "llama.cpp", ONE, 1, DEFAULT, 8192) == 8192
    assert max_tokens_that_fit(shape(), "BF16", "llama.cpp", machine((gpu(memory_gib=8), 1)), 1, DEFAULT, 8192) == 0


def test_a_constant_state_knows_no_limit() -> None:
    assert max_tokens_that_fit(hybrid()._replace(caches=()), "Q4_K_M", "sglang", ONE, 1, DEFAULT, None) is None


def test_the_most_users_is_the_last_number_that_fits() -> None:
    most = max_users_that_fit(shape(), "Q4_K_M", "llama.cpp", ONE, 8192, DEFAULT)
    fits = [
        estimate_plan(shape(), "Q4_K_M", "llama.cpp", ONE, 8192, n, EngineOptions(slots=n))[1].fits
        for n in (most, most + 1)
    ]
    assert fits == [True, False]


def test_the_best_format_is_the_largest_that_fits() -> None:
    names = ("Q4_K_M", "BF16", "Q8_0")
    assert best_format_that_fits(shape(), names, "llama.cpp", ONE, 8192, 1, DEFAULT) == "BF16"
    twelve = machine((gpu(memory_gib=12), 1))
    assert best_format_that_fits(shape(), names, "llama.cpp", twelve, 8192, 1, DEFAULT) == "Q8_0"
    two = machine((gpu(memory_gib=2), 1))
    assert best_format_that_fits(shape(), names, "llama.cpp", two, 8192, 1, DEFAULT) is None


@pytest.mark.parametrize(
    ("engine", "fmt", "rig"),
    [
        ("llama.cpp", "Q4_K_M", ONE),
        ("llama.cpp", "BF16", machine((gpu(memory_gib=12), 2))),
        ("vllm", "BF16", machine((gpu(memory_gib=12), 4))),
        ("sglang", "BF16", machine((gpu("h100-sxm", 80), 1))),
        ("transformers", "BF16", ONE),
        ("llama.cpp", "Q4_K_M", machine()),
    ],
)
@pytest.mark.parametrize("make", [shape, mixture, hybrid])
def test_the_lines_of_the_bill_add_up(engine: str, fmt: str, rig: object, make: object) -> None:
    fp = make()  # type: ignore[operator]
    placement, memory = estimate_plan(fp, fmt, engine, rig, 8192, 2, DEFAULT)  # type: ignore[arg-type]
    items = itemise(fp, fmt, engine, rig, 8192, 2, DEFAULT, placement)  # type: ignore[arg-type]
    assert sum(item.bytes for item in items) == memory.total_bytes
    assert all(item.formula for item in items)


def test_the_largest_context_of_parts_in_ram_is_that_of_the_printed_split() -> None:
    """Other splits would hold more; the command names this one."""
    small = machine((gpu(memory_gib=4), 1))
    placement, memory = estimate_plan(shape(), "Q4_K_M", "llama.cpp", small, 8192, 1, DEFAULT, offload=True)
    assert placement.in_ram
    assert memory.fits
    most = max_tokens_that_fit(shape(), "Q4_K_M", "llama.cpp", small, 1, DEFAULT, 131072, placement=placement)
    assert most is not None
    assert estimate_at(shape(), "Q4_K_M", "llama.cpp", small, most, 1, DEFAULT, placement).fits
    assert not estimate_at(shape(), "Q4_K_M", "llama.cpp", small, most + 1, 1, DEFAULT, placement).fits
    assert 8192 <= most < 131072
