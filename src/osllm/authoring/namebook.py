"""The names section: every name of every model, as people type it, to the model it means.

Own names (id, hub id, alias, Ollama tag) belong to one model. Short names (the repository or display name, each without
`-it`, `-instruct`, `-chat`, date or version) may fit several: then they stand in order, the newest first, and `None` in
front says that nothing tells which one is newest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from osllm.catalog.names import normalise
from osllm.domain.model import Model

# What a short name may leave out, at the end: the tuning, a date (2507, 2025-01-31, 20250131), a version (v0.3).
_SUFFIX: Final = re.compile(
    r"[-_ ](?:it|instruct|chat|hf|\d{4}(?:-\d\d(?:-\d\d)?)?|\d{6}|\d{8}|v\d+(?:\.\d+)*)\Z", re.IGNORECASE
)


def own_names(model: Model) -> Iterator[tuple[str, str]]:
    """(kind, name) of every name that belongs to one model alone, the strongest first."""
    yield "id", model.id
    if model.hub_id:
        yield "hub_id", model.hub_id
    for alias in model.aliases:
        yield "aliases", alias
    for tag in model.ollama:
        yield "ollama", tag


def short_names(model: Model) -> Iterator[str]:
    """Names that may fit several models, longest first; they lose against every own name."""
    bare = [alias for alias in (model.id, *model.aliases) if "/" not in alias]
    for name in (*bare, model.name, *(hub.partition("/")[2] for hub in (model.hub_id, *model.aliases) if hub)):
        shorter = name
        while shorter:
            yield shorter
            cut = _SUFFIX.sub("", shorter)
            if cut == shorter:
                break
            shorter = cut


def build(models: Iterable[Model]) -> dict[str, str | list[str | None]]:
    """The names of a catalog: normalised name -> id, or [newest id or None, the other ids]."""
    ordered = sorted(models, key=lambda m: m.id)
    by_id = {m.id: m for m in ordered}
    names: dict[str, str | list[str | None]] = {}
    for kind in ("id", "hub_id", "aliases", "ollama"):
        for model in ordered:
            for name in (n for k, n in own_names(model) if k == kind):
                names.setdefault(normalise(name), model.id)
    short: dict[str, dict[str, None]] = {}
    for model in ordered:
        for name in map(normalise, short_names(model)):
            if name and name not in names:
                short.setdefault(name, {})[model.id] = None
    for name, ids in short.items():
        names[name] = _choice([by_id[i] for i in ids])
    return dict(sorted(names.items()))


def _choice(models: list[Model]) -> str | list[str | None]:
    """Which model a short name means: an instruct model before a base, then the newest; ties are left open."""
    for kinds in (("instruct",), ("base",), None):
        fitting = [m for m in models if kinds is None or m.kind in kinds]
        if fitting:
            models = fitting
            break
    if len(models) == 1:
        return models[0].id
    ids = {m.id for m in models}
    current = [m for m in models if m.superseded_by not in ids and m.status == "current"] or models
    current.sort(key=lambda m: (m.released or "", m.id), reverse=True)
    newest = current[0].id if len(current) == 1 or (current[0].released or "") > (current[1].released or "") else None
    return [newest, *sorted(ids - {newest or ""})]
