"""`gpu list`, `gpu show` and `gpu detect`: accelerators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Column, Heading, Paragraph, table
from osllm.render.units import GIB
from osllm.render.views import common
from osllm.render.views.generic import generic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("gpus", "gpu", "machine", "notices"))


def gpus(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield one row an accelerator; with a machine, what it is. How it was found is said on stderr."""
    rows = document["gpus"]
    if document.get("machine"):
        yield Heading(words("this-machine"), 1)
        yield Paragraph(common.machine(document["machine"], words))
    else:
        yield Heading(words("gpus-title", count=len(rows)), 1)
    if rows:
        yield table(
            (
                Column(words("key-column")),
                Column("GiB", right=True),
                Column(words("usable-gib"), right=True),
                Column("GB/s", right=True),
                Column("FP16 TFLOPS", right=True),
                Column(words("generation"), below=True),
                Column(words("name"), below=True),
            ),
            (
                [
                    Cell(row["key"], "strong"),
                    f"{row['memory_bytes'] / GIB:.0f}",
                    None if row.get("usable_bytes") is None else f"{row['usable_bytes'] / GIB:.1f}",
                    None if row["bandwidth_gbps"] is None else f"{row['bandwidth_gbps']:,.0f}",
                    None if row["fp16_tflops"] is None else f"{row['fp16_tflops']:,.0f}",
                    row["generation"],
                    f"{row['count']} x {row['name']}" if row.get("count", 1) != 1 else row["name"],
                ]
                for row in rows
            ),
        )


def gpu(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the facts of one accelerator."""
    block = document["gpu"]
    yield Heading(words.bracket(block["name"], block["key"]), 1)
    rest = {key: value for key, value in block.items() if key not in ("name", "key") and value not in (None, [])}
    yield from generic(rest, words)
