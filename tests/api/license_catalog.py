"""A small compiled catalog for the licence commands: the shipped licences, a few models that are bound to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from osllm.authoring.yamlio import load
from osllm.catalog.index import IndexRow, pack
from osllm.catalog.names import normalise
from osllm.catalog.records import FORMAT
from osllm.catalog.store import Catalog

LICENSES = Path(__file__).parents[2] / "catalog" / "licenses"
# id, hub id, licence keys, evidence, further fields of the binding
MODELS: tuple[tuple[str, str, list[str], str, dict[str, Any]], ...] = (
    ("falcon-40b", "tiiuae/falcon-40b", ["apache-2.0"], "primary", {"revisions": [["2023-05-31", ["falcon-llm-1.0"]]]}),
    ("gemma-2-9b", "google/gemma-2-9b-it", ["gemma-tou-2025-03-24"], "primary", {}),
    ("qwen2.5-3b", "Qwen/Qwen2.5-3B-Instruct", ["qwen-research-2024"], "primary", {}),
    ("qwen2.5-72b", "Qwen/Qwen2.5-72B-Instruct", ["qwen-2024"], "primary", {}),
    ("qwen2.5-7b", "Qwen/Qwen2.5-7B-Instruct", ["apache-2.0"], "primary", {}),
    ("r1-llama-70b", "deepseek-ai/DeepSeek-R1-Distill-Llama-70B", ["mit", "llama-3.3"], "primary", {}),
    (
        "rakutenai-3.0",
        "Rakuten/RakutenAI-3.0",
        ["apache-2.0", "deepseek-1.0"],
        "secondary",
        {"conflict": "two sources"},
    ),
)


def licenses() -> dict[str, dict[str, Any]]:
    entries = [load(path).data for path in sorted(LICENSES.glob("*.yaml"))]
    return {entry["key"]: entry for entry in entries}


def row(number: int, model_id: str, hub_id: str) -> IndexRow:
    known = {"id": model_id, "hub_id": hub_id, "name": hub_id.partition("/")[2], "family": "f", "developer": "d"}
    rest = {"kind": "instruct", "modalities": ["text"], "languages": [], "domains": [], "recommendable": True}
    fields = {**dict.fromkeys(IndexRow._fields), **known, **rest, "license": number}
    return IndexRow(**fields)  # type: ignore[arg-type]


def write(folder: Path) -> Path:
    body, places = b"", {}

    def add(value: object) -> list[int]:
        nonlocal body
        data = json.dumps(value).encode()
        place = [len(body), len(data)]
        body += data
        return place

    sections = {
        "index": pack([row(number, model, hub) for number, (model, hub, *_) in enumerate(MODELS)]),
        "bindings": [
            [keys, evidence, more.get("conflict"), None, more.get("revisions", []), []]
            for *_, keys, evidence, more in MODELS
        ],
        "directory/license": {key: add(entry) for key, entry in licenses().items()},
        "names": {normalise(name): model for model, hub, *_ in MODELS for name in (model, hub)},
    }
    for name, value in sections.items():
        places[name] = add(value)
    head = {"format": FORMAT, "version": "2026.11.22", "sha256": "0", "models": len(MODELS), "sections": places}
    path = folder / "catalog.jsonl"
    path.write_bytes(json.dumps(head).encode() + b"\n" + body)
    return path


def opened(folder: Path) -> Catalog:
    return Catalog(str(write(folder)))
