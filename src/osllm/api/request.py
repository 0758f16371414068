"""From keyword arguments (the CLI's long options) to a resolved `Request`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from osllm.domain.quantities import parse_bytes, parse_count, parse_tokens
from osllm.domain.request import Filters, LicenseFacts, Request
from osllm.errors import RequestError

if TYPE_CHECKING:
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


def many(value: object) -> tuple[str, ...]:
    """A repeatable option as a tuple: None, one string, or several; commas separate inside a string."""
    if value is None:
        return ()
    items: Iterable[Any] = [value] if isinstance(value, str) else value  # type: ignore[assignment]
    return tuple(part.strip() for item in items for part in str(item).split(",") if part.strip())


def choice(name: str, value: str | None, allowed: tuple[str, ...]) -> str | None:
    """A word out of a closed list; RequestError (`bad-value`) names the list."""
    if value is None or value in allowed:
        return value
    option = name.replace("_", "-")
    raise RequestError("bad-value", f"--{option} {value!r}", hint=f"--{option} {'|'.join(allowed)}", candidates=allowed)


def date(name: str, value: str | None) -> str | None:
    """A day, a month or a year as text; RequestError (`bad-date`) otherwise."""
    if value is None:
        return None
    parts = str(value).split("-")
    widths = (4, 2, 2)
    valid = len(parts) <= 3 and all(
        p.isascii() and p.isdigit() and len(p) == w for p, w in zip(parts, widths, strict=False)
    )
    if valid and (len(parts) < 2 or 1 <= int(parts[1]) <= 12) and (len(parts) < 3 or 1 <= int(parts[2]) <= 31):
        return str(value)
    raise RequestError("bad-date", f"--{name.replace('_', '-')} {value!r}", hint="YYYY-MM-DD")


def positive(name: str, value: object, minimum: float) -> float | None:
    """A number that must be at least `minimum`; RequestError (`bad-value`) otherwise."""
    if value is None:
        return None
    number = parse_count(value)
    if number < minimum:
        raise RequestError("bad-value", f"--{name.replace('_', '-')} {value}", hint=f"at least {minimum:g}")
    return number


def license_facts(options: Mapping[str, Any]) -> LicenseFacts:
    """What was said about the use; everything left out stays unknown."""
    flags = {name: options.get(name) for name in LICENSE_FLAGS}
    counts = {name: positive(name, options.get(name), 0) for name in LICENSE_COUNTS}
    return LicenseFacts(
        use=choice("use", options.get("use"), USES),
        field=many(options.get("field")),
        region=_country(options.get("region")),
        use_region=tuple(c.upper() for c in many(options.get("use_region"))),
        revision_date=date("revision_date", options.get("revision_date")),
        **flags,
        **counts,  # type: ignore[arg-type]
    )


def _country(value: str | None) -> str | None:
    return value.upper() if value else None


def filters(options: Mapping[str, Any]) -> Filters:
    """The hard wishes about the model."""
    reasoning = choice("reasoning", options.get("reasoning"), REASONING)
    max_params = positive("max_params", options.get("max_params"), 1)
    modalities = many(options.get("modality"))
    for modality in modalities:
        choice("modality", modality, MODALITIES)
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
        released_after=date("released_after", options.get("released_after")),
        open_source_only=bool(options.get("open_source_only")),
        min_openness=choice("min_openness", options.get("min_openness"), OPENNESS),
    )


def check_names(options: Mapping[str, Any], allowed: frozenset[str]) -> None:
    """Refuse keywords that no option has; RequestError (`unknown-option`) with the nearest ones."""
    for name in options:
        if name not in allowed:
            from difflib import get_close_matches

            near = get_close_matches(name, allowed, 3)
            raise RequestError("unknown-option", f"no option {name!r}", candidates=near)


def knobs(options: Mapping[str, Any], defaults: EngineOptions) -> tuple[EngineOptions, int | None]:
    """The engine's knobs with those given put in, and the tensor-parallel size if one was asked for."""
    ubatch = positive("ubatch", options.get("ubatch"), 1)
    fraction = positive("gpu_memory_utilization", options.get("gpu_memory_utilization"), 0)
    if fraction is not None and not 0 < fraction <= 1:
        raise RequestError("bad-value", f"--gpu-memory-utilization {fraction:g}", hint="0 < x <= 1")
    size = positive("tensor_parallel", options.get("tensor_parallel"), 1)
    flash, full = options.get("flash_attention"), options.get("swa_full")
    settings = defaults._replace(
        ubatch=defaults.ubatch if ubatch is None else int(ubatch),
        flash_attention=defaults.flash_attention if flash is None else bool(flash),
        swa_full=defaults.swa_full if full is None else bool(full),
        gpu_memory_utilization=defaults.gpu_memory_utilization if fraction is None else fraction,
    )
    return settings, None if size is None else int(size)


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
    ram = options.get("ram")
    ram_bytes = None if ram is None else parse_bytes(ram)
    machine, notices = parse_machine(catalog, many(options.get("gpu")), ram_bytes, lang=lang)
    context = options.get("context")
    users = positive("users", options.get("users"), 1)
    min_tps = positive("min_tps", options.get("min_tps"), 0)
    top = positive("top", options.get("top"), 1)
    request = Request(
        use_case=use_case.key,
        machine=machine,
        context_tokens=use_case.context_tokens if context is None else parse_tokens(context),
        users=use_case.users if users is None else int(users),
        min_tps=use_case.min_tps if min_tps is None else min_tps,
        engines=tuple(resolve_engine(catalog, e, lang) for e in many(options.get("engine"))),
        formats=tuple(resolve_format(catalog, f, lang) for f in many(options.get("quant"))),
        kv_cache=choice("kv_cache", options.get("kv_cache"), KV_CACHES),
        filters=filters(options),
        license_facts=_facts(options, use_case, policy),
        license_gate=choice("gate", options.get("gate"), GATES) or (policy.gate if policy else "conditions"),
        policy=options.get("policy"),
        as_of=date("as_of", options.get("as_of")),
        top=10 if top is None else int(top),
        sort=choice("sort", options.get("sort"), SORTS) or "score",
        lang=lang,
    )
    return request, use_case, list(notices)
