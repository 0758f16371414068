"""A plan: one model in one format on one engine, placed on one machine, and what it costs there."""

from __future__ import annotations

from osllm.tuples import NamedTuple


class Placement(NamedTuple):
    """Where the layers go."""

    gpus: int  # how many accelerators are used
    tensor_parallel: int = 1
    pipeline_parallel: int = 1
    gpu_layers: int = 0
    cpu_layers: int = 0
    experts_on_cpu: int = 0  # mixture layers whose experts stay in RAM

    @property
    def in_ram(self) -> bool:
        """Whether part of the model runs from RAM beside accelerators."""
        return bool(self.gpus and (self.cpu_layers or self.experts_on_cpu))


class EngineOptions(NamedTuple):
    """Engine knobs that change memory."""

    kv_cache: str = "f16"  # f16 | q8_0 | q4_0 | fp8
    ubatch: int = 512
    flash_attention: bool = True
    swa_full: bool = False
    gpu_memory_utilization: float | None = None
    slots: int = 1
    towers: bool = False  # load the vision or audio tower; engines that always do so do not ask
    adapter_rank: int | None = None  # train adapters of this rank (LoRA) on the weights; None: generate


class Plan(NamedTuple):
    """What would be run."""

    model_id: str
    format: str
    engine: str
    context_tokens: int  # per sequence
    users: int  # sequences at once
    placement: Placement
    options: EngineOptions


class DeviceMemory(NamedTuple):
    """Bytes on one device. `total_bytes` is the sum of the parts."""

    device: str  # rtx4090:0, cpu …
    weights_bytes: int
    kv_cache_bytes: int
    state_bytes: int
    compute_bytes: int
    overhead_bytes: int
    total_bytes: int
    capacity_bytes: int


class MemoryItem(NamedTuple):
    """One line of the itemised bill, with the formula that made it."""

    name: str
    bytes: int
    formula: str


class Memory(NamedTuple):
    """Bytes over all devices; parts sum to `total_bytes` exactly."""

    weights_bytes: int
    kv_cache_bytes: int
    state_bytes: int
    compute_bytes: int
    overhead_bytes: int
    total_bytes: int
    capacity_bytes: int
    headroom_bytes: int  # capacity - total; negative: does not fit
    low_bytes: int
    high_bytes: int
    per_device: tuple[DeviceMemory, ...]
    items: tuple[MemoryItem, ...] = ()
    fits: bool = True


class Speed(NamedTuple):
    """Tokens per second. None: not known, and `basis` says why not."""

    decode_tps: float | None  # one user
    low: float | None
    high: float | None
    prefill_tps: float | None
    ttft_s: float | None
    total_tps: float | None  # all users together; of training, tokens trained
    basis: str  # estimated | measured | unknown: <why>

    @property
    def pace_tps(self) -> float | None:
        """What its user waits for: the decode speed, and of training the tokens that are trained."""
        return self.total_tps if self.decode_tps is None else self.decode_tps


class Estimate(NamedTuple):
    """What a plan needs and how fast it runs."""

    memory: Memory
    speed: Speed
    max_tokens_that_fit: int | None
    assumptions: tuple[str, ...] = ()
