"""`quants MODEL`: every format with its size, loss and whether it fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Column, Heading, bullets, cell, facts, table
from osllm.render.units import gib, gigabytes, rate
from osllm.render.views import common
from osllm.render.views.common import part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("request", "machine", "model", "context_tokens", "users", "quantizations", "notices"))


def quants(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield one row a format, as the document orders them."""
    model = document["model"]
    yield Heading(words("quants-title", model=model["id"] if isinstance(model, dict) else model), 1)
    if document.get("machine"):
        yield facts(_conditions(document, words))
    yield table(
        (
            Column(words("format")),
            Column(words("bits"), right=True),
            Column(words("file-gb"), right=True),
            Column(words("loss"), right=True),
            Column(words("fits-column")),
            Column(words("memory-gib"), right=True),
            Column("tok/s", right=True),
            Column(words("engines"), below=True),
            Column(words("published"), below=True),
        ),
        (
            [
                one["format"],
                f"{one['bits_per_weight']:.2f}",
                (gigabytes(one["file_bytes"]) or "-").removesuffix(" GB"),
                _loss(one.get("loss")),
                common.fits(one.get("fits"), words),
                (gib(one.get("total_bytes")) or "").removesuffix(" GiB"),
                rate(one.get("decode_tps")),
                ", ".join(one["engines"]),
                cell(part(one, "artifact", "hub_id")),
            ]
            for one in document["quantizations"]
        ),
    )
    if document.get("notices"):
        yield bullets(common.sentences(document["notices"]))


def _conditions(document: dict[str, Any], words: Words) -> Iterator[tuple[str, object]]:
    yield words("machine"), common.machine(document["machine"], words)
    if document.get("context_tokens"):
        here = [common.tokens(document["context_tokens"], words), words("users", count=document.get("users", 1))]
        yield words("conditions"), words.joined(here)


def _loss(loss: dict[str, Any] | None) -> str | None:
    """Return the loss: a share of the score as a percentage, anything else with its metric."""
    if not loss or loss.get("value") is None:
        return None
    metric = loss.get("metric") or ""
    return f"{loss['value']:.1%}" if metric.startswith("share") else f"{loss['value']:.3g} {metric}".rstrip()
