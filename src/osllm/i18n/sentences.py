"""Sentences from values: a code and its parameters become text in one language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osllm.i18n import text

_UNKNOWN = {"en": "unknown", "ja": "不明"}


def humanise(key: str, value: object, lang: str) -> str:
    """One parameter as people read it; the unit follows from the name (`_bytes`, `_percent`, `_tokens`, `params`)."""
    if value is None:
        return _UNKNOWN.get(lang, _UNKNOWN["en"])
    if isinstance(value, list | tuple):
        return ("、" if lang == "ja" else ", ").join(str(v) for v in value) or "-"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if key.endswith("_bytes"):
        return f"{value / 2**30:.1f} GiB"
    if key.endswith("_tokens"):
        return f"{value:,}"
    if key.endswith("params") or key == "limit":
        return f"{value / 1e9:.1f}B"
    if key.endswith("_percent"):
        return f"{value * 100:.1f} %" if lang == "en" else f"{value * 100:.1f}%"
    if isinstance(value, int):
        return str(value)
    return f"{value:.3f}" if key in ("value", "low", "high") else f"{value:.1f}"


def sentence(code: str, params: Mapping[str, Any], lang: str, area: str = "rules") -> str:
    """The text for a rule or a caveat. `loss` is also offered as `loss_percent`, `grade` as `grade_meaning`."""
    values = dict(params)
    if "loss" in values:
        values["loss_percent"] = values["loss"]
    for key in ("max", "wanted"):
        if code == "CTX101" and key in values:
            values[f"{key}_tokens"] = values[key]
    words = {key: humanise(key, value, lang) for key, value in values.items()}
    if code == "QLT203":
        words["grade_meaning"] = text(f"rules.QLT203.{values['grade']}", lang)
    return text(f"{area}.{code}", lang, **words)
