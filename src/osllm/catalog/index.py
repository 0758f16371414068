"""The index: what gating reads about every model without opening its record."""

from __future__ import annotations

from typing import Any, Final

from osllm.tuples import NamedTuple

# Formats of fewer bits lose so much that ranking takes them only when nothing else fits: they set their own floor.
FLOOR_BITS: Final = 4.0


class IndexRow(NamedTuple):
    """One model in the index, in catalog order."""

    id: str
    hub_id: str | None
    name: str
    family: str
    developer: str
    origin: str | None
    base_origin: str | None
    kind: str
    released: str | None
    params_total: int | None
    params_active: int | None
    context_max: int | None
    modalities: tuple[str, ...] | list[str]
    languages: tuple[str, ...] | list[str]
    tools: bool | None
    reasoning: str | None
    domains: tuple[str, ...] | list[str]
    license: int  # number of the licence binding
    superseded_by: str | None
    recommendable: bool
    native_format: str | None  # the few-bit format that the owner's own checkpoint is in
    published: str  # formats that somebody has published weights in, between spaces
    # Without a footprint the rest is None or 0 (`authoring.bounds`).
    floor_bytes: int | None  # weights of the smallest proposed format of FLOOR_BITS or more
    least_bytes: int | None  # weights of the smallest proposed format that llama.cpp runs
    floor_any_bytes: int | None  # what the smallest proposed format has in accelerator memory at least
    cache_token_bytes: int  # 16-bit cache of one token, every layer keeping the whole context
    whole_token_bytes: int  # of that, in layers without a window
    window_tokens: int  # the shortest window of the others; 0: there are none
    state_bytes: int  # recurrent state of one sequence in 32 bits
    layers: int
    parts: int  # of all layers, `Footprint.parts`
    mixture_layers: int
    state_layers: int
    params_used: int  # multiplied with per token, counted from the tensors: owners round `params_active`
    least_bits: float  # per weight of `least_bytes`
    least_read_bytes: int  # of `least_bytes` what a token of one sequence reads
    wanted_bytes: int | None  # weights of the smallest one of FLOOR_BITS or more that llama.cpp runs
    wanted_bits: float
    wanted_read_bytes: int
    read_bytes_per_bit: int  # what a token reads, for each bit per weight: the least of all proposed formats
    working_bytes: int  # llama.cpp's compute buffer, but for the attention mask
    tower_bytes: int  # vision or audio tower in 16 bits


def pack(rows: list[IndexRow]) -> list[list[Any]]:
    """Columns instead of rows: smaller, and cheaper to decode."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else []


def unpack(columns: list[list[Any]]) -> list[IndexRow]:
    """Rows from columns."""
    return list(map(IndexRow._make, zip(*columns, strict=True)))
