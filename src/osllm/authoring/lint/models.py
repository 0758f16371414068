"""Checks of model entries: references, shapes, counts, dates and the order of keys."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from osllm.authoring.expand import FORMAT_NAMES, Entry, resolved_shape
from osllm.authoring.lint.countries import COUNTRIES
from osllm.authoring.lint.world import World, problem, unknown
from osllm.authoring.schema.model import ModelEntry
from osllm.authoring.shapes import ShapeError, build
from osllm.authoring.yamlio import Problem
from osllm.domain.architecture import Architecture
from osllm.estimate.tensors import count_params
from osllm.licensing.lint import binding_problems

COUNT_TOLERANCE: Final = 0.001  # of the published total: what rounding and norms of unusual layers explain
# Formats of artifacts that stand for several or say too little: a repository of GGUF files, 4-bit floats of unnamed layout.
COLLECTIVE_FORMATS: Final = frozenset(("GGUF", "MLX", "EXL3", "FP4", *FORMAT_NAMES))
_ORDER: Final = {name: position for position, name in enumerate(ModelEntry.model_fields)}
# What an entry says, or names among its gaps. Of encoders the shape is not asked; context lengths stand beside shapes.
EXPECTED: Final = ("released", "architecture")
ENCODERS: Final = frozenset(("embedding", "reranker"))


def check(world: World) -> Iterator[Problem]:
    """Every problem of the models alone, one after the other."""
    for entry in world.sound_entries:
        yield from _required(entry)
        yield from _order(entry)
        yield from _references(world, entry)
        yield from _status(world, entry)
        yield from _dates(entry)
        yield from _counts(world, entry)


def _at(entry: Entry, *path: str | int, code: str, **params: object) -> Problem:
    return problem(entry.document, ("models", entry.position, *path), code, **params)


def _required(entry: Entry) -> Iterator[Problem]:
    published = entry.facts.get("weights") != "none"
    for name in ("name", "kind", *(("license",) if published else ())):
        if entry.facts.get(name) is None:
            yield _at(entry, code="missing-key", key=name)
    gaps = {str(gap).partition(":")[0].partition(".")[0] for gap in entry.facts.get("gaps") or ()}
    expected = (*EXPECTED, *(("context",) if entry.facts.get("architecture") else ()))
    for name in expected if published and entry.facts.get("kind") not in ENCODERS else ():
        if entry.facts.get(name) is None and name not in gaps:
            yield _at(entry, code="silent-gap", key=name)
    for name in ("origin", "base_origin"):
        country = entry.facts.get(name)
        if country is not None and country not in COUNTRIES:
            yield _at(entry, name, code="no-such-country", name=country)


def _order(entry: Entry) -> Iterator[Problem]:
    written = [key for key in entry.document.data["models"][entry.position] if key in _ORDER]
    for before, after in pairwise(written):
        if _ORDER[before] > _ORDER[after]:
            yield _at(entry, after, code="key-order", key=after, before=before)
            return


def _references(world: World, entry: Entry) -> Iterator[Problem]:
    facts = entry.facts
    for number, artifact in enumerate(facts.get("artifacts") or ()):
        if artifact["format"] not in COLLECTIVE_FORMATS:
            path = ("models", entry.position, "artifacts", number, "format")
            yield from unknown(entry.document, path, "format", artifact["format"], world.formats)
    if facts.get("tokenizer"):
        place = ("models", entry.position, "tokenizer")
        yield from unknown(entry.document, place, "tokenizer", facts["tokenizer"], world.tokenizers)
    base = facts.get("base")
    if base and "/" not in base:
        yield from unknown(entry.document, ("models", entry.position, "base"), "model", base, world.by_id)
    if base and base in (entry.id, facts.get("hub_id")):
        yield _at(entry, "base", code="own-base")
    for one in binding_problems(facts.get("license") or {}, world.licenses):
        yield _at(entry, "license", *one.path, code=one.code, message=one.message)


def _status(world: World, entry: Entry) -> Iterator[Problem]:
    newer = entry.facts.get("superseded_by")
    if newer is None:
        return
    if newer not in world.by_id:
        yield from unknown(entry.document, ("models", entry.position, "superseded_by"), "model", newer, world.by_id)
        return
    chain = [entry.id]
    while newer is not None and newer in world.by_id:
        if newer in chain:
            yield _at(entry, "superseded_by", code="circle", chain=" -> ".join([*chain, newer]))
            return
        chain.append(newer)
        newer = world.by_id[newer].facts.get("superseded_by")
    if entry.facts.get("status") != "superseded":
        yield _at(entry, "status", code="not-superseded")
    then, now = entry.facts.get("released"), world.by_id[chain[1]].facts.get("released")
    if then and now and str(now)[: len(str(then))] < str(then)[: len(str(now))]:
        yield _at(entry, "superseded_by", code="older-successor", name=chain[1], then=then, now=now)


def _dates(entry: Entry) -> Iterator[Problem]:
    released, seen = entry.facts.get("released"), entry.document.data.get("seen")
    if released and seen and str(released)[: len(str(seen))] > str(seen)[: len(str(released))]:
        yield _at(entry, "released", code="future-date", then=released, seen=seen)


def shape(world: World, entry: Entry) -> Architecture | None:
    """The architecture of an entry; None where it has none or says that it is not complete. Raises ShapeError."""
    block = resolved_shape(entry, world.by_id)
    return None if block is None or block.get("incomplete") else build(block)


def _counts(world: World, entry: Entry) -> Iterator[Problem]:
    params = entry.facts.get("params") or {}
    total, active = params.get("total"), params.get("active")
    if total and active and active > total:
        yield _at(entry, "params", "active", code="more-active-than-total")
    try:
        arch = shape(world, entry)
    except ShapeError as error:
        yield _at(entry, "architecture", code="bad-shape", message=str(error))
        return
    if arch is None or params.get("note"):
        return
    counted = count_params(arch)
    if total and abs(counted - total) > COUNT_TOLERANCE * total:
        yield _at(entry, "params", "total", code="count", counted=counted, said=total, off=_percent(counted, total))
    elif total and params.get("published"):
        whole = counted + arch.vision_params + arch.mtp_params
        published = params["published"]
        if abs(whole - published) > COUNT_TOLERANCE * published:
            off = _percent(whole, published)
            yield _at(entry, "params", "published", code="count-published", counted=whole, said=published, off=off)


def _percent(counted: int, said: int) -> str:
    return f"{(counted - said) / said * 100:+.2f} %"
