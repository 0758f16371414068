"""Engines (engines/*.yaml), weight formats (quantizations.yaml) and what they cost (quantization-loss.yaml)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from osllm.authoring.schema.base import Amount, Bilingual, Count, Key, Positive, Sourced, Sources, Strict, Text, Url

Platform = Literal["cuda", "rocm", "metal", "xpu", "cpu", "tpu"]
FormatKey = Text


class PlatformSupport(Strict):
    """What an engine asks of a platform."""

    min_compute_capability: Text | None = Field(None, description="NVIDIA: the oldest generation")
    archs: list[Text] | None = Field(None, description="AMD: the generations")
    driver: Text | None = None
    os: list[Literal["linux", "windows", "macos"]]
    source: Sources


class Parallel(Strict):
    """How an engine spreads a model over devices."""

    tensor: bool
    pipeline: bool
    multi_node: bool


class ApiKey(Strict):
    """How an API key is given."""

    flag: Text | None = None
    file_flag: Text | None = None
    environment: Text | None = None


class Parsers(Strict):
    """Name of a model or of its model_type, from the front -> what the engine calls its parser."""

    source: Sources
    tool_call: dict[Text, Text] | None = None
    reasoning: dict[Text, Text] | None = None


class MinVersions(Strict):
    """The oldest release that runs a model."""

    source: Sources
    models: dict[Text, Text]


class Metric(Strict):
    """One metric that the engine exports."""

    name: Text
    type: Literal["counter", "gauge", "histogram"]


class Metrics(Strict):
    """Where and what the engine exports for Prometheus."""

    path: Text
    flag: Text | None = None
    source: Sources
    roles: dict[Text, Metric]


class KnownIssue(Strict):
    """Trouble with some models."""

    models: list[Text] = Field(description="beginnings of model ids")
    text: Bilingual
    source: Sources


class DefaultContext(Strict):
    """The context that the engine takes when none is set."""

    below_gib: Positive | None = None
    tokens: Positive


class Modelfile(Strict):
    """Ollama: words of a Modelfile."""

    instructions: list[Text]
    parameters: list[Text]


class Trainer(Strict):
    """The program that trains adapters on what the engine runs."""

    name: Text
    launcher: list[Text] = Field(min_length=1)
    package: Text = Field(description="what pip installs, with the oldest release whose memory is counted")
    packed_package: Text = Field(description="the same for weights in few bits")
    flags: list[Text]


class EngineFile(Sourced):
    """One engine in one release."""

    key: Key = Field(description="name of the file")
    name: Text
    aliases: list[Text] | None = None
    version: Text | None = Field(description="the release whose flags are listed")
    status: Literal["active", "maintenance", "archived"]
    status_note: Text | None = None
    repo: Url
    launcher: list[Text] = Field(min_length=1, description="how a command line begins")
    default_port: Positive
    default_host: Text
    health: Text
    api: Text
    images: dict[Platform, Text]
    image_entrypoint: list[Text] | None = None
    image_program: Text | None = None
    platforms: dict[Platform, PlatformSupport]
    formats: list[Text] | None = Field(None, description="kinds of weight formats, where not all of its platform")
    formats_note: Text | None = None
    experts_only: bool | None = None
    parallel: Parallel
    cpu_offload: bool
    api_key: ApiKey | None = None
    kv_cache: dict[Literal["f16", "q8_0", "q4_0", "fp8"], Text | None]
    quantize: dict[FormatKey, Text] | None = Field(None, description="format -> what --quantize calls it")
    trust_remote_code: list[Text] | None = Field(None, description="model types whose own code must be run")
    model_types: list[Text] | None = Field(None, description="the only model types that it runs")
    parsers: Parsers | None = None
    min_versions: MinVersions | None = None
    known_issues: list[KnownIssue] | None = None
    default_context: list[DefaultContext] | None = None
    environment: list[Text] | None = None
    modelfile: Modelfile | None = None
    metrics: Metrics | None = None
    trainer: Trainer | None = None
    flags: list[Text]


class Blocks(Strict):
    """How weights are stored: tensor types of GGUF as [weights, bytes], else what stands beside the weights."""

    default: Text | None = None
    types: dict[Text, list[Positive]] | None = None
    weight_bits: Amount | None = None
    group: Positive | None = None
    block: Positive | None = None
    scale_bits: Count | None = None
    zero_bits: Count | None = None
    bias_bits: Count | None = None
    output_bits: Count | None = None
    scale_bits_per_column: Count | None = None
    scale_bits_per_matrix: Count | None = None
    scale_bits_per_block: Count | None = None
    order_bytes_per_row: Count | None = None
    sign_bytes_per_row: Count | None = None
    sign_bytes_per_column: Count | None = None
    quantized: Literal["experts"] | None = None


class Quantization(Strict):
    """One weight format."""

    key: FormatKey
    name: Text
    kind: Literal[
        "plain", "gguf", "awq", "gptq", "fp8", "int8", "int4", "nvfp4", "mxfp4", "mxfp8", "bnb", "mlx", "exl3", "fp4"
    ]
    bits: Amount = Field(description="nominal bits of one quantized weight")
    engines: list[Key]
    min_compute_capability: Text | None
    vendors: list[Text]
    note: Bilingual
    blocks: Blocks
    imatrix: bool | None = Field(None, description="llama-quantize refuses to make it without an importance matrix")
    source: Sources


class QuantizationsFile(Sourced):
    """Weight formats."""

    quantizations: list[Quantization]


class SameAs(Strict):
    """A format that stands in for one without rows."""

    format: FormatKey
    why: Text


class LossFile(Sourced):
    """Published losses of quantization, and how they are weighed."""

    weights: dict[Text, Amount]
    groups: dict[Key, list[Text]]
    notes: list[Text]
    ladders: dict[Text, list[FormatKey]] = Field(description="fewer bits are never better: widest first")
    lossless: list[FormatKey]
    same_as: dict[FormatKey, SameAs]
    weights_lost: list[list[str | int | float | bool | None]]
    cache: dict[Text, Text] | None = None
    cache_lost: list[list[str | int | float | bool | None]] | None = None


__all__ = ["EngineFile", "LossFile", "QuantizationsFile"]
