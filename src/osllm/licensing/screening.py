"""The licence question of a ranking: may this model be recommended for this use, under this policy?

One verdict for each set of licences and kind of input, one decision for each model. A denial refuses, a case for review
passes with a warning, unless the gate or the policy asks for more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import LicenseVerdict
from osllm.exitcodes import ExitCode
from osllm.licensing.engine import check

if TYPE_CHECKING:
    from osllm.licensing.approval import Desk
    from osllm.licensing.policy import Policy


class Screening:
    """Judges the models of a catalog for one use; verdicts are made when they are first asked for, and kept."""

    def __init__(
        self,
        bindings: Sequence[LicenseBinding],
        licenses: Mapping[str, Mapping[str, Any]],
        facts: LicenseFacts,
        *,
        policy: Policy | None = None,
        today: str = "",
        lang: str | None = None,
        unsaid: Sequence[Sequence[str]] | None = None,
    ) -> None:
        """Prepare to judge.

        Args:
            bindings: the distinct licence bindings of the catalog.
            licenses: licence key -> entry; without prose (`licensing.lean`) where `lang` is None.
            facts: what was said about the use; those of the policy fill in what is not
                (`licensing.policy.with_facts`).
            policy: the team's policy; its gate is that of the request, which a flag may have changed.
            today: the day against which exceptions expire.
            lang: language of the texts; None: none, which is what ranking needs.
            unsaid: by binding number the verdicts where nothing is said about the use, on a text model and on a
                multimodal one, as the catalog was compiled with them; they spare the judging.
        """
        self._bindings = bindings
        self._licenses = licenses
        self._facts = facts
        self._lang = lang
        self._desk = None if policy is None else _desk(policy, licenses, today, lang or "en")
        self._unsaid = unsaid if facts == LicenseFacts() and lang is None else None
        self._verdicts: dict[tuple[int, bool | None], LicenseVerdict] = {}

    def verdict(self, number: int, modalities: Sequence[str]) -> LicenseVerdict:
        """Return the verdict on a binding by its number; some texts treat models that take more than text apart."""
        multimodal = None if not modalities else any(kind != "text" for kind in modalities)
        known = self._verdicts.get((number, multimodal))
        if known is None:
            known = self._judge(number, modalities, multimodal)
            self._verdicts[number, multimodal] = known
        return known

    def _judge(self, number: int, modalities: Sequence[str], multimodal: bool | None) -> LicenseVerdict:
        binding = self._bindings[number]
        if self._unsaid is not None and self._desk is None and multimodal is not None:
            return LicenseVerdict(self._unsaid[number][multimodal], binding.keys)
        return check(binding, self._licenses, self._facts, modalities, self._lang)

    def refusal(self, number: int, modalities: Sequence[str], names: Sequence[str]) -> str | None:
        """Say why a model must not be recommended, None where it may.

        Without a policy only a denial refuses (`denied`). With one, it is what `Desk.approve` calls the reason of a
        model that does not pass: `denied`, `review`, `evidence`, `over-gate`, `not-accepted`; a recorded agreement
        lifts a denial.

        Args:
            number: the number of the model's binding.
            modalities: what goes into the model.
            names: every name of it, for exceptions: id, hub id, name.
        """
        verdict = self.verdict(number, modalities)
        if self._desk is None:
            return "denied" if verdict.verdict == "denied" else None
        approval = self._desk.approve(names, self._bindings[number], verdict)
        return None if approval.exit_code == ExitCode.OK else approval.reason


def _desk(policy: Policy, licenses: Mapping[str, Mapping[str, Any]], today: str, lang: str) -> Desk:
    from osllm.licensing.approval import Desk

    return Desk(policy, licenses, today, lang)
