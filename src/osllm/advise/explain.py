"""Why a model stands where it does: every rule that touched it, and the single changes that would alter the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.advise.evaluate import Evaluated, Veto, best_plan, tools_for
from osllm.advise.prepare import question as prepare
from osllm.advise.rank import Ranked, order, rank
from osllm.domain.request import Filters
from osllm.rules.registry import by_stage
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.catalog.index import IndexRow
    from osllm.catalog.store import Catalog
    from osllm.domain.hardware import Gpu
    from osllm.domain.request import Request
    from osllm.rules.question import Question

LEAST_CONTEXT: Final = 2048  # shorter than this no use case asks for
LARGER: Final = 1.1  # times the memory, so that a card of the same class with a few MiB more is not called a larger one
OTHER_USES: Final = ("internal", "research", "education", "personal")


class Lever(NamedTuple):
    """One change of the request and what it does for the model."""

    change: str  # the option to change, with `_`
    value: Any  # what to give it; None: leave it out
    rank: int | None  # where the model then stands among those that qualify
    result: Evaluated | None


class Standing(NamedTuple):
    """Where one model stands."""

    model_id: str
    rank: int | None
    of: int  # models that qualify
    plan: Evaluated | None
    folded_into: str | None  # the row that shows a newer version of it
    vetoes: tuple[Veto, ...]  # all of them, not only the first
    above: Evaluated | None  # the row directly above it
    leader: Evaluated | None
    runner_up: Evaluated | None  # of the first row: the second
    if_measured: int | None  # the rank with results of its own that confirm the lower end; None: it has such, or no row
    levers: tuple[Lever, ...]


def standing(catalog: Catalog, question: Question, ranked: Ranked, model_id: str) -> Standing:
    """Where a model stands in a finished ranking, every veto against it, and what would change it."""
    rows = ranked.rows
    leader = rows[0] if rows else None
    number = ranked.rank_of(model_id)
    folded = next((e.row.id for e, also in zip(rows, ranked.also, strict=True) if model_id in also), None)
    if number is not None:
        above = rows[number - 2] if number > 1 else None
        second = rows[1] if number == 1 and len(rows) > 1 else None
        found = tuple(promotions(catalog, question, model_id, number)) if number > 1 else ()
        here = rows[number - 1]
        measured = rank_if_measured(ranked, number) if question.request.sort == "score" else None
        return Standing(model_id, number, len(rows), here, None, (), above, leader, second, measured, found)
    if folded is not None:
        plan = ranked.folded.get(model_id)
        return Standing(model_id, None, len(rows), plan, folded, (), None, leader, None, None, ())
    vetoes = tuple(model_vetoes(catalog, question, model_id))
    code, veto = ranked.rejected[model_id]
    if code not in {v.rule for v in vetoes}:
        vetoes = (*vetoes, veto)
    found = tuple(rescues(catalog, question, model_id))
    return Standing(model_id, None, len(rows), None, None, vetoes, None, leader, None, None, found)


def rank_if_measured(ranked: Ranked, number: int) -> int | None:
    """The rank of a row without the charge for thin evidence: what independent, current results that confirm the lower end would earn.

    None where the row is not charged.
    """
    here = ranked.rows[number - 1]
    charge = sum(value * weight for name, value, weight in here.score.parts if name == "thin_evidence")
    if not charge:
        return None
    freed = order(here._replace(score=here.score._replace(total=here.score.total - charge)))
    return 1 + sum(order(e) < freed for e in ranked.rows if e is not here)


def model_vetoes(catalog: Catalog, question: Question, model_id: str) -> Iterator[Veto]:
    """Every model rule that vetoes it, also those after the first."""
    row = catalog.row(model_id)
    for rule in by_stage("model"):
        if rule.asked(question):
            params = rule.check(row, question)
            if params is not None:
                yield Veto(rule.code, params)


def as_asked(question: Question) -> Request:
    """The request with the whole machine: companions are chosen anew for a changed one."""
    return question.request._replace(machine=question.whole_machine)


def changes(catalog: Catalog, request: Request, row: IndexRow) -> Iterator[tuple[str, Any, Request]]:
    """Single changes of a request, from the cheapest to the dearest: (option, value, changed request)."""
    if request.kv_cache in (None, "f16"):
        yield "kv_cache", "q8_0", request._replace(kv_cache="q8_0")
    if row.context_max is not None and row.context_max < request.context_tokens:
        yield "context", row.context_max, request._replace(context_tokens=row.context_max)
    tokens = request.context_tokens // 2
    while tokens >= LEAST_CONTEXT:
        yield "context", tokens, request._replace(context_tokens=tokens)
        tokens //= 2
    if request.users > 1:
        yield "users", 1, request._replace(users=1)
    if request.min_tps:
        yield "min_tps", request.min_tps / 2, request._replace(min_tps=request.min_tps / 2)
        yield "min_tps", 0, request._replace(min_tps=0.0)
    if request.formats:
        yield "quant", None, request._replace(formats=())
    if request.engines:
        yield "engine", None, request._replace(engines=())
    if request.as_of is not None:
        yield "as_of", None, request._replace(as_of=None)
    yield from _other_wishes(request)
    yield from _other_licences(request)
    yield from _more_hardware(catalog, request)


def _other_wishes(request: Request) -> Iterator[tuple[str, Any, Request]]:
    plain = Filters()
    for name, default in plain._asdict().items():
        if getattr(request.filters, name) != default:
            yield name, None, request._replace(filters=request.filters._replace(**{name: default}))


def _other_licences(request: Request) -> Iterator[tuple[str, Any, Request]]:
    facts = request.license_facts
    for use in OTHER_USES:
        if use != facts.use:
            yield "use", use, request._replace(license_facts=facts._replace(use=use))
    if request.license_gate != "review":
        yield "gate", "review", request._replace(license_gate="review")


def _more_hardware(catalog: Catalog, request: Request) -> Iterator[tuple[str, Any, Request]]:
    machine = request.machine
    if not machine.groups:
        return
    group = machine.groups[0]
    others = machine.groups[1:]
    for number in dict.fromkeys((group.number + 1, group.number * 2, group.number * 4, group.number * 8)):
        if not group.gpu.unified:
            more = machine._replace(groups=(group._replace(number=number), *others))
            yield "gpu", f"{number}x{group.gpu.key}", request._replace(machine=more)
    from osllm.hardware.spec import usable_bytes

    for gpu in _larger(catalog, group.gpu):
        bigger = machine._replace(groups=(group._replace(gpu=gpu, usable_bytes=usable_bytes(gpu)), *others))
        name = gpu.key if group.number == 1 else f"{group.number}x{gpu.key}"
        yield "gpu", name, request._replace(machine=bigger)


def _larger(catalog: Catalog, gpu: Gpu) -> list[Gpu]:
    """Of each larger memory size the newest accelerator of the same make and form, smallest first."""
    best: dict[int, Gpu] = {}
    for other in catalog.gpus().values():
        alike = other.vendor == gpu.vendor and other.form == gpu.form
        if alike and other.memory_bytes >= gpu.memory_bytes * LARGER:
            known = best.get(other.memory_bytes)
            if known is None or (other.released or "", other.key) > (known.released or "", known.key):
                best[other.memory_bytes] = other
    return [best[size] for size in sorted(best)]


def rescues(catalog: Catalog, question: Question, model_id: str) -> Iterator[Lever]:
    """The first change of each kind that lets a rejected model qualify, with the rank it would have."""
    done: set[str] = set()
    row = catalog.row(model_id)
    if not row.recommendable:
        return
    footprint = catalog.footprint(model_id)
    quality = catalog.quality(question.use_case.key).get(model_id)
    for change, value, request in changes(catalog, as_asked(question), row):
        if change in done:
            continue
        changed = prepare(catalog, request, question.use_case, question.policy)
        if next(model_vetoes(catalog, changed, model_id), None) is not None:
            continue
        result = best_plan(tools_for(catalog, changed), row, footprint, quality)
        if isinstance(result, Evaluated):
            done.add(change)
            yield Lever(change, value, rank(catalog, changed).rank_of(model_id), result)


def promotions(catalog: Catalog, question: Question, model_id: str, now: int) -> Iterator[Lever]:
    """The first change of each kind that lifts a ranked model above its present rank."""
    done: set[str] = set()
    for change, value, request in changes(catalog, as_asked(question), catalog.row(model_id)):
        if change in done:
            continue
        changed = prepare(catalog, request, question.use_case, question.policy)
        ranked = rank(catalog, changed)
        number = ranked.rank_of(model_id)
        if number is not None and number < now:
            done.add(change)
            yield Lever(change, value, number, ranked.plan_of(model_id))
