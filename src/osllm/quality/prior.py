"""What is expected of a model before any result: from its size, its date, its kind and its relatives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import log2
from typing import Final

from osllm.quality.observe import ModelFacts
from osllm.quality.skills import CLUSTERS, SKILLS
from osllm.tuples import NamedTuple

REFERENCE_PARAMS: Final = 8e9
REFERENCE_DATE: Final = date(2024, 7, 1)
FEATURES: Final = (
    "size",
    "size squared",  # a doubling brings less the larger the model is
    "sparsity",
    "age",
    "size x age",
    "tuned for Japanese",
    "tuned otherwise",
    "always reasons",
    "may reason",
    "base",
    "size unknown",
)
FEW_LANGUAGES: Final = 3
# Share of the spread between models that relatives have in common, by kind of relation.
KINSHIP: Final[Mapping[str, float]] = {"developer": 0.15, "family": 0.5, "root": 0.15}
# A size in an owner's name: 31b, 2.5b, 350m; with the active part as in 30b-a3b. 8x7b says neither its sum nor its active part.
NAMED_SIZE: Final = re.compile(r"(?<![a-z0-9.])(\d+(?:\.\d+)?)([bmt])(?![a-z0-9])")
NAMED_ACTIVE: Final = re.compile(r"(?<![a-z0-9.])a(\d+(?:\.\d+)?)([bm])(?![a-z0-9])")
BETWEEN_DIGITS: Final = re.compile(r"(?<=\d)_(?=\d)")  # 1_8b is 1.8b
UNITS: Final[Mapping[str, float]] = {"m": 1e6, "b": 1e9, "t": 1e12}


class Lineage(NamedTuple):
    """Where a model comes from."""

    root: ModelFacts | None  # the model that all tuning started from, if that is another one and in the catalog
    tuned: bool  # made from another developer's model
    groups: tuple[tuple[str, str], ...]  # (relation, name) of each group of relatives


def years(released: str | None) -> float | None:
    """Years from the reference date to a release date given as year, month or day."""
    if not released:
        return None
    parts = [int(p) for p in released.split("-")]
    day = date(parts[0], parts[1] if len(parts) > 1 else 7, parts[2] if len(parts) > 2 else 1)
    return (day - REFERENCE_DATE).days / 365.25


def sizes(model: ModelFacts) -> tuple[float | None, float | None]:
    """Parameters in all and active; where they were never counted, the ones that the owner's name of the model states.

    The name rounds, a few percent, where a model of 1B and one of 70B would otherwise both be taken for one of middling size.
    """
    if model.params_total:
        return model.params_total, model.params_active
    name = BETWEEN_DIGITS.sub(".", (model.hub_id or model.id).lower().rpartition("/")[2])
    total, active = NAMED_SIZE.search(name), NAMED_ACTIVE.search(name)
    return (
        float(total[1]) * UNITS[total[2]] if total else None,
        model.params_active or (float(active[1]) * UNITS[active[2]] if active else None),
    )


def features(model: ModelFacts, lineage: Lineage, default_years: float) -> list[float]:
    """FEATURES of a model; what is not known sits at the reference, size unknown says so.

    The age of a tune is that of the model it was made from: tuning an old model later makes it no newer.
    """
    dated = lineage.root if lineage.tuned and lineage.root else model
    age = years(dated.released)
    age = default_years if age is None else age
    total, active = sizes(model)
    size = log2(total / REFERENCE_PARAMS) if total else 0.0
    sparsity = log2(active / total) if total and active else 0.0
    return [
        size,
        size**2,
        sparsity,
        age,
        size * age,
        float(lineage.tuned and _for_japanese(model)),
        float(lineage.tuned and not _for_japanese(model)),
        float(model.reasoning == "always"),
        float(model.reasoning == "hybrid"),
        float(model.kind == "base"),
        float(not total),
    ]


def _for_japanese(model: ModelFacts) -> bool:
    """Whether the owner names Japanese as one of few languages: such a tune gains in Japanese, one for something else does not."""
    return "ja" in model.languages and len(model.languages) <= FEW_LANGUAGES


def lineages(models: Iterable[ModelFacts]) -> dict[str, Lineage]:
    """Root, and developer, family and root groups, of every model."""
    listed = list(models)
    by_name = {m.hub_id.lower(): m for m in listed if m.hub_id} | {m.id: m for m in listed}
    return {m.id: _lineage(m, by_name) for m in listed}


def _lineage(model: ModelFacts, by_name: Mapping[str, ModelFacts]) -> Lineage:
    root, seen = model, {model.id}
    while root.base_id is not None:
        parent = by_name.get(root.base_id) or by_name.get(root.base_id.lower())
        if parent is None or parent.id in seen:
            break
        seen.add(parent.id)
        root = parent
    name = (root.base_id or root.id).lower()
    known = None if root is model else root
    tuned = known.developer != model.developer if known else model.base_id is not None
    groups = (("developer", model.developer), ("family", model.family), ("root", name))
    return Lineage(known, tuned, groups)


def starting_covariance(spread: float, general: float, cluster: float) -> list[list[float]]:
    """Covariance of the skills before any data: a general factor, the clusters, and each skill's own part."""
    own = 1.0 - general - cluster
    table = []
    for a in SKILLS:
        row = []
        for b in SKILLS:
            together = sum(a in c and b in c for c in CLUSTERS) / max(
                1.0, (sum(a in c for c in CLUSTERS) * sum(b in c for c in CLUSTERS)) ** 0.5
            )
            row.append(spread * (general + cluster * (1.0 if a == b else together) + (own if a == b else 0.0)))
        table.append(row)
    return table


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean; 0 of nothing."""
    return sum(values) / len(values) if values else 0.0
