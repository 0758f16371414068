"""Everything about a request that is worked out once, before any model is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.advise.companions import choose, within, without
from osllm.catalog.names import normalise
from osllm.domain.units import GIB
from osllm.licensing.openness import tier
from osllm.licensing.screening import Screening
from osllm.rules.question import Question

if TYPE_CHECKING:
    from osllm.catalog.index import IndexRow
    from osllm.catalog.store import Catalog
    from osllm.domain.request import Request
    from osllm.domain.usecase import UseCase
    from osllm.domain.verdict import LicenseVerdict
    from osllm.licensing.policy import Policy


def budget_bytes(use_case: UseCase) -> int | None:
    """The most memory that a use case grants its model, in bytes."""
    return None if use_case.memory_budget_gib is None else int(use_case.memory_budget_gib * GIB)


def question(catalog: Catalog, request: Request, use_case: UseCase, policy: Policy | None = None) -> Question:
    """The request as rules read it. Licence verdicts are made per distinct licence set, on first use."""
    bindings = catalog.license_bindings()
    licenses = catalog.lean_licenses()
    today = request.as_of or catalog.version.replace(".", "-")
    gated = None if policy is None else policy._replace(gate=request.license_gate)
    screening = Screening(
        bindings, licenses, request.license_facts, policy=gated, today=today, unsaid=catalog.unsaid_verdicts()
    )

    def license_of(row: IndexRow) -> LicenseVerdict:
        return screening.verdict(row.license, row.modalities)

    def license_refusal(row: IndexRow) -> str | None:
        names = tuple(name for name in (row.id, row.hub_id, row.name) if name)
        return screening.refusal(row.license, row.modalities, names)

    def openness_of(number: int) -> str | None:
        return tier(bindings[number], licenses)

    language = request.filters.language or use_case.language
    measured = f"language_share/{language}"
    shares: dict[str, float] = catalog.section(measured) if catalog.has(measured) else {}
    lengths: dict[str, float] = catalog.section("answer_lengths") if "long_thinking" in use_case.penalties else {}
    wanted = request.filters
    modalities = set(use_case.modalities) | set(wanted.modalities)
    if wanted.vision:
        modalities.add("image")
    modalities.discard("text")
    companions = choose(catalog, request, use_case)
    return Question(
        request=request._replace(machine=within(without(request.machine, companions), budget_bytes(use_case))),
        whole_machine=request.machine,
        companions=companions,
        use_case=use_case,
        kinds=frozenset(use_case.kinds),
        domains=frozenset(use_case.domains) | frozenset(wanted.domains),
        modalities=frozenset(modalities),
        tools=use_case.tools if wanted.tools is None else wanted.tools,
        reasoning=wanted.reasoning,
        language=language,
        families=frozenset(map(normalise, wanted.families)),
        excluded=frozenset(map(normalise, wanted.exclude)),
        developers=frozenset(map(normalise, wanted.developers)),
        origins=frozenset(wanted.origins),
        excluded_origins=frozenset(wanted.exclude_origins),
        today=today,
        license_of=license_of,
        license_refusal=license_refusal,
        policy=policy,
        openness_of=openness_of,
        language_share=shares.get,
        answer_length=lengths.get,
    )
