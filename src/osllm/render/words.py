"""The words of the pages: `render.*` and `names.*` messages in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.i18n import lookup, text

if TYPE_CHECKING:
    from collections.abc import Iterable


class Words:
    """Says messages of the area `render`, and what codes are called (`names`)."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, name: str, **params: object) -> str:
        """Return a message with its placeholders filled in."""
        return text(f"render.{name}", self.lang, **params)

    def known(self, group: str, word: object) -> str:
        """Return what a code of a closed list is called; a code that has no name yet is shown as it is."""
        found = lookup(f"names.{group}.{word}", self.lang)
        return str(word) if found is None else found

    def joined(self, words: Iterable[object]) -> str:
        """Return a list in one line."""
        return ("、" if self.lang == "ja" else ", ").join(str(word) for word in words)

    def bracket(self, word: str, inside: str | None) -> str:
        """Return `word (inside)` in the language's brackets; without `inside` the word alone."""
        if not inside:
            return word
        return f"{word}（{inside}）" if self.lang == "ja" else f"{word} ({inside})"
