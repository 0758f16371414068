"""The documents of the licence commands: plain dicts and texts, for the render layer and for Python callers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import LicenseFinding, LicenseVerdict, Obligation, worst
from osllm.exitcodes import ExitCode
from osllm.licensing.approval import Approval, PolicyWarning, gate_exit, worst_exit
from osllm.licensing.checklist import checklist_markdown, notice_text
from osllm.licensing.compare import diff_document
from osllm.licensing.facts import paraphrase, stated
from osllm.licensing.junit import junit_xml
from osllm.licensing.sarif import sarif_document
from osllm.licensing.words import say

__all__ = [
    "Checked",
    "check_document",
    "checklist_markdown",
    "diff_document",
    "exit_code",
    "junit_xml",
    "license_document",
    "licenses_document",
    "notice_text",
    "sarif_document",
]

License = Mapping[str, Any]


class Checked(NamedTuple):
    """One model, checked."""

    model: str  # id, or the hub id of a model that the catalog does not know
    binding: LicenseBinding
    verdict: LicenseVerdict
    name: str | None = None  # the owner's name of it
    hub_id: str | None = None
    approval: Approval | None = None  # None: no policy


def exit_code(checked: Sequence[Checked], gate: str = "conditions") -> ExitCode:
    """Return the exit code of a check: the severest over all models, by the policy where there is one."""
    return worst_exit(
        [gate_exit(one.verdict.verdict, gate) if one.approval is None else one.approval.exit_code for one in checked]
    )


def check_document(
    checked: Sequence[Checked],
    licenses: Mapping[str, License],
    facts: LicenseFacts,
    *,
    lang: str = "en",
    gate: str = "conditions",
    policy_path: str | None = None,
    warnings: Sequence[PolicyWarning] = (),
) -> dict[str, Any]:
    """Build `osllm/license-check@1`.

    Args:
        checked: the models in the order asked.
        licenses: licence key -> entry of `catalog/licenses/`.
        facts: what was said about the use.
        lang: language of the texts that are made here; those of the verdicts came with them.
        gate: worst verdict that passes without a policy.
        policy_path: the policy file, if one was applied.
        warnings: what the policy warns of.
    """
    document: dict[str, Any] = {
        "schema": "osllm/license-check@1",
        "verdict": worst(tuple(one.verdict.verdict for one in checked)),
        "gate": gate,
        "passed": exit_code(checked, gate) == ExitCode.OK,
        "results": [_result(one, licenses, facts, lang) for one in checked],
        "policy": None,
        "disclaimer": say("disclaimer", lang),
    }
    if policy_path is not None:
        document["policy"] = {"path": policy_path, "warnings": [_warning(one) for one in warnings]}
    return document


def _result(one: Checked, licenses: Mapping[str, License], facts: LicenseFacts, lang: str) -> dict[str, Any]:
    verdict = one.verdict
    per_license = dict(verdict.per_license)
    return {
        "model": one.model,
        "name": one.name,
        "hub_id": one.hub_id,
        "verdict": verdict.verdict,
        "per_use": dict(verdict.per_use) or None,
        "evidence": one.binding.evidence,
        "licenses": [_license(key, licenses.get(key), per_license.get(key, "review"), verdict) for key in verdict.keys],
        "findings": [_finding(finding) for key, finding in verdict.findings if key == ""],
        "obligations": [_duty(duty) for duty in verdict.obligations],
        "latent_obligations": [_duty(duty) for duty in verdict.latent],
        "assumptions": list(verdict.assumptions),
        "asks": list(verdict.asks),
        "fix": fix(one, licenses, lang),
        "facts": stated(facts),
        "policy": _approval(one.approval),
    }


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
    line = None if warning.position is None else warning.position[0]
    return {"code": warning.code, "text": warning.text, "line": line}


def fix(one: Checked, licenses: Mapping[str, License], lang: str) -> str | None:
    """Say what to do about a verdict that does not simply pass: whom to ask, what to read, what to accept."""
    verdict = one.verdict
    if verdict.verdict == "denied":
        keys = [key for key, level in verdict.per_license if level == "denied"]
        owners = dict.fromkeys(str(licenses[key]["owner"]) for key in keys if licenses.get(key, {}).get("owner"))
        if not owners:
            return say("fix.denied-bare", lang)
        return say("fix.denied", lang, owner=", ".join(owners))
    if verdict.verdict == "review":
        urls = [licenses.get(key, {}).get("text_url") for key, level in verdict.per_license if level == "review"]
        if not verdict.asks or not any(urls):
            return say("fix.review-bare", lang)
        return say("fix.review", lang, url=next(url for url in urls if url), asks=", ".join(verdict.asks))
    if verdict.verdict == "conditions" and one.approval is not None and one.approval.outstanding:
        return say("fix.conditions", lang)
    return None


# ------------------------------------------------------------------------------------ licence show, list

_TEXTS: Final = ("termination", "governing_law", "applies_to_derivatives", "acceptable_use_policy", "notes")


def license_document(license_: License, lang: str = "en", used_by: Sequence[str] = ()) -> dict[str, Any]:
    """Build `osllm/license@1`: one licence version with its paraphrases in one language.

    Args:
        license_: the entry of `catalog/licenses/`.
        lang: language of the paraphrases.
        used_by: ids of the models that carry it.
    """
    document: dict[str, Any] = {"schema": "osllm/license@1"}
    document.update(_in_one_language(license_, lang))
    for right, grant in document.get("grants", {}).items():
        grant.setdefault("text", None)
        grant["name"] = say(f"right.{right}", lang)
    for name in _TEXTS:
        document.setdefault(name, None)
    document["used_by"] = list(used_by)
    document["disclaimer"] = say("disclaimer", lang)
    return document


_RENAMED: Final = {"v": "value", "c": "clause", "n": "text"}


def _in_one_language(value: Any, lang: str) -> Any:  # noqa: ANN401 - walks plain data
    if isinstance(value, Mapping):
        if "en" in value and set(value) <= {"en", "ja"}:
            return paraphrase(value, lang)
        return {_RENAMED.get(key, key): _in_one_language(one, lang) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_in_one_language(one, lang) for one in value]
    return value


def licenses_document(licenses: Mapping[str, License], used_by: Mapping[str, int] | None = None) -> dict[str, Any]:
    """Build `osllm/licenses@1`: every licence version in a line, with the number of models that carry it."""
    counts = used_by or {}
    return {
        "schema": "osllm/licenses@1",
        "licenses": [
            {
                "key": key,
                "name": entry.get("name"),
                "version": entry.get("version"),
                "date": entry.get("date"),
                "kind": entry.get("kind"),
                "osi_approved": bool(entry.get("osi_approved")),
                "commercial": ((entry.get("grants") or {}).get("commercial") or {}).get("v"),
                "evidence": entry.get("seen"),
                "text_url": entry.get("text_url"),
                "models": counts.get(key, 0),
            }
            for key, entry in sorted(licenses.items())
        ],
    }
