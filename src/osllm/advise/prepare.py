"""Everything about a request that is worked out once, before any model is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.advise.companions import choose, without
from osllm.catalog.names import normalise
from osllm.domain.verdict import LicenseVerdict
from osllm.licensing.engine import check
from osllm.licensing.openness import tier
from osllm.rules.question import Question

if TYPE_CHECKING:
    from osllm.catalog.store import Catalog
    from osllm.domain.request import Request
    from osllm.domain.usecase import UseCase


def question(catalog: Catalog, request: Request, use_case: UseCase) -> Question:
    """The request as rules read it. Licence verdicts are made per distinct licence set, on first use."""
    bindings = catalog.license_bindings()
    licenses = catalog.licenses()
    verdicts: dict[int, LicenseVerdict] = {}

    def license_of(number: int) -> LicenseVerdict:
        known = verdicts.get(number)
        if known is None:
            known = verdicts[number] = check(bindings[number], licenses, request.license_facts, lang=request.lang)
        return known

    def openness_of(number: int) -> str | None:
        return tier(bindings[number], licenses)

    language = request.filters.language or use_case.language
    measured = f"language_share/{language}"
    shares: dict[str, float] = catalog.section(measured) if catalog.has(measured) else {}
    wanted = request.filters
    modalities = set(use_case.modalities) | set(wanted.modalities)
    if wanted.vision:
        modalities.add("image")
    modalities.discard("text")
    companions = choose(catalog, request, use_case)
    return Question(
        request=request._replace(machine=without(request.machine, companions)),
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
        today=request.as_of or catalog.version.replace(".", "-"),
        license_of=license_of,
        openness_of=openness_of,
        language_share=shares.get,
    )
