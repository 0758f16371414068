"""Checks of names: one thing, one key; one name, one model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from osllm.authoring.expand import Entry, model
from osllm.authoring.lint.world import World, problem
from osllm.authoring.namebook import own_names
from osllm.authoring.yamlio import Document, Path_, Problem
from osllm.catalog.names import normalise

_LISTS: Mapping[str, str] = {
    "gpu": "accelerators", "cpu": "cpus", "quantization": "quantizations", "tokenizer": "tokenizers",
}  # fmt: skip
_FILES: Mapping[str, str] = {"license": "key", "engine": "key", "use-case": "key", "evidence": "id"}


def check(world: World) -> Iterator[Problem]:
    """Every key and name that two entries carry, and every file that is not named after its key."""
    yield from _models(world)
    for kind, key in _LISTS.items():
        keyed = ((d, path, item["key"]) for d, path, item in world.listed(kind, key))
        yield from _twice(keyed)
    yield from _twice((d, path, item["id"]) for d, path, item in world.listed("embedding", "models"))
    for kind, key in _FILES.items():
        for document in world.documents(kind):
            if PurePosixPath(document.file).stem != document.data[key]:
                yield problem(document, (key,), "file-name", key=document.data[key])
        yield from _twice((d, (key,), d.data[key]) for d in world.documents(kind))
    yield from _defaults(world)


def _twice(keyed: Iterator[tuple[Document, Path_, str]]) -> Iterator[Problem]:
    first: dict[str, tuple[Document, Path_]] = {}
    for document, path, key in keyed:
        if key in first:
            there, where = first[key]
            yield problem(document, path, "duplicate-id", key=key, where=f"{there.file}:{there.line(where)}")
        else:
            first[key] = (document, path)


def _models(world: World) -> Iterator[Problem]:
    yield from _twice((e.document, ("models", e.position, "id"), e.id) for e in world.entries)
    owners: dict[str, tuple[str, str]] = {
        name: (owner, "-") for name, owner in world.base.names.items() if owner not in {e.id for e in world.entries}
    }
    for entry in sorted(world.sound_entries, key=lambda e: e.id):
        for field, name in own_names(model(entry, None)):
            form = normalise(name)
            owner, where = owners.setdefault(form, (entry.id, f"{entry.document.file}:{entry.line()}"))
            if owner != entry.id:
                yield problem(
                    entry.document,
                    _name_path(entry, field, name),
                    "duplicate-name",
                    name=name,
                    owner=owner,
                    where=where,
                )


def _name_path(entry: Entry, field: str, name: str) -> Path_:
    value: Any = entry.facts.get(field)
    place: Path_ = ("models", entry.position, field)
    return (*place, value.index(name)) if isinstance(value, list) else place


def _defaults(world: World) -> Iterator[Problem]:
    """A short name of an accelerator means one variant."""
    first: dict[str, str] = {}
    keys = {normalise(key) for key in world.gpus}
    for document, path, item in world.listed("gpu", "accelerators"):
        for number, name in enumerate(item.get("default_for") or ()):
            form = normalise(name)
            owner = first.setdefault(form, item["key"])
            if owner != item["key"] or form in keys - {normalise(item["key"])}:
                yield problem(
                    document, (*path, "default_for", number), "duplicate-name", name=name, owner=owner, where="-"
                )
