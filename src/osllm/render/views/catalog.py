"""`catalog stats`, `catalog validate` and `catalog path`: the state of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Column, Heading, facts, table
from osllm.render.views.generic import generic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("valid", "checked", "problems", "stats", "path", "source"))
_WHERE: Final = ("file", "line", "field")


def stats(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the counts of the catalog."""
    stamp = document["catalog"]
    yield Heading(words("catalog"), 1)
    yield facts([(words("version"), stamp["version"]), ("SHA-256", stamp["sha256"])])
    yield from generic(document["stats"], words)


def place(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield where the compiled catalog is, and what it was made from."""
    yield facts([(words("place"), document["path"]), (words("made-from"), document.get("source"))])


def validation(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield every defect with its place."""
    problems = document["problems"]
    title = words("catalog-valid") if document["valid"] else words("catalog-invalid", count=len(problems))
    yield Heading(title, 1)
    yield facts([(words("checked"), words.joined(document.get("checked") or ()))])
    if problems:
        yield table(
            (Column(words("where")), Column(words("what"), wrap=True, below=True)),
            ([Cell(_where(one), "strong"), _told(one)] for one in problems),
        )


def _told(problem: dict[str, Any]) -> str:
    return f"{problem['text']} [{problem['code']}]"


def _where(problem: dict[str, Any]) -> str:
    return ":".join(str(problem[key]) for key in _WHERE if problem.get(key) is not None)
