"""From keyword arguments (the CLI's long options) to a resolved `Request`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.api.values import choice, date, many, number, refused, size, tokens, word
from osllm.domain.request import Filters, LicenseFacts, Request
from osllm.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.catalog.store import Catalog
    from osllm.domain.plan import EngineOptions
    from osllm.domain.usecase import UseCase
    from osllm.licensing.policy import Policy

DEFAULT_USE_CASE: Final = "general"

LICENSE_FLAGS: Final = (
    "redistribute", "host_as_service", "fine_tune", "publish_model", "train_on_outputs", "maas", "ai_work_assistant",
    "competes_with_licensor", "end_user", "nonprofit", "cloud_provider", "free_of_charge",
)  # fmt: skip
LICENSE_COUNTS: Final = (
    "mau", "mau_at_release", "dau", "revenue_usd", "revenue_jpy", "monthly_revenue_usd", "product_revenue_usd", "arr_usd",
)  # fmt: skip
USES: Final = ("commercial", "internal", "research", "education", "personal")
MODALITIES: Final = ("text", "image", "audio", "video")
REASONING: Final = ("always", "hybrid", "none", "any")
GATES: Final = ("allowed", "conditions", "review")
KV_CACHES: Final = ("f16", "q8_0", "q4_0", "fp8")
OPENNESS: Final = ("open-weights", "open-licence", "open-data-and-code")
SORTS: Final = ("score", "quality", "speed", "memory", "params", "released")

SHARED: Final = frozenset(
    (
        "use_case", "gpu", "ram", "context", "users", "min_tps", "engine", "quant", "kv_cache", "language", "vision",
        "modality", "domain", "tools", "reasoning", "family", "exclude", "developer", "origin", "exclude_origin",
        "max_params", "released_after", "as_of", "top", "sort", "open_source_only", "min_openness", "use", "field",
        "region", "use_region", "revision_date", "policy", "gate", "lang", "verbose", "explain", "catalog",
        *LICENSE_FLAGS, *LICENSE_COUNTS,
    )
)  # fmt: skip


KNOBS: Final = frozenset(("ubatch", "flash_attention", "swa_full", "gpu_memory_utilization", "tensor_parallel"))


def license_facts(options: Mapping[str, Any]) -> LicenseFacts:
    """What was said about the use; everything left out stays unknown."""
    flags = {name: options.get(name) for name in LICENSE_FLAGS}
    counts = {name: number(options, name, 0) for name in LICENSE_COUNTS}
    return LicenseFacts(
        use=choice(options, "use", USES),
        field=many(options.get("field")),
        region=_country(options.get("region")),
        use_region=tuple(c.upper() for c in many(options.get("use_region"))),
        revision_date=date(options, "revision_date"),
        **flags,
        **counts,  # type: ignore[arg-type]
    )


def _country(value: str | None) -> str | None:
    return value.upper() if value else None


def filters(options: Mapping[str, Any]) -> Filters:
    """The hard wishes about the model."""
    reasoning = choice(options, "reasoning", REASONING)
    max_params = number(options, "max_params", 1)
    modalities = many(options.get("modality"))
    for modality in modalities:
        word(options, "modality", modality, MODALITIES)
    return Filters(
        language=options.get("language"),
        vision=options.get("vision"),
        modalities=modalities,
        domains=many(options.get("domain")),
        tools=options.get("tools"),
        reasoning=None if reasoning == "any" else reasoning,
        families=many(options.get("family")),
        exclude=many(options.get("exclude")),
        developers=many(options.get("developer")),
        origins=tuple(c.upper() for c in many(options.get("origin"))),
        exclude_origins=tuple(c.upper() for c in many(options.get("exclude_origin"))),
        max_params=None if max_params is None else int(max_params),
        released_after=date(options, "released_after"),
        open_source_only=bool(options.get("open_source_only")),
        min_openness=choice(options, "min_openness", OPENNESS),
    )


def check_names(options: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Refuse keywords that no option has; RequestError (`unknown-option`) with the nearest ones."""
    for name in options:
        if name not in allowed:
            from difflib import get_close_matches

            from osllm.i18n import text

            near = get_close_matches(name, allowed, 3)
            message = text("errors.no-option", options.get("lang") or "en", option=name)
            raise RequestError("unknown-option", message, candidates=near)


def knobs(options: Mapping[str, Any], defaults: EngineOptions) -> tuple[EngineOptions, int | None]:
    """The engine's knobs with those given put in, and the tensor-parallel size if one was asked for."""
    ubatch = number(options, "ubatch", 1)
    fraction = number(options, "gpu_memory_utilization", 0)
    if fraction is not None and not 0 < fraction <= 1:
        raise refused(options, "gpu_memory_utilization", f"{fraction:g}", "bad-value", hint="0 < x <= 1")
    parallel = number(options, "tensor_parallel", 1)
    flash, full = options.get("flash_attention"), options.get("swa_full")
    settings = defaults._replace(
        ubatch=defaults.ubatch if ubatch is None else int(ubatch),
        flash_attention=defaults.flash_attention if flash is None else bool(flash),
        swa_full=defaults.swa_full if full is None else bool(full),
        gpu_memory_utilization=defaults.gpu_memory_utilization if fraction is None else fraction,
    )
    return settings, None if parallel is None else int(parallel)


def read_policy_at(path: str | None, lang: str) -> Policy | None:
    """The licence policy at a path; ConfigError with every problem when it is wrong."""
    if path is None:
        return None
    from osllm.api.license_files import read_policy

    return read_policy(path, lang)


def policy_of(request: Request) -> Policy | None:
    """The licence policy that a request names."""
    return read_policy_at(request.policy, request.lang)


def _facts(options: Mapping[str, Any], use_case: UseCase, policy: Policy | None) -> LicenseFacts:
    from osllm.licensing.facts import normalise

    facts = normalise(license_facts(options))
    if policy is not None:
        from osllm.licensing.policy import with_facts

        facts = with_facts(policy, facts)
    return facts if facts.use is not None else facts._replace(use=use_case.license_use)


def build(catalog: Catalog, options: Mapping[str, Any]) -> tuple[Request, UseCase, list[str]]:
    """Resolve every name and fill in the use case's defaults. Returns the request, its use case and notices for stderr."""
    from osllm.catalog.names import resolve_engine, resolve_format, resolve_use_case
    from osllm.hardware.spec import parse_machine

    lang = options.get("lang") or "en"
    use_case = catalog.use_cases()[resolve_use_case(catalog, options.get("use_case") or DEFAULT_USE_CASE, lang)]
    policy = read_policy_at(options.get("policy"), lang)
    machine, notices = parse_machine(catalog, many(options.get("gpu")), size(options, "ram"), lang=lang)
    context = tokens(options, "context")
    users = number(options, "users", 1)
    min_tps = number(options, "min_tps", 0)
    top = number(options, "top", 1)
    request = Request(
        use_case=use_case.key,
        machine=machine,
        context_tokens=use_case.context_tokens if context is None else context,
        users=use_case.users if users is None else int(users),
        min_tps=use_case.min_tps if min_tps is None else min_tps,
        engines=tuple(resolve_engine(catalog, e, lang) for e in many(options.get("engine"))),
        formats=tuple(resolve_format(catalog, f, lang) for f in many(options.get("quant"))),
        kv_cache=choice(options, "kv_cache", KV_CACHES),
        filters=filters(options),
        license_facts=_facts(options, use_case, policy),
        license_gate=choice(options, "gate", GATES) or (policy.gate if policy else "conditions"),
        policy=options.get("policy"),
        as_of=date(options, "as_of"),
        top=10 if top is None else int(top),
        sort=choice(options, "sort", SORTS) or "score",
        lang=lang,
    )
    return request, use_case, list(notices)
