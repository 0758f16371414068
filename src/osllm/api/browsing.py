"""list, show, gpu, use-cases, catalog stats and path: reading the catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.api import documents as doc
from osllm.api.abilities import skills_block
from osllm.api.request import SHARED, check_names, filters
from osllm.api.result import Result
from osllm.api.values import many
from osllm.errors import RequestError
from osllm.exitcodes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.catalog.store import Catalog
    from osllm.domain.hardware import Gpu
    from osllm.domain.model import Model
    from osllm.domain.request import Filters
    from osllm.domain.usecase import UseCase


def language(options: Mapping[str, Any] | None) -> str:
    """The language that sentences of an answer are in; English unless said."""
    return (options or {}).get("lang") or "en"


LIST_OPTIONS = SHARED | {"recommendable", "license", "kind", "search"}


def list_models(catalog: Catalog, options: Mapping[str, Any]) -> Result:
    """The catalog's models that pass the filters, by family and id; with `use_case` also the quality for it."""
    check_names(options, LIST_OPTIONS)
    from osllm.catalog.names import normalise, resolve_use_case
    from osllm.licensing.openness import at_least, tier

    wishes = filters(options)
    use_case = options.get("use_case")
    quality = None if use_case is None else catalog.quality(resolve_use_case(catalog, use_case, language(options)))
    families, developers = set(map(normalise, wishes.families)), set(map(normalise, wishes.developers))
    licenses, kinds = set(many(options.get("license"))), set(many(options.get("kind")))
    search = normalise(options["search"]) if options.get("search") else None
    licenses_by_key = catalog.lean_licenses()
    wanted_tier = wishes.min_openness or ("open-licence" if wishes.open_source_only else None)
    models = []
    for model_id in catalog.model_ids():
        model = catalog.model(model_id)
        if not _listed(model, wishes, families, developers, licenses, kinds):
            continue
        if wanted_tier is not None and not at_least(tier(model.license, licenses_by_key), wanted_tier):
            continue
        if search is not None and search not in normalise(
            f"{model.id}{model.name}{model.hub_id or ''}{model.developer}"
        ):
            continue
        if options.get("recommendable") and not model.recommendable:
            continue
        block = {
            **doc.model_block(model),
            "family": model.family,
            "kind": model.kind,
            "status": model.status,
            "aliases": list(model.aliases),
            "licenses": list(model.license.keys),
            "recommendable": model.recommendable,
        }
        if quality is not None:
            found = doc.quality_block(quality.get(model_id))
            block["quality"] = None if found is None else {k: found[k] for k in ("value", "low", "high", "grade")}
        models.append(block)
    if quality is not None:
        models.sort(key=lambda m: (m["quality"] is None, -(m["quality"] or {"low": 0})["low"], m["id"]))
    document = {
        "schema": "osllm/models@1",
        "catalog": doc.catalog_stamp(catalog),
        "use_case": use_case,
        "models": models,
    }
    return Result(document, ExitCode.OK if models else ExitCode.NO)


def _listed(
    model: Model, wishes: Filters, families: set[str], developers: set[str], licenses: set[str], kinds: set[str]
) -> bool:
    from osllm.catalog.names import normalise

    base = model.base_origin or model.origin
    return (
        (not families or normalise(model.family) in families)
        and (not developers or normalise(model.developer) in developers)
        and (not licenses or bool(licenses & set(model.license.keys)))
        and (not kinds or model.kind in kinds)
        and (not wishes.origins or (model.origin in wishes.origins and base in wishes.origins))
        and not (wishes.exclude_origins and (model.origin in wishes.exclude_origins or base in wishes.exclude_origins))
        and (wishes.language is None or wishes.language in model.languages)
        and all(m in model.modalities for m in wishes.modalities)
        and (wishes.vision is None or ("image" in model.modalities) is wishes.vision)
        and (not wishes.domains or bool(set(wishes.domains) & set(model.domains)))
        and (wishes.tools is None or bool(model.tools) is wishes.tools)
        and (wishes.reasoning is None or model.reasoning in (wishes.reasoning, "hybrid"))
        and (wishes.max_params is None or (model.params_total is not None and model.params_total <= wishes.max_params))
        and (
            wishes.released_after is None
            or (model.released is not None and model.released >= wishes.released_after[: len(model.released)])
        )
    )


def show_model(catalog: Catalog, name: str, options: Mapping[str, Any] | None = None) -> Result:
    """Everything the catalog knows about a model, every fact with its source, and what it does not know."""
    from osllm.catalog.names import resolve_model
    from osllm.licensing.openness import tier

    model_id, notice = resolve_model(catalog, name, language(options))
    model = catalog.model(model_id)
    provenance = catalog.provenance(model_id)
    block = {
        **doc.model_block(model),
        "family": model.family,
        "kind": model.kind,
        "status": model.status,
        "superseded_by": model.superseded_by,
        "recommendable": model.recommendable,
        "base_id": model.base_id,
        "languages": list(model.languages),
        "tools": model.tools,
        "reasoning": model.reasoning,
        "domains": list(model.domains),
        "tokenizer": model.tokenizer,
        "licenses": list(model.license.keys),
        "license": {
            "keys": list(model.license.keys),
            "evidence": model.license.evidence,
            "conflict": model.license.conflict,
            "card_restriction": model.license.card_restriction,
            "openness": tier(model.license, catalog.lean_licenses()),
        },
        "gated": model.gated,
        "aliases": list(model.aliases),
        "ollama": list(model.ollama),
        "architecture": provenance.get("architecture"),
        "artifacts": [doc.artifact_block(a) for a in model.artifacts],
        "benchmarks": provenance.get("benchmarks", []),
        "skills": skills_block(catalog, model),
        "evidence": catalog.evidence(model_id),
        "notes": provenance.get("notes", []),
    }
    document = {
        "schema": "osllm/model@1",
        "catalog": doc.catalog_stamp(catalog),
        "model": block,
        "sources": provenance.get("sources", {}),
        "gaps": list(model.gaps),
    }
    return Result(document, ExitCode.OK, () if notice is None else (notice,))


def gpu_block(gpu: Gpu, usable_bytes: int) -> dict[str, Any]:
    """An accelerator's facts and what an engine may use of its memory."""
    block = gpu._asdict()
    block["supports"] = list(gpu.supports)
    block["usable_bytes"] = usable_bytes
    return block


def list_gpus(catalog: Catalog, options: Mapping[str, Any] | None = None) -> Result:
    """Every accelerator of the catalog."""
    from osllm.hardware.spec import usable_bytes

    vendor = (options or {}).get("vendor")
    gpus = [gpu_block(g, usable_bytes(g)) for g in catalog.gpus().values() if vendor in (None, g.vendor)]
    gpus.sort(key=lambda g: (g["vendor"], g["key"]))
    return Result({"schema": "osllm/gpus@1", "catalog": doc.catalog_stamp(catalog), "gpus": gpus})


def show_gpu(catalog: Catalog, name: str, options: Mapping[str, Any] | None = None) -> Result:
    """One accelerator, by key, marketing name or driver name."""
    from osllm.hardware.spec import parse_machine

    machine, notices = parse_machine(catalog, (name,), None, lang=language(options))
    if not machine.groups:
        raise RequestError("no-gpu", f"{name!r} is no accelerator")
    group = machine.groups[0]
    document = {
        "schema": "osllm/gpu@1",
        "catalog": doc.catalog_stamp(catalog),
        "gpu": gpu_block(group.gpu, group.usable_bytes),
    }
    return Result(document, ExitCode.OK, tuple(notices))


def detect_gpus(catalog: Catalog, options: Mapping[str, Any] | None = None) -> Result:
    """This machine as osllm sees it; exit code NO when no accelerator was found."""
    from osllm.hardware.spec import parse_machine

    machine, notices = parse_machine(catalog, ("auto",), None, lang=language(options))
    document = {
        "schema": "osllm/gpus@1",
        "catalog": doc.catalog_stamp(catalog),
        "gpus": [gpu_block(g.gpu, g.usable_bytes) | {"count": g.number} for g in machine.groups],
        "machine": doc.machine_block(machine),
        "notices": list(notices),
    }
    return Result(document, ExitCode.OK if machine.groups else ExitCode.NO, tuple(notices))


def use_case_block(use_case: UseCase, lang: str) -> dict[str, Any]:
    """A use case with its texts in one language."""
    block = dict(use_case._asdict())
    block["title"] = use_case.title.get(lang) or use_case.title.get("en")
    block["description"] = use_case.description.get(lang) or use_case.description.get("en")
    block["skills"] = [{"skill": skill, "weight": weight} for skill, weight in use_case.skills]
    return {k: list(v) if isinstance(v, tuple) else v for k, v in block.items()}


def use_cases(catalog: Catalog, options: Mapping[str, Any] | None = None) -> Result:
    """Every use case with its gates, weights and defaults."""
    lang = language(options)
    blocks = [use_case_block(u, lang) for u in catalog.use_cases().values()]
    return Result({"schema": "osllm/use-cases@1", "catalog": doc.catalog_stamp(catalog), "use_cases": blocks})


def show_use_case(catalog: Catalog, name: str, options: Mapping[str, Any] | None = None) -> Result:
    """One use case, by key or alias, and how many models were measured for it."""
    from osllm.catalog.names import resolve_use_case

    lang = language(options)
    key = resolve_use_case(catalog, name, lang)
    quality = catalog.quality(key)
    grades = {g: sum(q.grade == g for q in quality.values()) for g in "ABCD"}
    block = {**use_case_block(catalog.use_cases()[key], lang), "measured_models": len(quality), "grades": grades}
    return Result({"schema": "osllm/use-cases@1", "catalog": doc.catalog_stamp(catalog), "use_cases": [block]})
