"""From an evaluated plan to a candidate with reasons and warnings: made only for what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.domain.plan import Estimate, Plan
from osllm.domain.verdict import Candidate, Caveat, Reason
from osllm.estimate.placement import max_tokens_that_fit
from osllm.rules.plan import PlanFacts
from osllm.rules.registry import by_stage

if TYPE_CHECKING:
    from osllm.advise.evaluate import Evaluated
    from osllm.rules.question import Question


def candidate(e: Evaluated, license_number: int, question: Question, chars_per_token: float | None) -> Candidate:
    """Everything a row of the answer shows."""
    request = question.request
    plan = Plan(e.model.id, e.format, e.engine, request.context_tokens, request.users, e.placement, e.options)
    longest = max_tokens_that_fit(
        e.footprint, e.format, e.engine, request.machine, request.users, e.options, e.model.context_max
    )
    estimate = Estimate(e.memory, e.speed, longest)
    verdict = question.license_of(license_number)
    facts = PlanFacts(
        model=e.model,
        plan=plan,
        estimate=estimate,
        quality=e.quality,
        loss=e.loss,
        license=verdict,
        bits=e.footprint.bits_per_weight(e.format),
        artifact_known=e.artifact is not None,
        parts={name: (value, weight) for name, value, weight in e.score.parts},
        chars_per_token=chars_per_token,
        lossy_cache=e.options.kv_cache in ("q8_0", "q4_0", "fp8"),
    )
    reasons = reasons_of(facts, question)
    return Candidate(
        model=e.model,
        plan=plan,
        estimate=estimate,
        quality=e.quality,
        license=verdict,
        artifact=e.artifact,
        loss=e.loss,
        bits_per_weight=facts.bits,
        file_bytes=e.footprint.file_bytes(e.format),
        reasons=reasons,
        warnings=warnings_of(reasons),
        score=e.score,
    )


def reasons_of(facts: PlanFacts, question: Question) -> tuple[Reason, ...]:
    """What every plan rule has to say, in the order of their codes' definition."""
    found = []
    for rule in by_stage("plan"):
        params = rule.check(facts, question)
        if params is not None:
            found.append(Reason(rule.code, rule.effect, float(params.get("points", 0.0)), params))
    return tuple(found)


# Notes that a user must see before acting, also without --verbose.
_WARNING_RULES = frozenset(("QNT202", "MEM202", "MEM203", "LIC203", "QLT202"))


def warnings_of(reasons: tuple[Reason, ...]) -> tuple[Caveat, ...]:
    """The reasons that are warnings too."""
    return tuple(Caveat(r.rule, r.params) for r in reasons if r.rule in _WARNING_RULES)
