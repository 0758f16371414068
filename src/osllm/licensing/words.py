"""The sentences of a licence check: message ids from `osllm.i18n`, paraphrases from the licence files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from osllm.licensing.facts import option


def say(message: str, lang: str | None, **params: object) -> str:
    """Return a sentence of the licence tables; `lang` None means that no text is wanted (the hot path)."""
    if lang is None:
        return ""
    template = _table(lang)[f"license.{message}"]
    return template.format(**params) if params else template


def _table(lang: str) -> Mapping[str, str]:
    if lang == "ja":
        from osllm.i18n.license_ja import MESSAGES

        return MESSAGES
    from osllm.i18n.license_en import MESSAGES as ENGLISH

    return ENGLISH


def joined(lang: str | None, *sentences: str) -> str:
    """Put sentences together the way the language does: Japanese without a space."""
    return ("" if lang == "ja" else " ").join(sentence for sentence in sentences if sentence)


def metric_name(metric: str, lang: str | None) -> str:
    """Return what a metric or a kind of business is called."""
    return say(f"metric.{metric}", lang)


def amount(metric: str, value: float) -> str:
    """Write a limit with its currency: US$20,000,000, ¥1,000,000,000, 700,000,000."""
    sign = "US$" if metric.endswith("_usd") else "¥" if metric.endswith("_jpy") else ""
    return f"{sign}{value:,.0f}"


def options(facts: Iterable[str]) -> str:
    """Write the options that would settle something: `--maas, --revenue-usd`."""
    return ", ".join(option(fact) for fact in facts)
