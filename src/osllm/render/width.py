"""How wide text is on a terminal, and how it is padded and wrapped there.

A full-width or wide character (UAX #11: F, W) is two columns, a combining mark or a format character none, everything
else one; ambiguous characters count as one, as terminals outside East Asian legacy encodings show them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from unicodedata import category, east_asian_width

if TYPE_CHECKING:
    from collections.abc import Iterator

# Japanese line breaking (JIS X 4051): these may not begin a line, those may not end one.
_NOT_FIRST: Final = frozenset(
    "、。，．・：；？！）」』】〕〉》｝］ー々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョヶ〜…%‰℃)]},.!?:;"
)
_NOT_LAST: Final = frozenset("（「『【〔〈《｛［([{¥$")


def char_width(char: str) -> int:
    """Return the columns of one character: 0, 1 or 2."""
    if " " <= char < "\x7f":
        return 1
    if category(char) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if east_asian_width(char) in "FW" else 1


def width(text: str) -> int:
    """Return the columns of a line of text."""
    return len(text) if text.isascii() else sum(map(char_width, text))


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Fill a line up to `columns`, at the end or (`right`) in front; a wider one stays as it is."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def wrap(text: str, columns: int) -> list[str]:
    """Break a line where words end and between Japanese characters; at least one line.

    A word that is wider than `columns` (an id, a path, an address) stays whole: it must remain copyable.
    """
    lines: list[str] = []
    line, used = "", 0
    for piece in _pieces(text):
        size = width(piece)
        if line and used + size > columns and piece != " ":
            lines.append(line.rstrip(" "))
            line, used = "", 0
        if piece == " " and not line and lines:
            continue
        line += piece
        used += size
    return [*lines, line.rstrip(" ")]


def least_width(text: str) -> int:
    """Return the columns of the widest piece that `wrap` leaves whole."""
    return max(map(width, _pieces(text)), default=0)


def _pieces(text: str) -> Iterator[str]:
    """Cut a line into what must stay together: words, single blanks, Japanese characters with their punctuation."""
    piece = ""
    for char in text:
        if piece and _breaks(piece[-1], char):
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _breaks(before: str, after: str) -> bool:
    if before == " " or after == " ":
        return True
    if after in _NOT_FIRST or before in _NOT_LAST:
        return False
    return char_width(before) == 2 or char_width(after) == 2
