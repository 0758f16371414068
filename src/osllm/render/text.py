"""Blocks as text: with colour and lines on a terminal, the same words without them in a pipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.render.blocks import Bullets, Cell, Code, Facts, Heading, Paragraph, Table
from osllm.render.clean import clean
from osllm.render.paint import Paint
from osllm.render.table import labelled, lay_out
from osllm.render.width import width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from osllm.render.blocks import Block
    from osllm.render.screen import Screen


def write(blocks: Iterable[Block], screen: Screen) -> str:
    """Return a page. Every word of the blocks is cleaned here: nothing in it can steer the terminal."""
    paint = Paint(screen)
    parts: list[str] = []
    after_heading = True
    for block in map(_cleaned, blocks):
        lines = list(_lines(block, screen.width, paint))
        if not lines:
            continue
        if parts and not after_heading:
            parts.append("")
        parts += lines
        after_heading = isinstance(block, Heading)
    return "\n".join(parts) + "\n"


def _lines(block: Block, columns: int, paint: Paint) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from _heading(block, columns, paint)
    elif isinstance(block, Facts):
        labels = min(max((width(label) for label, _ in block.rows), default=0), columns // 2)
        for label, value in block.rows:
            yield from labelled(label, value, labels, columns, paint, indent=2)
    elif isinstance(block, Table):
        if block.rows:
            yield from lay_out(block, columns, paint)
    elif isinstance(block, Paragraph):
        for line in wrap(block.text, columns):
            yield paint(line, block.tone)
    elif isinstance(block, Bullets):
        for item in block.items:
            first, *rest = wrap(item.text, columns - 4)
            yield "  - " + paint(first, item.tone)
            for line in rest:
                yield "    " + paint(line, item.tone)
    else:
        for line in block.lines:
            yield line if block.bare else ("  " + line).rstrip()


def _heading(block: Heading, columns: int, paint: Paint) -> Iterator[str]:
    for line in wrap(block.text, columns):
        yield paint(line, "strong")
    if block.level == 1 and paint.boxes:
        yield paint("─" * min(columns, max(width(line) for line in wrap(block.text, columns))), "dim")


def _cleaned(block: Block) -> Block:
    if isinstance(block, Heading | Paragraph):
        return block._replace(text=clean(block.text))
    if isinstance(block, Facts):
        return Facts(tuple((clean(label), _cell(value)) for label, value in block.rows))
    if isinstance(block, Bullets):
        return Bullets(tuple(map(_cell, block.items)))
    if isinstance(block, Code):
        return block._replace(lines=tuple("\t".join(map(clean, line.split("\t"))) for line in block.lines))
    columns = tuple(column._replace(title=clean(column.title)) for column in block.columns)
    return Table(columns, tuple(tuple(map(_cell, row)) for row in block.rows), block.lead)


def _cell(cell: Cell) -> Cell:
    return Cell(clean(cell.text), cell.tone)
