"""What the checks look things up in: all entries of all files, and what lies under an overlay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from osllm.authoring.expand import Entry, entries
from osllm.authoring.files import Files
from osllm.authoring.yamlio import Document, Path_, Problem, dotted
from osllm.tuples import NamedTuple


class Known(NamedTuple):
    """The keys and names of the catalog that an overlay lies over; empty for a catalog of its own."""

    models: Mapping[str, Mapping[str, Any]] = {}  # id -> its facts, with the whole architecture
    names: Mapping[str, str] = {}  # normalised own name -> id
    licenses: frozenset[str] = frozenset()
    gpus: frozenset[str] = frozenset()
    engines: frozenset[str] = frozenset()
    formats: frozenset[str] = frozenset()
    tokenizers: frozenset[str] = frozenset()
    benchmarks: Mapping[str, Mapping[str, Any]] = {}


class World:
    """All files as plain data. Entries with a wrong shape are known by their keys and never checked further."""

    def __init__(self, files: Files, wrong: list[Problem], base: Known) -> None:
        self.files = files
        self.base = base
        self._wrong = {(p.file, p.field) for p in wrong}

    def sound(self, document: Document, *path: str | int) -> bool:
        """Whether no schema problem lies at or below a path of a file."""
        start = dotted(path)
        return not any(
            file == document.file and (not start or field == start or field.startswith((f"{start}.", f"{start}[")))
            for file, field in self._wrong
        )

    def documents(self, kind: str) -> Iterator[Document]:
        """The files of a kind that have the right shape."""
        return (document for document in self.files.of(kind) if self.sound(document))

    def listed(self, kind: str, key: str) -> Iterator[tuple[Document, Path_, dict[str, Any]]]:
        """The entries of the lists of a kind that have the right shape, with where they stand."""
        for document in self.files.of(kind):
            for number, item in enumerate(_list(document.data.get(key))):
                if isinstance(item, dict) and self.sound(document, key, number):
                    yield document, (key, number), item

    @cached_property
    def entries(self) -> list[Entry]:
        """All models, also those with a wrong shape: others may name them."""
        return entries(d for d in self.files.of("model") if isinstance(d.data.get("models"), list))

    @cached_property
    def sound_entries(self) -> list[Entry]:
        """The models that have the right shape."""
        return [
            e
            for e in self.entries
            if self.sound(e.document, "models", e.position) and self.sound(e.document, "defaults")
        ]

    @cached_property
    def by_id(self) -> dict[str, Entry]:
        """Entries of these files by id, those of the base below them."""
        below = {key: Entry(key, dict(facts), Document("", {}, {}), 0) for key, facts in self.base.models.items()}
        return below | {entry.id: entry for entry in reversed(self.entries)}

    @cached_property
    def hub_ids(self) -> frozenset[str]:
        """The hub ids of all models."""
        return frozenset(str(e.facts.get("hub_id")) for e in self.by_id.values())

    def keys(self, kind: str, key: str = "") -> frozenset[str]:
        """The keys of a kind: of whole files, or of the entries of the list `key`."""
        found: set[str] = set()
        for document in self.files.of(kind):
            items = _list(document.data.get(key)) if key else [document.data]
            found.update(str(item["key"]) for item in items if isinstance(item, dict) and "key" in item)
        return frozenset(found)

    @cached_property
    def licenses(self) -> frozenset[str]:
        """Licence keys."""
        return self.keys("license") | self.base.licenses

    @cached_property
    def engines(self) -> frozenset[str]:
        """Engine keys."""
        return self.keys("engine") | self.base.engines

    @cached_property
    def formats(self) -> frozenset[str]:
        """Keys of weight formats."""
        return self.keys("quantization", "quantizations") | self.base.formats

    @cached_property
    def tokenizers(self) -> frozenset[str]:
        """Keys of tokenizers."""
        return self.keys("tokenizer", "tokenizers") | self.base.tokenizers

    @cached_property
    def gpus(self) -> frozenset[str]:
        """Keys of accelerators."""
        return self.keys("gpu", "accelerators") | self.base.gpus

    @cached_property
    def benchmarks(self) -> dict[str, Mapping[str, Any]]:
        """Benchmark versions by key."""
        found: dict[str, Mapping[str, Any]] = dict(self.base.benchmarks)
        for document in self.files.of("benchmark"):
            block = document.data.get("benchmarks")
            found |= block if isinstance(block, dict) else {}
        return found


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def problem(document: Document, path: Path_, code: str, **params: object) -> Problem:
    """A problem at a place of a file."""
    return Problem(document.file, document.line(path), dotted(path), code, params)


def unknown(
    document: Document, path: Path_, what: str, name: str, known: Mapping[str, object] | frozenset[str]
) -> Iterator[Problem]:
    """A problem where `name` is not among what is known, with the nearest name."""
    if name in known:
        return
    from difflib import get_close_matches

    near = get_close_matches(name, known, 1, 0.7)
    yield problem(document, path, f"no-such-{what}", name=name, near=near[0] if near else "-")
