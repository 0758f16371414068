"""What an answer rests on, at the head of its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.i18n.sentences import humanise
from osllm.render.units import rate
from osllm.render.views import common

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.words import Words

# Filters that hold several values -> the option that adds one.
_OPTIONS: Final = {
    "modalities": "modality",
    "domains": "domain",
    "families": "family",
    "developers": "developer",
    "origins": "origin",
    "exclude_origins": "exclude_origin",
}


def assumptions(document: dict[str, Any], words: Words) -> Iterator[tuple[str, object]]:
    """Yield what the answer rests on: machine, defaults of the use case, licence facts, wishes, catalog."""
    request = document["request"]
    yield words("machine"), common.machine(document["machine"], words)
    rows = document.get("recommendations") or []
    trains, held = bool(rows) and common.trains(rows[0]["speed"]), common.tokens(request["context_tokens"], words)
    wanted = [held, words("users", count=request["users"])]
    if trains:
        wanted = [words("trains-request", tokens=held, batch=request["users"])]
    if request.get("min_tps"):
        wanted.append(words("trains-at-least" if trains else "at-least-tps", rate=rate(request["min_tps"])))
    wanted += [words.joined(request[key]) for key in ("engines", "formats") if request.get(key)]
    if request.get("kv_cache"):
        wanted.append(words("kv-cache", type=request["kv_cache"]))
    yield words("conditions"), words.joined(wanted)
    wishes = _given(request.get("filters") or {}, words)
    if wishes:
        yield words("wishes"), wishes
    license_facts = request.get("license_facts") or {}
    stated = _given({key: value for key, value in license_facts.items() if key != "use"}, words)
    use = license_facts.get("use")
    yield words("use"), words.bracket(words.known("use", use) if use else words("use-not-said"), stated)
    if request.get("policy"):
        yield words("policy"), request["policy"]
    stamp = document.get("catalog") or {}
    if stamp:
        yield words("catalog"), words("catalog-stamp", version=stamp["version"], models=f"{stamp['models']:,}")


def _given(values: dict[str, Any], words: Words) -> str:
    told = []
    for key, value in values.items():
        if value is None or value is False or value in ([], ""):
            continue
        flag = "--" + _OPTIONS.get(key, key).replace("_", "-")
        told.append(flag if value is True else f"{flag} {_word(key, value, words)}")
    return words.joined(told)


def _word(key: str, value: object, words: Words) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:,.0f}" if isinstance(value, float) else humanise(key, value, words.lang)
