"""A short way to write JSON Schema (draft 2020-12): a record is its fields, each with a type and a sentence."""

from __future__ import annotations

from typing import Any, Final

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string"}
NUMBER: Final[Schema] = {"type": "number"}
COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
INTEGER: Final[Schema] = {"type": "integer"}
FLAG: Final[Schema] = {"type": "boolean"}
ANY: Final[Schema] = {}
DATE: Final[Schema] = {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}


def says(schema: Schema, sentence: str) -> Schema:
    """The schema with a description."""
    return {**schema, "description": sentence}


def maybe(schema: Schema, sentence: str | None = None) -> Schema:
    """The schema or null: null is what is not known, or does not apply."""
    kind = schema.get("type")
    if isinstance(kind, str) and "enum" not in schema:
        result: Schema = {**schema, "type": [kind, "null"]}
    else:
        result = {"anyOf": [schema, {"type": "null"}]}
    return result if sentence is None else says(result, sentence)


def many(schema: Schema, sentence: str | None = None) -> Schema:
    """A list of such values."""
    result: Schema = {"type": "array", "items": schema}
    return result if sentence is None else says(result, sentence)


def table(schema: Schema, sentence: str | None = None) -> Schema:
    """An object whose keys are data and whose values are alike."""
    result: Schema = {"type": "object", "additionalProperties": schema}
    return result if sentence is None else says(result, sentence)


def one_of(*words: str) -> Schema:
    """One of some words."""
    return {"type": "string", "enum": list(words)}


def record(optional: tuple[str, ...] = (), /, **fields: Schema) -> Schema:
    """An object with these fields, all required but those named in `optional`.

    Fields may be added within a major version, so further ones are allowed.
    """
    required = [name for name in fields if name not in optional]
    return {"type": "object", "properties": fields, "required": required}


def document(name: str, sentence: str, optional: tuple[str, ...] = (), /, **fields: Schema) -> Schema:
    """A whole answer: `osllm/<name>@1`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://osllm.dev/schemas/{name}@1.json",
        "title": f"osllm/{name}@1",
        "description": sentence,
        **record(optional, schema={"const": f"osllm/{name}@1"}, **fields),
    }


def closed(schema: Any) -> Any:  # noqa: ANN401 - walks plain data
    """The same schema without room for further fields: what our own answers are tested against."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if "properties" in result and result.get("type") in ("object", ["object", "null"]):
        result.setdefault("additionalProperties", False)
    return result
