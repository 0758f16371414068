"""The sheet on which the clauses of one licence write what they say about one use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import VERDICT_ORDER, LicenseFinding, Obligation
from osllm.licensing.facts import activities, paraphrase
from osllm.licensing.words import say
from osllm.tuples import NamedTuple

ALLOWED: Final = 0  # positions in VERDICT_ORDER
CONDITIONS: Final = 1
REVIEW: Final = 2
DENIED: Final = 3
NOTHING: Final[Mapping[str, Any]] = {}


class Answer(NamedTuple):
    """What one licence says about one use."""

    level: int  # ALLOWED … DENIED
    findings: tuple[LicenseFinding, ...]
    obligations: tuple[Obligation, ...] = ()
    latent: tuple[Obligation, ...] = ()
    assumptions: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()


class Sheet:
    """Collects what the clauses of one licence say."""

    __slots__ = (
        "acts",
        "asks",
        "assumptions",
        "facts",
        "findings",
        "lang",
        "latent",
        "level",
        "license",
        "obligations",
        "use",
    )

    def __init__(self, license_: Mapping[str, Any], facts: LicenseFacts, use: str, lang: str | None) -> None:
        self.license = license_
        self.facts = facts
        self.use = use
        self.lang = lang
        self.acts = activities(facts, use)
        self.level = ALLOWED
        self.findings: list[LicenseFinding] = []
        self.obligations: list[Obligation] = []
        self.latent: list[Obligation] = []
        self.assumptions: list[str] = []
        self.asks: list[str] = []

    def find(
        self,
        level: int | None,
        rule: str,
        text: str,
        *,
        right: str | None = None,
        clause: str | None = None,
        params: Mapping[str, Any] = NOTHING,
    ) -> None:
        """Record a finding; `level` None is a note that changes nothing."""
        severity = "note" if level is None else VERDICT_ORDER[level]
        self.findings.append(LicenseFinding(rule, right, clause, severity, text, params))
        if level is not None and level > self.level:
            self.level = level

    def say(self, message: str, **params: object) -> str:
        """Return a sentence in the sheet's language."""
        return say(message, self.lang, **params)

    def right(self, name: str) -> str:
        """Return what a right is called."""
        return say(f"right.{name}", self.lang)

    def paraphrase(self, value: str | Mapping[str, str] | None) -> str:
        """Return a paraphrase of the licence file in the sheet's language."""
        return paraphrase(value, self.lang)

    def answer(self) -> Answer:
        """Return what was collected."""
        return Answer(
            self.level,
            tuple(self.findings),
            tuple(self.obligations),
            tuple(self.latent),
            tuple(self.assumptions),
            tuple(self.asks),
        )
