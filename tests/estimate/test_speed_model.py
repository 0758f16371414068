"""The speed model: its arithmetic by hand, its limits, and what must hold whatever the constants are."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from estimate_support import gpu, hybrid, machine, mixture, shape, windowed
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from speed_data import accelerators

from osllm.domain.architecture import Architecture, Attention, Dense, Experts, LayerRun, Recurrent
from osllm.domain.hardware import Machine
from osllm.domain.plan import EngineOptions, Placement, Speed
from osllm.estimate.calibration import DECODE, PREFILL
from osllm.estimate.engines import ENGINES
from osllm.estimate.footprint import Footprint, build
from osllm.estimate.placement import estimate_plan, placement_for
from osllm.estimate.prompts import class_of, matrix_flops, prompt_batch, prompt_flops
from osllm.estimate.speed import (
    Constants,
    cpu_constants,
    estimate_speed,
    kind_of,
    memory_of,
    reduce_seconds,
    step_seconds,
)
from osllm.estimate.work import (
    Work,
    cache_read_bytes,
    experts_touched,
    state_layers,
    state_read_bytes,
    weight_read_bytes,
)

DEFAULT = EngineOptions()
ONE = machine((gpu(), 1))


def speed_of(
    fp: Footprint = shape(),  # noqa: B008 - a value
    fmt: str = "Q4_K_M",
    engine: str = "llama.cpp",
    rig: Machine = ONE,
    tokens: int = 8192,
    users: int = 1,
    placement: Placement | None = None,
) -> Speed:
    place = placement or estimate_plan(fp, fmt, engine, rig, tokens, users, DEFAULT)[0]
    return estimate_speed(fp, fmt, engine, rig, place, tokens, users, DEFAULT)


def test_a_step_by_hand() -> None:
    """2 layers * 10 us + 1 mixture * 5 us + 1 state * 1 us; (8 + 2 + 2 * 5 + 2) GB at 100 GB/s * 0.5; 1e9 * 4 / 1e12."""
    constants = Constants(1.0, 10e-6, 5e-6, 1e-6, 0.5, 2.0, 2e9, 4.0, 1.0, 4.0, 1.0, 1.0, 1.0)
    work = Work(2, 1, 1, 8e9, 5e9, 2e9, 1e9)
    expected = 26e-6 + 22e9 / 50e9 + 4e-3
    assert step_seconds(constants, work, 100e9, 1e12, 1, 4.8) == pytest.approx(expected)
    assert step_seconds(constants, work, 100e9, 1e12, 1, 2.4) == pytest.approx(
        expected + 4e-3
    )  # half the bits, twice the work
    assert step_seconds(constants, work, 100e9, 1e12, 1, 16) == pytest.approx(expected - 3e-3)
    assert step_seconds(constants, work, 100e9, None, 1, 16) == pytest.approx(expected - 4e-3)


def test_what_launches_kernels() -> None:
    """A mixer and a network make a layer; shared experts and a per-layer embedding are half a layer each, and a layer that
    is only a mixer or only experts is half of one. A short convolution keeps no state to multiply."""
    attention, experts = Attention(8, 2, 64), Experts(8, 2, 256, shared_size=256)
    mamba, short = (
        Recurrent("mamba2", value_heads=8, value_head_dim=64, state_size=16),
        Recurrent("short-conv", conv_kernel=3),
    )
    runs = (
        LayerRun(2, (attention,), (Dense(1024),)),
        LayerRun(3, (attention,), (experts,)),
        LayerRun(4, (mamba,), ()),
        LayerRun(5, (short,), (Dense(1024),)),
    )
    fp = build(Architecture("llama", 512, 1000, False, runs), ["BF16"])
    assert [kind.parts for kind in fp.kinds] == [2, 3, 1, 2]
    assert fp.parts == 2 * 2 + 3 * 3 + 4 * 1 + 5 * 2
    assert state_layers(fp) == 4
    deep = build(Architecture("gemma4", 512, 1000, True, runs[:1], per_layer_embedding_size=32), ["BF16"])
    assert deep.parts == 2 * 3
    table = 2 * 32 * 1000 * 2  # layers, width, words, bytes
    assert deep.sizes["BF16"].looked_up_bytes == table
    assert weight_read_bytes(deep, "BF16", 1)[0] == deep.sizes["BF16"].tensor_bytes - table
    assert deep.params_active == deep.params_total - table // 2


def test_more_sequences_pay_for_their_multiplications() -> None:
    """Two more sequences: 4 FLOPs per parameter each at the matrix rate, and 30 us each."""
    constants = Constants(0, 0, 0, 0, 1, 1, 1, 0, 0, 4.0, 30e-6, 1, 1)
    work = Work(1, 0, 0, 0, 0, 0, 1e9)
    assert step_seconds(constants, work, 1e9, 4e12, 3, 4.5) == pytest.approx(2 * (4e9 / 4e12 + 30e-6))


def test_threads_of_a_cpu_wait_for_each_other() -> None:
    """6 cores, 5 us each: 30 us per layer; what does not depend on layers stays."""
    made = cpu_constants(Constants(1.0, 5e-6, 1e-6, 2e-6, 0.5, 1, 1, 0, 0, 4, 0, 1, 1), 6)
    assert made[:5] == pytest.approx((1.0, 30e-6, 6e-6, 12e-6, 0.5))


def test_experts_that_a_batch_reads() -> None:
    assert experts_touched(128, 8, 1) == pytest.approx(8)
    assert experts_touched(128, 8, 32) / 128 == pytest.approx(0.873, abs=0.001)
    assert experts_touched(0, 0, 5) == 0


def test_the_embedding_is_looked_up_not_read() -> None:
    assert weight_read_bytes(shape(), "Q4_K_M", 1) == (4912898304 - 295501824, 0)
    assert weight_read_bytes(windowed(), "F16", 1) == (7_760_000_000, 0)
    plain, experts = weight_read_bytes(mixture(), "Q4_K_M", 1)
    assert plain == 18_000_000_000 - 16_800_000_000 - 200_000_000
    assert experts == pytest.approx(16_800_000_000 * 8 / 128)


def test_a_window_bounds_what_is_read() -> None:
    """Halfway through 8192 tokens: 29 layers read 1024, 5 read 4096, 2048 elements of 2 B each."""
    assert cache_read_bytes(windowed(), 8192, DEFAULT) == 2048 * 2 * (29 * 1024 + 5 * 4096)
    assert state_read_bytes(hybrid()) == 8 * 36 * 50000


def test_prompt_flops_by_hand() -> None:
    """2 per active parameter; 32 layers * 32 heads * (128 + 128) * 2 FLOPs over 512 positions on average."""
    expected = 2 * shape().params_active + 2 * 32 * 32 * 256 * 512
    assert prompt_flops(shape(), 1024) == expected


def test_matrix_rates() -> None:
    """The matrix units' rate where the catalog has it besides the shaders'; llama.cpp multiplies a GGUF's integers, or in 16
    bits, at twice the rate with 32-bit accumulation on GeForce and on NVIDIA's unified chips."""
    card = gpu(fp16_tflops=100.0)
    amd = card._replace(vendor="amd", name="AMD Radeon")
    cases = [
        (card._replace(name="NVIDIA RTX A6000"), 100, 100),
        (card._replace(name="NVIDIA GeForce RTX 4090"), 200, 100),
        (card._replace(name="NVIDIA GB10", unified=True, matrix_tflops=250.0), 500, 250),
        (amd._replace(matrix_tflops=200.0), 200, 200),
        (amd, 100, 100),
        (card._replace(vendor="apple", name="Apple M5 Max", matrix_tflops=300.0), 300, 300),
    ]
    for chip, llama, other in cases:
        assert matrix_flops("llama.cpp", chip) == pytest.approx(llama * 1e12), chip.name
        assert matrix_flops("vllm", chip) == pytest.approx(other * 1e12), chip.name
    assert matrix_flops("vllm", card._replace(fp16_tflops=None)) is None


def test_matrix_rates_of_the_catalog() -> None:
    """By hand: an RX 9070 XT's 64 units make 1024 FLOPs a clock at 2.97 GHz; a GB10's petaflop is sparse FP4, an eighth of
    it FP16, half of that with 32-bit accumulation; an M5 Max has four times the cores of an M5."""
    entries = accelerators()
    assert entries["rx9070xt"]["matrix_tflops"] == pytest.approx(64 * 1024 * 2.97e9 / 1e12, rel=0.001)
    assert entries["gb10"]["matrix_tflops"] == 1000 / 2 / 4 / 2
    assert entries["m5-max"]["matrix_tflops"] == 4 * entries["m5"]["matrix_tflops"]
    assert not any("matrix_tflops" in entries[key] for key in ("rx7900xtx", "m4-max", "rtx4090"))


def test_how_much_of_a_prompt_is_read_at_once() -> None:
    small, large = gpu(memory_bytes=24 * 2**30), gpu(memory_bytes=80 * 2**30)
    assert prompt_batch("llama.cpp", small, 4096, 512) == 512
    assert prompt_batch("llama.cpp", small, 100, 512) == 100
    assert prompt_batch("mlx", small, 4096, 512) == 2048
    assert prompt_batch("vllm", small, 4096, 512) == 2048
    assert prompt_batch("vllm", large, 30_000, 512) == 8192
    assert prompt_batch("transformers", large, 30_000, 512) == 30_000


def test_classes_of_prompts() -> None:
    """128 experts, 8 a token: below 4,096 tokens an expert gets fewer than 256 of them, and its matrices stay small."""
    cases = [(shape(), 512, 4.8), (mixture(), 4095, 16.0), (mixture(), 4096, 4.8), (shape(), 512, 16.0)]
    assert [class_of(*case) for case in cases] == [0, 1, 0, 2]


def test_a_short_prompt_pays_for_reading_the_weights() -> None:
    """32 tokens read the weights as often as 512 do."""
    short, long = speed_of(tokens=64).prefill_tps, speed_of(tokens=4096).prefill_tps
    assert short is not None
    assert long is not None
    assert short < 0.7 * long


def test_an_all_reduce_is_latency_and_bytes() -> None:
    assert reduce_seconds(None, 2, 22e3) == pytest.approx(36e-6 + 10e-6)
    assert reduce_seconds(600, 4, 300e3) == pytest.approx(3e-6 + 1.5e-6)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "nvidia-gddr"),
        ({"memory_type": "HBM3"}, "nvidia-hbm"),
        ({"compute_capability": "7.5"}, "nvidia-turing"),
        ({"compute_capability": "7.0", "memory_type": "HBM2"}, "nvidia-turing"),
        ({"compute_capability": "6.1"}, "nvidia-pascal"),
        ({"form": "laptop"}, "nvidia-laptop"),
        ({"unified": True}, "nvidia-unified"),
        ({"vendor": "amd", "compute_capability": "gfx1100"}, "amd-gddr"),
        ({"vendor": "amd", "compute_capability": "gfx942", "memory_type": "HBM3"}, "amd-hbm"),
        ({"vendor": "apple", "key": "m1-max"}, "apple-m1-m2"),
        ({"vendor": "apple", "key": "m4"}, "apple"),
        ({"vendor": "intel"}, "intel"),
        ({"vendor": "generic", "compute_capability": None}, "nvidia-gddr"),
    ],
)
def test_kinds_of_accelerators(changes: dict[str, object], expected: str) -> None:
    assert memory_of(gpu()._replace(**changes)) == expected  # type: ignore[arg-type]


def test_every_engine_has_constants_for_every_kind_it_meets() -> None:
    kinds = {memory_of(None), *(kind.split("/")[1] for kind in DECODE)}
    for engine in ENGINES.keys() - {"mlx"}:
        family = kind_of(engine, None).split("/")[0]
        met = kinds - {"apple", "apple-m1-m2"} if family == "server" else kinds
        assert {kind for kind in met if f"{family}/{kind}" not in DECODE} == set()
    assert DECODE.keys() == PREFILL.keys()


@pytest.mark.parametrize("kind", sorted(DECODE))
def test_constants_are_physical(kind: str) -> None:
    constants = Constants._make(DECODE[kind])
    assert 0 < constants.efficiency <= 1
    assert min(constants[:8]) > 0
    assert 0 < constants.low <= 1 <= constants.high
    assert all(0 < share <= 1 for share in PREFILL[kind])


def test_what_is_not_known_is_said() -> None:
    dark = speed_of(rig=machine((gpu(bandwidth_gbps=None), 1)))
    assert dark[:6] == (None,) * 6
    assert dark.basis == "unknown: memory bandwidth of rtx4090 is not known"
    assert speed_of(rig=machine(ram_gbps=None)).basis == "unknown: memory bandwidth of the RAM is not known"
    assert speed_of(rig=machine((gpu(fp16_tflops=None), 1))).prefill_tps is None


def test_no_speed_exceeds_the_memory() -> None:
    speed = speed_of()
    assert speed.decode_tps is not None
    assert speed.decode_tps < 1008e9 / (4912898304 - 295501824)
    assert speed.low is not None
    assert speed.high is not None
    assert speed.low <= speed.decode_tps <= speed.high


def test_layers_in_ram_add_their_time() -> None:
    """Half of the layers at 80 GB/s: slower than all on the card, faster than none."""
    half = Placement(1, gpu_layers=16, cpu_layers=16)
    on_card, split, in_ram = (speed_of(placement=p).decode_tps for p in (None, half, Placement(0, cpu_layers=32)))
    assert on_card is not None
    assert split is not None
    assert in_ram is not None
    assert in_ram < split < on_card / 3


def test_two_cards_by_layers_are_as_fast_as_one() -> None:
    one, two = speed_of(), speed_of(rig=machine((gpu(), 2)), placement=Placement(2, 1, 2, 32))
    assert one.decode_tps is not None
    assert two.decode_tps == pytest.approx(one.decode_tps, rel=0.02)


def test_two_cards_by_tensor_parallelism_are_faster() -> None:
    rig = machine((gpu(memory_gib=48), 2))
    speeds = [speed_of(fmt="BF16", engine="vllm", rig=rig, placement=placement_for(shape(), "vllm", n)) for n in (1, 2)]
    assert speeds[0].decode_tps is not None
    assert speeds[1].decode_tps is not None
    assert 1.2 < speeds[1].decode_tps / speeds[0].decode_tps < 2


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["Q4_K_M", "BF16"]), st.integers(2, 60_000), st.integers(1, 60_000), st.integers(1, 64))
def test_more_context_or_users_is_never_faster_for_one(fmt: str, tokens: int, more: int, users: int) -> None:
    place = placement_for(shape(), "llama.cpp", 1)
    base = speed_of(fmt=fmt, tokens=tokens, users=users, placement=place)
    longer = speed_of(fmt=fmt, tokens=tokens + more, users=users, placement=place)
    fuller = speed_of(fmt=fmt, tokens=tokens, users=users + 1, placement=place)
    assert base.decode_tps is not None
    assert longer.decode_tps is not None
    assert fuller.decode_tps is not None
    assert longer.decode_tps <= base.decode_tps
    assert fuller.decode_tps <= base.decode_tps
    assert base.total_tps == pytest.approx(users * base.decode_tps)


def test_a_batch_pays_more_in_a_mixture() -> None:
    """Eight sequences read 40 % of the experts, one reads 6 %."""
    place = placement_for(mixture(), "llama.cpp", 1)
    dense = [speed_of(users=n, placement=placement_for(shape(), "llama.cpp", 1)).decode_tps for n in (1, 8)]
    sparse = [speed_of(mixture(), users=n, placement=place).decode_tps for n in (1, 8)]
    assert None not in (*dense, *sparse)
    assert sparse[1] / sparse[0] < dense[1] / dense[0]  # type: ignore[operator]


def test_layers_in_ram_are_copied_for_every_batch_of_a_prompt() -> None:
    """Half of 32 layers in BF16: (16060522496 - 2 * 1050673152) / 2 B over PCIe for 512 tokens."""
    card, half = (
        speed_of(fmt="BF16", placement=place).prefill_tps
        for place in (Placement(1, gpu_layers=32), Placement(1, gpu_layers=16, cpu_layers=16))
    )
    assert card is not None
    assert half is not None
    assert 1 / half - 1 / card == pytest.approx(13959176192 / 2 / 25e9 / 512)
