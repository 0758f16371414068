"""Two licence versions side by side: what changed, and for whom it became stricter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from osllm.licensing.facts import RIGHTS, paraphrase
from osllm.licensing.library import exclusion_text, limit_text
from osllm.licensing.words import say

_STRICTNESS: Final = {"yes": 0, "conditional": 1, "unstated": 2, None: 2, "no": 3}
_FACTS: Final = ("kind", "osi_approved", "revocable", "date", "version")
_TEXTS: Final = ("acceptable_use_policy", "termination", "governing_law", "applies_to_derivatives")


def diff_document(old: Mapping[str, Any], new: Mapping[str, Any], lang: str = "en") -> dict[str, Any]:
    """Build `osllm/license-diff@1`: the differences from one licence version to another.

    Each change names the part (`grants.commercial`, `obligations.aup` …), both sides in `lang`, and its effect:
    `stricter`, `looser`, or `changed` where the two cannot be ordered.
    """
    changes = [
        *_facts(old, new),
        *_grants(old, new, lang),
        *_listed(_thresholds(old, lang), _thresholds(new, lang), "thresholds"),
        *_listed(_duties(old, lang), _duties(new, lang), "obligations"),
        *_listed(_exclusions(old, lang), _exclusions(new, lang), "exclusions"),
        *_listed(_fields(old, lang), _fields(new, lang), "fields"),
        *_texts(old, new, lang),
    ]
    return {
        "schema": "osllm/license-diff@1",
        "a": _head(old),
        "b": _head(new),
        "changes": changes,
        "disclaimer": say("disclaimer", lang),
    }


def _head(license_: Mapping[str, Any]) -> dict[str, Any]:
    return {name: license_.get(name) for name in ("key", "name", "version", "date", "text_url", "seen")}


def _change(part: str, a: object, b: object, effect: str) -> dict[str, Any]:
    return {"part": part, "a": a, "b": b, "effect": effect}


def _facts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_change(name, old.get(name), new.get(name), "changed") for name in _FACTS if old.get(name) != new.get(name)]


def _grants(old: Mapping[str, Any], new: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    changes = []
    for right in RIGHTS:
        before, after = ((side.get("grants") or {}).get(right) or {} for side in (old, new))
        sides = [_grant(grant, lang) for grant in (before, after)]
        if sides[0] == sides[1]:
            continue
        before_text, after_text = sides
        step = _STRICTNESS[after.get("v")] - _STRICTNESS[before.get("v")]
        effect = "stricter" if step > 0 else "looser" if step < 0 else "changed"
        changes.append(_change(f"grants.{right}", before_text, after_text, effect))
    return changes


def _grant(grant: Mapping[str, Any], lang: str) -> dict[str, Any]:
    return {"value": grant.get("v"), "clause": grant.get("c"), "text": paraphrase(grant.get("n"), lang) or None}


def _listed(before: Mapping[str, str], after: Mapping[str, str], part: str) -> list[dict[str, Any]]:
    """Compare parts that restrict: one that appears is stricter, one that goes is looser."""
    changes = []
    for name in dict.fromkeys([*before, *after]):
        a, b = before.get(name), after.get(name)
        if a != b:
            effect = "stricter" if a is None else "looser" if b is None else "changed"
            changes.append(_change(f"{part}.{name}", a, b, effect))
    return changes


def _thresholds(license_: Mapping[str, Any], lang: str) -> dict[str, str]:
    return {one["id"]: limit_text(one, lang) for one in license_.get("thresholds") or ()}


def _duties(license_: Mapping[str, Any], lang: str) -> dict[str, str]:
    return {duty["id"]: paraphrase(duty.get("text"), lang) for duty in license_.get("obligations") or ()}


def _exclusions(license_: Mapping[str, Any], lang: str) -> dict[str, str]:
    listed = license_.get("exclusions") or ()
    return {f"{one['test']}:{'+'.join(one['territories'])}": exclusion_text(one, lang) for one in listed}


def _fields(license_: Mapping[str, Any], lang: str) -> dict[str, str]:
    return {name: paraphrase(rule.get("n"), lang) for name, rule in (license_.get("fields") or {}).items()}


def _texts(old: Mapping[str, Any], new: Mapping[str, Any], lang: str) -> list[dict[str, Any]]:
    changes = []
    for name in _TEXTS:
        a, b = (paraphrase(side.get(name), lang) or None for side in (old, new))
        if a != b:
            changes.append(_change(name, a, b, "changed"))
    return changes
