"""What a page is made of. Views build blocks from a document; `text` and `markdown` write them down."""

from __future__ import annotations

from collections.abc import Iterable

from osllm.tuples import NamedTuple


class Cell(NamedTuple):
    """A short text and how it should strike the eye."""

    text: str
    tone: str = ""  # good | warn | bad | dim | strong; empty: as everything else


NOTHING = Cell("-", "dim")  # what stands where nothing is known


class Column(NamedTuple):
    """A column of a table."""

    title: str
    right: bool = False  # numbers
    wrap: bool = False  # prose that may be broken into lines; anything else stays whole
    below: bool = False  # goes under its row where the line has no room


class Table(NamedTuple):
    """Rows of cells. The first `lead` columns name a row."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    lead: int = 1


class Heading(NamedTuple):
    """The title of a page (1) or of a part of it (2)."""

    text: str
    level: int = 2


class Facts(NamedTuple):
    """Labels with their values."""

    rows: tuple[tuple[str, Cell], ...]


class Paragraph(NamedTuple):
    """Prose."""

    text: str
    tone: str = ""


class Bullets(NamedTuple):
    """A list of sentences."""

    items: tuple[Cell, ...]


class Code(NamedTuple):
    """Lines to be copied as they are: a command, a file."""

    lines: tuple[str, ...]
    language: str = ""
    bare: bool = False  # the page is nothing but this: not indented, so that it can be saved from a pipe


Block = Heading | Facts | Table | Paragraph | Bullets | Code


def cell(value: object, tone: str = "") -> Cell:
    """Make a cell; None is a dim dash."""
    if isinstance(value, Cell):
        return value
    return NOTHING if value is None or value == "" else Cell(str(value), tone)


def facts(rows: Iterable[tuple[str, object]]) -> Facts:
    """Make facts from label and value; those without a value are left out."""
    return Facts(tuple((label, cell(value)) for label, value in rows if value is not None and value != ""))


def table(columns: Iterable[Column], rows: Iterable[Iterable[object]], lead: int = 1) -> Table:
    """Make a table from plain values."""
    return Table(tuple(columns), tuple(tuple(cell(value) for value in row) for row in rows), lead)


def bullets(items: Iterable[object]) -> Bullets:
    """Make a list from plain values."""
    return Bullets(tuple(cell(item) for item in items))
