"""Blocks as Markdown (CommonMark with tables). Text of the catalog stays text: its markup is escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from osllm.render.blocks import Bullets, Facts, Heading, Paragraph, Table
from osllm.render.clean import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from osllm.render.blocks import Block

# An underscore inside a word is plain text (Q4_K_M), and so is everything that is not listed here.
_MARKUP: Final = re.compile(r"[\\`*\[\]<>|~&]|(?<![^\W_])_|_(?![^\W_])")
# What would start a block at the beginning of a line: heading, list, quote, rule, numbered list.
_START: Final = re.compile(r"^(\s*)([#+>=-]|\d+(?=[.)]))")


def write(blocks: Iterable[Block]) -> str:
    """Return the blocks as one Markdown text."""
    return "\n\n".join("\n".join(lines) for lines in (list(_lines(block)) for block in blocks) if lines) + "\n"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    return _MARKUP.sub(lambda found: "\\" + found[0], clean(text))


def _prose(text: str) -> str:
    """Escape text that stands at the beginning of a line."""
    escaped = escape(text)
    if re.match(r"^\s*\d+[.)]", escaped):
        return re.sub(r"^(\s*\d+)([.)])", r"\1\\\2", escaped)
    return _START.sub(r"\1\\\2", escaped)


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield "#" * block.level + " " + escape(block.text)
    elif isinstance(block, Facts):
        for label, value in block.rows:
            yield f"- **{escape(label)}**: {escape(value.text)}"
    elif isinstance(block, Table):
        if block.rows:
            yield from _table(block)
    elif isinstance(block, Paragraph):
        yield _prose(block.text)
    elif isinstance(block, Bullets):
        for item in block.items:
            yield "- " + _prose(item.text)
    else:
        lines = ["\t".join(map(clean, line.split("\t"))) for line in block.lines]
        fence = "`" * max(3, 1 + max((len(run) for line in lines for run in re.findall("`+", line)), default=0))
        yield fence + block.language
        yield from lines
        yield fence


def _table(block: Table) -> Iterator[str]:
    yield _row([escape(column.title) for column in block.columns])
    yield _row(["---:" if column.right else "---" for column in block.columns])
    for row in block.rows:
        yield _row([escape(cell.text) for cell in row])


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
