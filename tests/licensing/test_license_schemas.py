"""SARIF and JUnit reports against the schemas of those formats, over every licence that there is."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from lxml import etree

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.exitcodes import ExitCode
from osllm.licensing.approval import Approval
from osllm.licensing.engine import check
from osllm.licensing.junit import junit_xml
from osllm.licensing.report import Checked
from osllm.licensing.sarif import sarif_document

SCHEMAS = Path(__file__).parent / "schemas"
EXCUSED = Approval(ExitCode.OK, "excepted", "by the legal team")
UNMET = Approval(ExitCode.CONDITIONS, "not-accepted", "duties not accepted yet: aup", (), ("aup",))
XSDS = ("junit-windyroad.xsd", "junit-10.xsd")


@pytest.fixture(scope="module")
def every(licenses):
    """One model per licence and use, one without a licence, with awkward names and texts."""
    checked = []
    for use in ("commercial", None):
        facts = LicenseFacts(use=use, redistribute=True, fine_tune=True, field=("military",))
        for key in licenses:
            binding = LicenseBinding((key,), "primary")
            verdict = check(binding, licenses, facts, (), "ja" if use else "en")
            place = ("models/osllm.lock.yaml", 3) if use else None
            checked.append(Checked(f"{key}-{use}", binding, verdict, None, f"org/{key}", None, facts, None, place))
    awkward = LicenseBinding(("mit",), "primary", '\x07 <conflict> & "quotes" \ufffe')
    verdict = check(awkward, licenses, LicenseFacts(use="commercial"), ("text",))
    unknown = check(LicenseBinding((), "not_seen"), licenses, LicenseFacts(use="commercial"))
    return [
        *checked,
        Checked('a<b>&"c"', awkward, verdict),
        Checked("日本語", awkward, verdict, approval=EXCUSED),
        Checked(
            "unmet", awkward, check(LicenseBinding(("llama-3.3",), "primary"), licenses, LicenseFacts()), approval=UNMET
        ),
        Checked("org/unknown", LicenseBinding((), "not_seen"), unknown),
    ]


@pytest.fixture(scope="module")
def log(every, licenses):
    return json.loads(json.dumps(sarif_document(every, licenses, "1.0")))


def test_sarif_is_valid(log):
    schema = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(log)
    assert len(log["runs"][0]["results"]) > 500
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**log, "version": "2.0.0"}, schema)


def test_sarif_tells_every_result_apart(log):
    results = log["runs"][0]["results"]
    prints = [result["partialFingerprints"]["osllmLicense/v1"] for result in results]
    assert len(set(prints)) == len(prints)


def test_sarif_suppresses_what_a_policy_excuses(log):
    excused = [result for result in log["runs"][0]["results"] if "suppressions" in result]
    assert {result["message"]["text"].partition(":")[0] for result in excused} == {"日本語"}
    assert excused[0]["suppressions"] == [{"kind": "external", "justification": "by the legal team"}]


@pytest.mark.parametrize("name", XSDS)
def test_junit_is_valid(every, name):
    schema = etree.XMLSchema(etree.parse(SCHEMAS / name))
    for models in ([], every):
        schema.assertValid(etree.fromstring(junit_xml(models, "2026-11-22").encode()))
    broken = junit_xml(every, "2026-11-22").replace("failures=", "failed=", 1)
    assert not schema.validate(etree.fromstring(broken.encode()))


def test_junit_fails_for_duties_that_nobody_accepted(every):
    suites = etree.fromstring(junit_xml([one for one in every if one.model == "unmet"], "2026-11-22").encode())
    assert suites[0].xpath("string(testcase[@name='duties']/failure/@message)") == "duties not accepted yet: aup"
    assert suites[0].get("failures") == "1"
