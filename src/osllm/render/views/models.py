"""`list`: the catalog's models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Column, Heading, Paragraph, table
from osllm.render.units import billions
from osllm.render.views import common

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("use_case", "models"))


def models(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield one row a model; with a use case also its quality for it."""
    rows, use_case = document["models"], document.get("use_case")
    title = words("models-title", count=f"{len(rows):,}")
    yield Heading(words.bracket(title, use_case), 1)
    if not rows:
        yield Paragraph(words("no-model"), "bad")
        return
    yield table(
        (
            Column(words("model")),
            *([Column(words("quality"))] if use_case else []),
            Column(words("size"), right=True),
            Column(words("context-short"), right=True, below=True),
            Column(words("released"), below=True),
            Column(words("origin"), below=True),
            Column(words("kind"), below=True),
            Column(words("license-keys"), wrap=True, below=True),
        ),
        (
            [
                Cell(row["id"], "strong" if row.get("recommendable") else "dim"),
                *([common.quality(row.get("quality"), words)] if use_case else []),
                _size(row),
                _context(row["context_max"] or row["context_native"]),
                row["released"],
                _origin(row),
                row.get("kind"),
                ", ".join(row.get("licenses") or ()) or None,
            ]
            for row in rows
        ),
    )
    hidden = sum(not row.get("recommendable") for row in rows)
    if hidden:
        yield Paragraph(words("listed-only", count=f"{hidden:,}"), "dim")


def _size(row: dict[str, Any]) -> str | None:
    total, active = row["params_total"], row["params_active"]
    if total and active and active != total:
        return f"{billions(total)}-A{billions(active)}"
    return billions(total)


def _context(count: int | None) -> str | None:
    """Return a context length in k (1,024 tokens), as model cards write it."""
    return None if count is None else f"{count / 1024:,.0f}k" if count >= 1024 else str(count)


def _origin(row: dict[str, Any]) -> str | None:
    base = row["base_origin"]
    return f"{row['origin']} < {base}" if base and base != row["origin"] else row["origin"]
