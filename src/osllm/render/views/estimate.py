"""`estimate MODEL`: memory by item, the longest context, speed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Column, Heading, bullets, facts, table
from osllm.render.units import GIB, gib, gigabytes
from osllm.render.views import common
from osllm.render.views.generic import label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(
    (
        "request", "machine", "model", "quantization", "engine", "fits", "memory", "context", "speed", "assumptions",
        "warnings", "placement", "notices", "options", "users",
    )
)  # fmt: skip
_PARTS: Final = ("weights_bytes", "kv_cache_bytes", "state_bytes", "compute_bytes", "overhead_bytes", "total_bytes")


def estimate(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the page of an estimate."""
    memory, quantization = document["memory"], document["quantization"]
    yield Heading(words("estimate-title", model=document["model"]["id"], format=quantization["format"]), 1)
    yield facts(_summary(document, words))
    yield Heading(words("memory-by-part"))
    yield table(
        (Column(words("part")), Column("GiB", right=True), Column(words("formula"), wrap=True)),
        [*_items(memory, words), [Cell(words("total"), "strong"), Cell(_number(memory["total_bytes"]), "strong"), ""]],
    )
    if len(memory.get("per_device") or ()) > 1:
        yield Heading(words("per-device"))
        yield table(
            (
                Column(words("device")),
                *(Column(label(name, words), right=True, below=name != "total_bytes") for name in _PARTS),
                Column(words("capacity"), right=True),
            ),
            (
                [one["device"], *(_number(one[name]) for name in _PARTS), _number(one["capacity_bytes"])]
                for one in memory["per_device"]
            ),
        )
    for key in ("warnings", "notices", "assumptions"):
        if document.get(key):
            yield Heading(words(key))
            yield bullets(Cell(text, "warn" if key == "warnings" else "") for text in common.sentences(document[key]))


def _summary(document: dict[str, Any], words: Words) -> Iterator[tuple[str, object]]:
    memory, quantization, here = document["memory"], document["quantization"], document["context"]
    if document.get("machine"):
        yield words("machine"), common.machine(document["machine"], words)
    yield words("engine"), document["engine"]
    yield words("verdict-fits"), common.fits(document["fits"], words)
    used = words("memory-used", total=gib(memory["total_bytes"]), capacity=gib(memory["capacity_bytes"]))
    span = words("interval", low=f"{memory['low_bytes'] / GIB:.1f}", high=gib(memory["high_bytes"]))
    yield words("memory"), words.bracket(used, span)
    yield words("headroom"), gib(memory["headroom_bytes"])
    yield words("weights"), words.bracket(quantization["format"], gigabytes(quantization.get("file_bytes")))
    yield words("context"), common.tokens(here["tokens"], words, here.get("ja_chars"))
    yield words("longest-context"), common.longest_context(document, words)
    held = document.get("users") or {}
    if held.get("max_users_that_fit") is not None:
        yield words("most-users"), words("users", count=f"{held['max_users_that_fit']:,}")
    yield words("speed"), common.speed(document.get("speed"), words)
    settings = document.get("options") or {}
    told = [f"{name} {_word(value, words)}" for name, value in settings.items() if value is not None]
    yield words("engine-options"), words.joined(told)
    if document.get("placement"):
        place = document["placement"]
        yield words("placement"), words.joined(f"{label(k, words)} {v}" for k, v in place.items() if v)


def _items(memory: dict[str, Any], words: Words) -> list[list[object]]:
    if memory.get("items"):
        return [
            [words.known("item", one["name"]), _number(one["bytes"]), one.get("formula")] for one in memory["items"]
        ]
    return [[label(name, words), _number(memory[name]), None] for name in _PARTS[:-1]]


def _word(value: object, words: Words) -> str:
    return words("yes" if value else "no") if isinstance(value, bool) else str(value)


def _number(size: int) -> str:
    return f"{size / GIB:.2f}"
