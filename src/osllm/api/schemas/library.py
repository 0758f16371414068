"""Answers about the catalog: models, one model, accelerators, use cases, counts, validation."""

from __future__ import annotations

from typing import Final

from osllm.api.schemas.dsl import (
    ANY,
    COUNT,
    FLAG,
    NUMBER,
    TEXT,
    Schema,
    document,
    many,
    maybe,
    record,
    says,
    table,
)
from osllm.api.schemas.parts import ARTIFACT, CATALOG, MACHINE, MODEL_FIELDS, QUALITY_SHORT, SKILL

_LISTED: Final[dict[str, Schema]] = {
    **MODEL_FIELDS,
    "family": TEXT,
    "kind": TEXT,
    "status": TEXT,
    "recommendable": says(FLAG, "false: listed and licence-checked only"),
    "aliases": many(TEXT),
    "licenses": many(TEXT),
}

GPU_FIELDS: Final[dict[str, Schema]] = {
    "key": TEXT,
    "name": TEXT,
    "vendor": TEXT,
    "form": maybe(TEXT),
    "generation": maybe(TEXT),
    "compute_capability": maybe(TEXT),
    "memory_bytes": COUNT,
    "memory_type": maybe(TEXT),
    "bandwidth_gbps": maybe(NUMBER, "10^9 bytes per second"),
    "fp16_tflops": maybe(NUMBER, "dense, FP32 accumulate"),
    "fp8_tflops": maybe(NUMBER),
    "int8_tops": maybe(NUMBER),
    "fp4_tflops": maybe(NUMBER),
    "supports": many(TEXT),
    "unified": says(FLAG, "shares the machine's RAM"),
    "cores": maybe(COUNT),
    "interconnect": maybe(TEXT),
    "link_gbps": maybe(NUMBER),
    "released": maybe(TEXT),
    "matrix_tflops": maybe(NUMBER, "FP16 in matrix units, dense, FP32 accumulate, where fp16_tflops is the shaders'"),
    "usable_bytes": says(COUNT, "what an engine may use"),
}

USE_CASE_FIELDS: Final[dict[str, Schema]] = {
    "key": TEXT,
    "title": TEXT,
    "description": TEXT,
    "aliases": many(TEXT),
    "kinds": many(TEXT),
    "language": maybe(TEXT),
    "modalities": many(TEXT),
    "tools": FLAG,
    "domains": many(TEXT),
    "context_tokens": COUNT,
    "users": COUNT,
    "min_tps": maybe(NUMBER),
    "target_tps": NUMBER,
    "min_bits": NUMBER,
    "memory_budget_gib": maybe(NUMBER),
    "adapter_rank": maybe(COUNT, "of the adapters that are trained; null: the model is run"),
    "offload": TEXT,
    "license_use": maybe(TEXT),
    "skills": many(record(skill=TEXT, weight=NUMBER)),
    "weights": table(NUMBER),
    "penalties": table(NUMBER),
    "companions": many(TEXT),
    "engines": many(TEXT, "those that it is for; empty: whichever suits the machine"),
    "rationale": table(ANY),
}

SCHEMAS: Final[dict[str, Schema]] = {
    "models": document(
        "models",
        "The models of the catalog.",
        catalog=CATALOG,
        use_case=maybe(TEXT),
        models=many(record(("quality",), **_LISTED, quality=maybe(QUALITY_SHORT))),
    ),
    "model": document(
        "model",
        "Every fact about a model.",
        catalog=CATALOG,
        model=record(
            **_LISTED,
            superseded_by=maybe(TEXT),
            base_id=maybe(TEXT),
            languages=many(TEXT),
            tools=maybe(FLAG),
            reasoning=maybe(TEXT),
            domains=many(TEXT),
            tokenizer=maybe(TEXT),
            license=record(
                keys=many(TEXT), evidence=TEXT, conflict=maybe(TEXT), card_restriction=maybe(TEXT), openness=maybe(TEXT)
            ),
            gated=maybe(FLAG),
            ollama=many(TEXT),
            architecture=maybe({"type": "object"}),
            artifacts=many(ARTIFACT),
            benchmarks=many({"type": "object"}, "the owner's own results"),
            skills=many(SKILL, "what the evidence says of each skill"),
            evidence=many({"type": "object"}, "published tables that measured it"),
            notes=many(TEXT),
        ),
        sources={"type": "object", "description": "where each fact was read"},
        gaps=many(TEXT, "what was looked for and not found"),
    ),
    "gpu": document("gpu", "One accelerator.", catalog=CATALOG, gpu=record(**GPU_FIELDS)),
    "gpus": document(
        "gpus",
        "Accelerators: the known ones, or this machine's.",
        ("machine", "notices"),
        catalog=CATALOG,
        gpus=many(record(("count",), **GPU_FIELDS, count=COUNT)),
        machine=MACHINE,
        notices=many(TEXT),
    ),
    "use-cases": document(
        "use-cases",
        "Use cases with their gates, weights and defaults.",
        catalog=CATALOG,
        use_cases=many(
            record(("measured_models", "grades"), **USE_CASE_FIELDS, measured_models=COUNT, grades=table(COUNT))
        ),
    ),
}
