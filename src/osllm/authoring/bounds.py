"""The numbers of the index by which ranking passes over models without planning them (`advise.bounds`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.advise.formats import proposed_formats
from osllm.catalog.index import FLOOR_BITS, IndexRow
from osllm.domain.plan import EngineOptions
from osllm.estimate.runtime import llama_compute_bytes
from osllm.estimate.work import state_layers, weight_read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.domain.model import Model, QuantizationFormat
    from osllm.estimate.footprint import Footprint

UNKNOWN: Final = frozenset(
    ("floor_bytes", "least_bytes", "wanted_bytes", "floor_any_bytes")
)  # None without a footprint


def bounds(
    measured: Footprint | None, model: Model, formats: Mapping[str, QuantizationFormat]
) -> dict[str, float | None]:
    """The last columns of a model's `IndexRow`."""
    proposed = [f for f in proposed_formats(model.native_format) if measured is not None and f in measured.sizes]
    if measured is None or not proposed:
        columns = IndexRow._fields[IndexRow._fields.index("floor_bytes") :]
        return {name: None if name in UNKNOWN else 0 for name in columns}
    sizes = {name: measured.sizes[name] for name in proposed}
    wide = [size for name, size in sizes.items() if formats[name].bits >= FLOOR_BITS]
    tokens = [(2 * c.layers * (c.k_width + c.v_width), c.window) for c in measured.caches]
    state = sum(s.layers * (s.conv_elements + s.state_elements) for s in measured.states)
    token_reads = {name: sum(weight_read_bytes(measured, name, 1)) for name in proposed}
    files = [name for name in proposed if formats[name].kind == "gguf"]

    def smallest(names: list[str]) -> str:
        """Of equals the one of which a token reads more: bounds must hold for both."""
        return min(names, key=lambda name: (sizes[name].tensor_bytes, -token_reads[name]))

    least = smallest(files or proposed)
    wide_files = [name for name in files if formats[name].bits >= FLOOR_BITS]
    wanted = smallest(wide_files or proposed)
    batch = EngineOptions().ubatch
    return {
        "floor_bytes": min((size.tensor_bytes for size in wide), default=None),
        "least_bytes": sizes[least].tensor_bytes if files else None,
        # An embedding table that is not also the output matrix may stay in host memory.
        "floor_any_bytes": min(s.tensor_bytes - s.embedding_bytes for s in sizes.values()),
        "cache_token_bytes": sum(each for each, _ in tokens),
        "whole_token_bytes": sum(each for each, window in tokens if window is None),
        "window_tokens": min((window for _, window in tokens if window is not None), default=0),
        "state_bytes": 4 * state,
        "layers": measured.layers,
        "parts": measured.parts,
        "mixture_layers": measured.moe_layers,
        "state_layers": state_layers(measured),
        "params_used": measured.params_active,
        "least_bits": round(measured.bits_per_weight(least), 6),
        "least_read_bytes": int(token_reads[least]) + 1,
        "wanted_bytes": sizes[wanted].tensor_bytes if wide_files else None,
        "wanted_bits": round(measured.bits_per_weight(wanted), 6),
        "wanted_read_bytes": int(token_reads[wanted]) + 1,
        "read_bytes_per_bit": int(min(read / measured.bits_per_weight(name) for name, read in token_reads.items())),
        "working_bytes": llama_compute_bytes(measured, batch, 1, EngineOptions(), output=True, host=True),
        "tower_bytes": 2 * measured.vision_params,
    }
