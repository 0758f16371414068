"""Answers about what to run: recommendation, explanation, comparison, estimate, quants, serve."""

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
    one_of,
    record,
    says,
    table,
)
from osllm.api.schemas.parts import (
    ARTIFACT,
    CATALOG,
    CONTEXT,
    LICENSE,
    LOSS,
    MACHINE,
    MEMORY,
    MEMORY_FIELDS,
    MODEL,
    OTHER_ROW,
    PLACEMENT,
    QUALITY,
    REASON,
    REQUEST,
    SENTENCE,
    SERVE,
    SHARED_TEST,
    SKILL,
    SPEED,
    VERDICT,
    VETO,
)

_PART: Final = record(value=NUMBER, weight=NUMBER)
SCORE: Final[Schema] = {
    "type": "object",
    "properties": {"total": NUMBER},
    "required": ["total"],
    "additionalProperties": _PART,
    "description": "the total and, by name, each part's value and weight",
}

ROW_FIELDS: Final[dict[str, Schema]] = {
    "rank": COUNT,
    "model": MODEL,
    "score": SCORE,
    "also": many(TEXT, "other versions of the model that are folded into this row"),
    "quality": maybe(QUALITY, "null: not measured for this use case"),
    "quantization": record(
        format=TEXT,
        bits_per_weight=NUMBER,
        file_bytes=COUNT,
        artifact=maybe(ARTIFACT, "published weights; null: none known, `serve.notes` says how to make them"),
        loss=maybe(LOSS),
    ),
    "engine": TEXT,
    "placement": PLACEMENT,
    "memory": MEMORY,
    "context": CONTEXT,
    "speed": SPEED,
    "license": LICENSE,
    "serve": SERVE,
    "reasons": many(REASON),
    "warnings": many(SENTENCE),
}
ROW: Final = record(**ROW_FIELDS)

_SIZING: Final[dict[str, Schema]] = {
    "replicas": COUNT,
    "users_per_replica": COUNT,
    "gpus": says(COUNT, "over all replicas"),
    "decode_tps": maybe(NUMBER, "of one user"),
    "ttft_s": maybe(NUMBER),
    "total_tps": maybe(NUMBER, "of all users"),
}

SCHEMAS: Final[dict[str, Schema]] = {
    "recommendation": document(
        "recommendation",
        "Which model, in which format, on which engine; ranked.",
        catalog=CATALOG,
        request=REQUEST,
        machine=MACHINE,
        recommendations=many(
            record(
                **ROW_FIELDS,
                ties_with_above=says(FLAG, "the evidence cannot tell it from the row above"),
                marks=many(
                    TEXT, "what it is the best of the rows in: best-quality, fastest, lightest, most-permissive"
                ),
            )
        ),
        companions=many(
            record(
                kind=one_of("embedding", "reranker"),
                id=TEXT,
                hub_id=TEXT,
                license_keys=many(TEXT),
                verdict=VERDICT,
                memory_bytes=COUNT,
                benchmark=TEXT,
                value=NUMBER,
            ),
            "models that work beside it, for retrieval; their memory is kept free",
        ),
        qualified=says(COUNT, "models that qualify, shown or not"),
        rejected=record(
            count=COUNT,
            by_rule=table(COUNT, "each model once, by its first veto"),
            nearest=many(record(model=TEXT, rule=TEXT, text=TEXT, needs=table(ANY))),
        ),
        notices=many(SENTENCE),
    ),
    "explanation": document(
        "explanation",
        "Where a model stands for a request, why, and what would change it.",
        catalog=CATALOG,
        request=REQUEST,
        machine=MACHINE,
        model=MODEL,
        rank=maybe(COUNT),
        of=says(COUNT, "rows in the ranking"),
        folded_into=maybe(TEXT, "the row that stands for another version of this model"),
        row=maybe(ROW),
        vetoes=many(VETO),
        above=maybe(OTHER_ROW, "the row directly above"),
        leader=maybe(OTHER_ROW, "the first row"),
        runner_up=maybe(OTHER_ROW, "the second row, where the model stands first"),
        if_measured=maybe(
            record(rank=COUNT, text=TEXT),
            "where independent, current results that confirm the lower end of its quality would put it; null: it has such results",
        ),
        changes=many(
            record(option=TEXT, value=ANY, rank=maybe(COUNT), format=maybe(TEXT), engine=maybe(TEXT), text=TEXT),
            "single changes of the request that lift the model",
        ),
    ),
    "comparison": document(
        "comparison",
        "Models side by side for one request.",
        catalog=CATALOG,
        request=REQUEST,
        machine=MACHINE,
        models=many(
            record(
                model=MODEL,
                rank=maybe(COUNT),
                quality=maybe(QUALITY),
                license=LICENSE,
                tools=maybe(FLAG),
                reasoning=maybe(TEXT),
                languages=many(TEXT),
                chars_per_token_ja=maybe(NUMBER),
                skills=many(SKILL, "the skills that the use case weighs, heaviest first"),
                row=maybe(ROW),
                vetoes=many(VETO),
            )
        ),
        differences=many(record(aspect=TEXT, values=table(ANY), best=many(TEXT), text=TEXT)),
        tests=many(
            SHARED_TEST,
            "results of the same test in the use case's skills that at least two of the models have",
        ),
    ),
    "estimate": document(
        "estimate",
        "Memory item by item, largest context and speed of one plan.",
        catalog=CATALOG,
        machine=MACHINE,
        model=MODEL,
        quantization=record(
            format=TEXT,
            bits_per_weight=NUMBER,
            tensor_bytes=COUNT,
            file_bytes=COUNT,
            artifact=maybe(ARTIFACT),
            loss=maybe(LOSS),
        ),
        engine=TEXT,
        options=table(ANY, "the engine's knobs as used"),
        placement=PLACEMENT,
        fits=FLAG,
        memory=record(**MEMORY_FIELDS, items=many(record(name=TEXT, bytes=COUNT, formula=TEXT))),
        context=CONTEXT,
        users=record(users=COUNT, max_users_that_fit=maybe(COUNT)),
        speed=SPEED,
        assumptions=many(TEXT),
        warnings=many(SENTENCE),
    ),
    "quants": document(
        "quants",
        "Every format of a model: size, loss, and whether it fits the machine.",
        catalog=CATALOG,
        machine=MACHINE,
        model=MODEL,
        context_tokens=COUNT,
        users=COUNT,
        quantizations=many(
            record(
                format=TEXT,
                kind=TEXT,
                engines=many(TEXT),
                bits_per_weight=NUMBER,
                tensor_bytes=says(COUNT, "weights alone, by the format's rules"),
                file_bytes=says(COUNT, "with header and tokenizer"),
                artifact=maybe(ARTIFACT),
                loss=maybe(LOSS),
                engine=maybe(
                    TEXT, "the engine that `fits` speaks of; null: none of this machine's engines takes the format"
                ),
                total_bytes=maybe(COUNT, "memory of the whole plan"),
                decode_tps=maybe(NUMBER),
                fits=maybe(FLAG),
            )
        ),
    ),
    "serve": document(
        "serve",
        "How to start a model: the command or the files of a target, the weights, the first request, and how many machines.",
        catalog=CATALOG,
        machine=MACHINE,
        model=MODEL,
        quantization=TEXT,
        engine=TEXT,
        target=one_of("command", "compose", "kubernetes", "systemd", "modelfile", "python", "curl"),
        placement=PLACEMENT,
        context_tokens=says(COUNT, "per sequence"),
        users=says(COUNT, "sequences at once on one machine"),
        fits=FLAG,
        command=many(TEXT, "argv of the engine's own launcher"),
        environment=table(TEXT),
        files=table(TEXT, "path -> text; `--out DIR` writes them"),
        notes=many(SENTENCE),
        weights=record(
            artifact=maybe(ARTIFACT),
            gated=maybe(FLAG),
            download=many(
                many(TEXT), "commands that bring the published weights; empty: nobody is known to have published them"
            ),
            make=many(many(TEXT), "commands that make them instead"),
        ),
        first_request=record(
            url=TEXT,
            health_url=maybe(TEXT, "answers 200 when the server is ready"),
            body=says(ANY, "as JSON"),
            curl=TEXT,
            python=TEXT,
        ),
        capacity=record(
            users=COUNT,
            context_tokens=COUNT,
            min_tps=maybe(NUMBER),
            machine=maybe(record(**_SIZING), "the given machine; null: it does not serve one user well enough"),
            offers=many(
                record(
                    provider=TEXT,
                    instance=TEXT,
                    gpu=TEXT,
                    gpu_count=COUNT,
                    price_per_hour_usd=NUMBER,
                    price_date=TEXT,
                    instances=COUNT,
                    **_SIZING,
                    usd_per_hour=NUMBER,
                    usd_per_million_tokens=maybe(NUMBER, "while all users are busy"),
                ),
                "rented machines with a known price, the cheapest first",
            ),
            api=maybe(
                record(
                    price_per_million_tokens_usd=NUMBER,
                    break_even_million_tokens_per_month=NUMBER,
                    share_of_capacity=says(NUMBER, "of what the machines can generate"),
                    advice=one_of("api", "own", "both"),
                ),
                "the comparison with --api-price; null: no price was given or none is known",
            ),
        ),
    ),
}
