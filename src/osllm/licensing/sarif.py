"""Licence findings as SARIF 2.1.0, for code-scanning dashboards.

Format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from osllm.domain.verdict import LicenseFinding

if TYPE_CHECKING:
    from osllm.licensing.report import Checked

_LEVELS: Final = {"denied": "error", "review": "warning", "conditions": "note"}
_SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif_document(
    checked: Sequence[Checked],
    licenses: Mapping[str, Mapping[str, Any]],
    version: str,
    locations: Mapping[str, tuple[str, int]] | None = None,
) -> dict[str, Any]:
    """Build a SARIF log with one result per deciding finding and per duty.

    Args:
        checked: the checked models.
        licenses: licence key -> entry of `catalog/licenses/`.
        version: the program's version.
        locations: model -> file and line that names it (lock file, policy); every result needs a location, so
            without one the model's page on the Hub stands in.
    """
    rules: dict[str, dict[str, Any]] = {}
    results = []
    for one in checked:
        place = _location(one, locations or {})
        for key, finding in _results(one):
            rule_id = f"osllm/license/{key or 'binding'}/{finding.clause or finding.rule}"
            if rule_id not in rules:
                rules[rule_id] = _rule(rule_id, finding, licenses.get(key))
            result = {
                "ruleId": rule_id,
                "ruleIndex": list(rules).index(rule_id),
                "level": _LEVELS[finding.severity],
                "message": {"text": f"{one.name or one.model}: {finding.text}"},
                "locations": [place],
                "partialFingerprints": {"osllmLicense/v1": _fingerprint(one, key, finding)},
            }
            results.append(result)
    driver = {"name": "osllm", "version": version, "rules": list(rules.values())}
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
    """Return what stays the same from run to run: the model, the licence, the rule and the clause."""
    import hashlib

    identity = "\n".join((one.model, key, finding.rule, finding.clause or ""))
    return hashlib.sha256(identity.encode()).hexdigest()[:32]


def _location(one: Checked, locations: Mapping[str, tuple[str, int]]) -> dict[str, Any]:
    found = locations.get(one.model) or locations.get(one.hub_id or "")
    uri, line = found or (f"https://huggingface.co/{one.hub_id}" if one.hub_id else f"osllm:model/{one.model}", 1)
    return {
        "physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": line}},
        "logicalLocations": [{"fullyQualifiedName": one.model, "kind": "module"}],
    }
