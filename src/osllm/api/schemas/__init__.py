"""JSON Schemas: of every answer (written in this package) and of every file that people write (from `osllm.authoring`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.api.result import Result
from osllm.catalog.names import unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.api.schemas.dsl import Schema

_MODULES: Final = ("advice", "library", "licences", "housekeeping")


def answers() -> dict[str, Schema]:
    """Every answer's schema by name."""
    from importlib import import_module

    found: dict[str, Schema] = {}
    for module in _MODULES:
        found.update(import_module(f"{__name__}.{module}").SCHEMAS)
    return found


def schema(name: str | None, options: Mapping[str, Any]) -> Result:
    """The JSON Schema called `name` (`recommendation`, `osllm/recommendation@1`, `catalog-model` …); without a name, which ones there are.

    Raises UnknownNameError (`unknown-schema`).
    """
    from osllm.api.schemas import license_files
    from osllm.authoring.jsonschema import file_schemas

    outputs, files = answers(), {**file_schemas(), **license_files.SCHEMAS}
    if name is None:
        return Result({"schema": "osllm/schemas@1", "answers": sorted(outputs), "files": sorted(files)})
    key = name.removeprefix("osllm/").partition("@")[0]
    found = outputs.get(key) or files.get(key)
    if found is None:
        raise unknown("schema", name, (*outputs, *files), options.get("lang") or "en", hint="osllm schema")
    return Result(found)
