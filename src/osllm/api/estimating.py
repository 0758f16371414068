"""estimate and quants: what one model costs on one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.advise.evaluate import Evaluated, best_plan, options_for, tools_for
from osllm.advise.formats import artifact_for, engine_choices, format_choices
from osllm.advise.prepare import question as prepare
from osllm.api import documents as doc
from osllm.api.recommending import chars_per_token
from osllm.api.request import KNOBS, SHARED, build, check_names, knobs, policy_of
from osllm.api.result import Result
from osllm.catalog.names import resolve_model
from osllm.domain.verdict import Caveat
from osllm.errors import RequestError
from osllm.estimate.itemise import itemise
from osllm.estimate.placement import (
    estimate_at,
    estimate_plan,
    max_tokens_that_fit,
    max_users_that_fit,
    placement_for,
)
from osllm.estimate.possible import check_possible
from osllm.estimate.speed import estimate_speed
from osllm.exitcodes import ExitCode
from osllm.hardware.support import runs
from osllm.i18n import text
from osllm.quality.loss import loss as quantization_loss
from osllm.serve.possible import machine_obstacles
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.catalog.store import Catalog
    from osllm.domain.model import Model
    from osllm.domain.plan import EngineOptions
    from osllm.estimate.footprint import Footprint
    from osllm.rules.question import Question

Document = dict[str, Any]


class Subject(NamedTuple):
    """The model that a question is about, and the question."""

    model: Model
    footprint: Footprint
    question: Question
    notices: tuple[str, ...]


def subject(catalog: Catalog, name: str, options: Mapping[str, Any]) -> Subject:
    """Resolve the model and the request. RequestError (`not-computable`) for a model whose shape is not known in full."""
    request, use_case, notices = build(catalog, options)
    model_id, notice = resolve_model(catalog, name, request.lang)
    model = catalog.model(model_id)
    if model.architecture is None:
        hint = "; ".join(model.gaps) or None
        raise RequestError("not-computable", text("errors.not-computable", request.lang, model=model_id), hint=hint)
    said = tuple(notices) if notice is None else (*notices, notice)
    return Subject(model, catalog.footprint(model_id), prepare(catalog, request, use_case, policy_of(request)), said)


def chosen_plan(catalog: Catalog, asked: Subject) -> tuple[str, str]:
    """Engine and format to estimate: those asked for, else the plan that `recommend` would take, else the smallest."""
    question, row = asked.question, catalog.row(asked.model.id)
    request = question.request
    _check_engine(catalog, asked)
    if request.engines and request.formats:
        return request.engines[0], request.formats[0]
    tools = tools_for(catalog, question)
    plan = best_plan(tools, row, asked.footprint, None)
    if isinstance(plan, Evaluated):
        return plan.engine, plan.format
    engines = tools.engines or tools.wanted
    if request.formats:
        formats = catalog.formats()
        takers = [e for f in request.formats for e in formats[f].engines]
        engine = next((e for e in engines if e in takers), request.engines[0] if request.engines else takers[0])
        return engine, request.formats[0]
    rungs = format_choices(engines[0], row, tools.ladders[engines[0]], asked=False)
    ladder = [f for f in rungs if f in asked.footprint.sizes]
    wide = [f for f in ladder if tools.formats[f].bits >= question.use_case.min_bits]
    return engines[0], (wide or ladder)[-1]


def _check_engine(catalog: Catalog, asked: Subject) -> None:
    """RequestError (`engine-not-on-machine`) for an engine that does not run on this kind of machine at all."""
    request = asked.question.request
    for engine in request.engines[:1]:
        obstacle = next(machine_obstacles(catalog.engines()[engine], request.machine), None)
        if obstacle is not None:
            raise RequestError("engine-not-on-machine", doc.caveat_text(obstacle, request.lang))


def estimate(catalog: Catalog, model: str, options: Mapping[str, Any]) -> Result:
    """Memory item by item, the largest context, the most users and the speed of one plan. NO when it does not fit.

    Raises RequestError for what cannot exist at all: no users, GGUF on an engine without it, FP8 on a card without it,
    a tensor-parallel size that does not divide the heads.
    """
    check_names(options, SHARED | KNOBS)
    asked = subject(catalog, model, options)
    request, fp = asked.question.request, asked.footprint
    engine, fmt = chosen_plan(catalog, asked)
    settings, tensor_parallel = knobs(options, options_for(engine, asked.question))
    plan = (engine, request.machine, request.users, tensor_parallel, settings, request.lang)
    check_possible(fp, catalog.formats()[fmt], *plan)
    machine, tokens, users = request.machine, request.context_tokens, request.users
    if tensor_parallel is None:
        offload = asked.question.use_case.offload != "never"
        placement, memory = estimate_plan(fp, fmt, engine, machine, tokens, users, settings, offload=offload)
    else:
        placement = placement_for(fp, engine, tensor_parallel)
        memory = estimate_at(fp, fmt, engine, machine, tokens, users, settings, placement)
    items = itemise(fp, fmt, engine, machine, tokens, users, settings, placement)
    speed = estimate_speed(fp, fmt, engine, machine, placement, tokens, users, settings)
    in_ram = placement.in_ram
    limit, parts = asked.model.context_max, placement if in_ram else None
    longest = max_tokens_that_fit(fp, fmt, engine, machine, users, settings, limit, placement=parts)
    most = max_users_that_fit(fp, fmt, engine, machine, tokens, settings, offload=in_ram)
    chars = chars_per_token(catalog, asked.model.tokenizer)
    over = asked.model.context_max is not None and tokens > asked.model.context_max
    warnings = [Caveat("context-exceeds-model", {"tokens": tokens, "max": asked.model.context_max})] if over else []
    document = {
        "schema": "osllm/estimate@1",
        "catalog": doc.catalog_stamp(catalog),
        "machine": doc.machine_block(machine),
        "model": doc.model_block(asked.model),
        "quantization": quantization_block(asked.model, fp, fmt, asked.question),
        "engine": engine,
        "options": settings._asdict(),
        "placement": doc.placement_block(placement),
        "fits": memory.fits,
        "memory": doc.memory_block(memory._replace(items=items), items=True),
        "context": doc.context_block(tokens, longest, chars),
        "users": {"users": users, "max_users_that_fit": most},
        "speed": doc.speed_block(speed, chars),
        "assumptions": assumptions(catalog, asked, settings),
        "warnings": doc.caveat_blocks(warnings, request.lang),
    }
    return Result(document, ExitCode.OK if memory.fits and not over else ExitCode.NO, asked.notices)


def assumptions(catalog: Catalog, asked: Subject, settings: EngineOptions) -> list[str]:
    """What the numbers rest on that nobody said."""
    lang, request = asked.question.request.lang, asked.question.request
    del catalog
    found = [
        text(
            "notes.assume-request",
            lang,
            context=request.context_tokens,
            users=request.users,
            kv_cache=settings.kv_cache,
        )
    ]
    if request.machine.source != "flag":
        found.append(text("notes.assume-machine", lang))
    return found


def quantization_block(model: Model, fp: Footprint, fmt: str, question: Question) -> Document:
    """One format of a model: size, published weights, what it costs in quality."""
    skill = next((key for key, _ in question.use_case.skills), None)
    lost = quantization_loss(fmt, model.params_total, fp.experts > 0, skill, model.native_format)
    return {
        "format": fmt,
        "bits_per_weight": round(fp.bits_per_weight(fmt), 4),
        "tensor_bytes": fp.sizes[fmt].tensor_bytes,
        "file_bytes": fp.file_bytes(fmt),
        "artifact": doc.artifact_block(artifact_for(model, fmt)),
        "loss": doc.loss_block(lost),
    }


QUANTS_OPTIONS = frozenset(("use_case", "gpu", "ram", "context", "users", "engine", "quant", "kv_cache", "lang"))


def quants(catalog: Catalog, model: str, options: Mapping[str, Any]) -> Result:
    """Every format of a model, largest first: its size, what it loses, whether it fits the machine and how fast it is."""
    check_names(options, QUANTS_OPTIONS)
    asked = subject(catalog, model, options)
    request, formats = asked.question.request, catalog.formats()
    records = catalog.engines()
    preferred = engine_choices(request, request.machine)
    runnable = [e for e in dict.fromkeys((*preferred, *records)) if e in records and runs(records[e], request.machine)]
    rows = []
    for fmt in asked.footprint.sizes:
        if request.formats and fmt not in request.formats:
            continue
        engine = next((e for e in runnable if e in formats[fmt].engines), None)
        rows.append(_quant_row(asked, fmt, formats[fmt].kind, list(formats[fmt].engines), engine))
    rows.sort(key=lambda r: (-r["tensor_bytes"], r["format"]))
    document = {
        "schema": "osllm/quants@1",
        "catalog": doc.catalog_stamp(catalog),
        "machine": doc.machine_block(request.machine),
        "model": doc.model_block(asked.model),
        "context_tokens": request.context_tokens,
        "users": request.users,
        "quantizations": rows,
    }
    return Result(document, ExitCode.OK, asked.notices)


def _quant_row(asked: Subject, fmt: str, kind: str, engines: list[str], engine: str | None) -> Document:
    fp, request = asked.footprint, asked.question.request
    row = {**quantization_block(asked.model, fp, fmt, asked.question), "kind": kind, "engines": engines}
    if engine is None:
        return {**row, "engine": None, "total_bytes": None, "decode_tps": None, "fits": None}
    settings = options_for(engine, asked.question)
    machine, tokens, users = request.machine, request.context_tokens, request.users
    placement, memory = estimate_plan(fp, fmt, engine, machine, tokens, users, settings)
    speed = estimate_speed(fp, fmt, engine, machine, placement, tokens, users, settings)
    return {
        **row,
        "engine": engine,
        "total_bytes": memory.total_bytes,
        "decode_tps": doc.significant(speed.decode_tps) if memory.fits else None,
        "fits": memory.fits,
    }
