"""Accelerators and machines."""

from __future__ import annotations

from osllm.tuples import NamedTuple


class Gpu(NamedTuple):
    """One accelerator as the catalog knows it. None is: not known."""

    key: str
    name: str
    vendor: str  # nvidia | amd | intel | apple | google | cpu | generic | …
    form: str | None  # desktop | laptop | sxm | pcie | integrated …
    generation: str | None  # Ada Lovelace, CDNA 3, Apple M3 …
    compute_capability: str | None  # NVIDIA: "8.9"; AMD: "gfx1100"
    memory_bytes: int  # what the driver reports where seen, else the marketing size read as GiB
    memory_type: str | None  # GDDR6X, HBM3, LPDDR5X …
    bandwidth_gbps: float | None  # 10^9 bytes/s
    fp16_tflops: float | None  # dense, FP32 accumulate; the shaders' where `matrix_tflops` stands beside it
    fp8_tflops: float | None
    int8_tops: float | None
    fp4_tflops: float | None
    supports: tuple[str, ...]  # of bf16, fp8, fp4, int8
    unified: bool  # shares the machine's RAM
    cores: int | None  # Apple: GPU cores
    interconnect: str | None
    link_gbps: float | None  # NVLink total per card, 10^9 bytes/s
    released: str | None
    matrix_tflops: float | None = None  # FP16 in matrix units faster than the shaders, dense, FP32 accumulate


class GpuGroup(NamedTuple):
    """`number` equal accelerators in a machine."""

    gpu: Gpu
    number: int
    usable_bytes: int  # of one card: what an engine may really use


class Machine(NamedTuple):
    """What the models run on. No groups: CPU only."""

    groups: tuple[GpuGroup, ...]
    ram_bytes: int | None
    ram_usable_bytes: int | None
    ram_bandwidth_gbps: float | None
    cpu_cores: int | None
    source: str  # flag | detected | assumed
    notes: tuple[str, ...] = ()

    @property
    def gpu_count(self) -> int:
        """Number of accelerators over all groups."""
        return sum(group.number for group in self.groups)

    @property
    def usable_bytes(self) -> int:
        """Usable accelerator memory of the whole machine, in bytes."""
        return sum(group.number * group.usable_bytes for group in self.groups)

    @property
    def unified(self) -> bool:
        """Whether CPU and GPU share one memory (Apple, GB10, Strix Halo)."""
        return any(group.gpu.unified for group in self.groups)

    @property
    def platform(self) -> str:
        """Cuda | rocm | metal | xpu | cpu: what the engines are asked for."""
        if not self.groups:
            return "cpu"
        vendor = self.groups[0].gpu.vendor
        return {"nvidia": "cuda", "generic": "cuda", "amd": "rocm", "apple": "metal", "intel": "xpu"}.get(
            vendor, vendor
        )
