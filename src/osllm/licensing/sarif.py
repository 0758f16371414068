"""Licence findings as SARIF 2.1.0, for code-scanning dashboards.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from osllm.domain.verdict import LicenseFinding
from osllm.exitcodes import ExitCode
from osllm.licensing.words import say

if TYPE_CHECKING:
    from osllm.licensing.report import Checked

_LEVELS: Final = {"denied": "error", "review": "warning", "conditions": "note"}
_EXCUSED: Final = ("denied", "review")
_HOME: Final = "https://github.com/osllm/osllm"
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_document(
    checked: Sequence[Checked],
    licenses: Mapping[str, Mapping[str, Any]],
    version: str,
    lang: str = "en",
) -> dict[str, Any]:
    """Build a SARIF log with one result per deciding finding and per duty.

    Args:
        checked: the checked models.
        licenses: licence key -> entry of `catalog/licenses/`.
        version: the program's version.
        lang: language of the disclaimer; the findings' texts came with the verdicts.

    Every result needs a location: the line of the lock file that names the model, else the model's page on the Hub.
    What a policy excuses is there, but suppressed, with the reason that the policy gives.
    """
    rules: dict[str, dict[str, Any]] = {}
    results = []
    for one in checked:
        place = _location(one)
        for key, finding in _results(one):
            rule_id = f"osllm/license/{key or 'binding'}/{finding.clause or finding.rule}"
            if rule_id not in rules:
                rules[rule_id] = {"index": len(rules), "entry": _rule(rule_id, finding, licenses.get(key))}
            result: dict[str, Any] = {
                "ruleId": rule_id,
                "ruleIndex": rules[rule_id]["index"],
                "level": _LEVELS[finding.severity],
                "message": {"text": f"{one.name or one.model}: {finding.text}"},
                "locations": [place],
                "partialFingerprints": {"osllmLicense/v1": _fingerprint(one, key, finding)},
            }
            if finding.severity in _EXCUSED and one.approval is not None and one.approval.exit_code == ExitCode.OK:
                result["suppressions"] = [{"kind": "external", "justification": one.approval.text}]
            results.append(result)
    entries = [rule["entry"] for rule in rules.values()]
    driver = {
        "name": "osllm",
        "version": version,
        "informationUri": _HOME,
        "fullDescription": {"text": say("disclaimer", lang)},
        "rules": entries,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _results(one: Checked) -> list[tuple[str, LicenseFinding]]:
    listed = [(key, finding) for key, finding in one.verdict.findings if finding.severity in _LEVELS]
    for duty in one.verdict.obligations:
        finding = LicenseFinding(f"obligation-{duty.id}", None, duty.clause, "conditions", duty.text)
        listed.append((duty.license, finding))
    return listed


def _rule(rule: str, finding: LicenseFinding, license_: Mapping[str, Any] | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": rule,
        "name": finding.rule,
        "shortDescription": {"text": finding.rule.replace("-", " ")},
        "defaultConfiguration": {"level": _LEVELS[finding.severity]},
    }
    url = (license_ or {}).get("text_url")
    if url:
        entry["helpUri"] = url
    return entry


def _fingerprint(one: Checked, key: str, finding: LicenseFinding) -> str:
    """Return what stays the same from run to run: the model, the licence, the rule, the clause and what it judged."""
    import hashlib

    told_apart = (
        finding.right,
        finding.params.get("threshold"),
        finding.params.get("field"),
        finding.params.get("use"),
    )
    identity = "\n".join(
        (one.model, key, finding.rule, finding.clause or "", *(str(part or "") for part in told_apart))
    )
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


def _location(one: Checked) -> dict[str, Any]:
    page = f"https://huggingface.co/{one.hub_id}" if one.hub_id else f"osllm:model/{one.model}"
    path, line = one.place or (None, 1)
    uri = page if path is None else _relative(path)
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}},
        "logicalLocations": [{"fullyQualifiedName": one.model, "kind": "module"}],
    }


def _relative(path: str) -> str:
    """Return a path as a URI reference."""
    from urllib.parse import quote

    return quote(path.replace("\\", "/"))
