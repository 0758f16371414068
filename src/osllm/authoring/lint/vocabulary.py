"""Checks of use cases and licences: the words they may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from osllm.authoring.lint.world import World, problem, unknown
from osllm.authoring.schema.model import ModelKind
from osllm.authoring.yamlio import Problem
from osllm.catalog.names import normalise
from osllm.licensing.lint import license_problems
from osllm.quality.skills import SKILLS

SUM_TOLERANCE: Final = 1e-6


def check(world: World) -> Iterator[Problem]:
    """Every skill, kind and weight of the use cases that cannot be, names that two carry; and the licences' own checks."""
    names: dict[str, str] = {}
    for document in world.documents("use-case"):
        case = document.data
        for number, kind in enumerate(case["kinds"]):
            yield from unknown(document, ("kinds", number), "kind", kind, frozenset(get_args(ModelKind)))
        for number, engine in enumerate(case.get("engines") or ()):
            yield from unknown(document, ("engines", number), "engine", engine, world.engines)
        for skill in case["skills"]:
            yield from unknown(document, ("skills", skill), "skill", skill, frozenset(SKILLS))
        for block in ("skills", "weights"):
            whole = sum(case[block].values())
            if abs(whole - 1) > SUM_TOLERANCE:
                yield problem(document, (block,), "sum", said=round(whole, 6))
        for name in (case["key"], *case["title"].values(), *case["aliases"]):
            owner = names.setdefault(normalise(name), case["key"])
            if owner != case["key"]:
                yield problem(document, ("aliases",), "duplicate-name", name=name, owner=owner, where="-")
    for document in world.documents("license"):
        for one in license_problems(document.data):
            yield problem(document, one.path, one.code, message=one.message)
