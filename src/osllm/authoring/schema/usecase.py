"""A use case: catalog/use-cases/<key>.yaml."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from osllm.authoring.schema.base import Amount, Bilingual, Key, Language, Modality, Positive, Share, Strict, Text
from osllm.licensing.facts import USES

Use = Literal[USES]  # type: ignore[valid-type]


class UseCaseFile(Strict):
    """What must hold, what counts how much, and what is assumed when nothing is said."""

    key: Key = Field(description="name of the file")
    title: Bilingual
    description: Bilingual
    aliases: list[Text] = Field(description="other names, in both languages")
    kinds: list[Text] = Field(min_length=1, description="model kinds that qualify")
    language: Language | None = Field(description="language of the answers")
    modalities: list[Modality] = Field(description="input modalities that a model must have")
    tools: bool = Field(description="needs tool calling")
    domains: list[Text] = Field(description="special-purpose models that qualify; general ones always do")
    context_tokens: Positive
    users: Positive
    min_tps: Amount | None
    target_tps: Amount = Field(description="faster than this earns nothing more")
    min_bits: Amount = Field(description="below it a format is taken only when nothing else fits, and flagged")
    memory_budget_gib: Amount | None = Field(
        default=None, description="the most memory for it; null: what the machine has"
    )
    adapter_rank: Positive | None = Field(
        default=None,
        description="rank of the adapters (LoRA) that are trained on the model; null: it is run, not trained",
    )
    engines: list[Key] = Field(default=[], description="what it is done with; empty: whatever suits the machine")
    offload: Literal["never", "if-nothing-fits", "allowed"]
    license_use: Use | None = Field(description="licence facts that the use case itself implies")
    skills: dict[Key, Share] = Field(min_length=1, description="skill -> weight; weights sum to 1")
    weights: dict[Key, Share] = Field(description="quality, speed, fit -> weight; weights sum to 1")
    penalties: dict[Text, Share]
    companions: list[Literal["embedding", "reranker"]]
    rationale: dict[Text, Bilingual]
