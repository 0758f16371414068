"""Models, their published weights, formats, engines and use cases as the catalog holds them."""

from __future__ import annotations

from collections.abc import Sequence

from osllm.domain.architecture import Architecture
from osllm.tuples import NamedTuple


class Artifact(NamedTuple):
    """Weights that someone has published in one format."""

    format: str  # key in quantizations.yaml: Q4_K_M, AWQ, FP8, BF16 …
    hub_id: str
    file: str | None  # file or pattern inside the repository; None: the whole repository
    file_bytes: int | None
    publisher: str  # owner | named publisher (bartowski, unsloth, mmnga …)


class LicenseBinding(NamedTuple):
    """The licences of one model. All keys apply at once."""

    keys: tuple[str, ...]
    evidence: str  # primary | partial | secondary | not_seen
    conflict: str | None = None  # why declared and inherited licences disagree
    card_restriction: str | None = None  # what the card asks beyond the licence
    revisions: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (before this date, licence keys then), oldest first
    components: tuple[tuple[str, str], ...] = ()  # (part of the Model Openness Framework, its licence or "absent")


class Model(NamedTuple):
    """One checkpoint. None is: not known."""

    id: str
    hub_id: str | None
    name: str
    family: str
    developer: str
    origin: str | None  # ISO country of the developer
    base_id: str | None  # catalog id or hub id of the model it was made from
    base_origin: str | None  # ISO country of the developer of the (root) base model
    kind: str  # instruct | base | embedding | reranker | translation | other
    released: str | None  # YYYY, YYYY-MM or YYYY-MM-DD
    params_total: int | None  # language model alone
    params_active: int | None  # per token; dense: equals params_total
    params_published: int | None  # the owner's figure with everything
    context_native: int | None
    context_max: int | None
    modalities: tuple[str, ...]  # input: text, image, audio, video
    languages: tuple[str, ...]  # ISO codes; empty: not stated
    tools: bool | None
    reasoning: str | None  # none | hybrid | always
    domains: tuple[str, ...]  # medical, legal, code, math, translation …; empty: general
    tokenizer: str | None  # key in tokenizers.yaml
    license: LicenseBinding
    gated: bool | None
    status: str  # current | superseded | withdrawn
    superseded_by: str | None
    recommendable: bool  # shape complete, weights published, not withdrawn
    native_format: str | None  # the few-bit format that the owner's own checkpoint is in; None: 16 bits, or not known
    aliases: tuple[str, ...]
    ollama: tuple[str, ...]
    architecture: Architecture | None
    artifacts: tuple[Artifact, ...]
    gaps: tuple[str, ...]


class QuantizationFormat(NamedTuple):
    """One weight format, e.g. Q4_K_M or AWQ."""

    key: str
    name: str
    kind: str  # gguf | awq | gptq | fp8 | int8 | nvfp4 | mxfp4 | bnb | mlx | exl3 | plain
    bits: float  # nominal bits per quantized weight
    engines: tuple[str, ...]
    min_compute_capability: str | None  # NVIDIA, below it the format does not run
    vendors: tuple[str, ...]  # GPU vendors it runs on; empty: any that the engine supports
    note: str | None


class Quality(NamedTuple):
    """How good a model is at something, with the uncertainty and where it comes from."""

    value: float
    low: float
    high: float
    grade: str  # A independent, current; B independent, older; C developer's own; D inherited
    evidence: Sequence[tuple[object, ...]] = ()  # rows as the compiled catalog holds them
