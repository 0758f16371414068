"""Values to plain dictionaries: the JSON of CONTRACT-level documents. Keys are only ever added within a major version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.i18n import lookup
from osllm.i18n.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from osllm.advise.rank import Ranked
    from osllm.catalog.store import Catalog
    from osllm.domain.hardware import Machine
    from osllm.domain.model import Artifact, Model, Quality
    from osllm.domain.plan import Memory, Placement, Speed
    from osllm.domain.request import Request
    from osllm.domain.usecase import UseCase
    from osllm.domain.verdict import Candidate, Caveat, Companion, LicenseVerdict, Reason, Rejection

Document = dict[str, Any]


def significant(value: float | None, digits: int = 3) -> float | None:
    """Round an estimate to so many significant digits; None stays None."""
    if value is None or value == 0:
        return value
    rounded = float(f"{value:.{digits}g}")
    return int(rounded) if rounded == int(rounded) and abs(rounded) >= 10 ** (digits - 1) else rounded


def catalog_stamp(catalog: Catalog) -> Document:
    """Which data the answer rests on."""
    return {"version": catalog.version, "sha256": catalog.sha256, "models": catalog.model_count}


def model_block(model: Model) -> Document:
    """The facts of a model that every document repeats."""
    return {
        "id": model.id,
        "hub_id": model.hub_id,
        "name": model.name,
        "developer": model.developer,
        "origin": model.origin,
        "base_origin": model.base_origin,
        "released": model.released,
        "params_total": model.params_total,
        "params_active": model.params_active,
        "params_published": model.params_published,
        "context_native": model.context_native,
        "context_max": model.context_max,
        "modalities": list(model.modalities),
    }


def machine_block(machine: Machine) -> Document:
    """The machine as the answer understood it."""
    gpus = [
        {
            "key": g.gpu.key,
            "name": g.gpu.name,
            "count": g.number,
            "memory_bytes": g.gpu.memory_bytes,
            "usable_bytes": g.usable_bytes,
            "bandwidth_gbps": g.gpu.bandwidth_gbps,
            "unified": g.gpu.unified,
        }
        for g in machine.groups
    ]
    return {
        "gpus": gpus,
        "ram_bytes": machine.ram_bytes,
        "ram_usable_bytes": machine.ram_usable_bytes,
        "source": machine.source,
    }


def request_block(request: Request, use_case: UseCase) -> Document:
    """The request with names resolved and defaults filled in."""
    facts = request.license_facts._asdict()
    wishes = request.filters._asdict()
    return {
        "use_case": request.use_case,
        "use_case_title": use_case.title.get(request.lang) or use_case.title["en"],
        "context_tokens": request.context_tokens,
        "users": request.users,
        "min_tps": request.min_tps,
        "engines": list(request.engines),
        "formats": list(request.formats),
        "kv_cache": request.kv_cache,
        "filters": {k: list(v) if isinstance(v, tuple) else v for k, v in wishes.items()},
        "license_facts": {k: list(v) if isinstance(v, tuple) else v for k, v in facts.items()},
        "license_gate": request.license_gate,
        "policy": request.policy,
        "as_of": request.as_of,
        "top": request.top,
        "sort": request.sort,
        "lang": request.lang,
    }


def quality_block(quality: Quality | None) -> Document | None:
    """Quality with its interval, grade and the rows behind it; None is 未評価."""
    if quality is None:
        return None
    names = ("benchmark", "version", "judge", "value", "evaluated_by", "as_of", "source")
    evidence = [dict(zip(names, row, strict=False)) for row in quality.evidence]
    return {
        "value": round(quality.value, 4),
        "low": round(quality.low, 4),
        "high": round(quality.high, 4),
        "grade": quality.grade,
        "evidence": evidence,
    }


def artifact_block(artifact: Artifact | None) -> Document | None:
    """Where published weights are."""
    if artifact is None:
        return None
    return {
        "hub_id": artifact.hub_id,
        "file": artifact.file,
        "file_bytes": artifact.file_bytes,
        "format": artifact.format,
        "publisher": artifact.publisher,
    }


def loss_block(loss: tuple[str, float, str] | None) -> Document | None:
    """What a format costs in quality."""
    if loss is None:
        return None
    metric, value, source = loss
    return {"metric": metric, "value": round(value, 4), "source": source}


def companion_block(companion: Companion) -> Document:
    """A model that works beside the language model."""
    return {**companion._asdict(), "license_keys": list(companion.license_keys)}


def placement_block(place: Placement) -> Document:
    """Where the layers go."""
    return place._asdict()


def memory_block(memory: Memory, *, items: bool = False) -> Document:
    """Bytes by part, over all devices and per device."""
    block: Document = {
        "weights_bytes": memory.weights_bytes,
        "kv_cache_bytes": memory.kv_cache_bytes,
        "state_bytes": memory.state_bytes,
        "compute_bytes": memory.compute_bytes,
        "overhead_bytes": memory.overhead_bytes,
        "total_bytes": memory.total_bytes,
        "per_device": [d._asdict() for d in memory.per_device],
        "capacity_bytes": memory.capacity_bytes,
        "headroom_bytes": memory.headroom_bytes,
        "low_bytes": memory.low_bytes,
        "high_bytes": memory.high_bytes,
    }
    if items:
        block["items"] = [i._asdict() for i in memory.items]
    return block


def speed_block(speed: Speed, chars_per_token: float | None) -> Document:
    """Tokens and Japanese characters per second."""
    chars = None
    if speed.decode_tps is not None and chars_per_token is not None:
        chars = significant(speed.decode_tps * chars_per_token)
    return {
        "decode_tps": significant(speed.decode_tps),
        "low": significant(speed.low),
        "high": significant(speed.high),
        "prefill_tps": significant(speed.prefill_tps),
        "ttft_s": significant(speed.ttft_s),
        "total_tps": significant(speed.total_tps),
        "ja_chars_per_s": chars,
        "basis": speed.basis,
    }


def license_block(verdict: LicenseVerdict) -> Document:
    """The licence verdict in short; `license check` has the long form."""
    return {
        "keys": list(verdict.keys),
        "verdict": verdict.verdict,
        "obligations": [{**o._asdict(), "when": list(o.when)} for o in verdict.obligations],
        "assumptions": list(verdict.assumptions),
    }


def params_block(params: Mapping[str, Any]) -> Document:
    """What a sentence is made from, its estimates rounded as everywhere else."""
    return {name: significant(value, 4) if isinstance(value, float) else value for name, value in params.items()}


def reason_block(reason: Reason, lang: str) -> Document:
    """A reason with its sentence."""
    return {
        "rule": reason.rule,
        "effect": reason.effect,
        "points": round(reason.points, 4),
        "text": sentence(reason.rule, reason.params, lang),
        "params": params_block(reason.params),
    }


# Where the sentence of a warning or notice stands: the first table that has it.
CAVEAT_AREAS: Final = ("notes", "serve", "rules")


def caveat_text(caveat: Caveat, lang: str) -> str:
    """The sentence of a warning or notice."""
    area = next((a for a in CAVEAT_AREAS if lookup(f"{a}.{caveat.code}", lang)), CAVEAT_AREAS[0])
    return sentence(caveat.code, caveat.params, lang, area=area)


def caveat_block(caveat: Caveat, lang: str) -> Document:
    """A warning or notice with its sentence."""
    return {
        "code": caveat.code,
        "text": caveat_text(caveat, lang),
        "params": params_block(caveat.params),
    }


def caveat_blocks(caveats: Iterable[Caveat], lang: str) -> list[Document]:
    """Several of them, each code with the same parameters once."""
    seen: list[Document] = []
    for caveat in caveats:
        block = caveat_block(caveat, lang)
        if block not in seen:
            seen.append(block)
    return seen


def context_block(tokens: int, fits: int | None, chars_per_token: float | None) -> Document:
    """Context in tokens and, where the tokenizer was measured, in Japanese characters."""
    chars = None if chars_per_token is None else int(tokens * chars_per_token)
    return {"tokens": tokens, "max_tokens_that_fit": fits, "ja_chars": chars}


def candidate_block(
    rank: int, c: Candidate, also: tuple[str, ...], command: Mapping[str, Any], chars_per_token: float | None, lang: str
) -> Document:
    """One row of a recommendation."""
    return {
        "rank": rank,
        "model": model_block(c.model),
        "score": {
            "total": round(c.score.total, 4),
            **{name: {"value": round(v, 4), "weight": w} for name, v, w in c.score.parts},
        },
        "also": list(also),
        "quality": quality_block(c.quality),
        "quantization": {
            "format": c.plan.format,
            "bits_per_weight": round(c.bits_per_weight, 4),
            "file_bytes": c.file_bytes,
            "artifact": artifact_block(c.artifact),
            "loss": loss_block(c.loss),
        },
        "engine": c.plan.engine,
        "placement": placement_block(c.plan.placement),
        "memory": memory_block(c.estimate.memory),
        "context": context_block(c.plan.context_tokens, c.estimate.max_tokens_that_fit, chars_per_token),
        "speed": speed_block(c.estimate.speed, chars_per_token),
        "license": license_block(c.license),
        "serve": dict(command),
        "reasons": [reason_block(r, lang) for r in c.reasons],
        "warnings": caveat_blocks(c.warnings, lang),
    }


def rejected_block(ranked: Ranked, nearest: Iterable[Rejection], lang: str) -> Document:
    """How many models fell to which rule, and which came nearest."""
    by_rule: dict[str, int] = {}
    for rule, _ in ranked.rejected.values():
        by_rule[rule] = by_rule.get(rule, 0) + 1
    close = [
        {
            "model": r.model_id,
            "rule": r.rule,
            "text": sentence(r.rule, r.params, lang),
            "needs": dict(r.needs),
        }
        for r in nearest
    ]
    return {"count": len(ranked.rejected), "by_rule": dict(sorted(by_rule.items())), "nearest": close}
