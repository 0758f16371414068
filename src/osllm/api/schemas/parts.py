"""The blocks that several answers share."""

from __future__ import annotations

from typing import Final

from osllm.api.schemas.dsl import (
    ANY,
    COUNT,
    DATE,
    FLAG,
    INTEGER,
    NUMBER,
    TEXT,
    Schema,
    many,
    maybe,
    one_of,
    record,
    says,
    table,
)

VERDICT: Final = one_of("allowed", "conditions", "review", "denied")
GRADE: Final = says(
    one_of("A", "B", "C", "D"),
    "A independent and current, B independent but older, C the developer's own only, D inherited from base or family",
)

CATALOG: Final = record(
    version=says(TEXT, "the day of the catalog's newest fact"),
    sha256=says(TEXT, "of everything the answer may rest on"),
    models=COUNT,
)

MODEL_FIELDS: Final[dict[str, Schema]] = {
    "id": says(TEXT, "catalog id"),
    "hub_id": maybe(TEXT, "repository on the Hugging Face Hub"),
    "name": TEXT,
    "developer": TEXT,
    "origin": maybe(TEXT, "ISO country of the developer"),
    "base_origin": maybe(TEXT, "ISO country of the developer of the base model"),
    "released": maybe(DATE),
    "params_total": maybe(COUNT, "the language model without vision/audio towers and MTP layers"),
    "params_active": maybe(COUNT, "parameters that one token uses"),
    "params_published": maybe(COUNT, "the owner's figure with everything"),
    "context_native": maybe(COUNT, "tokens"),
    "context_max": maybe(COUNT, "tokens, with the scaling that the owner documents"),
    "modalities": many(TEXT, "what goes in"),
}
MODEL: Final = record(**MODEL_FIELDS)

MACHINE: Final = record(
    gpus=many(
        record(
            key=TEXT,
            name=TEXT,
            count=COUNT,
            memory_bytes=says(COUNT, "of one card"),
            usable_bytes=says(COUNT, "of one card: what an engine may use"),
            bandwidth_gbps=maybe(NUMBER, "10^9 bytes per second"),
            unified=says(FLAG, "shares the machine's one memory: RAM is no memory beside it"),
        )
    ),
    ram_bytes=maybe(COUNT),
    ram_usable_bytes=maybe(COUNT),
    source=one_of("flag", "detected", "assumed"),
)

LICENSE_FACTS: Final = says(table(ANY), "what was said about the use; null: not said, hence unknown")

REQUEST: Final = record(
    use_case=TEXT,
    use_case_title=says(TEXT, "in the request's language"),
    context_tokens=says(COUNT, "per sequence"),
    users=says(COUNT, "sequences at once"),
    min_tps=maybe(NUMBER, "tokens per second that one user needs at least"),
    engines=many(TEXT, "empty: any"),
    formats=many(TEXT, "empty: any"),
    kv_cache=maybe(TEXT),
    filters=table(ANY, "hard wishes about the model"),
    license_facts=LICENSE_FACTS,
    license_gate=one_of("allowed", "conditions", "review"),
    policy=maybe(TEXT),
    as_of=maybe(DATE),
    top=COUNT,
    sort=TEXT,
    lang=one_of("en", "ja"),
)

SENTENCE: Final = record(code=TEXT, text=says(TEXT, "in the request's language"), params=table(ANY))
REASON: Final = record(
    rule=says(TEXT, "stable code"),
    effect=one_of("veto", "prefer", "penalise", "note", "unknown"),
    points=says(NUMBER, "what it adds to the score"),
    text=TEXT,
    params=table(ANY),
)
VETO: Final = record(rule=TEXT, text=TEXT, params=table(ANY))

EVIDENCE: Final = record(
    benchmark=TEXT,
    version=maybe(TEXT),
    judge=maybe(TEXT),
    value=NUMBER,
    evaluated_by=maybe(TEXT),
    as_of=maybe(TEXT),
    source=maybe(TEXT),
)
QUALITY_FIELDS: Final[dict[str, Schema]] = {
    "value": says(NUMBER, "the estimate, 0 to 1"),
    "low": says(NUMBER, "lower end of the 80 % interval: what ranking orders by"),
    "high": NUMBER,
    "grade": GRADE,
}
QUALITY: Final = record(**QUALITY_FIELDS, evidence=many(EVIDENCE))
QUALITY_SHORT: Final = record(**QUALITY_FIELDS)
SKILL: Final = record(skill=TEXT, **QUALITY_FIELDS)

ARTIFACT: Final = record(
    hub_id=TEXT,
    file=maybe(TEXT),
    file_bytes=maybe(COUNT),
    format=TEXT,
    publisher=says(TEXT, "owner, or a named publisher"),
)
LOSS: Final = record(metric=TEXT, value=NUMBER, source=TEXT)

MEMORY_PARTS: Final[dict[str, Schema]] = {
    "weights_bytes": COUNT,
    "kv_cache_bytes": COUNT,
    "state_bytes": says(COUNT, "recurrent (SSM) state"),
    "compute_bytes": COUNT,
    "overhead_bytes": COUNT,
    "total_bytes": says(COUNT, "the sum of the parts"),
}
MEMORY_FIELDS: Final[dict[str, Schema]] = {
    **MEMORY_PARTS,
    "per_device": many(record(device=TEXT, **MEMORY_PARTS, capacity_bytes=COUNT)),
    "capacity_bytes": says(COUNT, "usable bytes of the devices in use"),
    "headroom_bytes": says(INTEGER, "capacity minus total; negative: does not fit"),
    "low_bytes": COUNT,
    "high_bytes": COUNT,
}
MEMORY: Final = record(**MEMORY_FIELDS)
PLACEMENT: Final = record(
    gpus=COUNT,
    tensor_parallel=COUNT,
    pipeline_parallel=COUNT,
    gpu_layers=COUNT,
    cpu_layers=COUNT,
    experts_on_cpu=says(COUNT, "layers whose experts stay in RAM"),
)
SPEED: Final = record(
    decode_tps=maybe(NUMBER, "tokens per second for one user; null for a use that trains"),
    low=maybe(NUMBER, "low end of decode_tps, or of total_tps where it is null"),
    high=maybe(NUMBER),
    prefill_tps=maybe(NUMBER),
    ttft_s=maybe(NUMBER, "seconds to the first token of a full prompt"),
    total_tps=maybe(NUMBER, "all users together; for a use that trains, tokens trained per second"),
    ja_chars_per_s=maybe(NUMBER, "Japanese characters per second"),
    basis=says(TEXT, "estimated, measured, or unknown: why"),
)
CONTEXT: Final = record(
    tokens=COUNT, max_tokens_that_fit=maybe(COUNT), ja_chars=maybe(COUNT, "about so many Japanese characters")
)
OBLIGATION: Final = record(id=TEXT, license=TEXT, when=many(TEXT), clause=maybe(TEXT), text=TEXT)
LICENSE: Final = record(keys=many(TEXT), verdict=VERDICT, obligations=many(OBLIGATION), assumptions=many(TEXT))
SERVE: Final = record(
    engine=TEXT,
    command=many(TEXT, "argv of the engine's own launcher"),
    environment=table(TEXT),
    notes=many(SENTENCE),
)

OTHER_ROW: Final[Schema] = record(
    model=TEXT,
    score=NUMBER,
    difference=maybe(NUMBER),
    parts=many(record(part=TEXT, points=NUMBER), "positive: in the other row's favour; they add up to the difference"),
)
SHARED_TEST: Final = record(
    benchmark=TEXT,
    version=maybe(TEXT),
    judge=maybe(TEXT),
    skill=TEXT,
    lower_better=FLAG,
    independent=says(FLAG, "nobody in the row measured a model of its own"),
    values=table(record(value=NUMBER, mode=maybe(TEXT), evaluated_by=TEXT, as_of=maybe(TEXT), source=TEXT)),
)
