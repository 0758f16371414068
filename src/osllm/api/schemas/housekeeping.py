"""Answers about the program itself: the state of its data, its settings, its version, its schemas, its errors."""

from __future__ import annotations

from typing import Final

from osllm.api.schemas.dsl import (
    ANY,
    COUNT,
    FLAG,
    TEXT,
    Schema,
    document,
    many,
    maybe,
    one_of,
    record,
    says,
    table,
)
from osllm.api.schemas.parts import CATALOG

_STATS: Final[dict[str, Schema]] = {
    "models": COUNT,
    "recommendable": says(COUNT, "models whose shape is known in full"),
    "superseded": says(COUNT, "models that a newer version stands for"),
    "families": COUNT,
    "developers": COUNT,
    "measured": says(COUNT, "models with a published measurement"),
    "shapes": says(COUNT, "distinct architectures"),
    "kinds": table(COUNT),
    "origins": table(COUNT, "models by the country of their developer"),
    "licenses": COUNT,
    "formats": COUNT,
    "engines": COUNT,
    "gpus": COUNT,
    "cloud_instances": COUNT,
    "use_cases": COUNT,
    "benchmarks": COUNT,
    "tables": says(COUNT, "published tables of results"),
    "tokenizers": COUNT,
    "embeddings": COUNT,
    "bytes": says(COUNT, "of the compiled catalog"),
}

SCHEMAS: Final[dict[str, Schema]] = {
    "catalog-stats": document("catalog-stats", "What the catalog holds.", catalog=CATALOG, stats=record(**_STATS)),
    "catalog-validation": document(
        "catalog-validation",
        "Whether catalog files are valid, and every defect found in them.",
        valid=FLAG,
        checked=many(TEXT, "folders and files that were looked at"),
        problems=many(
            record(
                file=TEXT,
                line=COUNT,
                field=maybe(TEXT, "path of keys inside the file"),
                code=says(TEXT, "stable word"),
                text=says(TEXT, "in the request's language"),
            )
        ),
    ),
    "catalog-path": document(
        "catalog-path",
        "Which compiled catalog is read.",
        catalog=CATALOG,
        path=says(TEXT, "the compiled file"),
        source=maybe(TEXT, "what it was made from: a folder of YAML, or the file that came with osllm"),
    ),
    "config": document(
        "config",
        "Every setting, its value and where it came from.",
        settings=many(
            record(
                name=says(TEXT, "option, with `_` for `-`"),
                value=says(ANY, "null from `default`: the command's own default"),
                origin=one_of("env", "project", "user", "default"),
                place=maybe(TEXT, "the variable, or file:line"),
            )
        ),
        files=many(record(origin=one_of("project", "user"), path=maybe(TEXT), exists=FLAG)),
        ignored=many(TEXT, "OSLLM_* variables that name no option"),
    ),
    "version": document(
        "version",
        "The version of the program and of its catalog.",
        osllm=TEXT,
        catalog=maybe(CATALOG, "null: it cannot be read"),
    ),
    "schemas": document(
        "schemas",
        "The names that `osllm schema NAME` knows.",
        answers=many(TEXT, "schemas of answers"),
        files=many(TEXT, "schemas of files that people write"),
    ),
    "error": document(
        "error",
        "Why there is no answer. The exit code says which kind of error it is.",
        error=record(
            ("problems",),
            code=says(TEXT, "stable word"),
            message=says(TEXT, "in the request's language"),
            hint=maybe(TEXT, "what to do next"),
            candidates=many(TEXT, "what may have been meant"),
            problems=many(TEXT, "every defect of a file: file:line, field, reason"),
        ),
    ),
}
