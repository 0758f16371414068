"""Applying a policy: does what the licences say pass what the team has decided?

Allow-list first; expiring exceptions with an owner; duties accepted by id, so that a new duty in a new licence
version fails again; clarifications that are void as soon as a hash changes; warnings for what no longer matches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from osllm.domain.model import LicenseBinding
from osllm.domain.verdict import VERDICT_ORDER, LicenseVerdict
from osllm.exitcodes import ExitCode
from osllm.licensing.facts import EVIDENCE
from osllm.licensing.policy import Clarification, Policy, Position, Waiver
from osllm.licensing.words import say
from osllm.tuples import NamedTuple

_EXIT: Final = {
    "allowed": ExitCode.OK,
    "conditions": ExitCode.CONDITIONS,
    "review": ExitCode.REVIEW,
    "denied": ExitCode.DENIED,
}
_SEVERITY: Final = (ExitCode.OK, ExitCode.CONDITIONS, ExitCode.REVIEW, ExitCode.DENIED)
_SOON_DAYS: Final = 30  # an exception that ends within a month is announced


class Approval(NamedTuple):
    """What the policy makes of one verdict."""

    exit_code: ExitCode  # OK, DENIED, REVIEW or CONDITIONS
    reason: str  # stable code: allowed, gate, agreement, excepted, denied, review, evidence, over-gate, not-accepted …
    text: str
    accepted: tuple[str, ...] = ()  # duties that the policy has accepted
    outstanding: tuple[str, ...] = ()  # duties that it has not


class PolicyWarning(NamedTuple):
    """Something in the policy that deserves a look."""

    code: str
    text: str
    position: Position | None = None


def gate_exit(verdict: str, gate: str = "conditions") -> ExitCode:
    """Return the exit code of a verdict without a policy: OK up to the gate, the verdict's own code above it."""
    if VERDICT_ORDER.index(verdict) <= VERDICT_ORDER.index(gate):
        return ExitCode.OK
    return _EXIT[verdict]


def worst_exit(codes: Sequence[ExitCode]) -> ExitCode:
    """Return the severest of some licence exit codes: denied, then review, then conditions."""
    return max(codes, key=_SEVERITY.index, default=ExitCode.OK)


class Desk:
    """Applies one policy to one model after the other and remembers which of its parts were used."""

    def __init__(self, policy: Policy, licenses: Mapping[str, Mapping[str, Any]], today: str, lang: str = "en") -> None:
        """Take a policy; `today` is the day (YYYY-MM-DD) against which exceptions expire."""
        self.policy = policy
        self.licenses = licenses
        self.today = today
        self.lang = lang
        self._used: set[object] = set()
        self._warnings: list[PolicyWarning] = []

    def clarify(self, names: Sequence[str], binding: LicenseBinding, hashes: Mapping[str, str]) -> LicenseBinding:
        """Return the binding that a clarification establishes, or the given one.

        Args:
            names: every name of the model.
            binding: its licences as the catalog has them.
            hashes: path of a licence file -> its sha256, as the lock file or a local copy shows it.
        """
        for clarification in self.policy.clarifications:
            if not _named(clarification.model, names):
                continue
            self._used.add(clarification)
            failed = self._unproven(clarification, hashes)
            if failed is not None:
                code, path = failed
                self._warn(code, clarification.position, model=clarification.model, path=path)
                continue
            return binding._replace(keys=clarification.licenses or binding.keys, evidence="primary", conflict=None)
        return binding

    def approve(self, names: Sequence[str], binding: LicenseBinding, verdict: LicenseVerdict) -> Approval:
        """Decide whether a verdict passes the policy."""
        self._used.update(verdict.keys)
        waiver = self._waiver(names, verdict.keys)
        accepted = {*self.policy.accepted, *(waiver.accepted if waiver else ())}
        duties = tuple(dict.fromkeys(duty.id for duty in verdict.obligations))
        agreed = tuple(duty for duty in duties if duty in accepted)
        if verdict.verdict == "denied":
            if waiver is None or not waiver.agreement:
                return self._answer(ExitCode.DENIED, "denied")
            return self._answer(ExitCode.OK, "agreement", agreed, agreement=waiver.agreement)
        if waiver is None:
            doubt = self._doubt(names[0], binding, verdict) or self._over_gate(verdict, duties, agreed)
            if doubt is not None:
                return doubt
        outstanding = tuple(duty for duty in duties if duty not in accepted)
        must_accept = self.policy.require_accepted_obligations or (waiver is not None and bool(waiver.accepted))
        if outstanding and must_accept:
            return self._answer(ExitCode.CONDITIONS, "not-accepted", agreed, outstanding, ids=", ".join(outstanding))
        if waiver is None:
            return self._answer(ExitCode.OK, "gate", agreed, gate=self.policy.gate)
        self._stale_acceptances(waiver, duties)
        return self._answer(ExitCode.OK, "excepted", agreed, owner=waiver.owner, why=waiver.reason)

    def warnings(self, *, complete: bool = True) -> tuple[PolicyWarning, ...]:
        """List what deserves a look, after every model was seen: expired, void and, if `complete`, unused.

        `complete` says that every model of the team was seen; one that was asked about alone leaves the rest unused.
        """
        if complete and self.policy.unused == "warn":
            self._unused()
        listed = tuple(dict.fromkeys(self._warnings))
        self._warnings = []
        return listed

    def _unused(self) -> None:
        for waiver in self.policy.exceptions:
            if waiver not in self._used:
                self._warn("exception-unused", waiver.position, model=waiver.model)
        for clarification in self.policy.clarifications:
            if clarification not in self._used:
                self._warn("clarify-unused", clarification.position, model=clarification.model)
        for i, key in enumerate(self.policy.allow):
            if key not in self._used:
                self._warn("allow-unused", self.policy.position("policy", "allow", i), key=key)

    def _waiver(self, names: Sequence[str], keys: tuple[str, ...]) -> Waiver | None:
        """Return the exception that holds today for a model under exactly these licences."""
        for waiver in self.policy.exceptions:
            if not _named(waiver.model, names):
                continue
            self._used.add(waiver)
            expiry = _expiry(waiver, self.today, self.lang)
            if expiry is not None:
                self._warnings.append(expiry)
            if expiry is not None and expiry.code == "exception-expired":
                continue
            if waiver.licenses and not set(keys) <= set(waiver.licenses):
                named = ", ".join(waiver.licenses)
                self._warn("exception-licences", waiver.position, model=waiver.model, keys=named)
            else:
                return waiver
        return None

    def _doubt(self, model: str, binding: LicenseBinding, verdict: LicenseVerdict) -> Approval | None:
        """Return the failure of a case that needs review or rests on too weak evidence, if the policy fails it."""
        seen = [binding.evidence, *(str(self.licenses[k].get("seen")) for k in verdict.keys if k in self.licenses)]
        weakest = min(seen, key=lambda word: EVIDENCE.index(word) if word in EVIDENCE else 0)
        needed = self.policy.min_evidence
        weak = EVIDENCE.index(weakest) < EVIDENCE.index(needed) if weakest in EVIDENCE else True
        if verdict.verdict != "review" and not weak:
            return None
        fails = self.policy.on_review == "fail" and not (self.policy.gate == "review" and not weak)
        if not fails:
            self._warn("review-warned", None, model=model)
            return None
        if weak:
            return self._answer(ExitCode.REVIEW, "evidence", evidence=weakest, needed=needed)
        return self._answer(ExitCode.REVIEW, "review")

    def _over_gate(self, verdict: LicenseVerdict, duties: tuple[str, ...], agreed: tuple[str, ...]) -> Approval | None:
        """Return the answer of the allow-list, or of a gate that lets no conditions pass."""
        if verdict.keys and all(map(self._listed, verdict.keys)):
            return self._answer(ExitCode.OK, "allowed", duties)
        if verdict.verdict != "conditions" or self.policy.gate != "allowed":
            return None
        outstanding = tuple(duty for duty in duties if duty not in agreed)
        word = say("verdict.conditions", self.lang)
        return self._answer(ExitCode.CONDITIONS, "over-gate", agreed, outstanding, verdict=word, gate="allowed")

    def _listed(self, key: str) -> bool:
        kind = (self.licenses.get(key) or {}).get("kind")
        return key in self.policy.allow or kind in self.policy.allow_kinds

    def _stale_acceptances(self, waiver: Waiver, duties: Sequence[str]) -> None:
        for name in waiver.accepted:
            if name not in duties:
                self._warn("accepted-unused", waiver.position, model=waiver.model, id=name)

    def _unproven(self, clarification: Clarification, hashes: Mapping[str, str]) -> tuple[str, str] | None:
        for path, sha256 in clarification.files:
            have = hashes.get(path)
            if have is None:
                return "clarify-unproven", path
            if have.lower() != sha256:
                return "clarify-void", path
        return None

    def _answer(
        self,
        code: ExitCode,
        reason: str,
        accepted: tuple[str, ...] = (),
        outstanding: tuple[str, ...] = (),
        **params: object,
    ) -> Approval:
        return Approval(code, reason, say(f"policy.{reason}", self.lang, **params), accepted, outstanding)

    def _warn(self, code: str, position: Position | None, **params: object) -> None:
        self._warnings.append(PolicyWarning(code, say(f"policy.{code}", self.lang, **params), position))


def expiries(policy: Policy, today: str, lang: str = "en") -> tuple[PolicyWarning, ...]:
    """List the exceptions of a policy that have expired by `today` or will within a month."""
    return tuple(warning for waiver in policy.exceptions if (warning := _expiry(waiver, today, lang)) is not None)


def _expiry(waiver: Waiver, today: str, lang: str) -> PolicyWarning | None:
    if waiver.expires is None or _days(waiver.expires) - _days(today) > _SOON_DAYS:
        return None
    code = "exception-expired" if waiver.expires < today else "exception-expires-soon"
    text = say(f"policy.{code}", lang, model=waiver.model, date=waiver.expires)
    return PolicyWarning(code, text, waiver.position)


def _named(name: str, names: Sequence[str]) -> bool:
    return name.casefold() in (other.casefold() for other in names)


def _days(day: str) -> int:
    """Return the day as a count of days, near enough for "soon" (months of 31 days, never too late)."""
    year, month, date = (int(part) for part in day[:10].split("-"))
    return (year * 12 + month) * 31 + date
