"""`use-cases list|show`: what each use case asks for and how it is weighed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Column, Heading, Paragraph, facts, table
from osllm.render.units import rate
from osllm.render.views import common
from osllm.render.views.generic import generic, label, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("use_cases",))
_APART: Final = frozenset(("key", "title", "description", "skills", "weights", "penalties", "rationale", "grades"))


def use_cases(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield a table of all; a single one in full."""
    rows = document["use_cases"]
    if len(rows) == 1:
        yield from _one(rows[0], words)
        return
    yield Heading(words("use-cases-title", count=len(rows)), 1)
    yield table(
        (
            Column(words("key-column")),
            Column(words("title")),
            Column(words("context-short"), right=True),
            Column("tok/s", right=True),
            Column(words("description"), wrap=True, below=True),
        ),
        (
            [
                Cell(row["key"], "strong"),
                row["title"],
                f"{row['context_tokens']:,}",
                rate(row["min_tps"]),
                row["description"],
            ]
            for row in rows
        ),
    )


def _one(row: dict[str, Any], words: Words) -> Iterator[Block]:
    yield Heading(words.bracket(row["title"], row["key"]), 1)
    yield Paragraph(row["description"])
    yield facts(
        (label(key, words), common.tokens(value, words) if key == "context_tokens" else shown(key, value, words))
        for key, value in row.items()
        if key not in _APART and value not in (None, [], {})
    )
    if row.get("skills"):
        yield Heading(words("skills"))
        yield table(
            (Column(words("skill")), Column(words("weight"), right=True)),
            ([words.known("skill", one["skill"]), f"{one['weight']:g}"] for one in row["skills"]),
        )
    for key in ("weights", "penalties"):
        if row.get(key):
            yield Heading(label(key, words))
            yield facts((words.known("part-name", name), f"{value:g}") for name, value in row[key].items())
    if row.get("grades"):
        yield from generic({"grades": row["grades"]}, words)
    if row.get("rationale"):
        yield Heading(words("reasons"))
        yield facts((label(key, words), _in_one_language(value, words)) for key, value in row["rationale"].items())


def _in_one_language(value: Any, words: Words) -> object:  # noqa: ANN401 - a text, or one a language
    return (value.get(words.lang) or next(iter(value.values()), None)) if isinstance(value, dict) else value
