"""Accelerators (gpus/*.yaml), processors (cpus.yaml) and cloud instances (clouds.yaml)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from osllm.authoring.schema.base import Amount, Key, PartialDate, Positive, Sourced, Sources, Strict, Text


class CoreOption(Strict):
    """A core count that a chip is sold with."""

    cores: Positive
    bandwidth_gbps: Amount | None = None
    fp16_tflops: Amount | None = None


class Accelerator(Strict):
    """One accelerator, or a chip sold with several memory sizes. Rates are dense."""

    key: Key
    name: Text = Field(description="marketing name")
    aliases: list[Text] | None = Field(None, description="other names, also those that drivers print")
    vendor: Literal["nvidia", "amd", "intel", "apple", "google"]
    form: Literal["desktop", "laptop", "workstation", "sxm", "pcie", "nvl", "oam", "module", "integrated"]
    generation: Text | None = None
    compute_capability: Text | None = Field(None, description="NVIDIA: 8.9; AMD: gfx1100")
    memory_gb: Positive = Field(description="marketing size, meant as GiB; the largest of several")
    memory_mib: Positive | None = Field(None, description="what the driver reports")
    memory_options_gb: list[Positive] | None = Field(None, description="all sizes it is sold with")
    memory_type: Text | None = None
    bandwidth_gbps: Amount | None = Field(None, description="10^9 bytes/s")
    core_options: list[CoreOption] | None = None
    cores: Positive | None = None
    fp16_tflops: Amount | None = Field(None, description="FP32 accumulation")
    matrix_tflops: Amount | None = Field(
        None, description="FP16 in matrix units, FP32 accumulation, where fp16_tflops is the shaders'"
    )
    fp8_tflops: Amount | None = None
    int8_tops: Amount | None = None
    fp4_tflops: Amount | None = None
    supports: list[Literal["bf16", "fp8", "fp4", "int8"]]
    unified: bool | None = Field(None, description="shares the machine's RAM")
    interconnect: Text | None = None
    link_gbps: Amount | None = Field(None, description="NVLink total per card, 10^9 bytes/s")
    released: PartialDate | None = None
    default_for: list[Text] | None = Field(None, description="names without a suffix that mean this variant")
    derived: list[Text] | None = Field(None, description="fields worked out instead of read")
    source: Sources
    notes: list[Text] | None = None


class AcceleratorsFile(Sourced):
    """The accelerators of one vendor."""

    accelerators: list[Accelerator]


class Processor(Strict):
    """A kind of processor, for its memory bandwidth."""

    key: Key
    name: Text
    memory_type: Text
    channels: Positive
    transfers_mts: Positive
    bandwidth_gbps: Amount
    derived: list[Text] | None = None
    source: Sources


class ProcessorsFile(Sourced):
    """Processors."""

    cpus: list[Processor]


class Instance(Strict):
    """A cloud instance with accelerators. Prices are list prices on demand for the whole instance."""

    provider: Key
    instance: Text
    gpu: Key = Field(description="key of an accelerator")
    gpu_count: Positive
    price_per_hour_usd: Amount | None = None
    price_date: Text | None = None
    derived: list[Text] | None = None
    note: Text | None = None
    source: Sources | None = None


class CloudsFile(Sourced):
    """Cloud instances."""

    instances: list[Instance]
