"""What a finished plan deserves to have said about it: preferences, penalties, notes. `c` is a `PlanFacts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.domain.model import Model, Quality
from osllm.domain.plan import Estimate, Plan
from osllm.domain.verdict import LicenseVerdict
from osllm.estimate.engines import ENGINES
from osllm.rules.registry import Params, rule
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.rules.question import Question


LOSSY_CACHES: Final = ("q8_0", "q4_0", "fp8")
SMALLEST_LOSS_SHOWN: Final = 0.0005  # a share of the benchmark score; less than this prints as 0.0%


class PlanFacts(NamedTuple):
    """Everything that is known about one plan of one model."""

    model: Model
    plan: Plan
    estimate: Estimate
    quality: Quality | None
    loss: tuple[str, float, str] | None
    license: LicenseVerdict
    bits: float
    artifact_known: bool
    parts: dict[str, tuple[float, float]]  # score part -> (value, weight)
    engine_reason: str | None  # why the engine was chosen; None where it was asked for
    language_share: float | None  # share of the use case's language in its answers, where measured
    answer_length: float | None  # tokens of its answers over those of a typical thinking model, where measured

    def points(self, part: str) -> float:
        """What a part adds to the score."""
        value, weight = self.parts.get(part, (0.0, 0.0))
        return value * weight


@rule("QLT201", "measured-quality", stage="plan", effect="prefer")
def measured_quality(c: PlanFacts, _q: Question) -> Params | None:
    """The model has published measurements for this use case; ranking orders by the lower end of their interval.

    Why: a thin or self-reported number must not win by luck.
    """
    if c.quality is None:
        return None
    first: tuple[Any, ...] = c.quality.evidence[0] if c.quality.evidence else (None, None, None)
    q = c.quality
    return {
        "value": q.value, "low": q.low, "high": q.high, "grade": q.grade,
        "benchmark": first[0], "version": first[1], "points": c.points("quality"),
        **({"why": "inferred"} if q.grade == "D" else {}),
    }  # fmt: skip


@rule("QLT202", "not-measured", stage="plan", effect="unknown")
def not_measured(c: PlanFacts, _q: Question) -> Params | None:
    """No published measurement covers this use case (未評価): the model stands below every measured one.

    What would change it: a citable table with this model.
    """
    return {} if c.quality is None else None


@rule("QLT203", "weak-evidence", stage="plan", effect="penalise")
def weak_evidence(c: PlanFacts, _q: Question) -> Params | None:
    """The evidence is older, the developer's own or inherited from the base model (grades B, C, D).

    What would change it: a current independent measurement.
    """
    if c.quality is None or c.quality.grade == "A":
        return None
    return {"grade": c.quality.grade, "points": c.points("thin_evidence")}


@rule("QNT201", "quantization-loss", stage="plan", effect="penalise")
def quantization_loss(c: PlanFacts, _q: Question) -> Params | None:
    """Quantization costs some of the measured quality.

    What would change it: a format with more bits (`osllm quants MODEL`).
    """
    if c.loss is None or not c.loss[1]:
        return None
    why = {"why": "little"} if c.loss[1] < SMALLEST_LOSS_SHOWN else {}
    return {"format": c.plan.format, "loss": c.loss[1], "points": c.points("quantization"), "source": c.loss[2], **why}


@rule("QNT202", "below-wanted-bits", stage="plan", effect="penalise")
def below_wanted_bits(c: PlanFacts, q: Question) -> Params | None:
    """The format has fewer bits than the use case wants, because nothing better fits.

    What would change it: more memory, or a smaller model.
    """
    wanted = q.use_case.min_bits
    if c.bits >= wanted:
        return None
    return {"bits": c.bits, "wanted": wanted, "format": c.plan.format, "points": c.points("few_bits")}


@rule("QNT203", "no-known-file", stage="plan", effect="note")
def no_known_file(c: PlanFacts, _q: Question) -> Params | None:
    """Nobody is known to have published the weights in this format; the command's notes say how to make them.

    What would change it: a repository, cited in the catalog.
    """
    return None if c.artifact_known else {"format": c.plan.format, "hub_id": c.model.hub_id}


@rule("ENG201", "engine-chosen", stage="plan", effect="note")
def engine_chosen(c: PlanFacts, q: Question) -> Params | None:
    """Why this engine: what the use case is done with, many sequences at once, cards with HBM, or one file for one user.

    What would change it: `--engine`.
    """
    if c.engine_reason is None:
        return None
    return {"engine": c.plan.engine, "why": c.engine_reason, "users": q.request.users}


@rule("SPD201", "speed", stage="plan", effect="prefer")
def speed(c: PlanFacts, q: Question) -> Params | None:
    """Faster is better, up to the speed at which the use case gains nothing more.

    What would change it: fewer bits, faster memory.
    """
    tps, target = c.estimate.speed.pace_tps, q.use_case.target_tps
    if tps is None or (target is not None and tps < target):
        return None
    return {"decode_tps": tps, "target_tps": target, "points": c.points("speed"), **_trains(q)}


@rule("SPD203", "below-target-speed", stage="plan", effect="note")
def below_target_speed(c: PlanFacts, q: Question) -> Params | None:
    """Fast enough to be ranked, but short of the speed at which the use case gains nothing more: part of the points.

    What would change it: fewer bits, faster memory.
    """
    tps, target = c.estimate.speed.pace_tps, q.use_case.target_tps
    if tps is None or target is None or tps >= target:
        return None
    return {"decode_tps": tps, "target_tps": target, "points": c.points("speed"), **_trains(q)}


def _trains(q: Question) -> dict[str, str]:
    """Which sentence tells a speed: that of answers, or that of training."""
    return {} if q.use_case.adapter_rank is None else {"why": "training"}


@rule("SPD204", "maybe-too-slow", stage="plan", effect="note")
def maybe_too_slow(c: PlanFacts, q: Question) -> Params | None:
    """Fast enough by the middle estimate but not by the low one.

    What would change it: fewer bits, faster memory, a lower `--min-tps`.
    """
    low, least = c.estimate.speed.low, q.request.min_tps
    return {"min_tps": least} if low is not None and least and low < least else None


@rule("SPD202", "speed-unknown", stage="plan", effect="unknown")
def speed_unknown(c: PlanFacts, _q: Question) -> Params | None:
    """The speed cannot be computed.

    What would change it: the memory bandwidth of the machine.
    """
    return {"why": c.estimate.speed.basis} if c.estimate.speed.pace_tps is None else None


@rule("MEM201", "headroom", stage="plan", effect="prefer")
def headroom(c: PlanFacts, _q: Question) -> Params | None:
    """How much memory stays free for longer conversations."""
    memory = c.estimate.memory
    if memory.high_bytes > memory.capacity_bytes:  # tight, which MEM202 says
        return None
    params = {"free_bytes": memory.headroom_bytes, "total_bytes": memory.total_bytes, "points": c.points("fit")}
    if c.plan.placement.in_ram:
        free = {d.device: d.capacity_bytes - d.total_bytes for d in memory.per_device}
        ram = free.pop("cpu", 0)
        return {**params, "why": "parts", "gpu_bytes": sum(free.values()), "ram_bytes": ram}
    if ENGINES[c.plan.engine].budget in ("fraction", "static") and c.plan.placement.gpus:
        return {**params, "why": "reserved", "capacity_bytes": memory.capacity_bytes}
    return params


@rule("MEM202", "tight", stage="plan", effect="note")
def tight(c: PlanFacts, _q: Question) -> Params | None:
    """It fits by the middle estimate but not by the high one.

    What would change it: a shorter context, an 8-bit cache, closing what else uses the GPU.
    """
    memory = c.estimate.memory
    over = memory.high_bytes - memory.capacity_bytes
    return {"over_bytes": over} if over > 0 else None


@rule("MEM203", "offloaded", stage="plan", effect="penalise")
def offloaded(c: PlanFacts, _q: Question) -> Params | None:
    """Part of the model runs from RAM, which is slow.

    What would change it: a smaller format or model, or more GPU memory.
    """
    place = c.plan.placement
    if not place.gpus or not (place.cpu_layers or place.experts_on_cpu):
        return None
    params = {"cpu_layers": place.cpu_layers, "experts_on_cpu": place.experts_on_cpu, "points": c.points("offload")}
    if not place.experts_on_cpu:
        return {**params, "why": "layers"}
    return params if place.cpu_layers else {**params, "why": "experts"}


@rule("MEM204", "quantized-cache", stage="plan", effect="note")
def quantized_cache(c: PlanFacts, _q: Question) -> Params | None:
    """The key/value cache is quantized, which costs a little quality at long context.

    What would change it: `--kv-cache f16`.
    """
    cache = c.plan.options.kv_cache
    return {"kv_cache": cache} if cache in LOSSY_CACHES else None


@rule("JPN201", "japanese-not-listed", stage="plan", effect="note")
def japanese_not_listed(c: PlanFacts, q: Question) -> Params | None:
    """The owner lists the languages of the model, and the language of the use case is not among them.

    Why: it may still do well where it was measured, but nobody promised it.
    """
    wanted = q.language
    if wanted in (None, "en") or not c.model.languages or wanted in c.model.languages:
        return None
    return {"language": wanted}


@rule("JPN202", "language-slips", stage="plan", effect="penalise", asked=lambda q: q.language not in (None, "en"))
def language_slips(c: PlanFacts, q: Question) -> Params | None:
    """Too few of the characters in the model's answers to prompts in the use case's language are of that language.

    Why: an English or Chinese answer to a Japanese question is of no use, however good.
    What would change it: a system prompt that demands the language helps some models; the measured share is what counts.
    """
    if not c.points("language_slips"):
        return None
    return {"share": c.language_share, "language": q.language, "points": c.points("language_slips")}


@rule("RSN201", "always-thinking", stage="plan", effect="penalise")
def always_thinking(c: PlanFacts, _q: Question) -> Params | None:
    """The model cannot stop thinking before it answers, and the use case pays for the wait.

    What would change it: a model whose thinking can be switched off.
    """
    return {"points": c.points("always_thinking")} if c.points("always_thinking") else None


@rule("RSN202", "long-thinking", stage="plan", effect="penalise")
def long_thinking(c: PlanFacts, _q: Question) -> Params | None:
    """Where models think first, this one's answers take more tokens than those of a typical one, by published counts.

    Why: an answer of twice the tokens ends after twice the time at the same speed, and fills the context twice as fast.
    What would change it: a limit on thinking, where the model knows one; a model that thinks less.
    """
    if not c.points("long_thinking"):
        return None
    return {"times": c.answer_length, "points": c.points("long_thinking")}


@rule("FRS201", "superseded", stage="plan", effect="penalise")
def superseded(c: PlanFacts, _q: Question) -> Params | None:
    """The developer has published a successor.

    What would change it: taking the successor, if it was measured and fits.
    """
    return {"by": c.model.superseded_by, "points": c.points("superseded")} if c.model.superseded_by else None
