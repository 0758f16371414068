"""What the user asks, after names were resolved and defaults filled in."""

from __future__ import annotations

from osllm.domain.hardware import Machine
from osllm.tuples import NamedTuple


class LicenseFacts(NamedTuple):
    """What the user said about the intended use. None: not said, hence unknown."""

    use: str | None = None  # commercial | internal | research | education | personal
    redistribute: bool | None = None
    host_as_service: bool | None = None
    fine_tune: bool | None = None
    publish_model: bool | None = None
    train_on_outputs: bool | None = None
    maas: bool | None = None
    ai_work_assistant: bool | None = None
    competes_with_licensor: bool | None = None
    end_user: bool | None = None
    nonprofit: bool | None = None
    cloud_provider: bool | None = None
    free_of_charge: bool | None = None
    field: tuple[str, ...] = ()
    mau: float | None = None
    mau_at_release: float | None = None
    dau: float | None = None
    revenue_usd: float | None = None
    revenue_jpy: float | None = None
    monthly_revenue_usd: float | None = None
    product_revenue_usd: float | None = None
    arr_usd: float | None = None
    region: str | None = None  # ISO country of the licensee
    use_region: tuple[str, ...] = ()  # ISO countries where it runs
    revision_date: str | None = None


class Filters(NamedTuple):
    """Hard wishes about the model itself."""

    language: str | None = None
    vision: bool | None = None
    modalities: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    tools: bool | None = None
    reasoning: str | None = None  # always | hybrid | none | any
    families: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()  # model ids or families
    developers: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    exclude_origins: tuple[str, ...] = ()
    max_params: int | None = None
    released_after: str | None = None
    open_source_only: bool = False
    min_openness: str | None = None  # open-weights | open-licence | open-data-and-code


class Request(NamedTuple):
    """A resolved question. `origins` says where each value came from (flag, env, file, use-case, default)."""

    use_case: str
    machine: Machine
    context_tokens: int
    users: int
    min_tps: float | None
    engines: tuple[str, ...] = ()  # empty: any
    formats: tuple[str, ...] = ()  # empty: any
    kv_cache: str | None = None  # f16 | q8_0 | q4_0 | fp8; None: the engine's default
    filters: Filters = Filters()
    license_facts: LicenseFacts = LicenseFacts()
    license_gate: str = "conditions"  # worst verdict that passes without a warning
    policy: str | None = None
    as_of: str | None = None
    top: int = 10
    sort: str = "score"
    lang: str = "en"
    origins: tuple[tuple[str, str], ...] = ()
