"""What the licence tests share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from osllm.domain.verdict import LicenseVerdict

LICENSES = Path(__file__).parents[2] / "catalog" / "licenses"

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where libyaml is at hand


class PlainLoader(_Base):
    """Dates stay text, as in the catalog's own reader."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_licenses() -> dict[str, dict[str, Any]]:
    entries = [yaml.load(path.read_text("utf-8"), PlainLoader) for path in sorted(LICENSES.glob("*.yaml"))]
    return {entry["key"]: entry for entry in entries}


def clauses(verdict: LicenseVerdict, severity: str) -> set[tuple[str, str | None]]:
    """The (licence, clause) pairs that gave a severity."""
    return {(key, finding.clause) for key, finding in verdict.findings if finding.severity == severity}


def rules(verdict: LicenseVerdict) -> set[str]:
    return {finding.rule for _, finding in verdict.findings}


def duties(verdict: LicenseVerdict) -> set[str]:
    return {duty.id for duty in verdict.obligations}
