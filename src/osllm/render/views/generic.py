"""Any document, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.i18n.sentences import humanise
from osllm.render.blocks import Bullets, Cell, Code, Column, Heading, cell, facts, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from osllm.render.blocks import Block
    from osllm.render.words import Words

_LONG: Final = 10_000  # numbers from here on get separators; below they may be years
_MANY: Final = 8  # columns beyond which rows are shown one after the other


def generic(values: Mapping[str, Any], words: Words, title: str = "") -> Iterator[Block]:
    """Yield plain values as facts, then what is nested, each under its key."""
    plain = [(key, value) for key, value in values.items() if not _nested(value)]
    if title and plain:
        yield Heading(title)
    if plain:
        yield facts((label(key, words), shown(key, value, words)) for key, value in plain)
    for key, value in values.items():
        if _nested(value):
            yield from _part(key, value, words, title)


def label(key: str, words: Words) -> str:
    """Return what a key is called."""
    named = words.known("key", key)
    return key.replace("_", " ") if named == key else named


def shown(key: str, value: Any, words: Words) -> Cell:  # noqa: ANN401 - a value of any document
    """Return a plain value as people read it."""
    if isinstance(value, bool):
        return Cell(words("yes" if value else "no"))
    if isinstance(value, str) or value is None:
        return cell(value)
    if key.endswith("_bytes") or isinstance(value, list | tuple):
        return cell(humanise(key, value, words.lang))
    if isinstance(value, float):
        return Cell(f"{value:,.4g}")
    return Cell(f"{value:,}" if isinstance(value, int) and value >= _LONG else str(value))


def _nested(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value)
    if isinstance(value, str):
        return "\n" in value
    return isinstance(value, list | tuple) and any(isinstance(item, dict | list) for item in value)


def _part(key: str, value: Any, words: Words, title: str) -> Iterator[Block]:  # noqa: ANN401
    name = f"{title} / {label(key, words)}" if title else label(key, words)
    if isinstance(value, str):
        yield Heading(name)
        yield Code(tuple(value.rstrip("\n").split("\n")))
    elif isinstance(value, dict):
        yield from generic(value, words, name)
    elif all(isinstance(item, dict) for item in value):
        yield from _rows(name, value, words)
    else:
        yield Heading(name)
        yield Bullets(tuple(Cell(str(item)) for item in value))


def _rows(name: str, rows: list[dict[str, Any]], words: Words) -> Iterator[Block]:
    keys = list(dict.fromkeys(key for row in rows for key in row))
    if len(keys) > _MANY or any(_nested(value) for row in rows for value in row.values()):
        for number, row in enumerate(rows, 1):
            yield from generic(row, words, f"{name} {number}")
        return
    yield Heading(name)
    yield table(
        (Column(label(key, words), wrap=True) for key in keys),
        ([shown(key, row.get(key), words) for key in keys] for row in rows),
    )
