"""From an evaluated plan to a candidate with reasons and warnings: made only for what is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.advise.formats import artifact_for, engine_reason, reads_checkpoint
from osllm.domain.plan import Estimate, Plan
from osllm.domain.verdict import Candidate, Caveat, Reason
from osllm.estimate.case import first_cards
from osllm.estimate.placement import max_tokens_that_fit
from osllm.licensing.engine import check
from osllm.rules.plan import PlanFacts
from osllm.rules.registry import by_stage

if TYPE_CHECKING:
    from osllm.advise.evaluate import Evaluated
    from osllm.catalog.store import Catalog
    from osllm.domain.model import Model
    from osllm.domain.request import Request
    from osllm.domain.verdict import LicenseVerdict
    from osllm.rules.question import Question


def in_words(catalog: Catalog, model: Model, request: Request) -> LicenseVerdict:
    """The licence verdict on a model with its texts in the request's language; ranking reads it without."""
    return check(model.license, catalog.licenses(), request.license_facts, model.modalities, request.lang)


def candidate(catalog: Catalog, e: Evaluated, question: Question) -> Candidate:
    """Everything a row of the answer shows."""
    request = question.request
    model = catalog.model(e.row.id)
    plan = Plan(e.row.id, e.format, e.engine, request.context_tokens, request.users, e.placement, e.options)
    longest = max_tokens_that_fit(
        e.footprint,
        e.format,
        e.engine,
        first_cards(request.machine, e.placement.gpus)
        if e.placement.gpus and not e.placement.in_ram
        else request.machine,
        request.users,
        e.options,
        model.context_max,
        placement=e.placement if e.placement.in_ram else None,
    )
    verdict = in_words(catalog, model, request)
    artifact = artifact_for(model, e.format)
    facts = PlanFacts(
        model=model,
        plan=plan,
        estimate=Estimate(e.memory, e.speed, longest),
        quality=e.quality,
        loss=e.loss,
        license=verdict,
        bits=e.footprint.bits_per_weight(e.format),
        artifact_known=artifact is not None or reads_checkpoint(e.engine, e.format),
        parts={name: (value, weight) for name, value, weight in e.score.parts},
        engine_reason=engine_reason(e.engine, request, question.use_case.engines),
        language_share=question.language_share(e.row.id),
        answer_length=question.answer_length(e.row.id),
    )
    reasons = reasons_of(facts, question)
    return Candidate(
        model=model,
        plan=plan,
        estimate=facts.estimate,
        quality=e.quality,
        license=verdict,
        artifact=artifact,
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
