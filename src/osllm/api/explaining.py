"""explain: why a model stands where it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.advise.explain import standing
from osllm.advise.prepare import question as prepare
from osllm.advise.rank import rank
from osllm.api import documents as doc
from osllm.api.recommending import row_block
from osllm.api.request import SHARED, build, check_names, policy_of
from osllm.api.result import Result
from osllm.api.values import many
from osllm.catalog.names import resolve_model
from osllm.exitcodes import ExitCode
from osllm.i18n import text
from osllm.i18n.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from osllm.advise.evaluate import Evaluated, Veto
    from osllm.advise.explain import Lever
    from osllm.catalog.store import Catalog
    from osllm.domain.request import Request

Document = dict[str, Any]


def explain(catalog: Catalog, model: str | Iterable[str], options: Mapping[str, Any]) -> Result:
    """Where a model stands for a request, every rule that touched it, and what would change it. NO when it is rejected."""
    check_names(options, SHARED)
    request, use_case, notices = build(catalog, options)
    (name,) = many(model) or ("",)
    model_id, notice = resolve_model(catalog, name, request.lang)
    question = prepare(catalog, request, use_case, policy_of(request))
    ranked = rank(catalog, question)
    found = standing(catalog, question, ranked, model_id)
    number = found.rank or 0
    document = {
        "schema": "osllm/explanation@1",
        "catalog": doc.catalog_stamp(catalog),
        "request": doc.request_block(request, use_case),
        "machine": doc.machine_block(request.machine),
        "model": doc.model_block(catalog.model(model_id)),
        "rank": found.rank,
        "of": found.of,
        "folded_into": found.folded_into,
        "row": None
        if found.plan is None
        else row_block(catalog, question, found.plan, ranked.also_of(model_id), number),
        "vetoes": [veto_block(v, request.lang) for v in found.vetoes],
        "above": _versus(found.above, found.plan),
        "leader": _versus(found.leader, found.plan),
        "runner_up": _versus(found.runner_up, found.plan),
        "if_measured": _if_measured(found.if_measured, request),
        "changes": [_change(lever, request) for lever in found.levers],
    }
    said = tuple(notices) if notice is None else (*notices, notice)
    return Result(document, ExitCode.NO if found.vetoes else ExitCode.OK, said)


def veto_block(veto: Veto, lang: str) -> Document:
    """A veto with its sentence."""
    return {"rule": veto.rule, "text": sentence(veto.rule, veto.params, lang), "params": doc.params_block(veto.params)}


def _versus(other: Evaluated | None, here: Evaluated | None) -> Document | None:
    """Another row and how its score differs, part by part: positive is in the other row's favour."""
    if other is None or (here is not None and other.row.id == here.row.id):
        return None
    block: Document = {"model": other.row.id, "score": round(other.score.total, 4), "difference": None, "parts": []}
    if here is not None:
        mine, theirs = ({name: value * weight for name, value, weight in e.score.parts} for e in (here, other))
        # A charge that only one of the two carries stands in one list.
        parts = [
            {"part": name, "points": round(theirs.get(name, 0.0) - mine.get(name, 0.0), 4)}
            for name in dict.fromkeys((*mine, *theirs))
        ]
        block["difference"] = round(other.score.total - here.score.total, 4)
        block["parts"] = sorted((p for p in parts if p["points"]), key=lambda p: -abs(p["points"]))
    return block


def _if_measured(rank: int | None, request: Request) -> Document | None:
    """Where results of its own would put the model."""
    return None if rank is None else {"rank": rank, "text": text("explain.if-measured", request.lang, rank=rank)}


def _change(lever: Lever, request: Request) -> Document:
    """One change of the request and where it would bring the model."""
    option = "--" + lever.change.replace("_", "-")
    how = "without" if lever.value is None else "with"
    values = {"option": option, "value": lever.value, "rank": lever.rank}
    message = text(f"explain.change-{how}", request.lang, **values)
    result = lever.result
    return {
        "option": lever.change,
        "value": lever.value,
        "rank": lever.rank,
        "format": None if result is None else result.format,
        "engine": None if result is None else result.engine,
        "text": message,
    }
