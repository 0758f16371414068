"""Larger catalogs for measurements: the models of one catalog again and again under other ids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from osllm.authoring import compile as compiler
from osllm.catalog.store import Catalog
from osllm.domain.model import Model
from osllm.quality.build import QualitySections

Value = TypeVar("Value")


def multiply(catalog: Catalog, number: int, path: Path) -> Path:
    """Write a compiled catalog of `number` models to `path`, made from those of `catalog` in the order of their ids.

    Copies have everything that their originals have, measurements too, so that ranking has as much to do for each.
    """
    whole = compiler.unpack(catalog)
    sources = dict(_sources(sorted(whole.models), number))
    copies = {key: _renamed(whole.models[source], key, source) for key, source in sources.items()}
    parts = whole._replace(
        # The last turn may end before the newer version of a model.
        models={k: m if m.superseded_by in copies else m._replace(superseded_by=None) for k, m in copies.items()},
        footprints=_copied(whole.footprints, sources),
        provenance=_copied(whole.provenance, sources),
    )
    found = QualitySections(
        use_cases={key: _copied(catalog.quality(key), sources) for key in whole.use_cases},
        skills={},
        evidence={},
    )
    path.write_bytes(compiler.pack(parts, found))
    return path


def _sources(ids: list[str], number: int) -> Iterator[tuple[str, str]]:
    """Each new id with the id of its original; the first of a model keeps its own."""
    for position in range(number):
        turn, place = divmod(position, len(ids))
        yield (f"{ids[place]}-copy{turn}" if turn else ids[place]), ids[place]


def _renamed(model: Model, key: str, source: str) -> Model:
    if key == source:
        return model
    suffix = key.removeprefix(source)
    later = model.superseded_by and model.superseded_by + suffix
    hub_id = model.hub_id and model.hub_id + suffix
    return model._replace(id=key, hub_id=hub_id, name=model.name + suffix, superseded_by=later, aliases=(), ollama=())


def _copied(values: Mapping[str, Value], sources: Mapping[str, str]) -> dict[str, Value]:
    return {key: values[source] for key, source in sources.items() if source in values}
