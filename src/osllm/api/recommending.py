"""recommend, explain and compare."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.advise.evaluate import first_veto, tools_for
from osllm.advise.prepare import budget_bytes
from osllm.advise.prepare import question as prepare
from osllm.advise.present import candidate
from osllm.advise.rank import UNPLANNED, rank
from osllm.advise.spread import marks_of, ties_of
from osllm.api import documents as doc
from osllm.api.request import SHARED, build, check_names, policy_of
from osllm.api.result import Result
from osllm.domain.verdict import Caveat, Rejection
from osllm.exitcodes import ExitCode
from osllm.serve import build as build_server
from osllm.serve.job import job_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.advise.evaluate import Evaluated
    from osllm.advise.rank import Ranked
    from osllm.catalog.store import Catalog
    from osllm.domain.request import Request
    from osllm.domain.verdict import Candidate
    from osllm.rules.question import Question

NEAREST = 3  # how many rejected models are named


def recommend(catalog: Catalog, options: Mapping[str, Any]) -> Result:
    """Rank the catalog for a request. Exit code NO when nothing qualifies."""
    check_names(options, SHARED)
    request, use_case, notices = build(catalog, options)
    question = prepare(catalog, request, use_case, policy_of(request))
    ranked = rank(catalog, question, keep=request.top)
    shown = ranked.rows[: request.top]
    marks = marks_of(shown, question)
    rows = [
        {**row_block(catalog, question, e, also, number), "ties_with_above": ties, "marks": list(marks[e.row.id])}
        for number, (e, also, ties) in enumerate(zip(shown, ranked.also, ties_of(shown), strict=False), 1)
    ]
    document = {
        "schema": "osllm/recommendation@1",
        "catalog": doc.catalog_stamp(catalog),
        "request": doc.request_block(request, use_case),
        "machine": doc.machine_block(request.machine),
        "recommendations": rows,
        "companions": [doc.companion_block(c) for c in question.companions],
        "qualified": ranked.qualified,
        "rejected": doc.rejected_block(ranked, nearest(catalog, question, ranked), request.lang),
        "notices": doc.caveat_blocks(notices_of(catalog, question, ranked), request.lang),
    }
    return Result(document, ExitCode.OK if rows else ExitCode.NO, tuple(notices))


def row_block(catalog: Catalog, question: Question, e: Evaluated, also: tuple[str, ...], number: int) -> dict[str, Any]:
    """One row of an answer: the plan with reasons, warnings and the command."""
    request = question.request
    c = candidate(catalog, e, question)
    chars = chars_per_token(catalog, c.model.tokenizer)
    # A budget hides cards from the plan, which the engine would find: the command must name those that it may use.
    seen = request if question.use_case.memory_budget_gib is None else request._replace(machine=question.whole_machine)
    return doc.candidate_block(number, c, also, server(catalog, seen, c), chars, request.lang)


def notices_of(catalog: Catalog, question: Question, ranked: Ranked) -> list[Caveat]:
    """What must be known about the answer as a whole."""
    notices = []
    as_of = question.request.as_of
    if as_of is not None:
        notices.append(Caveat("as-of", {"as_of": as_of, "catalog": catalog.version}))
    budget = budget_bytes(question.use_case)
    whole = question.whole_machine
    if budget is not None and (whole.usable_bytes if whole.groups else whole.ram_usable_bytes or 0) > budget:
        notices.append(Caveat("memory-budget", {"budget_bytes": budget}))
    if question.companions:
        taken = sum(c.memory_bytes for c in question.companions)
        notices.append(Caveat("companions", {"taken_bytes": taken, "models": [c.id for c in question.companions]}))
    if ranked.offloaded:
        notices.append(Caveat("nothing-fits-whole", {}))
    if question.use_case.adapter_rank is not None:
        request = question.request
        words = {"rank": question.use_case.adapter_rank, "tokens": request.context_tokens, "batch": request.users}
        notices.append(Caveat("training", words))
    special = [k for k in question.use_case.kinds if k not in ("instruct", "base")]
    dedicated = [r.id for r in catalog.index() if r.kind in special and r.id not in ranked.rejected]
    unmeasured = [i for i in dedicated if i not in catalog.quality(question.use_case.key)]
    if unmeasured:
        notices.append(Caveat("dedicated-unmeasured", {"models": unmeasured}))
    return notices


def nearest(catalog: Catalog, question: Question, ranked: Ranked) -> tuple[Rejection, ...]:
    """The models that only memory or speed kept out, and what they need.

    Those measured better than the first row come first, the smallest of them in front: they are the cheapest way up.
    """
    quality = catalog.quality(question.use_case.key)
    fallen = [i for i, (rule, _) in ranked.rejected.items() if rule in ("MEM101", "SPD101") and i in quality]
    first = ranked.rows[0].quality if ranked.rows else None
    bar = 0.0 if first is None else first.low
    better = [i for i in fallen if quality[i].low >= bar]
    better.sort(key=lambda i: (catalog.row(i).floor_any_bytes or 0, i))
    others = sorted(set(fallen) - set(better), key=lambda i: (-quality[i].low, i))
    found = []
    for model_id in (*better, *others)[:NEAREST]:
        veto = ranked.rejected[model_id][1]
        if veto is UNPLANNED:
            tools = tools_for(catalog, question, offload=ranked.offloaded or None)
            veto = first_veto(tools, catalog.row(model_id), catalog.footprint(model_id)) or veto
        needs = {k: v for k, v in veto.params.items() if k in ("needed_bytes", "min_tps")}
        params = veto.params
        if veto.rule == "MEM101" and "why" not in params and _at_budget(question, params):
            params = {**params, "why": "budget"}
        elif veto.rule == "MEM101" and "why" not in params and _with_ram(question, params):
            params = {**params, "why": "parts"}
        elif _fits_with_ram(question, veto.rule, params):
            params = {**params, "why": "ram"}
        found.append(Rejection(model_id, veto.rule, params, needs))
    return tuple(found)


def _with_ram(question: Question, params: Mapping[str, Any]) -> bool:
    """Whether RAM beside the accelerators was counted on, for which only the wanted formats are tried."""
    machine = question.request.machine
    return bool(machine.groups) and not machine.unified and params["usable_bytes"] > machine.usable_bytes


def _at_budget(question: Question, params: Mapping[str, Any]) -> bool:
    """Whether it is the use case's budget that a model does not fit, not the machine."""
    budget = budget_bytes(question.use_case)
    return budget is not None and params["usable_bytes"] == budget


def _fits_with_ram(question: Question, code: str, params: Mapping[str, Any]) -> bool:
    """Whether a model was kept out only because the use case leaves RAM out."""
    machine = question.request.machine
    if code != "MEM101" or not machine.groups or machine.unified or question.use_case.offload == "allowed":
        return False
    usable = params.get("usable_bytes")
    return usable is not None and usable < params["needed_bytes"] <= usable + (machine.ram_usable_bytes or 0)


def chars_per_token(catalog: Catalog, tokenizer: str | None) -> float | None:
    """Japanese characters per token of a tokenizer family; None where nobody measured it."""
    if tokenizer is None:
        return None
    entry = catalog.tokenizers().get(tokenizer)
    value = None if entry is None else (entry.get("chars_per_token_ja") or {}).get("mean")
    return None if value is None else float(value)


def server(catalog: Catalog, request: Request, c: Candidate) -> dict[str, Any]:
    """The command of a row, as `serve` in the document."""
    plan = build_server(job_for(catalog, request, c.model, c.plan, c.artifact))
    return {
        "engine": plan.engine,
        "command": list(plan.command),
        "environment": dict(plan.environment),
        "notes": doc.caveat_blocks(plan.notes, request.lang),
    }
