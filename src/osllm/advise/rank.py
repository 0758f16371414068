"""From the catalog to the ranked answer.

Models are vetoed by their own facts first, in a fixed order of rules. The rest are planned. The order is total:
measured models before unmeasured ones, then score, quality, release date, id. Nothing depends on the catalog's order.

Plans are made in the order of quality, and no more of them than can change the answer: a model whose best conceivable score
lies below the rows already found is only asked whether it would qualify at all, because the answer counts it.
"""

from __future__ import annotations

from heapq import heappush, heappushpop
from math import inf
from typing import TYPE_CHECKING, Final

from osllm.advise.bounds import (
    limits_of,
    most_tps_of,
    surely_out,
    surely_qualifies,
)
from osllm.advise.evaluate import Evaluated, Tools, Veto, best_plan, first_veto, has_ram_beside, tools_for
from osllm.advise.score import penalties, upper_bound
from osllm.rules.registry import by_stage
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from osllm.advise.bounds import Limits
    from osllm.catalog.index import IndexRow
    from osllm.catalog.store import Catalog
    from osllm.domain.model import Quality
    from osllm.rules.question import Question

# The veto of a model that is too large or too slow by its weights alone: no plan was made, so it has no numbers.
UNPLANNED: Final = Veto("", {})

Rejected = dict[str, tuple[str, Veto]]  # model id -> (rule, veto)


class Ranked(NamedTuple):
    """The order and what was left out of it."""

    rows: tuple[Evaluated, ...]
    also: tuple[tuple[str, ...], ...]  # per row, the older versions folded into it
    folded: dict[str, Evaluated]
    rejected: Rejected  # UNPLANNED ones have no numbers
    qualified: int  # models that have a plan, planned to the end or not
    offloaded: bool  # nothing fitted whole, so parts run from RAM

    def rank_of(self, model_id: str) -> int | None:
        """The place of a model, from 1; None for one that has no row of its own."""
        return next((i for i, e in enumerate(self.rows, 1) if e.row.id == model_id), None)

    def plan_of(self, model_id: str) -> Evaluated | None:
        """The plan of a model, also of one that is folded into another row."""
        number = self.rank_of(model_id)
        return self.folded.get(model_id) if number is None else self.rows[number - 1]

    def also_of(self, model_id: str) -> tuple[str, ...]:
        """The older versions folded into a model's row."""
        number = self.rank_of(model_id)
        return () if number is None else self.also[number - 1]


def order(e: Evaluated) -> tuple[object, ...]:
    """The sort key of the ranking: smallest first."""
    quality = 0.0 if e.quality is None else e.quality.low
    return (e.quality is None, -round(e.score.total, 9), -quality, _newest_first(e), e.row.id)


def _newest_first(e: Evaluated) -> tuple[int, ...]:
    return tuple(-ord(c) for c in e.row.released or "")


SORT_KEYS: Final[dict[str, Callable[[Evaluated], tuple[object, ...]]]] = {
    "quality": lambda e: (e.quality is None, -(e.quality.low if e.quality else 0.0)),
    "speed": lambda e: (-(e.speed.pace_tps or 0.0),),
    "memory": lambda e: (e.memory.total_bytes,),
    "params": lambda e: (-(e.row.params_total or 0),),
    "released": _newest_first,
}


def gate(rows: Sequence[IndexRow], question: Question) -> tuple[list[IndexRow], Rejected]:
    """Split the catalog into models that pass every model rule and those vetoed, each by its first veto."""
    active = [(r.code, r.check) for r in by_stage("model") if r.asked(question)]
    passed: list[IndexRow] = []
    rejected: Rejected = {}
    for row in rows:
        for code, check in active:
            params = check(row, question)
            if params is not None:
                rejected[row.id] = (code, Veto(code, params))
                break
        else:
            passed.append(row)
    return passed, rejected


class Sieve(NamedTuple):
    """What planning found."""

    found: list[Evaluated]
    rejected: Rejected
    below: list[str]  # models that qualify but cannot reach the rows asked for


def plan_all(
    catalog: Catalog, tools: Tools, rows: Sequence[IndexRow], quality: dict[str, Quality], keep: int | None
) -> Sieve:
    """Plan the models that passed the gates, best-measured first.

    Args:
        catalog: for the footprints.
        tools: what stays the same over the models.
        rows: the models.
        quality: model id -> quality for the use case.
        keep: how many rows can be of interest; None: every model is planned to the end.
    """
    question = tools.question
    limits = None if keep is None else limits_of(tools)
    sieve = Sieve([], {}, [])
    best: list[float] = []  # a heap of the best totals so far, one for each line of models
    lines: set[str] = set()
    measured = sorted((r for r in rows if r.id in quality), key=lambda r: (-quality[r.id].low, r.id))
    unmeasured = sorted((r for r in rows if r.id not in quality), key=lambda r: r.id)
    for row in (*measured, *unmeasured):
        known = quality.get(row.id)
        full = keep is not None and len(best) >= keep
        below = full and any(_most(question, row, known, asked) < best[0] for asked in (None, limits))
        if below and limits is not None and surely_qualifies(row, limits):
            sieve.below.append(row.id)
            continue
        rule = None if limits is None else surely_out(row, limits)
        if rule is not None:
            sieve.rejected[row.id] = (rule, UNPLANNED)
            continue
        if below:
            veto = first_veto(tools, row, catalog.footprint(row.id))
            if veto is None:
                sieve.below.append(row.id)
            else:
                sieve.rejected[row.id] = (veto.rule, veto)
            continue
        outcome = best_plan(tools, row, catalog.footprint(row.id), known)
        if isinstance(outcome, Veto):
            sieve.rejected[row.id] = (outcome.rule, outcome)
            continue
        sieve.found.append(outcome)
        line = line_of(catalog, row)
        if known is not None and keep is not None and line not in lines:
            lines.add(line)
            (heappushpop if full else heappush)(best, outcome.score.total)
    return sieve


def _most(question: Question, row: IndexRow, quality: Quality | None, limits: Limits | None) -> float:
    """The score that no plan of a model exceeds; with `limits` it also asks how fast one can be. Unmeasured ones rank last."""
    if quality is None:
        return -inf
    fastest = None if limits is None else most_tps_of(row, limits)
    return upper_bound(question, quality, 0.0, penalties(question, row, quality), fastest)


def line_of(catalog: Catalog, row: IndexRow) -> str:
    """The id of the newest version of a model: all versions of a line share it."""
    seen = {row.id}
    while row.superseded_by is not None and row.superseded_by not in seen:
        seen.add(row.superseded_by)
        row = catalog.row(row.superseded_by)
    return row.id


def fold(
    catalog: Catalog, rows: Sequence[Evaluated], below: Sequence[str]
) -> tuple[list[Evaluated], list[tuple[str, ...]], dict[str, Evaluated]]:
    """One row for each line of versions: the best-ranked one, with the ids of the others that qualify."""
    heads: dict[str, str] = {}
    others: dict[str, list[str]] = {}
    kept: list[Evaluated] = []
    folded: dict[str, Evaluated] = {}
    for e in rows:
        line = line_of(catalog, e.row)
        if line in heads:
            others[line].append(e.row.id)
            folded[e.row.id] = e
        else:
            heads[line] = e.row.id
            others[line] = []
            kept.append(e)
    for model_id in below:
        line = line_of(catalog, catalog.row(model_id))
        if line in others:
            others[line].append(model_id)
    return kept, [tuple(sorted(others[line_of(catalog, e.row)])) for e in kept], folded


def rank(catalog: Catalog, question: Question, *, keep: int | None = None) -> Ranked:
    """The ranking for a request; parts run from RAM only if the use case allows it or nothing fits whole.

    With `keep`, only so many rows at the top are exact and complete, which is all that `recommend` shows.
    """
    request, case = question.request, question.use_case
    passed, rejected = gate(catalog.index(), question)
    quality = catalog.quality(case.key)
    wanted = keep if request.sort == "score" else None
    tools = tools_for(catalog, question)
    sieve = plan_all(catalog, tools, passed, quality, wanted)
    offloaded = False
    if not sieve.found and case.offload == "if-nothing-fits" and has_ram_beside(request.machine):
        sieve = plan_all(catalog, tools._replace(offload=True), passed, quality, wanted)
        offloaded = bool(sieve.found)
    rejected.update(sieve.rejected)
    ordered = sorted(sieve.found, key=order)
    if request.sort != "score":
        ordered.sort(key=SORT_KEYS[request.sort])
    kept, also, folded = fold(catalog, ordered, sieve.below)
    qualified = len(sieve.found) + len(sieve.below)
    return Ranked(tuple(kept), tuple(also), folded, rejected, qualified, offloaded)
