"""The documents: check, show, list, diff, checklist, notices, SARIF, JUnit."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

import pytest

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.exitcodes import ExitCode
from osllm.licensing.approval import Desk
from osllm.licensing.checklist import checklist_markdown, notice_text
from osllm.licensing.compare import diff_document
from osllm.licensing.engine import check
from osllm.licensing.junit import junit_xml
from osllm.licensing.library import license_document, licenses_document
from osllm.licensing.policy import parse_policy
from osllm.licensing.report import Checked, check_document, exit_code
from osllm.licensing.sarif import sarif_document

FACTS = LicenseFacts(use="commercial", redistribute=True, region="JP", mau_at_release=1)


@pytest.fixture
def checked(licenses):
    def make(model, *keys, lang="en", evidence="primary", facts=FACTS, policy=None):
        binding = LicenseBinding(keys, evidence)
        verdict = check(binding, licenses, facts, ("text",), lang)
        approval = None
        if policy is not None:
            approval = Desk(parse_policy({"policy": policy}), licenses, "2026-11-22").approve(
                (model,), binding, verdict
            )
        return Checked(model, binding, verdict, model.title(), f"org/{model}", approval, facts)

    return make


def test_the_check_document(checked, licenses):
    both = [checked("a", "mit", "llama-3.3"), checked("b", "cc-by-nc-4.0")]
    document = check_document(both, licenses)
    assert document["schema"] == "osllm/license-check@1"
    assert (document["verdict"], document["passed"]) == ("denied", False)
    first, second = document["results"]
    assert first["model"] == "a"
    assert [entry["key"] for entry in first["licenses"]] == ["mit", "llama-3.3"]
    assert first["licenses"][1]["text_url"].startswith("https://github.com/meta-llama/")
    assert first["licenses"][1]["evidence"] == "primary"
    assert {"rule", "right", "clause", "text", "severity"} <= set(first["licenses"][0]["findings"][0])
    assert {"id", "license", "when", "clause", "text"} == set(first["obligations"][0])
    assert first["facts"] == {"use": "commercial", "redistribute": True, "mau_at_release": 1, "region": "JP"}
    assert second["verdict"] == "denied"
    assert "Creative Commons" in second["fix"]
    assert json.loads(json.dumps(document)) == document
    assert json.dumps(document).count("legal advice") == 1  # said once


def test_exit_codes_are_the_worst_over_all_models(checked):
    fine, conditional = checked("a", "openmdw-1.0", facts=LicenseFacts(use="commercial")), checked("b", "llama-3.3")
    assert exit_code([fine, conditional]) == ExitCode.OK
    assert exit_code([fine, conditional], "allowed") == ExitCode.CONDITIONS
    assert exit_code([conditional, checked("c", "cc-by-nc-4.0")]) == ExitCode.DENIED
    assert exit_code([checked("d"), conditional]) == ExitCode.REVIEW


def test_a_policy_in_the_document(checked, licenses):
    one = checked("a", "llama-3.3", policy={"require_accepted_obligations": True, "accepted": ["aup"]})
    document = check_document([one], licenses, policy_path="p.yaml")
    policy = document["results"][0]["policy"]
    assert (policy["passed"], policy["accepted"]) == (False, ["aup"])
    assert "notice-file" in policy["outstanding"]
    assert document["policy"] == {"path": "p.yaml", "warnings": []}
    assert exit_code([one]) == ExitCode.CONDITIONS


def test_both_uses_are_shown_where_none_was_said(checked, licenses):
    one = checked("a", "cc-by-nc-4.0", facts=LicenseFacts())
    result = check_document([one], licenses)["results"][0]
    assert result["per_use"] == {"commercial": "denied", "personal": "conditions"}
    assert {finding.get("use") for finding in result["licenses"][0]["findings"]} >= {"commercial", "personal"}
    assert result["facts"] == {}


def test_show_in_one_language(licenses):
    for lang, word in (("en", "Prominently"), ("ja", "目立つ")):
        document = license_document(licenses["llama-3.3"], lang, ["llama-3.3-70b"])
        display = next(duty for duty in document["obligations"] if duty["id"] == "attribution-display")
        assert word in display["text"]
        assert document["grants"]["commercial"]["value"] == "conditional"
        assert document["used_by"] == ["llama-3.3-70b"]
        assert '"en":' not in json.dumps(document)


def test_list(licenses):
    document = licenses_document(licenses, {"mit": 3})
    keys = [row["key"] for row in document["licenses"]]
    assert keys == sorted(licenses)
    row = next(row for row in document["licenses"] if row["key"] == "mit")
    assert (row["models"], row["osi_approved"], row["commercial"]) == (3, True, "yes")


def test_diff_tells_stricter_from_looser(licenses):
    changes = {c["part"]: c for c in diff_document(licenses["llama-3"], licenses["llama-3.1"])["changes"]}
    assert changes["grants.train_other_models_on_outputs"]["effect"] == "looser"
    assert changes["obligations.no-train-other-llm"] == {
        "part": "obligations.no-train-other-llm",
        "a": "Do not use the materials or outputs to improve any other LLM.",
        "b": None,
        "effect": "looser",
    }
    back = {c["part"]: c["effect"] for c in diff_document(licenses["llama-3.1"], licenses["llama-3"])["changes"]}
    assert back["grants.train_other_models_on_outputs"] == "stricter"
    hunyuan = diff_document(licenses["tencent-hunyuan-2024-11-05"], licenses["tencent-hunyuan-2025-06-27"])
    assert {c["part"] for c in hunyuan["changes"]} >= {"exclusions.use_place:EU", "exclusions.use_place:EU+GB+KR"}
    assert diff_document(licenses["mit"], licenses["mit"])["changes"] == []


def test_checklist_has_what_teams_paste(checked, licenses):
    text = checklist_markdown([checked("a", "mit", "llama-3.3", lang="ja")], licenses, "ja")
    assert text.startswith("# ライセンス確認表\n")
    assert "- [ ] `notice-file` (llama-3.3 1.b.iii)" in text
    notice = "Llama 3.3 is licensed under the Llama 3.3 Community License, Copyright © Meta Platforms, Inc."
    assert text.split("```text")[1].count(notice) == 1
    assert text.count("法的助言") == 1


def test_notices_hold_only_what_applies(checked, licenses):
    shared = checked("a", "gemma-tou-2025-03-24")
    assert "Gemma is provided under and subject to" in notice_text("G", shared.verdict, licenses)
    kept = checked("a", "gemma-tou-2025-03-24", facts=LicenseFacts(use="internal"))
    assert "subject to" not in notice_text("G", kept.verdict, licenses)
    assert notice_text("G", checked("x").verdict, licenses) == ""


def test_sarif_points_somewhere_and_is_stable(checked, licenses):
    models = [checked("a", "llama-3.3"), checked("b", "cc-by-nc-4.0")]
    models[0] = models[0]._replace(place=("my models/osllm.lock.yaml", 7))
    log = sarif_document(models, licenses, "1.0")
    run = log["runs"][0]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(ids)) == len(ids)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    denied = next(result for result in run["results"] if result["level"] == "error")
    assert denied["ruleId"] == "osllm/license/cc-by-nc-4.0/1(i), 2(a)(1)"
    first = run["results"][0]["locations"][0]["physicalLocation"]
    assert (first["artifactLocation"]["uri"], first["region"]["startLine"]) == ("my%20models/osllm.lock.yaml", 7)
    prints = [result["partialFingerprints"]["osllmLicense/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)
    assert sarif_document(models, licenses, "1.0") == log


def test_junit_counts_and_escapes(checked):
    models = [
        checked("a<b>", "mit"),
        checked("b", "cc-by-nc-4.0"),
        checked("c"),
        checked("d", policy={"on_review": "warn"}),
    ]
    suites = ET.fromstring(junit_xml(models, "2026-11-22"))
    assert [suite.get("name") for suite in suites] == ["a<b>", "b", "c", "d"]
    counts = [[int(suite.get(kind)) for kind in ("failures", "errors", "skipped")] for suite in suites]
    assert counts == [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for suite in suites:
        assert int(suite.get("tests")) == len(suite.findall("testcase"))
    assert "keep-notice" not in suites[0].find("system-out").text
    assert "copyright notice" in suites[0].find("system-out").text


def test_limits_and_territories_in_words(licenses):
    document = license_document(licenses["llama-4"], "en")
    assert document["thresholds"][0]["text"] == (
        "monthly active users in the month before the release > 700,000,000: only with a separate licence. "
        "All products or services by or for licensee and affiliates. "
        "Measured: calendar month preceding the version release date (2025-04-05), then frozen. "
        "Except: Received as part of an integrated end user product (1.b.ii)."
    )
    assert document["exclusions"][0]["text"].startswith("Not for those established in EU. Multimodal models only. ")
    assert license_document(licenses["glm-5.3"], "ja")["thresholds"][0]["text"].count("セキュリティ審査が必要") == 1


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_licence_can_be_shown_and_compared(licenses, lang):
    for key, entry in licenses.items():
        document = license_document(entry, lang)
        assert all(
            one["text"] for part in ("thresholds", "exclusions", "obligations") for one in document.get(part) or ()
        )
        diff = diff_document(licenses["mit"], entry, lang)
        assert (diff["changes"] == []) == (key == "mit")
