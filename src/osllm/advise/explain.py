"""Why a model stands where it does: every rule that touched it, and the smallest change that would alter the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from osllm.advise.evaluate import Evaluated, Tools, Veto, best_plan
from osllm.advise.formats import GGUF_LADDER, is_gguf
from osllm.rules.registry import by_stage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.advise.rank import Ranked
    from osllm.catalog.store import Catalog
    from osllm.domain.request import Request
    from osllm.rules.question import Question


class Lever(NamedTuple):
    """One change of the request that makes a rejected model possible."""

    change: str  # format | context | kv_cache | gpus | offload | min_tps | licence …
    value: Any
    result: Evaluated


class Standing(NamedTuple):
    """Where one model stands."""

    model_id: str
    rank: int | None
    plan: Evaluated | None
    vetoes: tuple[Veto, ...]  # all of them, not only the first
    above: Evaluated | None  # the row directly above it
    leader: Evaluated | None
    levers: tuple[Lever, ...]


def levers(request: Request) -> Iterator[tuple[str, Any, Request]]:
    """Single changes, from the cheapest to the dearest."""
    machine = request.machine
    yield "kv_cache", "q8_0", request._replace(kv_cache="q8_0")
    tokens = request.context_tokens // 2
    while tokens >= 2048:
        yield "context", tokens, request._replace(context_tokens=tokens)
        tokens //= 2
    if not request.engines or any(is_gguf(e) for e in request.engines):
        for fmt in GGUF_LADDER[4:]:
            yield "format", fmt, request._replace(formats=(fmt,))
    if request.min_tps:
        yield "min_tps", request.min_tps / 2, request._replace(min_tps=request.min_tps / 2)
    if machine.groups:
        group = machine.groups[0]
        for number in (group.number + 1, group.number * 2, group.number * 4, group.number * 8):
            bigger = machine._replace(groups=(group._replace(number=number), *machine.groups[1:]))
            yield "gpus", f"{number}x{group.gpu.key}", request._replace(machine=bigger)


def standing(catalog: Catalog, question: Question, ranked: Ranked, model_id: str) -> Standing:
    """Where a model stands in a finished ranking, every veto against it, and what would change it."""
    rows = ranked.rows
    rank = next((i for i, e in enumerate(rows, 1) if e.model.id == model_id), None)
    leader = rows[0] if rows else None
    if rank is not None:
        above = rows[rank - 2] if rank > 1 else None
        return Standing(model_id, rank, rows[rank - 1], (), above, leader, ())
    vetoes = tuple(model_vetoes(catalog, question, model_id))
    tools = Tools(catalog, question, catalog.engines(), ranked.offloaded)
    helpful: tuple[Lever, ...] = ()
    if model_id in ranked.rejected and ranked.rejected[model_id][0] in ("MEM101", "SPD101"):
        vetoes = (*vetoes, ranked.rejected[model_id][1])
        helpful = tuple(_helpful(tools, model_id))
    return Standing(model_id, None, None, vetoes, None, leader, helpful)


def model_vetoes(catalog: Catalog, question: Question, model_id: str) -> Iterator[Veto]:
    """Every model rule that vetoes it, also those after the first."""
    row = catalog.row(model_id)
    for rule in by_stage("model"):
        if rule.asked(question):
            params = rule.check(row, question)
            if params is not None:
                yield Veto(rule.code, params)


def _helpful(tools: Tools, model_id: str) -> Iterator[Lever]:
    """The first lever of each kind that makes the model possible."""
    catalog, done = tools.catalog, set()
    model, footprint = catalog.model(model_id), catalog.footprint(model_id)
    quality = catalog.quality(tools.question.use_case.key).get(model_id)
    for change, value, request in levers(tools.question.request):
        if change in done:
            continue
        changed = tools._replace(question=tools.question._replace(request=request))
        outcome = best_plan(changed, model, footprint, quality)
        if isinstance(outcome, Evaluated):
            done.add(change)
            yield Lever(change, value, outcome)
