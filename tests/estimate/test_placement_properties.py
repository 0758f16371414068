"""What must hold for every shape, engine and machine."""

from __future__ import annotations

from estimate_support import gpu, machine
from hypothesis import given, settings
from hypothesis import strategies as st

from osllm.domain.hardware import Machine
from osllm.domain.plan import EngineOptions, Placement
from osllm.estimate.case import first
from osllm.estimate.engines import ENGINES
from osllm.estimate.footprint import CacheGroup, Footprint, FormatSize, LayerKind, StateGroup, Training
from osllm.estimate.placement import (
    estimate_at,
    estimate_plan,
    most_with_room,
    placement_for,
    tensor_parallel_sizes,
)
from osllm.estimate.runtime import overhead

PARTS = ("weights_bytes", "kv_cache_bytes", "state_bytes", "compute_bytes", "overhead_bytes")


def sized(draw: st.DrawFn, counts: list[int], mixture: list[bool], tied: bool) -> FormatSize:
    """Layers of unlike weight, and a little that belongs to none."""
    each = [draw(st.integers(10**6, 10**9)) for _ in counts]
    kinds = tuple(n * size + draw(st.integers(0, 7)) for n, size in zip(counts, each, strict=True))
    experts = tuple(b * draw(st.integers(50, 95)) // 100 if m else 0 for b, m in zip(kinds, mixture, strict=True))
    vocab = draw(st.integers(10**7, 10**9))
    total = sum(kinds) + vocab * (1 if tied else 2) + draw(st.integers(0, 10**5))
    routed, looked_up = any(mixture), 0 if tied else vocab
    return FormatSize(
        total, vocab, 0 if tied else vocab, sum(experts), 0, 0, looked_up, kinds, experts if routed else ()
    )


@st.composite
def footprints(draw: st.DrawFn) -> Footprint:
    """One to three kinds of layers (whole context, window, recurrent), in runs, some of them mixtures."""
    kv_heads = draw(st.sampled_from((1, 2, 4, 8)))
    heads = kv_heads * draw(st.sampled_from((1, 2, 4, 8)))
    width = kv_heads * draw(st.sampled_from((64, 128, 256)))
    number = draw(st.integers(1, 3))
    plan = [(kind, draw(st.integers(1, 9))) for kind in range(number)]  # each occurs
    plan += draw(st.lists(st.tuples(st.integers(0, number - 1), st.integers(1, 9)), min_size=1, max_size=9))
    plan = draw(st.permutations(plan))
    numbers: dict[int, int] = {}
    plan = [(numbers.setdefault(kind, len(numbers)), repeat) for kind, repeat in plan]
    counts = [sum(repeat for kind, repeat in plan if kind == k) for k in range(number)]
    mixture = [draw(st.booleans()) for _ in counts]
    parts = [draw(st.integers(1, 4)) for _ in counts]
    window = draw(st.sampled_from((512, 1024, 4096)))
    caches = [CacheGroup("attention", counts[0], kv_heads, width, width, None)]
    caches += [CacheGroup("attention", counts[1], kv_heads, width, width, window)] if number > 1 else []
    states = (StateGroup("mamba2", counts[2], 1000, 100_000),) if number > 2 else ()
    owned = [((0,), ()), ((1,), ()), ((), (0,))][:number]
    tied, moe = draw(st.booleans()), sum(n for n, m in zip(counts, mixture, strict=True) if m)
    small = sized(draw, counts, mixture, tied)
    large = FormatSize(
        *(2 * value for value in small[:7]),
        kind_bytes=tuple(2 * b for b in small.kind_bytes),
        kind_experts=tuple(2 * b for b in small.kind_experts),
    )
    return Footprint(
        params_total=small.tensor_bytes,
        params_active=small.tensor_bytes // 4 if moe else small.tensor_bytes,
        hidden_size=draw(st.sampled_from((2048, 4096, 8192))),
        vocab_size=draw(st.sampled_from((32000, 151936, 262144))),
        tied_embeddings=tied,
        layers=sum(counts),
        parts=sum(n * k for n, k in zip(counts, parts, strict=True)),
        heads=heads,
        ffn_width=draw(st.sampled_from((8192, 14336, 28672))),
        experts=64 if moe else 0,
        experts_per_token=4 if moe else 0,
        moe_layers=moe,
        mtp_layers=draw(st.integers(0, 2)),
        vision_params=draw(st.sampled_from((0, 400_000_000))),
        dtype="bfloat16",
        caches=tuple(caches),
        states=states,
        kinds=tuple(LayerKind(m, *own, k) for m, own, k in zip(mixture, owned, parts, strict=True)),
        layer_plan=tuple(plan),
        training=Training(32 * 81920, 14336 * 4096, 346112, 258048),
        sizes={"small": small, "large": large},
    )


@st.composite
def machines(draw: st.DrawFn) -> Machine:
    groups = [
        (gpu(key, draw(st.sampled_from((6, 12, 24, 48, 80)))), draw(st.integers(1, 4)))
        for key in ("one", "two")[: draw(st.integers(0, 2))]
    ]
    return machine(*groups, ram_gib=draw(st.sampled_from((None, 16, 64, 512))))


ENGINE = st.sampled_from(sorted(ENGINES))
TOKENS = st.integers(1, 200_000)
USERS = st.integers(1, 64)
CACHE = st.sampled_from(("f16", "q8_0", "q4_0", "fp8"))


@settings(max_examples=150, deadline=None)
@given(footprints(), machines(), ENGINE, TOKENS, USERS, CACHE, st.booleans())
def test_parts_sum_to_the_total(
    fp: Footprint, rig: Machine, engine: str, tokens: int, users: int, cache: str, offload: bool
) -> None:
    options = EngineOptions(kv_cache=cache)
    memory = estimate_plan(fp, "small", engine, rig, tokens, users, options, offload=offload)[1]
    assert sum(getattr(memory, part) for part in PARTS) == memory.total_bytes
    assert memory.low_bytes <= memory.total_bytes <= memory.high_bytes
    assert memory.headroom_bytes == memory.capacity_bytes - memory.total_bytes
    for part in (*PARTS, "total_bytes", "capacity_bytes"):
        assert sum(getattr(device, part) for device in memory.per_device) == getattr(memory, part)
    for device in memory.per_device:
        assert sum(getattr(device, part) for part in PARTS) == device.total_bytes
        assert min(getattr(device, part) for part in PARTS) >= 0
    assert memory.fits == all(d.total_bytes <= d.capacity_bytes for d in memory.per_device)


@settings(max_examples=150, deadline=None)
@given(footprints(), ENGINE, TOKENS, st.integers(0, 5000), USERS, st.integers(0, 8), CACHE)
def test_more_of_anything_never_needs_less(
    fp: Footprint, engine: str, tokens: int, more_tokens: int, users: int, more_users: int, cache: str
) -> None:
    rig, options = machine((gpu(), 1)), EngineOptions(kv_cache=cache)

    def total(fmt: str, n: int, sequences: int) -> int:
        return estimate_plan(fp, fmt, engine, rig, n, sequences, options)[1].total_bytes

    base = total("small", tokens, users)
    assert total("small", tokens + more_tokens, users) >= base
    assert total("small", tokens, users + more_users) >= base
    assert total("large", tokens, users) >= base


@settings(max_examples=100, deadline=None)
@given(footprints(), ENGINE, TOKENS, USERS)
def test_a_smaller_cache_type_never_needs_more(fp: Footprint, engine: str, tokens: int, users: int) -> None:
    rig = machine((gpu(), 1))
    totals = [
        estimate_plan(fp, "small", engine, rig, tokens, users, EngineOptions(kv_cache=cache))[1].kv_cache_bytes
        for cache in ("f16", "q8_0", "fp8", "q4_0")
        if cache in ENGINES[engine].caches
    ]
    assert totals == sorted(totals, reverse=True)


@settings(max_examples=100, deadline=None)
@given(footprints(), ENGINE, TOKENS, USERS, st.integers(2, 8))
def test_splitting_never_loses_bytes(fp: Footprint, engine: str, tokens: int, users: int, count: int) -> None:
    rig = machine((gpu(), count))
    sizes = tensor_parallel_sizes(fp, count)
    wanted = max(sizes) if ENGINES[engine].tensor_parallel else count
    whole = estimate_at(fp, "small", engine, rig, tokens, users, EngineOptions(), placement_for(fp, engine, 1))
    split = estimate_at(fp, "small", engine, rig, tokens, users, EngineOptions(), placement_for(fp, engine, wanted))
    assert split.weights_bytes >= whole.weights_bytes
    if ENGINES[engine].windows != "hybrid" or not fp.states:  # there a smaller rank also has smaller pages
        assert split.kv_cache_bytes >= whole.kv_cache_bytes
        assert split.state_bytes >= whole.state_bytes


@settings(max_examples=150, deadline=None)
@given(footprints(), machines(), TOKENS, st.integers(0, 96), st.integers(0, 96), st.booleans())
def test_a_layered_split_keeps_every_byte(
    fp: Footprint, rig: Machine, tokens: int, layers: int, experts: int, towers: bool
) -> None:
    """However layers and experts are dealt out, the parts are the whole, and a tied embedding twice at most."""
    if not rig.groups:
        return
    size, options = fp.sizes["small"], EngineOptions(towers=towers)
    whole = estimate_at(fp, "small", "llama.cpp", rig, tokens, 1, options, Placement(0, cpu_layers=fp.layers))
    layers, experts = min(layers, fp.layers), min(experts, fp.moe_layers)
    place = Placement(rig.gpu_count, 1, rig.gpu_count, fp.layers - layers, layers, experts)
    parts = estimate_at(fp, "small", "llama.cpp", rig, tokens, 1, options, place)
    assert parts.kv_cache_bytes == whole.kv_cache_bytes
    assert parts.state_bytes == whole.state_bytes
    host = any(device.device == "cpu" for device in parts.per_device)
    copies = size.embedding_bytes if host and not size.output_bytes and layers < fp.layers else 0
    on_host_only = size.embedding_bytes if not host and size.output_bytes else 0
    if rig.gpu_count > 1 or place.in_ram:
        assert parts.weights_bytes == whole.weights_bytes + copies - on_host_only


@settings(max_examples=150, deadline=None)
@given(footprints(), machines(), TOKENS)
def test_what_is_left_in_ram_is_what_must(fp: Footprint, rig: Machine, tokens: int) -> None:
    """The cards hold their parts and the largest context, and with one layer or mixture less in RAM would not."""
    if not rig.groups or not rig.ram_usable_bytes:
        return
    options = EngineOptions()
    place, memory = estimate_plan(fp, "small", "llama.cpp", rig, tokens, 1, options, offload=True)
    cards = [device for device in memory.per_device if device.device != "cpu"]
    if not place.in_ram or place.cpu_layers == fp.layers:
        return
    _, counted, high = overhead("llama.cpp", rig.platform, 1)
    margin = high - counted
    assert all(device.total_bytes + margin <= device.capacity_bytes for device in cards)
    if place.gpus == 1:
        less = place._replace(gpu_layers=place.gpu_layers + 1, cpu_layers=place.cpu_layers - 1)
        if not place.cpu_layers:
            less = place._replace(experts_on_cpu=place.experts_on_cpu - 1)
        before = estimate_at(fp, "small", "llama.cpp", rig, tokens, 1, options, less)
        assert any(d.total_bytes + margin > d.capacity_bytes for d in before.per_device if d.device != "cpu")


@settings(max_examples=200, deadline=None)
@given(
    st.integers(-100, 10**6), st.integers(0, 60), st.integers(0, 100), st.integers(0, 3000), st.sampled_from((1, 16, 256)),
    st.integers(1, 200_000),
)  # fmt: skip
def test_the_most_that_fits_is_the_last_that_does(
    free: int, slope: int, extra: int, window: int, block: int, most: int
) -> None:
    def room(tokens: int) -> int:
        padded = -(-tokens // block) * block
        return free - slope * padded - extra * min(padded, window)

    assert most_with_room(room, most, block) == first(lambda tokens: room(tokens) < 0, 1, most + 1) - 1


@settings(max_examples=100, deadline=None)
@given(footprints(), TOKENS, USERS, st.integers(0, 96), st.integers(0, 96))
def test_offloading_never_raises_the_cards_bytes(
    fp: Footprint, tokens: int, users: int, layers: int, experts: int
) -> None:
    rig = machine((gpu(), 1))

    def on_card(cpu_layers: int, experts_on_cpu: int) -> int:
        whole = placement_for(fp, "llama.cpp", 1)
        placement = whole._replace(
            gpu_layers=fp.layers - cpu_layers, cpu_layers=cpu_layers, experts_on_cpu=experts_on_cpu
        )
        devices = estimate_at(fp, "small", "llama.cpp", rig, tokens, users, EngineOptions(), placement).per_device
        return sum(d.total_bytes for d in devices if d.device != "cpu")

    layers, experts = min(layers, fp.layers - 1), min(experts, fp.moe_layers)
    assert on_card(layers, 0) <= on_card(0, 0)
    assert on_card(layers + 1, 0) <= on_card(layers, 0)
    assert on_card(0, experts) <= on_card(0, max(0, experts - 1))
    assert on_card(layers, experts) <= on_card(layers, 0)
