"""A licence file: catalog/licenses/<key>.yaml, one per licence and version."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from osllm.authoring.schema.base import Bilingual, Key, PartialDate, Positive, Strict, Text, Url
from osllm.authoring.schema.model import Degree
from osllm.licensing.facts import CONSEQUENCES, KINDS, METRICS, RIGHTS, SWITCHES, TRIGGERS, USES

# The vocabularies stand in `osllm.licensing.facts`; pydantic wants them as types.
Kind = Literal[KINDS]  # type: ignore[valid-type]
Right = Literal[RIGHTS]  # type: ignore[valid-type]
Trigger = Literal[TRIGGERS]  # type: ignore[valid-type]
Metric = Literal[METRICS]  # type: ignore[valid-type]
Switch = Literal[SWITCHES]  # type: ignore[valid-type]
Exemption = Literal[(*SWITCHES, *USES)]  # type: ignore[valid-type]
Consequence = Literal[CONSEQUENCES]  # type: ignore[valid-type]


class Grant(Strict):
    """What the text says about one right."""

    v: Literal["yes", "conditional", "no", "unstated"] | None = Field(description="null: the text was not read")
    c: Text | None = Field(None, description="clause")
    n: Bilingual | None = Field(None, description="paraphrase")
    nc: Literal["conditional", "yes"] | None = Field(None, description="what it says for non-commercial use")
    by: list[Literal["thresholds", "obligations", "exclusions"]] | None = Field(
        None, description="parts of this file that spell the conditions out"
    )


class Threshold(Strict):
    """A number or kind of business where the licence changes."""

    id: Key
    metric: Metric | None = None
    op: Literal["gt", "gte"] | None = None
    value: Positive | None = None
    any_of: list[Switch] | None = None
    applies_to: Literal["any_use", "commercial_use"]
    consequence: Consequence
    if_unknown: Literal["assume_below", "review"]
    clause: Text | None = None
    scope: Bilingual | None = None
    measured: Bilingual | None = None
    exempt: Bilingual | None = None
    exempt_if: list[Exemption] | None = None
    only_if: list[Switch] | None = None
    only_when: Trigger | None = None
    contested_at: bool | None = Field(None, description="the text words the exact value both ways")
    evidence: Degree | None = None


class Duty(Strict):
    """What must be done in return."""

    id: Key
    when: list[Trigger] = Field(min_length=1)
    clause: Text | None = None
    text: Bilingual
    above: list[Key] | None = Field(None, description="thresholds above which it begins")
    notice: Text | None = Field(None, description="wording prescribed for a notice file")
    display: Text | None = Field(None, description="wording prescribed for display")
    prefix: Text | None = Field(None, description="how names of derived models must begin")


class FieldOfUse(Strict):
    """A field of use that the text withholds or makes conditional."""

    v: Literal["no", "conditional"]
    c: Text | None = None
    n: Bilingual | None = None


class Exclusion(Strict):
    """A territory that the text excludes."""

    territories: list[Text] = Field(min_length=1)
    only: Literal["multimodal"] | None = None
    test: Literal["licensee", "use_place"]
    exempt_if: list[Exemption] | None = None
    clause: Text
    effect: Bilingual | None = None


class LicenseFile(Strict):
    """One licence in one version."""

    key: Key = Field(description="name of the file")
    spdx_id: Text | None = None
    name: Text
    version: Text | None = None
    date: PartialDate | None = None
    text_url: Url | None = None
    owner: Text | None = None
    hf_tag: Text | None = Field(None, description="what the Hugging Face Hub calls it")
    osi_approved: bool
    kind: Kind
    seen: Degree = Field(description="how much of the text was read")
    collected: PartialDate = Field(description="when")
    source: list[Url] | None = None
    grants: dict[Right, Grant] = Field(description="the eight rights")
    thresholds: list[Threshold] | None = None
    obligations: list[Duty] | None = None
    fields: dict[Text, FieldOfUse] | None = None
    exclusions: list[Exclusion] | None = None
    internal_use: Literal["unclear", "permitted"] | None = None
    acceptable_use_policy: Url | Bilingual | None = None
    termination: Bilingual | None = None
    governing_law: Bilingual | None = None
    applies_to_derivatives: Bilingual | None = None
    revocable: bool | None = None
    notes: Bilingual | None = None
