"""One model, all its plans worth a look: the best one that fits, or the veto that stopped the nearest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from osllm.advise.bounds import most_tps
from osllm.advise.formats import DENSE_ONLY, SERVER_USERS, engine_choices, format_choices, is_gguf, ladder
from osllm.advise.pace import pace_of
from osllm.advise.score import penalties, score, upper_bound
from osllm.domain.plan import EngineOptions, Memory, Placement, Speed
from osllm.estimate.engines import ENGINES
from osllm.estimate.placement import estimate_plan, outweighs
from osllm.estimate.speed import estimate_speed
from osllm.estimate.work import cache_read_bytes
from osllm.hardware.support import runs
from osllm.quality.loss import loss as quantization_loss
from osllm.rules.fit import does_not_fit, no_engine, too_slow
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from osllm.advise.score import Part
    from osllm.catalog.index import IndexRow
    from osllm.catalog.store import Catalog
    from osllm.domain.hardware import Machine
    from osllm.domain.model import Quality, QuantizationFormat
    from osllm.domain.verdict import Score
    from osllm.estimate.footprint import Footprint
    from osllm.estimate.speed import Constants
    from osllm.rules.question import Question


class Evaluated(NamedTuple):
    """The chosen plan of one model with its numbers; reasons and commands are made later, for the few that are shown."""

    row: IndexRow
    footprint: Footprint
    engine: str
    format: str
    placement: Placement
    options: EngineOptions
    memory: Memory
    speed: Speed
    quality: Quality | None
    loss: tuple[str, float, str] | None
    score: Score


class Veto(NamedTuple):
    """Why a model has no plan."""

    rule: str
    params: Mapping[str, Any]


class Tools(NamedTuple):
    """What evaluation reads besides the model: opened once per request."""

    question: Question
    engines: tuple[str, ...]  # those that run on the machine, in order of preference
    wanted: tuple[str, ...]  # those that were in question
    formats: Mapping[str, QuantizationFormat]
    ladders: Mapping[str, tuple[str, ...]]  # engine -> the formats in question, most bits first
    skill: str | None  # the use case's main skill, for what quantization costs
    offload: bool  # whether parts may run from RAM
    first_engine_wins: bool  # whether later engines are only for what the first cannot run
    pace: Constants | None  # seconds that no plan goes below (`advise.pace`)


def tools_for(catalog: Catalog, question: Question, *, offload: bool | None = None) -> Tools:
    """Everything that stays the same over the models of one request."""
    request = question.request
    records = catalog.engines()
    wanted = engine_choices(request, request.machine, question.use_case.engines)
    skills = question.use_case.skills
    machine = request.machine
    training = question.use_case.adapter_rank is not None
    engines = tuple(e for e in wanted if runs(records[e], machine) and (ENGINES[e].trains or not training))
    wish = question.use_case.offload == "allowed" if offload is None else offload
    formats = catalog.formats()
    return Tools(
        question=question,
        engines=engines,
        wanted=wanted,
        formats=formats,
        ladders={engine: ladder(engine, request, formats) for engine in (*engines, *wanted)},
        skill=skills[0][0] if skills else None,
        first_engine_wins=not request.engines and request.users >= SERVER_USERS,
        offload=wish and has_ram_beside(machine),
        pace=pace_of(machine, engines),
    )


def has_ram_beside(machine: Machine) -> bool:
    """Whether anything can be left in RAM: not where accelerators and processor share one memory."""
    return bool(machine.groups) and not machine.unified and bool(machine.ram_usable_bytes)


def options_for(engine: str, question: Question) -> EngineOptions:
    """The engine's knobs for this request: its own defaults unless the request names others."""
    request = question.request
    return EngineOptions(
        request.kv_cache or "f16",
        slots=request.users,
        towers=bool(question.modalities),
        adapter_rank=question.use_case.adapter_rank if ENGINES[engine].trains else None,
    )


Choice = tuple[str, str]  # engine, format


def best_plan(tools: Tools, row: IndexRow, fp: Footprint, quality: Quality | None) -> Evaluated | Veto:
    """The best plan of a model, or the veto of the plan that came nearest.

    Formats below the use case's bits are tried only when no better one fits whole; then parts in RAM compete with them.
    """
    choices = _choices(tools, row, fp)
    charged = penalties(tools.question, row, quality)
    best: Evaluated | None = None
    nearest = _no_engine(tools, choices)
    passed: Choice | None = None  # too large by its weights, with nothing tried after it
    for engine, fmt, fastest in _promising(tools, fp, choices, kept=choices[-1:]):
        if best is not None and tools.first_engine_wins and engine != best.engine:
            break
        if outweighs(fp, fmt, tools.question.request.machine):
            passed = engine, fmt
            continue
        if best is not None and _hopeless(tools, row, fp, quality, fmt, charged, fastest, best.score.total):
            continue
        outcome = _plan(tools, row, fp, quality, engine, fmt, charged, offload=False)
        if isinstance(outcome, Veto):
            nearest, passed = outcome, None
        elif best is None or outcome.score.total > best.score.total:
            best = outcome
    few_bits = best is not None and below_wanted_bits(tools, best.format)
    if tools.offload and (few_bits if best is not None else passed or nearest.rule == "MEM101"):
        for engine, fmt in _offload_choices(tools, choices):
            outcome = _plan(tools, row, fp, quality, engine, fmt, charged, offload=True)
            if not isinstance(outcome, Veto):
                return outcome if best is None or outcome.score.total > best.score.total else best
            nearest, passed = outcome, None
    if best is not None:
        return best
    if passed:
        whole = _feasible(tools, fp, *passed, offload=False)
        return whole if isinstance(whole, Veto) else nearest
    return nearest


def first_veto(tools: Tools, row: IndexRow, fp: Footprint) -> Veto | None:
    """The veto that keeps a model out, None as soon as one plan qualifies: all that a model below the cut needs."""
    choices = _choices(tools, row, fp)
    nearest: Veto | None = None
    passed: Choice | None = None  # the smallest format, where its weights alone are too large
    full: set[str] = set()  # engines on which a smaller format did not fit already
    # The smallest format first: where it fits and is fast enough, nothing else need be tried.
    for engine, fmt, _ in _promising(tools, fp, choices[::-1], kept=choices[-1:], full=full):
        if outweighs(fp, fmt, tools.question.request.machine):
            full.add(engine)
            passed = passed or ((engine, fmt) if nearest is None else None)
            continue
        outcome = _feasible(tools, fp, engine, fmt, offload=False)
        if not isinstance(outcome, Veto):
            return None
        if passed is None:
            nearest = nearest or outcome
        if outcome.rule == "MEM101":
            full.add(engine)
    if tools.offload and (passed or (nearest is not None and nearest.rule == "MEM101")):
        for engine, fmt in _offload_choices(tools, choices):
            outcome = _feasible(tools, fp, engine, fmt, offload=True)
            if not isinstance(outcome, Veto):
                return None
            nearest, passed = outcome, None
    if passed:
        outcome = _feasible(tools, fp, *passed, offload=False)
        return outcome if isinstance(outcome, Veto) else None
    return nearest or _no_engine(tools, choices)


def _choices(tools: Tools, row: IndexRow, fp: Footprint) -> list[Choice]:
    """The engines and formats in question, for each engine most bits first."""
    asked = bool(tools.question.request.formats)
    return [
        (e, f)
        for e in tools.engines
        for f in format_choices(e, row, tools.ladders[e], asked=asked)
        if f in fp.sizes and (asked or not fp.experts or f not in DENSE_ONLY)
    ]


def _promising(
    tools: Tools, fp: Footprint, choices: list[Choice], *, kept: list[Choice], full: Collection[str] = ()
) -> Iterator[tuple[str, str, float | None]]:
    """Choices, each with the tokens per second that no plan of it exceeds (None: not known), which takes no plan to tell.

    Left out are those that are too slow by that, but for `kept`, whose veto is told, and engines that are `full` by now.
    """
    request, pace = tools.question.request, tools.pace
    cache: dict[str, float] = {}  # engine -> bytes read in a step
    for engine, fmt in choices:
        if engine in full:
            continue
        if pace is None:
            yield engine, fmt, None
            continue
        if engine not in cache:
            options = options_for(engine, tools.question)
            cache[engine] = request.users * cache_read_bytes(fp, request.context_tokens, options)
        fastest = most_tps(fp, fmt, pace, cache[engine], request.users)
        if fastest >= (request.min_tps or 0.0) or (engine, fmt) in kept:
            yield engine, fmt, fastest


def _offload_choices(tools: Tools, choices: list[Choice]) -> list[Choice]:
    """Of each engine that can leave layers in RAM the smallest wanted format: the least to leave there."""
    wanted = tools.question.use_case.min_bits
    fit = [
        (e, f) for e, f in choices if is_gguf(e) and (tools.question.request.formats or tools.formats[f].bits >= wanted)
    ]
    return list({engine: (engine, fmt) for engine, fmt in fit}.values())


def _no_engine(tools: Tools, choices: list[Choice]) -> Veto:
    names = tools.engines or tools.wanted
    asked = tools.question.request.formats
    return Veto("ENG101", no_engine(names, asked, len(choices)) or {"engines": list(names), "formats": list(asked)})


def _hopeless(
    tools: Tools,
    row: IndexRow,
    fp: Footprint,
    quality: Quality | None,
    fmt: str,
    charged: tuple[Part, ...],
    fastest: float | None,
    reached: float,
) -> bool:
    """Whether a format cannot beat what was found, or is too small to be looked at beside it."""
    question = tools.question
    if below_wanted_bits(tools, fmt) and not question.request.formats:
        return True
    return upper_bound(question, quality, _loss(tools, fmt, row, fp), charged, fastest) <= reached


def _feasible(
    tools: Tools, fp: Footprint, engine: str, fmt: str, *, offload: bool
) -> tuple[EngineOptions, Placement, Memory, Speed] | Veto:
    """Place and time one plan; the veto of memory or speed where it does not qualify."""
    question, request = tools.question, tools.question.request
    machine, context, users = request.machine, request.context_tokens, request.users
    options = options_for(engine, question)
    placement, memory = estimate_plan(fp, fmt, engine, machine, context, users, options, offload=offload)
    if not memory.fits:
        params = does_not_fit(memory.total_bytes, memory.capacity_bytes, fmt)
        return Veto("MEM101", params or _no_room(memory, fmt))
    speed = estimate_speed(fp, fmt, engine, machine, placement, context, users, options)
    slow = too_slow(speed.pace_tps, request.min_tps)
    return (options, placement, memory, speed) if slow is None else Veto("SPD101", slow)


def below_wanted_bits(tools: Tools, fmt: str) -> bool:
    """Whether a format has fewer bits than the use case wants."""
    return tools.formats[fmt].bits < tools.question.use_case.min_bits


def _no_room(memory: Memory, fmt: str) -> dict[str, Any]:
    """Why a plan does not fit though all devices together are large enough: what the fullest of them lacks."""
    fullest = max(memory.per_device, key=lambda device: device.total_bytes - device.capacity_bytes)
    return {
        "needed_bytes": memory.total_bytes, "usable_bytes": memory.capacity_bytes, "format": fmt, "why": "split",
        "device": "RAM" if fullest.device == "cpu" else fullest.device, "over_bytes": fullest.total_bytes - fullest.capacity_bytes,
    }  # fmt: skip


def _plan(
    tools: Tools,
    row: IndexRow,
    fp: Footprint,
    quality: Quality | None,
    engine: str,
    fmt: str,
    charged: tuple[Part, ...],
    *,
    offload: bool,
) -> Evaluated | Veto:
    outcome = _feasible(tools, fp, engine, fmt, offload=offload)
    if isinstance(outcome, Veto):
        return outcome
    options, placement, memory, speed = outcome
    lost = quantization_loss(fmt, row.params_total, fp.experts > 0, tools.skill, row.native_format)
    offloaded = (placement.cpu_layers + placement.experts_on_cpu) / max(1, fp.layers) if placement.gpus else 0.0
    if below_wanted_bits(tools, fmt):
        charged = (*charged, ("few_bits", -1.0, tools.question.use_case.penalties.get("few_bits", 0.0)))
    points = score(tools.question, quality, 0.0 if lost is None else lost[1], speed, memory, offloaded, charged)
    return Evaluated(row, fp, engine, fmt, placement, options, memory, speed, quality, lost, points)


def _loss(tools: Tools, fmt: str, row: IndexRow, fp: Footprint) -> float:
    lost = quantization_loss(fmt, row.params_total, fp.experts > 0, tools.skill, row.native_format)
    return 0.0 if lost is None else lost[1]
