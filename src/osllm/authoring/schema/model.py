"""A model family file: catalog/models/<developer>/<family>.yaml."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, create_model

from osllm.authoring.schema.architecture import ArchitectureBlock
from osllm.authoring.schema.base import (
    Country,
    HubId,
    Key,
    Language,
    Modality,
    PartialDate,
    Positive,
    Sourced,
    Sources,
    Strict,
    Text,
)
from osllm.licensing.openness import COMPONENTS, DATA_INFORMATION

ModelKind = Literal["instruct", "base", "translation", "embedding", "reranker", "reward", "other"]
Degree = Literal["primary", "partial", "secondary", "not_seen"]


Component = Literal[(*COMPONENTS, DATA_INFORMATION)]  # type: ignore[valid-type]


class Revision(Strict):
    """An earlier licence of the same repository."""

    before: PartialDate = Field(description="the licence changed on this date")
    keys: list[Key] = Field(description="licences before it")


class LicenseBlock(Strict):
    """The licences of a model; all of them apply at once."""

    keys: list[Key] | None = Field(None, description="files in catalog/licenses; empty: none was seen")
    evidence: Degree | None = Field(None, description="how well it is known which licence applies")
    source: Sources | None = Field(None, description="where it was read")
    conflict: Text | None = Field(None, description="why declared and inherited licences disagree")
    card_restriction: Text | None = Field(None, description="what the card asks beyond the licence")
    revisions: list[Revision] | None = Field(None, description="earlier licences, oldest first")
    components: dict[Component, Text] | None = Field(
        None,
        description="published parts of the Model Openness Framework and their licences; `absent` where there is none",
    )
    note: Text | None = Field(None, description="what to know about it")


class ParamsBlock(Strict):
    """Parameter counts."""

    total: Positive | None = Field(None, description="language model alone: no towers, no multi-token-prediction head")
    active: Positive | None = Field(None, description="per token; left out for dense models")
    published: Positive | None = Field(None, description="the owner's figure, with everything")
    source: Sources | None = Field(None, description="where they were read")
    note: Text | None = Field(None, description="why they differ from the count of the tensors, where they do")


class ContextBlock(Strict):
    """Context lengths in tokens."""

    native: Positive | None = Field(None, description="as trained")
    max: Positive | None = Field(None, description="with the scaling that the owner documents")
    source: Sources | None = Field(None, description="where they were read")


class ArtifactBlock(Strict):
    """Published weights in one format."""

    format: Text = Field(description="key in quantizations.yaml")
    hub_id: HubId = Field(description="repository")
    file: Text | None = Field(None, description="file or pattern inside the repository")
    bytes: Positive | None = Field(None, description="size of the file or files")
    publisher: Text = Field(description="`owner`, or who published them")
    note: Text | None = Field(
        None, description="how they depart from what the owner published, or from the plain format"
    )


class ReportedResult(Strict):
    """A result that the owner reports."""

    name: Text
    value: float
    setting: Text | None = None
    source: Sources


class Claim(Strict):
    """One of several values that sources give for a field."""

    value: bool | int | float | str | list[Text] | None
    source: Sources
    rank: Literal["preferred", "normal", "deprecated"]
    note: Text | None = None


class ModelEntry(Strict):
    """One checkpoint. The order of the keys is the order in which files write them."""

    id: Key = Field(description="lower case, family and size; the instruct version unless the id says otherwise")
    name: Text | None = Field(None, description="the owner's own name")
    hub_id: HubId | None = Field(None, description="ORG/NAME on the Hugging Face Hub")
    aliases: list[Text] | None = Field(None, description="further names, also renamed repositories")
    ollama: list[Text] | None = Field(None, description="Ollama tags")
    family: Text | None = Field(None, description="display name of the family, where it differs from the file's")
    developer: Text | None = Field(None, description="who trained it, where it differs from the file's")
    origin: Country | None = Field(None, description="ISO country of the developer, where it differs from the file's")
    kind: ModelKind | None = Field(None, description="what it is for")
    released: PartialDate | None = Field(None, description="YYYY, YYYY-MM or YYYY-MM-DD")
    base: Text | None = Field(None, description="what it was made from: a catalog id, else a hub id")
    base_origin: Country | None = Field(None, description="ISO country of the base's developer")
    status: Literal["current", "superseded", "withdrawn"] | None = Field(None, description="default current")
    superseded_by: Key | None = Field(None, description="id of the newer model that its developer put in its place")
    domains: list[Text] | None = Field(None, description="special purpose: code, math, medical, legal, finance …")
    modalities: list[Modality] | None = Field(None, description="what goes in")
    languages: list[Language] | None = Field(None, description="ISO codes that the owner names")
    tokenizer: Key | None = Field(None, description="key in tokenizers.yaml")
    weights: Literal["published", "none"] | None = Field(None, description="none: announced, never published")
    license: LicenseBlock | None = Field(None, description="licences")
    gated: bool | None = Field(None, description="whether the Hub asks for a form first")
    params: ParamsBlock | None = Field(None, description="parameter counts")
    context: ContextBlock | None = Field(None, description="context lengths")
    tools: bool | None = Field(None, description="tool calling")
    tools_source: Sources | None = Field(None, description="where that was read")
    reasoning: Literal["none", "hybrid", "always"] | None = Field(
        None, description="whether it thinks before it answers"
    )
    architecture: ArchitectureBlock | None = Field(None, description="the shape of the language model")
    artifacts: list[ArtifactBlock] | None = Field(None, description="published weights, the owner's first")
    benchmarks: list[ReportedResult] | None = Field(None, description="the owner's own results")
    gaps: list[Text] | None = Field(None, description="what was looked for and not found")
    notes: list[Text] | None = Field(None, description="what else to know")
    evidence: dict[Text, list[Claim]] | None = Field(None, description="field -> claims, only where sources disagree")


# What the members of a family may share.
SHARED: Final = (
    "family", "developer", "origin", "kind", "released", "base", "base_origin", "status", "superseded_by", "domains",
    "modalities", "languages", "tokenizer", "weights", "license", "gated", "params", "context", "tools", "tools_source",
    "reasoning",
)  # fmt: skip
ModelDefaults = create_model(  # type: ignore[call-overload]
    "ModelDefaults",
    __base__=Strict,
    __doc__="Facts merged under every model of a file.",
    **{name: (ModelEntry.model_fields[name].annotation, ModelEntry.model_fields[name]) for name in SHARED},
)


class ModelFile(Sourced):
    """A family of models: shared facts once, then its members."""

    family: Text = Field(description="display name of the family")
    developer: Text = Field(description="display name of who trained it")
    origin: Country | None = Field(None, description="ISO country of the developer")
    defaults: ModelDefaults | None = Field(None, description="merged under every model of the file")  # type: ignore[valid-type]
    models: list[ModelEntry] = Field(min_length=1, description="the members of the family")
