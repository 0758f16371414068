"""Benchmark versions (benchmarks.yaml) and published tables (evidence/*.yaml)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from osllm.authoring.schema.base import HubId, Key, PartialDate, Share, Strict, Text, Url

# A model id, with the mode where the evaluator says which.
RowKey = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.+-]*(@(thinking|non-thinking))?$")]

Tokens = Annotated[float, Field(gt=0)]  # a mean


class Scale(Strict):
    """What the published values mean."""

    min: float | None = None
    max: float | None = None
    chance: float | None = Field(None, description="what guessing scores")
    lower_better: bool | None = None
    unit: Literal["elo", "logit"] | None = Field(None, description="for open scales")


class Benchmark(Strict):
    """One version of a benchmark. Another version, judge or setting is another benchmark."""

    title: Text
    version: Text | None = None
    skill: Key
    scale: Scale
    judge: Text | None = None
    saturation: Text | None = None
    contamination: Text | None = None
    caveat: Text | None = None
    superseded_by: Key | None = None
    reported_as: list[Text] | None = Field(None, description="how the models' own tables name it")
    independent: bool | None = Field(None, description="false: only developers' own figures carry this name")


class BenchmarksFile(Strict):
    """Every benchmark version that the tables use."""

    benchmarks: dict[Key, Benchmark]


class TableSource(Strict):
    """Where a table was published."""

    repo: Text | None = None
    hub: HubId | None = None
    url: Url | None = None
    path: Text | None = None
    commit: Text | None = None
    note: Text | None = None


class EvidenceFile(Strict):
    """One published table: model -> values, in the order of `benchmarks` or by key."""

    id: Key
    title: Text
    source: TableSource
    evaluated_by: Text
    independent: bool
    evaluator_develops: list[Text] | None = Field(None, description="developers whose models the evaluator ships")
    as_of: PartialDate
    series: Key
    license: Text
    attribution: Text | None = None
    setting: Text | None = None
    benchmarks: list[Key] | None = None
    rows: dict[RowKey, list[float | None] | dict[Key, float]] | None = None
    excluded: dict[RowKey, dict[Key, Text]] | None = Field(None, description="values left out, and why")
    language_share: dict[Key, dict[Key, Share]] | None = Field(
        None, description="by language: the share of its characters in a model's answers to prompts in it"
    )
    answer_tokens: dict[Key, dict[RowKey, Tokens]] | None = Field(
        None, description="by kind of question: the mean tokens of an answer, thinking included"
    )
