"""One model, all its plans worth a look: the best one that fits, or the veto that stopped the nearest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from osllm.advise.formats import artifact_for, engine_choices, engine_runs, format_choices
from osllm.domain.plan import EngineOptions, Memory, Placement, Speed
from osllm.domain.verdict import Score
from osllm.estimate.placement import estimate_plan
from osllm.estimate.speed import estimate_speed
from osllm.quality.loss import loss as quantization_loss
from osllm.rules.fit import does_not_fit, no_engine, too_slow

if TYPE_CHECKING:
    from osllm.catalog.store import Catalog
    from osllm.domain.model import Artifact, Model, Quality
    from osllm.estimate.footprint import Footprint
    from osllm.rules.question import Question


class Evaluated(NamedTuple):
    """The chosen plan of one model with its numbers; reasons and commands are made later, for the few that are shown."""

    model: Model
    footprint: Footprint
    engine: str
    format: str
    placement: Placement
    options: EngineOptions
    memory: Memory
    speed: Speed
    quality: Quality | None
    loss: tuple[str, float, str] | None
    artifact: Artifact | None
    score: Score


class Veto(NamedTuple):
    """Why a model has no plan."""

    rule: str
    params: Mapping[str, Any]


class Tools(NamedTuple):
    """What evaluation reads besides the model: opened once per request."""

    catalog: Catalog
    question: Question
    engines: Mapping[str, Mapping[str, Any]]
    offload: bool  # whether parts may run from RAM


def options_for(engine: str, question: Question) -> EngineOptions:
    """The engine's knobs for this request: its own defaults unless the request names others."""
    cache = question.request.kv_cache or "f16"
    return EngineOptions(kv_cache=cache, slots=question.request.users)


def score(
    question: Question, quality: Quality | None, loss: float, speed: Speed, memory: Memory, offloaded: float
) -> Score:
    """The ranking score, 0 to 1: parts weighted as the use case says. Quality enters with the lower end of its interval."""
    weights = question.use_case.weights
    low = 0.0 if quality is None else quality.low
    tps = speed.decode_tps
    reached = 0.0 if tps is None else min(1.0, tps / question.use_case.target_tps)
    free = max(0.0, min(1.0, memory.headroom_bytes / max(1, memory.capacity_bytes) / 0.25))
    parts = (
        ("quality", low, weights["quality"]),
        ("quantization", -low * loss, weights["quality"]),
        ("speed", reached, weights.get("speed", 0.0)),
        ("fit", free, weights.get("fit", 0.0)),
        ("offload", -offloaded, question.use_case.penalties.get("offload", 0.0)),
    )
    return Score(sum(value * weight for _, value, weight in parts), parts)


def best_plan(tools: Tools, model: Model, footprint: Footprint, quality: Quality | None) -> Evaluated | Veto:
    """The best plan of a model, or the veto of the plan that came nearest.

    Formats below the use case's bits are tried only when no better one fits.
    """
    question, request = tools.question, tools.question.request
    formats = tools.catalog.formats()
    engines = engine_choices(request, request.machine)
    best: Evaluated | None = None
    nearest: Veto | None = None
    tried = 0
    skill = question.use_case.skills[0][0] if question.use_case.skills else None
    for engine in engines:
        if not engine_runs(tools.engines[engine], request.machine):
            continue
        for fmt in format_choices(engine, model, request, formats, request.machine.platform):
            if fmt not in footprint.sizes:
                continue
            tried += 1
            if best is not None and formats[fmt].bits < question.use_case.min_bits and not request.formats:
                break
            outcome = _plan(tools, model, footprint, quality, engine, fmt, skill)
            if isinstance(outcome, Veto):
                nearest = outcome
            elif best is None or outcome.score.total > best.score.total:
                best = outcome
    if best is not None:
        return best
    if nearest is not None:
        return nearest
    return Veto("ENG101", no_engine(engines, request.formats, tried) or {"engines": list(engines), "formats": []})


def _plan(
    tools: Tools, model: Model, fp: Footprint, quality: Quality | None, engine: str, fmt: str, skill: str | None
) -> Evaluated | Veto:
    question, request = tools.question, tools.question.request
    options = options_for(engine, question)
    placement, memory = estimate_plan(
        fp, fmt, engine, request.machine, request.context_tokens, request.users, options, offload=tools.offload
    )
    if not memory.fits:
        params = does_not_fit(memory.total_bytes, memory.capacity_bytes, fmt)
        return Veto(
            "MEM101",
            params or {"needed_bytes": memory.total_bytes, "usable_bytes": memory.capacity_bytes, "format": fmt},
        )
    speed = estimate_speed(fp, fmt, engine, request.machine, placement, request.context_tokens, request.users, options)
    slow = too_slow(speed.decode_tps, request.min_tps)
    if slow is not None:
        return Veto("SPD101", slow)
    lost = quantization_loss(fmt, model.params_total, fp.experts > 0, skill)
    offloaded = (placement.cpu_layers + placement.experts_on_cpu) / max(1, fp.layers) if placement.gpus else 0.0
    points = score(question, quality, 0.0 if lost is None else lost[1], speed, memory, offloaded)
    artifact = artifact_for(model, fmt)
    return Evaluated(model, fp, engine, fmt, placement, options, memory, speed, quality, lost, artifact, points)
