"""compare: models side by side for one request, and where they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.advise.explain import model_vetoes
from osllm.advise.prepare import question as prepare
from osllm.advise.present import in_words
from osllm.advise.rank import rank
from osllm.api import documents as doc
from osllm.api.abilities import shared_tests, skills_block
from osllm.api.explaining import veto_block
from osllm.api.recommending import chars_per_token, row_block
from osllm.api.request import SHARED, build, check_names, policy_of
from osllm.api.result import Result
from osllm.catalog.names import resolve_model
from osllm.errors import RequestError
from osllm.exitcodes import ExitCode
from osllm.i18n import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from osllm.advise.rank import Ranked
    from osllm.catalog.store import Catalog
    from osllm.rules.question import Question

Document = dict[str, Any]


def compare(catalog: Catalog, models: Sequence[str], options: Mapping[str, Any]) -> Result:
    """Several models side by side for one request: facts, evidence, licence, memory, speed, and where they differ."""
    check_names(options, SHARED)
    request, use_case, notices = build(catalog, options)
    if len(models) < 2:
        raise RequestError("too-few-models", text("errors.too-few-models", request.lang))
    resolved = [resolve_model(catalog, name, request.lang) for name in models]
    ids = list(dict.fromkeys(model_id for model_id, _ in resolved))
    question = prepare(catalog, request, use_case, policy_of(request))
    ranked = rank(catalog, question)
    columns = [_column(catalog, question, ranked, model_id) for model_id in ids]
    document = {
        "schema": "osllm/comparison@1",
        "catalog": doc.catalog_stamp(catalog),
        "request": doc.request_block(request, use_case),
        "machine": doc.machine_block(request.machine),
        "models": columns,
        "differences": differences(columns, request.lang),
        "tests": shared_tests(catalog, ids, [skill for skill, _ in _weighed(question)]),
    }
    said = (*notices, *(notice for _, notice in resolved if notice is not None))
    return Result(document, ExitCode.OK, said)


def _column(catalog: Catalog, question: Question, ranked: Ranked, model_id: str) -> Document:
    """One model of a comparison; `row` is null where it has no plan, and `vetoes` says why."""
    plan = ranked.plan_of(model_id)
    model = catalog.model(model_id)
    lang = question.request.lang
    vetoes = list(model_vetoes(catalog, question, model_id))
    weights = dict(_weighed(question))
    skills = [one for one in skills_block(catalog, model) if one["skill"] in weights]
    if not vetoes and model_id in ranked.rejected:
        vetoes = [ranked.rejected[model_id][1]]
    return {
        "model": doc.model_block(model),
        "rank": ranked.rank_of(model_id),
        "quality": doc.quality_block(catalog.quality(question.use_case.key).get(model_id)),
        "license": doc.license_block(in_words(catalog, model, question.request)),
        "tools": model.tools,
        "reasoning": model.reasoning,
        "languages": list(model.languages),
        "chars_per_token_ja": chars_per_token(catalog, model.tokenizer),
        "skills": sorted(skills, key=lambda one: -weights[one["skill"]]),
        "row": None if plan is None else row_block(catalog, question, plan, (), ranked.rank_of(model_id) or 0),
        "vetoes": [veto_block(v, lang) for v in vetoes],
    }


def _weighed(question: Question) -> list[tuple[str, float]]:
    """The skills of the use case with their weights, heaviest first."""
    return sorted(question.use_case.skills, key=lambda pair: -pair[1])


# What a comparison looks at: name, how to read it from a column, whether more is better.
_ASPECTS: tuple[tuple[str, tuple[str, ...], bool], ...] = (
    ("quality", ("quality", "value"), True),
    ("decode_tps", ("row", "speed", "decode_tps"), True),
    ("ja_chars_per_s", ("row", "speed", "ja_chars_per_s"), True),
    ("total_bytes", ("row", "memory", "total_bytes"), False),
    ("bits_per_weight", ("row", "quantization", "bits_per_weight"), True),
    ("max_tokens_that_fit", ("row", "context", "max_tokens_that_fit"), True),
    ("context_max", ("model", "context_max"), True),
)
_MATTERS = 0.05  # a relative difference below this is called the same


def differences(columns: Sequence[Document], lang: str) -> list[Document]:
    """Where the models differ enough to matter: the aspect, each model's value and the best ones."""
    found = []
    for aspect, path, more in _ASPECTS:
        values = {c["model"]["id"]: _reach(c, path) for c in columns}
        known = [v for v in values.values() if v is not None]
        if len(known) < 2 or _same(columns, aspect, known):
            continue
        best = max(known) if more else min(known)
        winners = [model_id for model_id, v in values.items() if v == best]
        message = text(f"explain.better-{aspect}", lang, models=("、" if lang == "ja" else ", ").join(winners))
        found.append({"aspect": aspect, "values": values, "best": winners, "text": message})
    verdicts = {c["model"]["id"]: c["license"]["verdict"] for c in columns}
    if len(set(verdicts.values())) > 1:
        order = ("allowed", "conditions", "review", "denied")
        best_verdict = min(verdicts.values(), key=order.index)
        winners = [model_id for model_id, v in verdicts.items() if v == best_verdict]
        message = text("explain.better-license", lang, models=("、" if lang == "ja" else ", ").join(winners))
        found.append({"aspect": "license", "values": verdicts, "best": winners, "text": message})
    return found


def _same(columns: Sequence[Document], aspect: str, known: Sequence[float]) -> bool:
    """Whether the values are too close to speak of: overlapping intervals for quality, else 5 %."""
    if aspect == "quality":
        intervals = [c["quality"] for c in columns if c["quality"] is not None]
        return bool(max(q["low"] for q in intervals) <= min(q["value"] for q in intervals))
    top = max(abs(v) for v in known)
    return top == 0 or (max(known) - min(known)) / top < _MATTERS


def _reach(column: Document, path: Sequence[str]) -> Any:  # noqa: ANN401 - a number out of a document
    value: Any = column
    for key in path:
        if value is None:
            return None
        value = value[key]
    return value
