"""Checks of benchmarks, tables and retrieval models."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from osllm.authoring.lint.world import World, problem, unknown
from osllm.authoring.yamlio import Document, Path_, Problem
from osllm.licensing.lint import binding_problems
from osllm.quality.skills import SKILLS


def check(world: World) -> Iterator[Problem]:
    """Every benchmark, row and column that leads nowhere, and every value off its scale."""
    for document in world.documents("benchmark"):
        for key, benchmark in document.data["benchmarks"].items():
            at: Path_ = ("benchmarks", key)
            yield from unknown(document, (*at, "skill"), "skill", benchmark["skill"], frozenset(SKILLS))
            newer = benchmark.get("superseded_by")
            if newer:
                yield from unknown(document, (*at, "superseded_by"), "benchmark", newer, world.benchmarks)
            scale = benchmark["scale"]
            if not scale.get("unit") and ("min" not in scale or "max" not in scale or scale["min"] >= scale["max"]):
                yield problem(document, (*at, "scale"), "bad-scale")
    for document in world.documents("evidence"):
        yield from _table(world, document)
    for document, path, item in world.listed("embedding", "models"):
        for one in binding_problems(item["license"], world.licenses):
            yield problem(document, (*path, "license", *one.path), one.code, message=one.message)


def _table(world: World, document: Document) -> Iterator[Problem]:
    columns = document.data.get("benchmarks") or []
    for number, name in enumerate(columns):
        yield from unknown(document, ("benchmarks", number), "benchmark", name, world.benchmarks)
    for row, values in (document.data.get("rows") or {}).items():
        at: Path_ = ("rows", row)
        yield from unknown(document, at, "model", row.partition("@")[0], world.by_id)
        if isinstance(values, list) and len(values) != len(columns):
            yield problem(document, at, "row-length", said=len(values), columns=len(columns))
            continue
        cells = values.items() if isinstance(values, dict) else zip(columns, values, strict=True)
        for number, (name, value) in enumerate(cells):
            place = (*at, name) if isinstance(values, dict) else (*at, number)
            if isinstance(values, dict):
                yield from unknown(document, place, "benchmark", name, world.benchmarks)
            yield from _value(document, place, value, world.benchmarks.get(name) or {})
    for language, shares in (document.data.get("language_share") or {}).items():
        for model in shares:
            yield from unknown(document, ("language_share", language, model), "model", model, world.by_id)
    for kind, tokens in (document.data.get("answer_tokens") or {}).items():
        for row in tokens:
            yield from unknown(document, ("answer_tokens", kind, row), "model", row.partition("@")[0], world.by_id)


def _value(document: Document, path: Path_, value: float | None, benchmark: Mapping[str, Any]) -> Iterator[Problem]:
    scale = benchmark.get("scale") or {}
    if value is None or scale.get("unit") or "min" not in scale or "max" not in scale:
        return
    if not scale["min"] <= value <= scale["max"]:
        yield problem(document, path, "off-scale", value=value, least=scale["min"], most=scale["max"])
