"""The documents of `license show` and `license list`: the licences themselves, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from osllm.licensing.facts import paraphrase
from osllm.licensing.words import amount, joined, metric_name, say

License = Mapping[str, Any]

_LISTS: Final = ("source", "thresholds", "obligations", "exclusions")
_TEXTS: Final = (
    "version",
    "date",
    "text_url",
    "owner",
    "hf_tag",
    "revocable",
    "internal_use",
    "termination",
    "governing_law",
    "applies_to_derivatives",
    "acceptable_use_policy",
    "notes",
)


def license_document(license_: License, lang: str = "en", used_by: Sequence[str] = ()) -> dict[str, Any]:
    """Build `osllm/license@1`: one licence version with its paraphrases in one language.

    Args:
        license_: the entry of `catalog/licenses/`.
        lang: language of the paraphrases.
        used_by: ids of the models that carry it.
    """
    document: dict[str, Any] = {"schema": "osllm/license@1"}
    document.update(_in_one_language(license_, lang))
    for name, words in (("thresholds", limit_text), ("exclusions", exclusion_text)):
        for shown, one in zip(document.get(name) or (), license_.get(name) or (), strict=True):
            shown["text"] = words(one, lang)
    for right, grant in document.get("grants", {}).items():
        grant.setdefault("clause", None)
        grant.setdefault("text", None)
        grant["name"] = say(f"right.{right}", lang)
    for name in _TEXTS:
        document.setdefault(name, None)
    for name in _LISTS:
        document.setdefault(name, [])
    document.setdefault("fields", {})
    document["used_by"] = list(used_by)
    document["disclaimer"] = say("disclaimer", lang)
    return document


def limit_text(threshold: Mapping[str, Any], lang: str) -> str:
    """Say in words where a licence changes and what happens there."""
    switches = threshold.get("any_of")
    if switches:
        limit = " / ".join(metric_name(name, lang) for name in switches)
    else:
        metric = threshold["metric"]
        sign = ">" if threshold["op"] == "gt" else "≥"
        limit = f"{metric_name(metric, lang)} {sign} {amount(metric, threshold['value'])}"
    what = say("limit", lang, limit=limit, consequence=say(f"consequence.{threshold['consequence']}", lang))
    known = {name: paraphrase(threshold.get(name), lang) for name in ("scope", "measured", "exempt")}
    return joined(lang, what, *(say(f"limit-{name}", lang, text=text) for name, text in known.items() if text))


def exclusion_text(exclusion: Mapping[str, Any], lang: str) -> str:
    """Say in words whom or where a licence excludes."""
    where = say(f"exclusion.{exclusion['test']}", lang, places=", ".join(exclusion["territories"]))
    only = say("exclusion.multimodal", lang) if exclusion.get("only") == "multimodal" else ""
    return joined(lang, where, only, paraphrase(exclusion.get("effect"), lang))


_RENAMED: Final = {"v": "value", "c": "clause", "n": "text"}


def _in_one_language(value: Any, lang: str) -> Any:  # noqa: ANN401 - walks plain data
    if isinstance(value, Mapping):
        if "en" in value and set(value) <= {"en", "ja"}:
            return paraphrase(value, lang)
        return {_RENAMED.get(key, key): _in_one_language(one, lang) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_in_one_language(one, lang) for one in value]
    return value


def licenses_document(licenses: Mapping[str, License], used_by: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Build `osllm/licenses@1`: every licence version in a line, with the number of models that carry it."""
    counts = used_by or {}
    return {
        "schema": "osllm/licenses@1",
        "licenses": [
            {
                "key": key,
                "name": entry.get("name"),
                "version": entry.get("version"),
                "date": entry.get("date"),
                "kind": entry.get("kind"),
                "osi_approved": bool(entry.get("osi_approved")),
                "commercial": ((entry.get("grants") or {}).get("commercial") or {}).get("v"),
                "evidence": entry.get("seen"),
                "text_url": entry.get("text_url"),
                "models": counts.get(key, 0),
            }
            for key, entry in sorted(licenses.items())
        ],
    }
