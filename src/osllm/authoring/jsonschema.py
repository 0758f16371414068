"""The JSON Schemas of catalog files, for editors: `osllm schema catalog-model` and so on."""

from __future__ import annotations

from typing import Any, Final

from osllm.authoring.files import PATTERNS
from osllm.authoring.schema import SCHEMAS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def file_schemas() -> dict[str, dict[str, Any]]:
    """The schema of every kind of catalog file, by `catalog-<kind>`.

    They hold the shape of a file; what must hold between files and inside numbers is checked by `osllm catalog validate`.
    """
    return {f"catalog-{kind}": file_schema(kind) for kind in SCHEMAS}


def file_schema(kind: str) -> dict[str, Any]:
    """The schema of one kind of catalog file."""
    body = SCHEMAS[kind].model_json_schema()
    body["title"] = f"catalog/{PATTERNS[kind]}"
    return {"$schema": DIALECT, "$id": f"https://osllm.dev/schemas/catalog-{kind}@1.json", **body}
