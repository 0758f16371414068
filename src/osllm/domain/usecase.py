"""A use case: what must hold, what counts how much, and what is assumed when the user says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osllm.tuples import NamedTuple


class UseCase(NamedTuple):
    """One use case from `catalog/use-cases/`."""

    key: str
    title: Mapping[str, str]  # language -> text
    description: Mapping[str, str]
    aliases: tuple[str, ...]
    kinds: tuple[str, ...]  # model kinds that qualify
    language: str | None  # the language that the answers are in
    modalities: tuple[str, ...]  # input modalities that a model must have
    tools: bool  # needs tool calling
    domains: tuple[str, ...]  # special-purpose models that qualify (code, math, translation …); general ones always do
    context_tokens: int
    users: int
    min_tps: float | None
    target_tps: float  # faster than this earns nothing more
    min_bits: float  # below it a format is taken only when nothing else fits, and flagged
    memory_budget_gib: float | None  # the most memory that an answer may take; None: what the machine has
    adapter_rank: int | None  # the use is training adapters of this rank (LoRA) on the model; None: running it
    engines: tuple[str, ...]  # what the use case is done with; empty: whatever suits the machine
    offload: str  # never | if-nothing-fits | allowed
    license_use: str | None  # licence facts that the use case itself implies
    skills: tuple[tuple[str, float], ...]  # skill key, weight; weights sum to 1
    weights: Mapping[str, float]  # quality, speed, fit …; sum to 1
    penalties: Mapping[str, float]
    companions: tuple[str, ...]  # embedding, reranker
    rationale: Mapping[str, Any]
