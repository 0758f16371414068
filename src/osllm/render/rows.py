"""Documents that are lists, as rows: one JSON object a line, or one line of CSV."""

from __future__ import annotations

import csv
import io
import json
from shlex import join
from typing import TYPE_CHECKING, Any, Final

from osllm.render.clean import clean_block
from osllm.render.json import dump

if TYPE_CHECKING:
    from collections.abc import Sequence

# Document -> its list. A document without one is its own only row.
LISTS: Final = {
    "recommendation": "recommendations",
    "comparison": "models",
    "models": "models",
    "quants": "quantizations",
    "license-check": "results",
    "licenses": "licenses",
    "license-diff": "changes",
    "gpus": "gpus",
    "use-cases": "use_cases",
    "catalog-validation": "problems",
    "config": "settings",
}

_MODEL: Final = (
    "id", "hub_id", "name", "developer", "origin", "base_origin", "released", "params_total", "params_active",
    "params_published", "context_native", "context_max", "modalities",
)  # fmt: skip
_QUALITY: Final = ("quality.value", "quality.low", "quality.high", "quality.grade")
_RUN: Final = (
    "quantization.format", "quantization.bits_per_weight", "quantization.file_bytes", "quantization.artifact.hub_id",
    "quantization.artifact.file", "engine", "placement.gpus", "placement.tensor_parallel",
    "placement.pipeline_parallel", "placement.gpu_layers", "placement.cpu_layers", "placement.experts_on_cpu",
    "memory.weights_bytes", "memory.kv_cache_bytes", "memory.state_bytes", "memory.compute_bytes",
    "memory.overhead_bytes", "memory.total_bytes", "memory.capacity_bytes", "memory.headroom_bytes",
    "memory.low_bytes", "memory.high_bytes", "context.tokens", "context.max_tokens_that_fit", "context.ja_chars",
    "speed.decode_tps", "speed.low", "speed.high", "speed.prefill_tps", "speed.ttft_s", "speed.total_tps",
    "speed.ja_chars_per_s", "speed.basis", "license.keys", "license.verdict",
)  # fmt: skip
# The columns of a CSV: fixed, so that a null in one row never moves the others. Only ever added to, at the end.
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "recommendation": ("rank", *(f"model.{name}" for name in _MODEL), "score.total", *_QUALITY, *_RUN, "serve.command"),
    "models": (*_MODEL, "family", "kind", "status", "aliases", "licenses", "recommendable", *_QUALITY),
    "license-check": ("model", "name", "hub_id", "verdict", "evidence", "licenses", "obligations", "assumptions", "fix"),
    "licenses": (
        "key", "name", "version", "date", "kind", "osi_approved", "commercial", "evidence", "text_url", "models",
    ),
    "license-diff": ("part", "effect", "a", "b"),
    "quants": (
        "format", "engines", "bits_per_weight", "tensor_bytes", "file_bytes", "artifact.hub_id", "artifact.file",
        "artifact.file_bytes", "loss.metric", "loss.value", "loss.source", "fits", "engine", "total_bytes", "decode_tps",
    ),
    "gpus": (
        "key", "name", "vendor", "form", "generation", "compute_capability", "memory_bytes", "usable_bytes",
        "memory_type", "bandwidth_gbps", "fp16_tflops", "matrix_tflops", "fp8_tflops", "int8_tops", "fp4_tflops", "supports",
        "unified", "cores", "interconnect", "link_gbps", "released", "count",
    ),
    "use-cases": (
        "key", "title", "description", "aliases", "kinds", "language", "modalities", "tools", "domains",
        "context_tokens", "users", "min_tps", "target_tps", "min_bits", "memory_budget_gib", "adapter_rank",
        "offload", "license_use",
    ),
    "config": ("name", "value", "origin", "place"),
}  # fmt: skip
_KEYS: Final = ("key", "id", "format", "name")  # what a nested object is called by
_ARGV: Final = frozenset(("serve.command", "command"))  # written as shell text
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def name_of(document: dict[str, Any]) -> str:
    """Return the name in a document's schema: `recommendation` of `osllm/recommendation@1`."""
    return str(document.get("schema", "")).partition("/")[2].partition("@")[0]


def rows_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a document: its list, or the document itself."""
    found = document.get(LISTS.get(name_of(document), ""))
    if isinstance(found, list):
        return [row if isinstance(row, dict) else {"value": row} for row in found]
    return [document]


def jsonl(document: dict[str, Any]) -> str:
    """Return one JSON object a line: each row with the schema of its kind (`osllm/recommendation-row@1`)."""
    if LISTS.get(name_of(document)) not in document:
        return dump(document)
    name, _, major = str(document["schema"]).partition("@")
    return "".join(dump({"schema": f"{name}-row@{major}", **row}) for row in rows_of(document))


def csv_text(document: dict[str, Any]) -> str:
    """Return the rows as CSV (RFC 4180: CRLF, quotes doubled) with one header line.

    Nested values become `a.b` columns, lists one cell with `; ` between. Text that a spreadsheet would run as a formula
    gets an apostrophe in front, the spreadsheets' own mark for text.
    """
    flat = [flatten(row) for row in rows_of(document)]
    header = COLUMNS.get(name_of(document)) or tuple(dict.fromkeys(name for row in flat for name in row))
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([_cell(name) for name in header])
    for row in flat:
        writer.writerow(
            [_cell(join(row[name]) if name in _ARGV and row.get(name) else _value(row, name)) for name in header]
        )
    return stream.getvalue()


def flatten(row: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested objects as dotted names; lists stay whole."""
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if isinstance(value, dict) and value:
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat


def _value(row: dict[str, Any], name: str) -> object:
    if name in row:
        return row[name]
    # A column that holds objects in some documents: shown whole.
    inside = {key[len(name) + 1 :]: value for key, value in row.items() if key.startswith(name + ".")}
    return inside or None


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    content = clean_block(_joined(value))
    return "'" + content if content.lstrip(" ").startswith(_FORMULA) else content


def _joined(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return "; ".join(_word(item) for item in value)
    return json.dumps(value, ensure_ascii=False)


def _word(item: object) -> str:
    if isinstance(item, dict):
        named: Sequence[str] = [str(item[key]) for key in _KEYS if item.get(key)]
        return named[0] if named else json.dumps(item, ensure_ascii=False)
    return str(item)
