"""From the catalog to the ranked answer.

Models are vetoed by their own facts first, in a fixed order of rules. The rest are planned. The order is total:
measured models before unmeasured ones, then score, quality, release date, id. Nothing depends on the catalog's order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from osllm.advise.evaluate import Evaluated, Tools, Veto, best_plan
from osllm.rules.registry import by_stage

if TYPE_CHECKING:
    from osllm.catalog.index import IndexRow
    from osllm.catalog.store import Catalog
    from osllm.domain.model import Quality
    from osllm.rules.question import Question


class Ranked(NamedTuple):
    """The order and what was left out of it."""

    rows: tuple[Evaluated, ...]
    also: tuple[tuple[str, ...], ...]
    rejected: dict[str, tuple[str, Veto]]  # model id -> (rule, veto)
    offloaded: bool  # nothing fitted whole, so parts run from RAM


def order(e: Evaluated) -> tuple[object, ...]:
    """The sort key of the ranking: smallest first."""
    unmeasured = e.quality is None
    quality = 0.0 if e.quality is None else e.quality.low
    released = e.model.released or ""
    return (unmeasured, -round(e.score.total, 9), -quality, tuple(-ord(c) for c in released), e.model.id)


SORT_KEYS = {
    "quality": lambda e: (e.quality is None, -(e.quality.low if e.quality else 0.0)),
    "speed": lambda e: (-(e.speed.decode_tps or 0.0),),
    "memory": lambda e: (e.memory.total_bytes,),
    "params": lambda e: (-(e.model.params_total or 0),),
    "released": lambda e: tuple(-ord(c) for c in e.model.released or ""),
}


def gate(rows: list[IndexRow], question: Question) -> tuple[list[IndexRow], dict[str, tuple[str, Veto]]]:
    """Split the catalog into models that pass every model rule and those vetoed, each by its first veto."""
    active = [r for r in by_stage("model") if r.asked(question)]
    passed: list[IndexRow] = []
    rejected: dict[str, tuple[str, Veto]] = {}
    for row in rows:
        for rule in active:
            params = rule.check(row, question)
            if params is not None:
                rejected[row.id] = (rule.code, Veto(rule.code, params))
                break
        else:
            passed.append(row)
    return passed, rejected


def evaluate_all(
    tools: Tools, rows: list[IndexRow], quality: dict[str, Quality]
) -> tuple[list[Evaluated], dict[str, tuple[str, Veto]]]:
    """Plan every model that passed the gates."""
    found: list[Evaluated] = []
    rejected: dict[str, tuple[str, Veto]] = {}
    for row in rows:
        outcome = best_plan(tools, tools.catalog.model(row.id), tools.catalog.footprint(row.id), quality.get(row.id))
        if isinstance(outcome, Veto):
            rejected[row.id] = (outcome.rule, outcome)
        else:
            found.append(outcome)
    return found, rejected


def fold(rows: list[Evaluated]) -> tuple[list[Evaluated], list[tuple[str, ...]]]:
    """Fold superseded versions into the newest one of their line that is in the ranking."""
    present = {e.model.id: e for e in rows}
    heads: dict[str, list[str]] = {}
    kept: list[Evaluated] = []
    for e in rows:
        head = _successor(e.model.id, present)
        if head == e.model.id:
            kept.append(e)
        else:
            heads.setdefault(head, []).append(e.model.id)
    return kept, [tuple(sorted(heads.get(e.model.id, ()))) for e in kept]


def _successor(model_id: str, present: dict[str, Evaluated]) -> str:
    seen = {model_id}
    head = model_id
    following: str | None = model_id
    while following is not None:
        entry = present.get(following)
        following = entry.model.superseded_by if entry is not None else None
        if following in seen:
            break
        if following is not None and following in present:
            head = following
            seen.add(following)
    return head


def rank(catalog: Catalog, question: Question) -> Ranked:
    """The whole ranking for a request; parts run from RAM only if the use case allows it or nothing fits whole."""
    passed, rejected = gate(catalog.index(), question)
    quality = catalog.quality(question.use_case.key)
    allowed = question.use_case.offload == "allowed"
    tools = Tools(catalog, question, catalog.engines(), allowed)
    found, unfit = evaluate_all(tools, passed, quality)
    offloaded = False
    if not found and not allowed and question.use_case.offload != "never" and question.request.machine.groups:
        found, unfit = evaluate_all(tools._replace(offload=True), passed, quality)
        offloaded = bool(found)
    rejected.update(unfit)
    ordered = sorted(found, key=order)
    if question.request.sort != "score":
        ordered.sort(key=SORT_KEYS[question.request.sort])
    kept, also = fold(ordered)
    return Ranked(tuple(kept), tuple(also), rejected, offloaded)
