"""Every sentence that people read, in English and Japanese.

A message id is `<area>.<name>`; the tables are `i18n/<area>_en.py` and `i18n/<area>_ja.py`, each a `MESSAGES` mapping,
imported when their first sentence is asked for. A table may write its ids with or without the area in front.
JSON keys, rule codes and enums are English everywhere and never come from here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES: Final = ("en", "ja")
DEFAULT_LANGUAGE: Final = "en"

_tables: dict[tuple[str, str], Mapping[str, str]] = {}


def text(message_id: str, lang: str, /, **params: object) -> str:
    """Return a message in `lang` with its `str.format` placeholders filled in.

    A message that a language lacks is given in English; an id that no table has is given back as it is, so that a
    missing sentence never hides an answer. A test holds both languages to the same ids and placeholders.
    """
    template = lookup(message_id, lang)
    if template is None and lang != DEFAULT_LANGUAGE:
        template = lookup(message_id, DEFAULT_LANGUAGE)
    if template is None:
        return message_id
    return template.format(**params) if params else template


def lookup(message_id: str, lang: str) -> str | None:
    """Return the raw template of a message, None where no table has it."""
    area, _, name = message_id.partition(".")
    messages = table(area, lang)
    found = messages.get(name)
    return messages.get(message_id) if found is None else found


def table(area: str, lang: str) -> Mapping[str, str]:
    """Return the messages of one area in one language; an area that does not exist is empty."""
    lang = lang if lang in LANGUAGES else DEFAULT_LANGUAGE
    messages = _tables.get((area, lang))
    if messages is None:
        name = f"{__name__}.{area}_{lang}"
        try:
            messages = import_module(name).MESSAGES
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            messages = {}
        _tables[area, lang] = messages
    return messages


def pick_language(env: Mapping[str, str]) -> str:
    """Return `ja` or `en`: the first of OSLLM_LANG, LC_ALL, LC_MESSAGES and LANG that is set decides."""
    for name in ("OSLLM_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = env.get(name)
        if value:
            return "ja" if value[:2].lower() == "ja" else DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE
