"""The schemas' verdict on a file, as problems with lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from osllm.authoring.schema import SCHEMAS
from osllm.authoring.yamlio import Document, Path_, Problem, dotted

# pydantic's name of an error -> our code. What is not listed is a wrong value.
_CODES: Final[Mapping[str, str]] = {
    "extra_forbidden": "unknown-key",
    "missing": "missing-key",
    "bad_date": "no-such-date",
    "string_type": "wrong-type",
    "int_type": "wrong-type",
    "int_from_float": "wrong-type",
    "float_type": "wrong-type",
    "bool_type": "wrong-type",
    "list_type": "wrong-type",
    "dict_type": "wrong-type",
    "model_type": "wrong-type",
    "model_attributes_type": "wrong-type",
}


def check(kind: str, document: Document) -> Iterator[Problem]:
    """Everything that a file of a kind may not say, and everything that it must."""
    try:
        SCHEMAS[kind].model_validate(document.data)
    except ValidationError as error:
        for one in error.errors(include_url=False, include_context=False):
            path = _path(document, one["loc"], one["type"])
            code = _CODES.get(one["type"], "bad-value")
            params: dict[str, Any] = {"key": path[-1] if path else "", "why": one["msg"]}
            yield Problem(document.file, document.line(path), dotted(path), code, params)


def _path(document: Document, loc: tuple[str | int, ...], kind: str) -> Path_:
    """Where an error stands in the file: pydantic also names the alternatives of unions it tried."""
    path: Path_ = ()
    for part in loc:
        if (*path, part) in document.lines:
            path = (*path, part)
    return (*path, loc[-1]) if kind == "missing" else path
