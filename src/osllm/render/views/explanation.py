"""`explain MODEL`: where it stands, why, and what would have to change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Heading, Paragraph, bullets, facts
from osllm.render.views import common
from osllm.render.views.recommendation import command, details, warnings
from osllm.render.views.request import assumptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(
    [
        "request",
        "machine",
        "model",
        "rank",
        "of",
        "folded_into",
        "row",
        "vetoes",
        "above",
        "leader",
        "runner_up",
        "changes",
        "if_measured",
    ]
)

_LEAST_POINTS: Final = 0.0005  # less would be shown as 0.000


def explanation(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:
    """Yield the page of an explanation: the standing, what stands against it, what would change it, its plan."""
    rank, row, model = document["rank"], document["row"], document["model"]["id"]
    title = (
        words("stands-at", model=model, rank=rank, of=document["of"]) if rank else words("rejected-one", model=model)
    )
    yield Heading(title if rank or document["vetoes"] else words("stands-folded", model=model), 1)
    if document.get("folded_into"):
        yield Paragraph(words("folded-into", model=document["folded_into"]))
    yield facts(assumptions(document, words))
    if document["vetoes"]:
        yield Heading(words("vetoes"))
        yield bullets(Cell(f"[x] {veto['text']} [{veto['rule']}]", "bad") for veto in document["vetoes"])
    yield from _changes(document, words)
    others = {document[key]["model"]: key for key in ("above", "leader", "runner_up") if document[key]}
    for key in others.values():  # the row above the second is the first
        yield from _against(key, document[key], words)
    if row:
        yield from _plan(row, document["request"], words, columns, verbose=verbose)


def _plan(
    row: dict[str, Any], request: dict[str, Any], words: Words, columns: int, *, verbose: bool
) -> Iterator[Block]:
    yield Heading(words("its-plan"))
    yield facts(details(row, request, words))
    yield Heading(words("reasons"))
    yield bullets(common.reasons(row["reasons"]))
    yield from warnings(row, words)
    if verbose and row["quality"] and row["quality"]["evidence"]:
        yield Heading(words("evidence"))
        yield bullets(common.sources_of(row["quality"]["evidence"], words))
    yield from command(row["serve"], words, columns)


def _changes(document: dict[str, Any], words: Words) -> Iterator[Block]:
    """Yield what would change the standing; of the first row nothing has to."""
    said = [_change(one, words) for one in document["changes"]]
    if document["rank"] not in (None, 1):
        said = said or [words("no-change")]
        if document["if_measured"]:
            said.append(document["if_measured"]["text"])
    if said:
        yield Heading(words("changes"))
        yield bullets(said)


def _change(change: dict[str, Any], words: Words) -> str:
    """Return a change with the plan that it makes possible."""
    plan = words.joined(str(change[key]) for key in ("format", "engine") if change.get(key))
    return words.bracket(change["text"], plan)


def _against(key: str, other: dict[str, Any], words: Words) -> Iterator[Block]:
    """Yield by how much another model is ahead, and in which parts of the score."""
    yield Heading(f"{words(key)}: {other['model']}")
    if other["difference"] is None:
        yield Paragraph(words("score-of", score=f"{other['score']:.3f}"))
        return
    ahead = other["difference"] >= 0
    yield Paragraph(words("ahead-by" if ahead else "behind-by", difference=f"{abs(other['difference']):.3f}"))
    weighty = [one for one in other["parts"] if abs(one["points"]) >= _LEAST_POINTS]
    yield bullets(f"{words.known('part-name', one['part'])} {one['points']:+.3f}" for one in weighty)
