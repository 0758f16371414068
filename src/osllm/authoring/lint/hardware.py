"""Checks of clouds, formats and engines against each other."""

from __future__ import annotations

from collections.abc import Iterator

from osllm.authoring.lint.world import World, problem, unknown
from osllm.authoring.yamlio import Problem


def check(world: World) -> Iterator[Problem]:
    """Every instance with an accelerator that is not listed, every format on an engine that is not, and the reverse."""
    for document, path, item in world.listed("cloud", "instances"):
        yield from unknown(document, (*path, "gpu"), "gpu", item["gpu"], world.gpus)
        if not item.get("source") and not item.get("derived"):
            yield problem(document, path, "no-source", block=item["instance"])
    for document, path, item in world.listed("quantization", "quantizations"):
        for number, engine in enumerate(item["engines"]):
            yield from unknown(document, (*path, "engines", number), "engine", engine, world.engines)
    for document in world.documents("engine"):
        for name in document.data.get("quantize") or {}:
            yield from unknown(document, ("quantize", name), "format", name, world.formats)
    for document, path, item in world.listed("gpu", "accelerators"):
        if item.get("memory_options_gb") and item["memory_gb"] not in item["memory_options_gb"]:
            yield problem(document, (*path, "memory_gb"), "not-an-option")
