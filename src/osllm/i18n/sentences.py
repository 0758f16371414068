"""Sentences from values: a code and its parameters become text in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.i18n import lookup, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_UNKNOWN: Final = {"en": "unknown", "ja": "不明"}
# The end of a parameter's name -> how a number is written; the first that matches.
_UNITS: Final[tuple[tuple[str, Callable[[float], str]], ...]] = (
    ("_bytes", lambda value: f"{value / 2**30:,.1f} GiB"),
    ("_tokens", lambda value: f"{value:,}"),
    ("params", lambda value: f"{value / 1e9:.1f}B"),
    ("limit", lambda value: f"{value / 1e9:.1f}B"),
    ("_percent", lambda value: f"{value * 100:.1f}%"),
    ("_tps", lambda value: f"{value:,.1f}" if value < 100 else f"{value:,.0f}"),
    ("value", lambda value: f"{value:.3f}"),
    ("low", lambda value: f"{value:.3f}"),
    ("high", lambda value: f"{value:.3f}"),
)


def humanise(key: str, value: object, lang: str) -> str:
    """Return one parameter as people read it; the unit follows from the name (`_bytes`, `_percent`, `_tokens` …)."""
    if value is None:
        return _UNKNOWN.get(lang, _UNKNOWN["en"])
    if isinstance(value, list | tuple):
        return ("、" if lang == "ja" else ", ").join(str(v) for v in value) or "-"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    written = next((write for end, write in _UNITS if key.endswith(end)), None)
    if written is not None:
        return written(value)
    return str(value) if isinstance(value, int) else f"{value:.1f}"


def sentence(code: str, params: Mapping[str, Any], lang: str, area: str = "rules") -> str:
    """Return the text for a rule or a caveat. `loss` and `share` are also offered in per cent, `grade` with its meaning."""
    values = dict(params)
    for key in ("loss", "share"):
        if key in values:
            values[f"{key}_percent"] = values[key]
    for key in ("max", "wanted"):
        if code == "CTX101" and key in values:
            values[f"{key}_tokens"] = values[key]
    words = {key: humanise(key, value, lang) for key, value in values.items()}
    if code == "QLT203":
        words["grade_meaning"] = text(f"rules.QLT203.{values['grade']}", lang)
    if "why" in values and lookup(f"{area}.{code}.{values['why']}", lang):
        code = f"{code}.{values['why']}"
    return text(f"{area}.{code}", lang, **words)
