from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import LicenseVerdict
from osllm.licensing.engine import check

LICENSES = Path(__file__).parents[2] / "catalog" / "licenses"


class PlainLoader(yaml.SafeLoader):
    """Dates stay text, as in the catalog's own reader."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

Ask = Callable[..., LicenseVerdict]


@pytest.fixture(scope="session")
def licenses() -> Mapping[str, Mapping[str, Any]]:
    loader = getattr(yaml, "CSafeLoader", None)  # an order of magnitude faster where libyaml is at hand
    if loader is not None:

        class Fast(loader):  # type: ignore[misc, valid-type]
            pass

        Fast.yaml_implicit_resolvers = PlainLoader.yaml_implicit_resolvers
    else:
        Fast = PlainLoader
    entries = [yaml.load(path.read_text("utf-8"), Fast) for path in sorted(LICENSES.glob("*.yaml"))]
    return {entry["key"]: entry for entry in entries}


@pytest.fixture(scope="session")
def ask(licenses: Mapping[str, Mapping[str, Any]]) -> Ask:
    """Judge a use: ask("llama-4", "mit", use="commercial", modalities=("text", "image"))."""

    def question(
        *keys: str,
        evidence: str = "primary",
        conflict: str | None = None,
        card: str | None = None,
        revisions: tuple[tuple[str, tuple[str, ...]], ...] = (),
        modalities: tuple[str, ...] = ("text",),
        lang: str | None = "en",
        **facts: Any,
    ) -> LicenseVerdict:
        binding = LicenseBinding(keys, evidence, conflict, card, revisions)
        return check(binding, licenses, LicenseFacts(**facts), modalities, lang)

    return question


def clauses(verdict: LicenseVerdict, severity: str) -> set[tuple[str, str | None]]:
    """The (licence, clause) pairs that gave a severity."""
    return {(key, finding.clause) for key, finding in verdict.findings if finding.severity == severity}


def rules(verdict: LicenseVerdict) -> set[str]:
    return {finding.rule for _, finding in verdict.findings}


def duties(verdict: LicenseVerdict) -> set[str]:
    return {duty.id for duty in verdict.obligations}
