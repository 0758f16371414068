"""Embedding models and rerankers (embeddings.yaml), tokenizers (tokenizers.yaml)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from osllm.authoring.schema.base import (
    Amount,
    HubId,
    Key,
    Language,
    PartialDate,
    Positive,
    Sourced,
    Sources,
    Strict,
    Text,
)
from osllm.authoring.schema.model import LicenseBlock


class RetrievalScore(Strict):
    """A published result of a retrieval benchmark."""

    benchmark: Text
    version: Text | None
    value: float
    setting: Text | None = None
    source: Sources


class Embedding(Strict):
    """An embedding model or reranker."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._+-]*$")]
    hub_id: HubId
    kind: Literal["embedding", "reranker", "sparse", "late-interaction", "static"]
    developer: Text
    released: PartialDate | None = None
    params: Positive | None
    memory_bytes: Positive | None = Field(description="weights as published")
    dim: Positive | None = Field(description="length of a vector")
    max_tokens: Positive | None
    languages: list[Language | Literal["multilingual"]]
    japanese: bool | None = Field(description="made or measured for Japanese")
    license: LicenseBlock
    source: Sources
    ollama: list[Text] | None = None
    scores: list[RetrievalScore] | None = None
    gaps: list[Text] | None = None
    notes: list[Text] | None = None


class EmbeddingsFile(Sourced):
    """Models for retrieval."""

    models: list[Embedding]


class CharsPerToken(Strict):
    """Japanese characters per token, by text set."""

    encyclopedic: Amount | None
    exam: Amount | None
    prompts: Amount | None
    mean: Amount | None


class Tokenizer(Strict):
    """One tokenizer."""

    key: Key
    name: Text
    vocab: Positive | None
    chars_per_token_ja: CharsPerToken
    basis: Literal["measured", "published", "unknown"]
    source: Sources | None
    note: Text | None = None


class TokenizersFile(Sourced):
    """Tokenizers."""

    tokenizers: list[Tokenizer]
