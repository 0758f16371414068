"""Colour, where the screen has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from osllm.render.screen import Screen

# Select Graphic Rendition of ECMA-48; the sixteen colours follow the terminal's own theme.
_CODES: Final = {"good": "32", "warn": "33", "bad": "31", "dim": "2", "strong": "1"}


class Paint:
    """Puts a tone on text. `boxes` says whether lines may be drawn."""

    def __init__(self, screen: Screen) -> None:
        self.colour = screen.colour
        self.boxes = screen.terminal and screen.unicode

    def __call__(self, text: str, tone: str = "") -> str:
        """Return text in a tone; unchanged where the screen has no colour."""
        if not self.colour or not tone or not text.strip():
            return text
        return f"\x1b[{_CODES[tone]}m{text}\x1b[0m"
