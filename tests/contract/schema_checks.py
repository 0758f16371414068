"""Holding documents to their published schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from osllm.api.schemas import answers
from osllm.api.schemas.dsl import closed


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(closed(answers()[name]))


def valid(document: dict[str, Any]) -> dict[str, Any]:
    """The document, which is exactly what the schema that it names says: nothing missing, nothing beside."""
    name, _, major = document["schema"].removeprefix("osllm/").partition("@")
    assert major == "1"
    errors = sorted(validator(name).iter_errors(document), key=lambda error: error.json_path)
    assert not errors, [f"{error.json_path}: {error.message[:200]}" for error in errors[:5]]
    return document


def answered(told: str) -> dict[str, Any]:
    """The one JSON document, on one line, that stdout holds."""
    assert told.endswith("\n")
    assert told.count("\n") == 1
    document = json.loads(told)
    assert isinstance(document, dict)
    return valid(document)


def reach(value: Any, path: str) -> Iterator[Any]:
    """What stands at a path such as `rows[].memory.total_bytes`, once for every element on the way.

    Nothing comes out of an empty list or of a null; AssertionError for a key that is not there.
    """
    name, _, rest = path.partition(".")
    key = name.removesuffix("[]")
    assert key in value, f"{key} is not in {sorted(value)}"
    found = value[key]
    if name.endswith("[]"):
        for one in found:
            yield from reach(one, rest) if rest else [one]
    elif not rest:
        yield found
    elif found is not None:
        yield from reach(found, rest)
