"""Judgements: reasons, licence verdicts, ranked recommendations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from osllm.domain.model import Artifact, Model, Quality
from osllm.domain.plan import Estimate, Plan
from osllm.tuples import NamedTuple

VERDICT_ORDER: Final = ("allowed", "conditions", "review", "denied")  # mild to severe


def worst(verdicts: tuple[str, ...]) -> str:
    """Return the severest of some licence verdicts; of none, `review` (no licence found is never a yes)."""
    return max(verdicts, key=VERDICT_ORDER.index) if verdicts else "review"


class Reason(NamedTuple):
    """Why a rule touched a plan. The sentence is made in `i18n` from `rule` and `params`."""

    rule: str  # stable code, e.g. MEM101
    effect: str  # veto | prefer | penalise | note | unknown
    points: float = 0.0
    params: Mapping[str, Any] = {}
    sources: tuple[str, ...] = ()


class Caveat(NamedTuple):
    """Something the user should know before acting; made into a sentence in `i18n`."""

    code: str
    params: Mapping[str, Any] = {}


class LicenseFinding(NamedTuple):
    """One rule of the licence engine that spoke."""

    rule: str
    right: str | None
    clause: str | None
    severity: str  # allowed | conditions | review | denied | note
    text: str  # paraphrase, in the request's language where known
    params: Mapping[str, Any] = {}


class Obligation(NamedTuple):
    """A duty that comes with a permission."""

    id: str
    license: str
    when: tuple[str, ...]
    clause: str | None
    text: str


class LicenseVerdict(NamedTuple):
    """What all licences of a model together say about a use."""

    verdict: str
    keys: tuple[str, ...]
    findings: tuple[tuple[str, LicenseFinding], ...] = ()  # (licence key, finding)
    obligations: tuple[Obligation, ...] = ()
    assumptions: tuple[str, ...] = ()
    per_license: tuple[tuple[str, str], ...] = ()  # (licence key, verdict)
    per_use: tuple[tuple[str, str], ...] = ()  # (use, verdict), where the use was not said
    latent: tuple[Obligation, ...] = ()  # duties that begin if a fact left out turns out to be true
    asks: tuple[str, ...] = ()  # options whose values would settle what was assumed or left open


class Score(NamedTuple):
    """The parts of a ranking score; each part is value x weight and `total` is their sum."""

    total: float
    parts: tuple[tuple[str, float, float], ...]  # (name, value 0-1, weight)


class Candidate(NamedTuple):
    """A plan with everything known about it."""

    model: Model
    plan: Plan
    estimate: Estimate
    quality: Quality | None
    license: LicenseVerdict
    artifact: Artifact | None
    loss: tuple[str, float, str] | None  # quantization loss: metric, value, source
    bits_per_weight: float
    file_bytes: int
    reasons: tuple[Reason, ...]
    warnings: tuple[Caveat, ...]
    score: Score


class Rejection(NamedTuple):
    """A model that came close, and what it would need."""

    model_id: str
    rule: str
    params: Mapping[str, Any]
    needs: Mapping[str, Any]


class Companion(NamedTuple):
    """A model that works beside the language model, for retrieval."""

    kind: str  # embedding | reranker
    id: str
    hub_id: str
    license_keys: tuple[str, ...]
    verdict: str
    memory_bytes: int
    benchmark: str
    value: float
