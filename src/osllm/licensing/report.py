"""The document of `license check`: plain dicts, for the render layer and for Python callers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import LicenseFinding, LicenseVerdict, Obligation, worst
from osllm.exitcodes import ExitCode
from osllm.licensing.approval import Approval, PolicyWarning, gate_exit, worst_exit
from osllm.licensing.facts import stated
from osllm.licensing.openness import derive
from osllm.licensing.policy import Policy, Waiver
from osllm.licensing.words import say
from osllm.tuples import NamedTuple

License = Mapping[str, Any]


class Checked(NamedTuple):
    """One model, checked."""

    model: str  # id, or the hub id of a model that the catalog does not know
    binding: LicenseBinding
    verdict: LicenseVerdict
    name: str | None = None  # the owner's name of it
    hub_id: str | None = None
    approval: Approval | None = None  # None: no policy
    facts: LicenseFacts = LicenseFacts()  # what was said about this use, the revision's date included
    revision: str | None = None  # as the lock file names it
    place: tuple[str, int] | None = None  # file and line that name the model


def exit_code(checked: Sequence[Checked], gate: str = "conditions") -> ExitCode:
    """Return the exit code of a check: the severest over all models, by the policy where there is one."""
    return worst_exit(
        [gate_exit(one.verdict.verdict, gate) if one.approval is None else one.approval.exit_code for one in checked]
    )


def check_document(
    checked: Sequence[Checked],
    licenses: Mapping[str, License],
    *,
    lang: str = "en",
    gate: str = "conditions",
    policy_path: str | None = None,
    warnings: Sequence[PolicyWarning] = (),
    explain: bool = False,
) -> dict[str, Any]:
    """Build `osllm/license-check@1`.

    Args:
        checked: the models in the order asked.
        licenses: licence key -> entry of `catalog/licenses/`.
        lang: language of the texts that are made here; those of the verdicts came with them.
        gate: worst verdict that passes without a policy.
        policy_path: the policy file, if one was applied.
        warnings: what the policy warns of.
        explain: whether each result shows the path from facts and clauses to its verdict.
    """
    shared: dict[tuple[object, ...], dict[str, Any]] = {}  # most models of a catalog share their answer with others
    results = []
    for one in checked:
        same = (id(one.verdict), one.approval, one.facts)
        if same not in shared:
            shared[same] = _answer(one, licenses, explain=explain)
        head = {"model": one.model, "name": one.name, "hub_id": one.hub_id, "revision": one.revision}
        results.append({**head, **shared[same], "fix": fix(one, licenses, lang)})
    document: dict[str, Any] = {
        "schema": "osllm/license-check@1",
        "verdict": worst(tuple(one.verdict.verdict for one in checked)),
        "gate": gate,
        "passed": exit_code(checked, gate) == ExitCode.OK,
        "results": results,
        "policy": None,
        "disclaimer": say("disclaimer", lang),
    }
    if policy_path is not None:
        document["policy"] = {"path": policy_path, "warnings": [_warning(one) for one in warnings]}
    return document


def _answer(one: Checked, licenses: Mapping[str, License], *, explain: bool) -> dict[str, Any]:
    """Return everything about a result that does not name the model."""
    verdict = one.verdict
    per_license = dict(verdict.per_license)
    openness = derive(one.binding, licenses)
    answer = {
        "verdict": verdict.verdict,
        "per_use": dict(verdict.per_use) or None,
        "evidence": one.binding.evidence,
        "openness": {**openness._asdict(), "missing": list(openness.missing), "unchecked": list(openness.unchecked)},
        "licenses": [_license(key, licenses.get(key), per_license.get(key, "review"), verdict) for key in verdict.keys],
        "findings": [_finding(finding) for key, finding in verdict.findings if key == ""],
        "obligations": [_duty(duty) for duty in verdict.obligations],
        "latent_obligations": [_duty(duty) for duty in verdict.latent],
        "assumptions": list(verdict.assumptions),
        "asks": list(verdict.asks),
        "facts": stated(one.facts),
        "policy": _approval(one.approval),
    }
    if explain:
        from osllm.licensing.trace import steps

        answer["steps"] = steps(one, licenses)
    return answer


def _license(key: str, license_: License | None, verdict: str, whole: LicenseVerdict) -> dict[str, Any]:
    entry = license_ or {}
    return {
        "key": key,
        "name": entry.get("name"),
        "spdx_id": entry.get("spdx_id"),
        "text_url": entry.get("text_url"),
        "text_date": entry.get("date"),
        "evidence": entry.get("seen", "not_seen"),
        "collected": entry.get("collected"),
        "verdict": verdict,
        "findings": [_finding(finding) for owner, finding in whole.findings if owner == key],
    }


def _finding(finding: LicenseFinding) -> dict[str, Any]:
    document: dict[str, Any] = {
        "rule": finding.rule,
        "right": finding.right,
        "clause": finding.clause,
        "text": finding.text,
        "severity": finding.severity,
    }
    if "use" in finding.params:
        document["use"] = finding.params["use"]
    return document


def _duty(duty: Obligation) -> dict[str, Any]:
    return {**duty._asdict(), "when": list(duty.when)}


def _approval(approval: Approval | None) -> dict[str, Any] | None:
    if approval is None:
        return None
    return {
        "passed": approval.exit_code == ExitCode.OK,
        "reason": approval.reason,
        "text": approval.text,
        "accepted": list(approval.accepted),
        "outstanding": list(approval.outstanding),
    }


def _warning(warning: PolicyWarning) -> dict[str, Any]:
    return {"code": warning.code, "text": warning.text, "line": warning.position}


def policy_document(policy: Policy, warnings: Sequence[PolicyWarning]) -> dict[str, Any]:
    """Build `osllm/policy-check@1`: a valid policy as it was understood, and what deserves a look."""
    return {
        "schema": "osllm/policy-check@1",
        "path": policy.path,
        "valid": True,
        "policy": {
            "facts": stated(policy.facts),
            "allow": list(policy.allow),
            "allow_kinds": list(policy.allow_kinds),
            "verdict_gate": policy.gate,
            "on_review": policy.on_review,
            "min_evidence": policy.min_evidence,
            "require_accepted_obligations": policy.require_accepted_obligations,
            "accepted": list(policy.accepted),
            "exceptions": [_waiver(waiver) for waiver in policy.exceptions],
            "clarifications": [{"model": one.model, "licenses": list(one.licenses)} for one in policy.clarifications],
            "unused_exception": policy.unused,
        },
        "warnings": [_warning(one) for one in warnings],
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    block = waiver._asdict()
    block["line"] = block.pop("position")
    return {key: list(value) if isinstance(value, tuple) else value for key, value in block.items()}


def fix(one: Checked, licenses: Mapping[str, License], lang: str) -> str | None:
    """Say what to do about a verdict that does not simply pass: whom to ask, what to read, what to accept."""
    verdict = one.verdict
    if verdict.verdict == "denied":
        keys = [key for key, level in verdict.per_license if level == "denied"]
        owners = dict.fromkeys(str(licenses[key]["owner"]) for key in keys if licenses.get(key, {}).get("owner"))
        return say("fix.denied", lang, owner=", ".join(owners)) if owners else say("fix.denied-bare", lang)
    if verdict.verdict == "review":
        return _fix_review(one, licenses, lang)
    if verdict.verdict == "conditions" and one.approval is not None and one.approval.outstanding:
        return say("fix.conditions", lang)
    return None


def _fix_review(one: Checked, licenses: Mapping[str, License], lang: str) -> str:
    verdict = one.verdict
    if not verdict.keys and one.hub_id:
        return say("fix.no-licence", lang, url=f"https://huggingface.co/{one.hub_id}")
    urls = [licenses.get(key, {}).get("text_url") for key, level in verdict.per_license if level == "review"]
    if not verdict.asks or not any(urls):
        return say("fix.review-bare", lang)
    return say("fix.review", lang, url=next(url for url in urls if url), asks=", ".join(verdict.asks))
