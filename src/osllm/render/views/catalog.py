"""`catalog stats` and `catalog validate`: the state of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Column, Heading, bullets, facts, table
from osllm.render.views.generic import generic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("valid", "problems", "stats"))
_WHERE: Final = ("file", "line", "field")


def stats(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the counts of the catalog."""
    stamp = document.get("catalog") or {}
    yield Heading(words("catalog"), 1)
    if stamp:
        yield facts(
            [
                (words("version"), stamp.get("version")),
                ("SHA-256", stamp.get("sha256")),
                (words("models"), f"{stamp.get('models', 0):,}"),
            ]
        )
    yield from generic(document.get("stats") or {}, words)


def validation(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield every defect with its place."""
    problems = document.get("problems") or ()
    yield Heading(words("catalog-valid") if not problems else words("catalog-invalid", count=len(problems)), 1)
    placed = [one for one in problems if isinstance(one, dict)]
    if placed:
        yield table(
            (Column(words("where")), Column(words("what"), wrap=True)),
            ([Cell(_where(one), "strong"), one.get("text") or one.get("message") or one.get("code")] for one in placed),
        )
    said = [str(one) for one in problems if not isinstance(one, dict)]
    if said:
        yield bullets(said)


def _where(problem: dict[str, Any]) -> str:
    return ":".join(str(problem[key]) for key in _WHERE if problem.get(key) is not None)
