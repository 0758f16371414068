"""Where facts come from: the record that `show` prints, and the check that no block stands without a source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from osllm.authoring.expand import Entry
from osllm.authoring.yamlio import Path_
from osllm.quality.observe import source_text

# Blocks of a model that carry a `source` of their own.
BLOCKS: Final = ("license", "params", "context", "architecture")
_PROSE: Final = frozenset(("source", "note", "notes"))


def keys(value: object) -> tuple[str, ...]:
    """A `source:` value as keys: one, several, or none."""
    if isinstance(value, str):
        return (value,)
    return tuple(map(str, value)) if isinstance(value, list) else ()


def used(facts: Mapping[str, Any]) -> Iterator[tuple[Path_, str]]:
    """Every source key that a model names, with the path where it stands."""
    for name in BLOCKS:
        block = facts.get(name)
        if isinstance(block, Mapping):
            yield from (((name, "source"), key) for key in keys(block.get("source")))
    yield from ((("tools_source",), key) for key in keys(facts.get("tools_source")))
    for position, item in enumerate(facts.get("benchmarks") or ()):
        if isinstance(item, Mapping):
            yield from ((("benchmarks", position, "source"), key) for key in keys(item.get("source")))
    for field, claims in (facts.get("evidence") or {}).items():
        for position, claim in enumerate(claims or ()):
            if isinstance(claim, Mapping):
                yield from ((("evidence", field, position, "source"), key) for key in keys(claim.get("source")))


def record(entry: Entry, shape: Mapping[str, Any] | None) -> dict[str, Any]:
    """All that ranking never reads: the sources that a model names, which block rests on which, and the prose."""
    facts = entry.facts
    known = entry.document.data.get("sources") or {}
    seen = entry.document.data.get("seen")
    named = list(dict.fromkeys(key for _, key in used(facts) if key in known))
    proof: dict[str, Any] = {
        "file": entry.document.file,
        "line": entry.line(),
        "seen": seen,
        "sources": {key: {"seen": seen, **known[key]} for key in named},
        "facts": _facts(facts),
        "architecture": None if shape is None else {k: v for k, v in shape.items() if k not in _PROSE},
        "benchmarks": list(facts.get("benchmarks") or ()),
        "notes": list(facts.get("notes") or ()),
        "disputes": dict(facts.get("evidence") or {}),
    }
    note = (facts.get("params") or {}).get("note")
    return proof | ({"params_note": note} if note else {})


def reported(proof: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The owner's own results out of a record, each with the text of its sources instead of their keys in the model's file."""
    known = proof["sources"]
    return [
        {**item, "source": ", ".join(source_text(known[key]) for key in keys(item.get("source")) if key in known)}
        for item in proof["benchmarks"]
    ]


def _facts(facts: Mapping[str, Any]) -> dict[str, list[str]]:
    found = {name: keys((facts.get(name) or {}).get("source")) for name in BLOCKS}
    found["tools"] = keys(facts.get("tools_source"))
    return {name: list(sources) for name, sources in found.items() if sources}
