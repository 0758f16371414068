"""Provenance: every block names a source, every source that is named exists, every source is used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from osllm.authoring.lint.world import World, problem
from osllm.authoring.provenance import BLOCKS, keys, used
from osllm.authoring.yamlio import Document, Path_, Problem


def check(world: World) -> Iterator[Problem]:
    """Every block without a source, every source that is missing, empty or never named."""
    for document in world.files.of("model"):
        if world.sound(document):
            yield from _models(world, document)
    for kind in ("gpu", "cpu", "cloud", "quantization", "tokenizer", "embedding", "engine", "quantization-loss"):
        for document in world.documents(kind):
            named = list(_named(document.data, ()))
            yield from _missing(document, named)
            yield from _sources(document, {key for _, key in named}, strict=kind in ("embedding", "cloud"))


def _models(world: World, document: Document) -> Iterator[Problem]:
    named: list[tuple[Path_, str]] = []
    defaults = document.data.get("defaults") or {}
    named += [(("defaults", *path), key) for path, key in used(defaults)]
    for entry in world.sound_entries:
        if entry.document is not document:
            continue
        own = document.data["models"][entry.position]
        at: Path_ = ("models", entry.position)
        named += [((*at, *path), key) for path, key in used(own)]
        for name in BLOCKS:
            block = entry.facts.get(name)
            if isinstance(block, Mapping) and _says_something(name, block) and not block.get("source"):
                yield problem(document, (*at, name), "no-source", block=name)
        if entry.facts.get("tools") is not None and not entry.facts.get("tools_source"):
            yield problem(document, (*at, "tools"), "no-source", block="tools")
        yield from _disputes(document, at, own.get("evidence") or {}, entry.facts)
    yield from _missing(document, named)
    # Of a model of which no block is known, the sources say that it exists.
    yield from _sources(document, {key for _, key in named}, strict=bool(named))


_SILENT: Final = frozenset(("keys", "evidence", "source", "note", "derived", "model_type", "incomplete"))


def _says_something(name: str, block: Mapping[str, Any]) -> bool:
    """Whether a block states a fact: that no licence was seen needs no source, nor does the config's name alone."""
    if name == "license" and block.get("keys"):
        return block.get("evidence") != "not_seen"
    return any(value is not None for key, value in block.items() if key not in _SILENT)


def _missing(document: Document, named: list[tuple[Path_, str]]) -> Iterator[Problem]:
    known = document.data.get("sources") or {}
    for path, key in named:
        if key not in known:
            yield problem(document, path, "no-such-source", name=key)


def _sources(document: Document, named: set[str], *, strict: bool) -> Iterator[Problem]:
    for key, source in (document.data.get("sources") or {}).items():
        if not any(source.get(part) for part in ("hub", "url", "note")):
            yield problem(document, ("sources", key), "empty-source", name=key)
        if key not in named and strict:
            yield problem(document, ("sources", key), "unused-source", name=key)


def _named(value: object, at: Path_) -> Iterator[tuple[Path_, str]]:
    """Every `source:` below a value, except in `sources` itself."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key == "source":
                yield from (((*at, key), name) for name in keys(one))
            elif not (key == "sources" and not at):
                yield from _named(one, (*at, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _named(one, (*at, number))


def _disputes(
    document: Document, at: Path_, disputes: Mapping[str, Any], facts: Mapping[str, Any]
) -> Iterator[Problem]:
    """What the body of an entry says of a disputed field is the preferred claim."""
    for field, claims in disputes.items():
        value: Any = facts
        for part in field.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        preferred = [claim["value"] for claim in claims if claim["rank"] == "preferred"]
        if len(preferred) != 1:
            yield problem(document, (*at, "evidence", field), "not-one-preferred")
        elif preferred[0] != value:
            yield problem(document, (*at, "evidence", field), "not-preferred", said=value, preferred=preferred[0])
