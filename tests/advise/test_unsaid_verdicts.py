"""The licence verdicts that the catalog is compiled with are those that judging gives."""

from __future__ import annotations

from osllm.catalog.store import Catalog
from osllm.domain.request import LicenseFacts
from osllm.licensing.screening import Screening


def test_compiled_verdicts_equal_judged_ones(catalog: Catalog) -> None:
    bindings, licenses = catalog.license_bindings(), catalog.lean_licenses()
    judged = Screening(bindings, licenses, LicenseFacts())
    spared = Screening(bindings, licenses, LicenseFacts(), unsaid=catalog.unsaid_verdicts())
    for row in catalog.index():
        one, other = (s.verdict(row.license, row.modalities) for s in (judged, spared))
        assert (one.verdict, one.keys) == (other.verdict, other.keys), row.id


def test_what_is_said_is_judged(catalog: Catalog) -> None:
    """A compiled verdict must not answer for a use that was named."""
    facts = LicenseFacts(use="commercial")
    judged = Screening(catalog.license_bindings(), catalog.lean_licenses(), facts)
    spared = Screening(catalog.license_bindings(), catalog.lean_licenses(), facts, unsaid=catalog.unsaid_verdicts())
    rows = catalog.index()
    assert any(spared.verdict(r.license, r.modalities).verdict == "denied" for r in rows)
    assert all(
        spared.verdict(r.license, r.modalities).verdict == judged.verdict(r.license, r.modalities).verdict for r in rows
    )
