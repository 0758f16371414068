"""Tables on lines of limited width.

The first of these layouts that has room is taken:

1. a grid, prose columns wrapped;
2. a grid with some `below` columns, the last ones first, under each row;
3. cards: every value on a line of its own.

Nothing is ever cut. Written here, without Rich: Rich costs several times the start-up of an answer, and one layout
serves the terminal and the pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.render.blocks import NOTHING
from osllm.render.width import least_width, pad, width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from osllm.render.blocks import Cell, Column, Table
    from osllm.render.paint import Paint

_LEAST_PROSE: Final = 16  # columns below which wrapped prose is harder to read than a card
_GAPS: Final = ("  ", " ")


def lay_out(table: Table, columns: int, paint: Paint) -> list[str]:
    """Return the lines of a table of at least one row."""
    everywhere = range(len(table.columns))
    movable = [i for i in everywhere if table.columns[i].below]
    for kept in range(len(movable), -1, -1):
        places = [i for i in everywhere if i not in movable[kept:]]
        for gap in _GAPS:
            widths = _fit(table, places, columns - len(gap) * (len(places) - 1))
            if widths is not None:
                return list(_grid(table, places, widths, gap, columns, paint))
    return list(_cards(table, columns, paint))


def _fit(table: Table, places: Sequence[int], room: int) -> list[int] | None:
    """Return the widths of the columns, None where there is no room for them."""
    natural = [max(width(table.columns[i].title), *(width(row[i].text) for row in table.rows), 1) for i in places]
    excess = sum(natural) - room
    if excess <= 0:
        return natural
    prose = [k for k, i in enumerate(places) if table.columns[i].wrap and natural[k] > _LEAST_PROSE]
    for k in sorted(prose, key=lambda k: -natural[k]):
        longest = max(least_width(row[places[k]].text) for row in table.rows)
        least = max(_LEAST_PROSE, width(table.columns[places[k]].title), longest if longest <= room // 2 else 0)
        cut = min(excess, max(0, natural[k] - least))
        natural[k] -= cut
        excess -= cut
    return natural if excess <= 0 else None


def _grid(
    table: Table, places: Sequence[int], widths: Sequence[int], gap: str, columns: int, paint: Paint
) -> Iterator[str]:
    shown = [table.columns[i] for i in places]
    titles = [[column.title] for column in shown]
    yield from _lines(titles, ["strong"] * len(shown), shown, widths, gap, paint)
    if paint.boxes:
        yield paint(gap.replace(" ", "─").join("─" * size for size in widths), "dim")
    under = [i for i in range(len(table.columns)) if i not in places]
    for row in table.rows:
        cells = [row[i] for i in places]
        parts = [
            wrap(cell.text, size) if column.wrap else [cell.text]
            for cell, size, column in zip(cells, widths, shown, strict=True)
        ]
        yield from _lines(parts, [cell.tone for cell in cells], shown, widths, gap, paint)
        if under:
            yield from _under(table, row, under, widths[0] + len(gap) if table.lead > 1 else 4, columns, paint)


def _lines(
    parts: Sequence[Sequence[str]],
    tones: Sequence[str],
    shown: Sequence[Column],
    widths: Sequence[int],
    gap: str,
    paint: Paint,
) -> Iterator[str]:
    """Yield the lines of one row, whose cells may have several."""
    for number in range(max(map(len, parts))):
        line = []
        for part, tone, column, size in zip(parts, tones, shown, widths, strict=True):
            word = part[number] if number < len(part) else ""
            line.append(paint(pad(word, size, right=column.right), tone if word else ""))
        yield gap.join(line).rstrip(" ")


def _under(
    table: Table, row: Sequence[Cell], places: Sequence[int], indent: int, columns: int, paint: Paint
) -> Iterator[str]:
    """Yield a row's `below` cells: `title value  title value`, on as many lines as they need."""
    line, used = "", 0
    for i in places:
        title, told = table.columns[i].title, row[i]
        if told == NOTHING:
            continue
        size = width(title) + 1 + width(told.text)
        if used and indent + used + 2 + size > columns:
            yield " " * indent + line
            line, used = "", 0
        if indent + size > columns:  # alone too long for a line: prose, wrapped
            yield from labelled(title, told, width(title), columns, paint, indent)
            continue
        line += ("  " if used else "") + f"{paint(title, 'dim')} {paint(told.text, told.tone)}"
        used += size + (2 if used else 0)
    if used:
        yield " " * indent + line


def _cards(table: Table, columns: int, paint: Paint) -> Iterator[str]:
    labels = max((width(column.title) for column in table.columns[table.lead :]), default=0)
    labels = min(labels, columns // 2)
    for number, row in enumerate(table.rows):
        if number:
            yield ""
        yield "  ".join(paint(cell.text, cell.tone or "strong") for cell in row[: table.lead] if cell.text)
        for column, cell in zip(table.columns[table.lead :], row[table.lead :], strict=True):
            yield from labelled(column.title, cell, labels, columns, paint, indent=2)


def labelled(label: str, cell: Cell, labels: int, columns: int, paint: Paint, indent: int = 0) -> Iterator[str]:
    """Yield `label  value`, the value wrapped beside its label, or under it where there is little room."""
    start = indent + labels + 2
    if width(label) > labels or columns - start < min(_LEAST_PROSE, width(cell.text)):
        yield " " * indent + paint(label, "dim")
        for line in wrap(cell.text, columns - indent - 2):
            yield " " * (indent + 2) + paint(line, cell.tone)
        return
    lines = wrap(cell.text, columns - start)
    yield " " * indent + paint(pad(label, labels), "dim") + "  " + paint(lines[0], cell.tone)
    for line in lines[1:]:
        yield " " * start + paint(line, cell.tone)
