"""The request as the rules read it: prepared once, looked at for every model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from osllm.catalog.index import IndexRow
    from osllm.domain.hardware import Machine
    from osllm.domain.request import Request
    from osllm.domain.usecase import UseCase
    from osllm.domain.verdict import Companion, LicenseVerdict
    from osllm.licensing.policy import Policy


class Question(NamedTuple):
    """What model and plan rules need. Sets are ready for membership tests."""

    request: Request  # its machine is what the companions leave free
    whole_machine: Machine  # as asked
    companions: tuple[Companion, ...]
    use_case: UseCase
    kinds: frozenset[str]
    domains: frozenset[str]  # special-purpose models that qualify
    modalities: frozenset[str]
    tools: bool
    reasoning: str | None
    language: str | None
    families: frozenset[str]  # normalised
    excluded: frozenset[str]  # normalised ids, families
    developers: frozenset[str]  # normalised
    origins: frozenset[str]
    excluded_origins: frozenset[str]
    today: str  # YYYY-MM-DD: the day that the answer is for
    license_of: Callable[[IndexRow], LicenseVerdict]  # verdict for this use, without texts
    license_refusal: Callable[[IndexRow], str | None]  # why the policy does not accept a model; None: it does
    policy: Policy | None
    openness_of: Callable[[int], str | None]  # licence binding number -> openness tier
    language_share: Callable[[str], float | None]  # model id -> share of the use case's language in its answers
    answer_length: Callable[
        [str], float | None
    ]  # model id -> its answers' tokens over those of a typical thinking model
