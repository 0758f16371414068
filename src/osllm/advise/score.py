"""The ranking score: parts weighted as the use case says, 0 to 1 before penalties.

Quality enters with the lower end of its interval, so that thin evidence must not win by luck. Penalties are points of the
score at full effect, from the use case's file; each stands in the score as a part of its own.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Final

from osllm.domain.verdict import Score

if TYPE_CHECKING:
    from collections.abc import Callable

    from osllm.catalog.index import IndexRow
    from osllm.domain.model import Quality
    from osllm.domain.plan import Memory, Speed
    from osllm.rules.question import Question

Part = tuple[str, float, float]  # name, value, weight

# A tenth of the memory left free covers the spread of the estimate and a conversation that grows; more earns nothing, so
# that free memory never argues against a better format.
ENOUGH_FREE: Final = 0.1
# Answers to Japanese prompts hold 0.85 to 0.89 Japanese characters normally (shaberi's "% JA output"); below 0.80 another
# language leaks in, and at half the answer is not Japanese any more.
FLUENT_SHARE: Final = 0.80
FOREIGN_SHARE: Final = 0.50
# Answers up to a tenth longer than a typical thinking model's count as typical; four times the tokens take four times as long.
TYPICAL: Final = 1.1
LONG: Final = 4.0
# How thin the evidence of each grade is: nobody independent has seen a model of grade C at this, nobody at all one of grade D.
THIN: Final = {"A": 0.0, "B": 0.25, "C": 0.5, "D": 1.0}


def penalties(question: Question, row: IndexRow, quality: Quality | None) -> tuple[Part, ...]:
    """What the use case charges a model for, whatever its plan: only the charges that apply."""
    found: list[Part] = []
    for name, weight in question.use_case.penalties.items():
        value = _charge(name, question, row, quality)
        if value and weight:
            found.append((name, -value, weight))
    return tuple(found)


def _charge(name: str, question: Question, row: IndexRow, quality: Quality | None) -> float:
    """How far a penalty applies to a model, 0 to 1; `offload` depends on the plan and is charged there."""
    if name in ("licence_conditions", "licence_review"):
        return float(question.license_of(row).verdict == name.partition("_")[2])
    charge = CHARGES.get(name)
    return 0.0 if charge is None else charge(question, row, quality)


def _thin_evidence(_question: Question, _row: IndexRow, quality: Quality | None) -> float:
    return 1.0 if quality is None else THIN[quality.grade]


def _always_thinking(_question: Question, row: IndexRow, _quality: Quality | None) -> float:
    return float(row.reasoning == "always")


def _superseded(_question: Question, row: IndexRow, _quality: Quality | None) -> float:
    return float(row.superseded_by is not None)


def _language_slips(question: Question, row: IndexRow, _quality: Quality | None) -> float:
    share = question.language_share(row.id)
    return 0.0 if share is None else min(1.0, max(0.0, (FLUENT_SHARE - share) / (FLUENT_SHARE - FOREIGN_SHARE)))


def _long_thinking(question: Question, row: IndexRow, _quality: Quality | None) -> float:
    """How far the length of a model's answers counts against it: nothing at the typical length, all at LONG times that.

    Where the use case charges thinking that cannot be stopped, a model that can stop is used without it.
    """
    stopped = row.reasoning == "hybrid" and "always_thinking" in question.use_case.penalties
    if stopped or row.reasoning not in ("always", "hybrid"):
        return 0.0
    times = question.answer_length(row.id)
    return 0.0 if times is None else min(1.0, max(0.0, log(times / TYPICAL) / log(LONG / TYPICAL)))


CHARGES: Final[dict[str, Callable[[Question, IndexRow, Quality | None], float]]] = {
    "thin_evidence": _thin_evidence,
    "always_thinking": _always_thinking,
    "long_thinking": _long_thinking,
    "superseded": _superseded,
    "language_slips": _language_slips,
}


def upper_bound(
    question: Question, quality: Quality | None, loss: float, charged: tuple[Part, ...], most_tps: float | None = None
) -> float:
    """The score that a plan cannot exceed: full marks for free memory, and for speed what `most_tps` (None: any) earns."""
    weights = question.use_case.weights
    low = 0.0 if quality is None else quality.low
    reached = 1.0 if most_tps is None else min(1.0, most_tps / question.use_case.target_tps)
    most = low * (1.0 - loss) * weights["quality"] + reached * weights.get("speed", 0.0) + weights.get("fit", 0.0)
    return most + sum(value * weight for _, value, weight in charged)


def score(
    question: Question,
    quality: Quality | None,
    loss: float,
    speed: Speed,
    memory: Memory,
    offloaded: float,
    charged: tuple[Part, ...],
) -> Score:
    """The score of one plan.

    Args:
        question: the use case's weights and the speed beyond which nothing is gained.
        quality: what was measured; None counts as 0, and unmeasured models rank apart anyway.
        loss: fraction of the quality that the weight format costs.
        speed: of the plan; an unknown speed earns nothing.
        memory: of the plan.
        offloaded: fraction of the layers that run from RAM beside a GPU.
        charged: the model's penalties.
    """
    case = question.use_case
    low = 0.0 if quality is None else quality.low
    reached = min(1.0, (speed.pace_tps or 0.0) / case.target_tps)
    free = max(0.0, min(1.0, memory.headroom_bytes / max(1, memory.capacity_bytes) / ENOUGH_FREE))
    parts: tuple[Part, ...] = (
        ("quality", low, case.weights["quality"]),
        ("quantization", -low * loss, case.weights["quality"]),
        ("speed", reached, case.weights.get("speed", 0.0)),
        ("fit", free, case.weights.get("fit", 0.0)),
    )
    if offloaded:
        parts = (*parts, ("offload", -offloaded, case.penalties.get("offload", 0.0)))
    parts = (*parts, *charged)
    return Score(sum(value * weight for _, value, weight in parts), parts)
