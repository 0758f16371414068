"""Shapes and machines that the estimate tests share, small enough to compute by hand."""

from __future__ import annotations

from osllm.domain.hardware import Gpu, GpuGroup, Machine
from osllm.estimate.footprint import CacheGroup, Footprint, FormatSize, LayerKind, StateGroup, Training

GIB = 2**30
MIB = 2**20


def gpu(key: str = "rtx4090", memory_gib: float = 24, **changes: object) -> Gpu:
    made = Gpu(
        key=key,
        name=key,
        vendor="nvidia",
        form="desktop",
        generation=None,
        compute_capability="8.9",
        memory_bytes=int(memory_gib * GIB),
        memory_type="GDDR6X",
        bandwidth_gbps=1008.0,
        fp16_tflops=165.2,
        fp8_tflops=None,
        int8_tops=None,
        fp4_tflops=None,
        supports=("bf16", "fp8"),
        unified=False,
        cores=None,
        interconnect=None,
        link_gbps=None,
        released=None,
    )
    return made._replace(**changes)  # type: ignore[arg-type]


def machine(*groups: tuple[Gpu, int], ram_gib: float | None = 64, ram_gbps: float | None = 80.0) -> Machine:
    ram = None if ram_gib is None else int(ram_gib * GIB)
    rooms = tuple(GpuGroup(card, number, card.memory_bytes) for card, number in groups)
    return Machine(rooms, ram, ram, ram_gbps, 16, "flag")


def size(total: int, embedding: int, output: int, experts: int = 0, kinds: tuple[int, ...] = ()) -> FormatSize:
    """Bytes of a format whose layers are of one kind, unless the bytes of several are given."""
    kinds = kinds or (total - embedding - output,)
    return FormatSize(
        total, embedding, output, experts, 0, 0, embedding if output else 0, kinds, (experts,) if experts else ()
    )


def shape(**changes: object) -> Footprint:
    """Llama-3.1-8B: 32 layers of 8 key/value heads of 128, 128256 words; sizes as its published files have them."""
    made = Footprint(
        params_total=8030261248,
        params_active=8030261248 - 128256 * 4096,
        hidden_size=4096,
        vocab_size=128256,
        tied_embeddings=False,
        layers=32,
        parts=64,
        heads=32,
        ffn_width=14336,
        experts=0,
        experts_per_token=0,
        moe_layers=0,
        mtp_layers=0,
        vision_params=0,
        dtype="bfloat16",
        caches=(CacheGroup("attention", 32, 8, 1024, 1024, None),),
        states=(),
        kinds=(LayerKind(False, (0,), (), 2),),
        layer_plan=((0, 32),),
        training=Training(32 * 81920, 14336 * 4096, 346112, 258048),
        sizes={
            "BF16": size(16060522496, 1050673152, 1050673152, 0),
            "Q8_0": size(8532426752, 558170112, 558170112, 0),
            "Q4_K_M": size(4912898304, 295501824, 430964736, 0),
        },
    )
    return made._replace(**changes)  # type: ignore[arg-type]


def mixture() -> Footprint:
    """48 layers of 128 experts, 8 used; nearly all bytes are experts."""
    return shape(
        params_total=30_000_000_000,
        params_active=3_000_000_000,
        hidden_size=2048,
        layers=48,
        parts=96,
        layer_plan=((0, 48),),
        experts=128,
        experts_per_token=8,
        moe_layers=48,
        kinds=(LayerKind(True, (0,), (), 2),),
        caches=(CacheGroup("attention", 48, 4, 512, 512, None),),
        sizes={
            "BF16": size(60_000_000_000, 600_000_000, 600_000_000, 56_000_000_000),
            "Q4_K_M": size(18_000_000_000, 200_000_000, 300_000_000, 16_800_000_000),
        },
    )


def windowed() -> Footprint:
    """Gemma 3 4B: 29 layers see 1024 tokens, 5 the whole context; 4 heads of 256; embeddings tied."""
    return shape(
        hidden_size=2560,
        vocab_size=262144,
        tied_embeddings=True,
        layers=34,
        parts=68,
        kinds=(LayerKind(False, (0,), (), 2), LayerKind(False, (1,), (), 2)),
        layer_plan=(*((0, 5), (1, 1)) * 5, (0, 4)),
        heads=8,
        ffn_width=10240,
        caches=(CacheGroup("attention", 29, 4, 1024, 1024, 1024), CacheGroup("attention", 5, 4, 1024, 1024, None)),
        sizes={"F16": size(7_760_000_000, 1_342_177_280, 0, 0, (5_473_000_000, 943_600_000))},
    )


def hybrid() -> Footprint:
    """36 recurrent and 12 attention layers: 256 elements of cache per token, 100 and 50000 elements of state."""
    return shape(
        layers=48,
        parts=96,
        kinds=(LayerKind(False, (), (0,), 2), LayerKind(False, (0,), (), 2)),
        layer_plan=((0, 3), (1, 1)) * 12,
        heads=16,
        caches=(CacheGroup("attention", 12, 2, 128, 128, None),),
        states=(StateGroup("gated-delta", 36, 100, 50000),),
        sizes={
            "BF16": size(16_000_000_000, 1_000_000_000, 1_000_000_000, 0, (10_800_000_000, 3_199_000_000)),
            "Q4_K_M": size(4_900_000_000, 300_000_000, 430_000_000, 0, (3_100_000_000, 1_069_000_000)),
        },
    )
