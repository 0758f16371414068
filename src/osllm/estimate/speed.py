"""How fast a placed model decodes and reads prompts. Tokens per second.

One decode step of a batch takes, on every device that a token passes,

    step + layers * a + mixture layers * m + recurrent layers * r     launching kernels, whatever their size
    + bytes read / (bandwidth * efficiency)                           weights that the batch touches, and the caches; more for
                                                                      each mixture layer, whose small matrices start and end
                                                                      with the memory's queue half empty
    + parameters used * b / FLOPs                                     unpacking and multiplying, felt where memory is fast
    + further sequences * (s + parameters used * c / FLOPs)           attention and bookkeeping, and multiplying, of each

plus messages between devices. A layer counts half for each of its parts (`footprint.LayerKind`). Devices that hold whole
layers work one after the other, so their times add up; devices that share each layer work at once. The constants belong to
an engine on a kind of memory and are fitted to public measurements by `scripts/fit_speed.py` into `calibration.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.domain.plan import Speed
from osllm.estimate.calibration import DECODE, MIXTURE_WIDER, PREFILL
from osllm.estimate.case import Case, devices_of
from osllm.estimate.engines import ENGINES
from osllm.estimate.prompts import class_of, matrix_flops, prompt_batch, prompt_flops
from osllm.estimate.stack import split_of, stack_of, total
from osllm.estimate.work import Work, cache_read_bytes, state_layers, state_read_bytes, weight_read_bytes, works
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.domain.hardware import Gpu, Machine
    from osllm.domain.plan import EngineOptions, Placement
    from osllm.estimate.footprint import Footprint

# One all-reduce. Over NVLink the latency of 3, 7, 10 and 15 us that leaves the least error; over PCIe what two and four RTX 3090 on
# PCIe 3.0 need in vLLM (tests/data/speed/rtx3090_2026.csv), latency and rate.
REDUCE_LINKED_S: Final = 3e-6
REDUCE_PCIE_S: Final = 36e-6
REDUCE_PCIE_BYTES_PER_S: Final = 2.2e9
# Assumptions, no public table of them: copies to a card run at the rate of PCIe 4.0 x16; a hidden row passes from one stage to
# the next in 50 us.
PCIE_BYTES_PER_S: Final = 25e9
STAGE_S: Final = 50e-6
# FLOPs of one CPU core with 256-bit vector units at 3 GHz: 2 units * 8 lanes * 2.
CORE_FLOPS: Final = 0.096e12
DEFAULT_CORES: Final = 8  # where the machine's are not known
# Unpacking a weight costs about as the inverse of its bits: llama.cpp's own table of formats (tools/quantize/README.md) has
# 1.4 ms more than reading for Q8_0, 3.4 for Q4_K_M, 5.8 for Q2_K and 7.4 for IQ2 at 2.4 bits. Constants are for so many bits.
UNPACK_BITS: Final = 4.8


class Constants(NamedTuple):
    """Decode on one kind of device. Times in seconds."""

    step_s: float  # per step
    layer_s: float  # per layer; on a CPU, like the next two, per core too
    mixture_s: float  # more per mixture-of-experts layer
    state_s: float  # more per recurrent layer
    efficiency: float  # of the bandwidth, reading weights
    cache_factor: float  # how much more a byte of cache costs than one of weights
    mixture_bytes: float  # what the memory could have read while a mixture layer's routed matrices start and end
    unpack_flops: float  # per parameter used, quantized formats
    plain_flops: float  # per parameter used, 16-bit formats
    batch_flops: float  # per parameter and further sequence of a batch
    sequence_s: float  # per further sequence: its attention, sampling and bookkeeping
    low: (
        float  # measured / estimated, 10th percentile on accelerators that the fit had not seen, or wider where few are
    )
    high: float  # and 90th


def kind_of(engine: str, gpu: Gpu | None) -> str:
    """The row of the calibration for an engine on an accelerator (None: on the CPU)."""
    family = "llama" if ENGINES[engine].gguf else engine if engine in ("mlx", "transformers") else "server"
    return "mlx/apple" if family == "mlx" else f"{family}/{memory_of(gpu)}"


def memory_of(gpu: Gpu | None) -> str:
    """What sets the constants of an accelerator, in one word; `cpu` where none works.

    Vendor and kind of memory; apart stand NVIDIA's cards before Ampere, for which llama.cpp has no CUDA graphs
    (ggml-cuda.cu), those before Volta, which have no tensor cores, those before 6.1, which multiply no bytes (`dp4a`), laptops'
    cards, whose power limit the name does not tell, and Apple's first two generations.
    """
    if gpu is None:
        return "cpu"
    if gpu.vendor == "apple":
        return "apple-m1-m2" if gpu.key.startswith(("m1", "m2")) else "apple"
    if gpu.vendor not in ("nvidia", "amd", "generic"):
        return gpu.vendor
    hbm = (gpu.memory_type or "").upper().startswith("HBM")
    sort = "unified" if gpu.unified else "laptop" if gpu.form == "laptop" else "hbm" if hbm else "gddr"
    if gpu.vendor == "nvidia" and sort in ("hbm", "gddr") and gpu.compute_capability:
        capability = float(gpu.compute_capability)
        sort = (
            "without-dp4a" if capability < 6.1 else "pascal" if capability < 7 else "turing" if capability < 8 else sort
        )
    return f"{'amd' if gpu.vendor == 'amd' else 'nvidia'}-{sort}"


def cpu_constants(constants: Constants, cores: float) -> Constants:
    """The constants of a CPU with so many cores: after every operation each thread waits for all others (ggml-cpu.c)."""
    return constants._replace(
        layer_s=constants.layer_s * cores, mixture_s=constants.mixture_s * cores, state_s=constants.state_s * cores
    )


def step_seconds(
    constants: Constants, work: Work, bandwidth: float, flops: float | None, users: int, bits: float
) -> float:
    """Seconds of one decode step on one device. `bandwidth` in bytes/s, `flops` in 1/s, `bits` per weight."""
    per_parameter = constants.plain_flops if bits > 15 else constants.unpack_flops * UNPACK_BITS / bits
    seconds = launch_seconds(constants, work.layers, work.mixture_layers, work.state_layers)
    read = work.weight_bytes + work.state_bytes + work.cache_bytes * constants.cache_factor
    read += work.mixture_layers * constants.mixture_bytes
    seconds += read / (bandwidth * constants.efficiency)
    seconds += constants.sequence_s * (users - 1)
    if flops:  # one sequence pays for unpacking, more for multiplying on the matrix units
        seconds += work.params * (per_parameter + constants.batch_flops * (users - 1)) / flops
    return seconds


def estimate_speed(
    fp: Footprint,
    fmt: str,
    engine: str,
    machine: Machine,
    placement: Placement,
    context_tokens: int,
    users: int,
    options: EngineOptions,
) -> Speed:
    """Decode speed of one user and of all, prompt speed and time to the first token at half-filled context."""
    case = Case(fp, fmt, engine, machine, context_tokens, users, options)
    cards = devices_of(machine)[: placement.gpus]
    missing = _unknown(case, placement)
    if missing is not None:
        return Speed(None, None, None, None, None, None, f"unknown: {missing}")
    if options.adapter_rank is not None:
        return _trained(case, placement)
    seconds, low, high = _decode(case, placement, [c.gpu for c in cards])
    if fp.moe_layers:
        low, high = low / MIXTURE_WIDER, high * MIXTURE_WIDER
    prompt = prefill_tps(case, placement)
    first = None if prompt is None else context_tokens / 2 / prompt
    return Speed(1 / seconds, low / seconds, high / seconds, prompt, first, users / seconds, "estimated")


def _trained(case: Case, placement: Placement) -> Speed:
    """Tokens trained per second, as the total; nothing is generated."""
    from osllm.estimate.training import SPEED_RANGE, trained_tps

    # A prompt as long as a sample; a larger batch spares some launches, which are little beside it.
    whole = case._replace(context_tokens=2 * case.context_tokens, users=1)
    prompt = prefill_tps(whole, placement)
    if prompt is None:
        return Speed(None, None, None, None, None, None, "unknown: the accelerator's matrix rate is not known")
    rate = trained_tps(prompt)
    low, high = SPEED_RANGE
    return Speed(None, rate * low, rate * high, None, None, rate, "estimated")


def _unknown(case: Case, placement: Placement) -> str | None:
    """The figure without which no speed can be told, in words; None where all are there."""
    for device in devices_of(case.machine)[: placement.gpus]:
        if not device.gpu.bandwidth_gbps:
            return f"memory bandwidth of {device.gpu.key} is not known"
        if kind_of(case.engine, device.gpu) not in DECODE:
            return f"no measurements of {case.engine} on {memory_of(device.gpu)}"
    if placement.cpu_layers or placement.experts_on_cpu or not placement.gpus:
        if not case.machine.ram_bandwidth_gbps:
            return "memory bandwidth of the RAM is not known"
        if kind_of(case.engine, None) not in DECODE:
            return f"no measurements of {case.engine} on a CPU"
    return None


def _decode(case: Case, placement: Placement, gpus: list[Gpu]) -> tuple[float, float, float]:
    """Seconds of one step of all users, and the factors of the speed's interval."""
    if ENGINES[case.engine].gguf or not gpus:
        return _decode_layered(case, placement, gpus)
    return _decode_sharded(case, placement, gpus)


def _decode_layered(case: Case, placement: Placement, gpus: list[Gpu]) -> tuple[float, float, float]:
    fp, fmt, engine, machine, context_tokens, users, options = case
    bits = fp.bits_per_weight(fmt)
    if not gpus or (len(gpus) == 1 and not placement.in_ram):  # one device does all
        constants, bandwidth, flops = _device(engine, machine, gpus[0] if gpus else None)
        plain, experts = weight_read_bytes(fp, fmt, users)
        cache = users * cache_read_bytes(fp, context_tokens, options)
        state = users * state_read_bytes(fp)
        halves = fp.parts / 2
        work = Work(halves, fp.moe_layers, state_layers(fp), plain + experts, cache, state, fp.params_active)
        seconds = constants.step_s + step_seconds(constants, work, bandwidth, flops, users, bits)
        return seconds, constants.low, constants.high
    seconds, step, low, high, stages = 0.0, 0.0, 1.0, 1.0, 0
    for index, work in works(case, placement):
        constants, bandwidth, flops = _device(engine, machine, gpus[index - 1] if index else None)
        seconds += step_seconds(constants, work, bandwidth, flops, users, bits)
        step = max(step, constants.step_s)
        low, high = min(low, constants.low), max(high, constants.high)
        stages += bool(work.layers)
    return seconds + step + (stages - 1) * STAGE_S, low, high


def _device(engine: str, machine: Machine, gpu: Gpu | None) -> tuple[Constants, float, float | None]:
    """The constants of an accelerator, or of the CPU (None), its bytes and its FLOPs per second."""
    constants = Constants._make(DECODE[kind_of(engine, gpu)])
    if gpu is not None:
        return constants, _bandwidth(gpu), _flops(gpu)
    cores = machine.cpu_cores or DEFAULT_CORES
    return cpu_constants(constants, cores), (machine.ram_bandwidth_gbps or 0) * 1e9, cores * CORE_FLOPS


def _decode_sharded(case: Case, placement: Placement, gpus: list[Gpu]) -> tuple[float, float, float]:
    fp, fmt, engine, _, context_tokens, users, options = case
    tp, pp = placement.tensor_parallel, placement.pipeline_parallel
    slowest = min(gpus, key=_bandwidth)
    constants = Constants._make(DECODE[kind_of(engine, slowest)])
    plain, experts = weight_read_bytes(fp, fmt, users)
    cache = users * cache_read_bytes(fp, context_tokens, options, tp)
    state = users * state_read_bytes(fp) / tp
    weights, params = (plain + experts) / tp, fp.params_active / tp
    work = Work(fp.parts / 2, fp.moe_layers, state_layers(fp), weights, cache, state, params)
    bits = fp.bits_per_weight(fmt)
    seconds = constants.step_s + step_seconds(constants, work, _bandwidth(slowest), _flops(slowest), users, bits)
    if tp > 1:
        seconds += 2 * fp.layers * reduce_seconds(slowest.link_gbps, tp, users * fp.hidden_size * 2)
    return seconds + (pp - 1) * STAGE_S, constants.low, constants.high


def reduce_seconds(link_gbps: float | None, tensor_parallel: int, message_bytes: float) -> float:
    """One ring all-reduce: latency, and 2 (n - 1) / n of the message over the link, or over PCIe."""
    latency = REDUCE_LINKED_S if link_gbps else REDUCE_PCIE_S
    rate = link_gbps * 1e9 / 2 if link_gbps else REDUCE_PCIE_BYTES_PER_S
    return latency + 2 * (tensor_parallel - 1) / tensor_parallel * message_bytes / rate


def _flops(gpu: Gpu) -> float | None:
    return gpu.fp16_tflops * 1e12 if gpu.fp16_tflops else None


def _bandwidth(gpu: Gpu) -> float:
    return (gpu.bandwidth_gbps or 0) * 1e9


def launch_seconds(constants: Constants, layers: float, mixture_layers: float, state_layers: float) -> float:
    """Seconds that launching the kernels of so many layers takes."""
    return layers * constants.layer_s + mixture_layers * constants.mixture_s + state_layers * constants.state_s


def prefill_tps(case: Case, placement: Placement) -> float | None:
    """Prompt tokens per second over a prompt of half the context; None where a device's matrix rate is not known.

    Stages work on one prompt one after the other, ranks at once. What is in RAM is copied to the card for every batch, which
    multiplies faster than the CPU would (llama.cpp, `--op-offload`, on by default).
    """
    fp, fmt, engine, machine, context_tokens, _, options = case
    prompt = max(1.0, context_tokens / 2)
    gpus = [device.gpu for device in devices_of(machine)[: placement.gpus]]
    slowest = min(gpus, key=lambda gpu: gpu.matrix_tflops or gpu.fp16_tflops or 0.0) if gpus else None
    flops, batch = prompt_flops(fp, prompt), prompt_batch(engine, slowest, prompt, options.ubatch)
    weights = sum(weight_read_bytes(fp, fmt, batch))
    ranks = placement.tensor_parallel
    kind = kind_of(engine, slowest)
    share = PREFILL[kind][class_of(fp, batch, fp.bits_per_weight(fmt))]
    constants = Constants._make(DECODE[kind])
    if slowest is None:
        cores = machine.cpu_cores or DEFAULT_CORES
        constants = cpu_constants(constants, cores)
        rate: float | None = cores * CORE_FLOPS
        bandwidth = (machine.ram_bandwidth_gbps or 0) * 1e9
    else:
        rate, bandwidth = matrix_flops(engine, slowest), _bandwidth(slowest)
    if rate is None:
        return None
    overhead = constants.step_s + launch_seconds(constants, fp.parts / 2, fp.moe_layers, state_layers(fp))
    seconds = flops / (rate * share * ranks)
    if bandwidth:
        seconds += (overhead + weights / ranks / (bandwidth * constants.efficiency)) / batch
    if gpus and (placement.cpu_layers or placement.experts_on_cpu):
        parts, stack = split_of(case, placement), stack_of(case)
        moved = total(parts.counts[0], stack.weights) + total(parts.experts[0], stack.experts)
        seconds += moved / PCIE_BYTES_PER_S / max(1, options.ubatch)
    return 1 / seconds
