"""Make text safe to print: what comes from a catalog or a command line is data, never a command to the terminal."""

from __future__ import annotations

from typing import Final

# C0 and C1 controls, DEL, and the marks that reorder or hide text (bidirectional overrides, zero-width, BOM, tags).
_CONTROLS: Final = (*range(0x20), 0x7F, *range(0x80, 0xA0))
_INVISIBLE: Final = (
    0x061C,
    0x200B,
    0x200E,
    0x200F,
    *range(0x2028, 0x202F),
    0x2060,
    *range(0x2066, 0x206A),
    0xFEFF,
    *range(0xE0000, 0xE0080),
)
_TABLE: Final = {
    **dict.fromkeys(_CONTROLS, "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys(_INVISIBLE, ""),
    0x09: " ",
    0x0A: " ",
    0x0D: " ",
}


def clean(text: str) -> str:
    """Return one line of text without control characters; tabs and line ends become spaces."""
    if text.isascii() and text.isprintable():
        return text
    return text.translate(_TABLE).encode("utf-8", "replace").decode("utf-8")


def clean_block(text: str) -> str:
    """Return text of several lines, each one cleaned; tabs are kept."""
    return "\n".join("\t".join(clean(part) for part in line.split("\t")) for line in text.split("\n"))
