"""What a list of rows offers: which rows are equals, and which one is best in what respect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.domain.verdict import VERDICT_ORDER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from osllm.advise.evaluate import Evaluated
    from osllm.rules.question import Question

INFERRED: Final = "D"  # the grade of values that rest on nothing of the model's own


def ties_of(rows: Sequence[Evaluated]) -> list[bool]:
    """For each row whether the evidence cannot tell it from the row above (同程度)."""
    return [bool(i) and _tied(rows[i - 1], row) for i, row in enumerate(rows)]


def _tied(above: Evaluated, below: Evaluated) -> bool:
    """Whether the 80 % intervals overlap: then a fresh set of tables may well turn the order round."""
    if above.quality is None or below.quality is None:
        return above.quality is below.quality
    return above.quality.low <= below.quality.high and below.quality.low <= above.quality.high


def marks_of(rows: Sequence[Evaluated], question: Question) -> dict[str, tuple[str, ...]]:
    """For each model of some rows in what it is the best of them; of equals the higher-ranked one is named.

    The best quality is the best measured one: nothing is called the best that nobody has measured for the use.
    """
    if not rows:
        return {}
    severity = VERDICT_ORDER.index
    bests: tuple[tuple[str, Callable[[Evaluated], float]], ...] = (
        ("fastest", lambda e: -(e.speed.pace_tps or 0.0)),
        ("lightest", lambda e: e.memory.total_bytes),
        ("most-permissive", lambda e: severity(question.license_of(e.row).verdict)),
    )
    marks: dict[str, list[str]] = {e.row.id: [] for e in rows}
    for name, key in bests:
        marks[min(rows, key=key).row.id].append(name)
    measured = [e for e in rows if e.quality is not None and e.quality.grade != INFERRED]
    if measured:
        marks[max(measured, key=_left).row.id].insert(0, "best-quality")
    return {model_id: tuple(names) for model_id, names in marks.items()}


def _left(e: Evaluated) -> float:
    """The low end of the quality, less what quantization costs: what ranking counts."""
    return 0.0 if e.quality is None else e.quality.low * (1.0 - (e.loss[1] if e.loss else 0.0))
