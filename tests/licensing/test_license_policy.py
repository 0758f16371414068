"""A team's policy: read strictly, applied allow-list first, with decisions that expire."""

from __future__ import annotations

import pytest
import yaml
from license_support import PlainLoader

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.errors import ConfigError
from osllm.exitcodes import ExitCode
from osllm.licensing.approval import Desk, gate_exit, worst_exit
from osllm.licensing.engine import check
from osllm.licensing.policy import parse_policy
from osllm.licensing.policy_template import policy_template

TODAY = "2026-11-22"
WAIVER = {"model": "google/gemma-2-9b-it", "reason": "template v3", "owner": "legal@example.co.jp"}
HASH = "a" * 64


@pytest.fixture
def desk(licenses):
    def make(**data):
        rules = {key: data.pop(key) for key in list(data) if key not in ("exceptions", "clarify", "facts")}
        return Desk(parse_policy({"version": 1, "policy": rules, **data}), licenses, TODAY)

    return make


@pytest.fixture
def approve(licenses):
    def run(desk, *keys, names=("google/gemma-2-9b-it", "gemma-2-9b"), evidence="primary", conflict=None, **facts):
        binding = LicenseBinding(keys, evidence, conflict)
        verdict = check(binding, licenses, LicenseFacts(use="commercial", **facts), ("text",))
        return desk.approve(names, binding, verdict)

    return run


@pytest.mark.parametrize(
    ("verdict", "gate", "code"),
    [
        ("allowed", "allowed", ExitCode.OK),
        ("conditions", "conditions", ExitCode.OK),
        ("conditions", "allowed", ExitCode.CONDITIONS),
        ("review", "conditions", ExitCode.REVIEW),
        ("review", "review", ExitCode.OK),
        ("denied", "review", ExitCode.DENIED),
    ],
)
def test_the_gate_without_a_policy(verdict, gate, code):
    assert gate_exit(verdict, gate) == code


def test_the_worst_exit_code_is_not_the_largest_number():
    assert worst_exit([ExitCode.CONDITIONS, ExitCode.REVIEW, ExitCode.OK]) == ExitCode.REVIEW
    assert worst_exit([ExitCode.CONDITIONS, ExitCode.DENIED]) == ExitCode.DENIED
    assert worst_exit([]) == ExitCode.OK


def test_allow_list_first(desk, approve):
    strict = {"verdict_gate": "allowed", "require_accepted_obligations": True}
    listed = approve(desk(allow=["apache-2.0"], **strict), "apache-2.0", redistribute=True)
    assert (listed.exit_code, listed.reason) == (ExitCode.OK, "allowed")
    by_kind = approve(desk(allow_kinds=["permissive"], **strict), "mit", redistribute=True)
    assert by_kind.exit_code == ExitCode.OK
    # every licence must be listed: one of two is not enough
    mixed = approve(desk(allow=["mit"], **strict), "mit", "llama-3.3", mau_at_release=1)
    assert (mixed.exit_code, mixed.reason) == (ExitCode.CONDITIONS, "over-gate")


def test_the_allow_list_never_lifts_a_denial(desk, approve):
    answer = approve(desk(allow=["cc-by-nc-4.0"]), "cc-by-nc-4.0")
    assert (answer.exit_code, answer.reason) == (ExitCode.DENIED, "denied")


def test_duties_are_accepted_by_id(desk, approve):
    missing = approve(desk(require_accepted_obligations=True), "gemma-tou-2025-03-24")
    assert (missing.exit_code, missing.outstanding) == (ExitCode.CONDITIONS, ("aup",))
    met = approve(desk(require_accepted_obligations=True, accepted=["aup"]), "gemma-tou-2025-03-24")
    assert (met.exit_code, met.accepted) == (ExitCode.OK, ("aup",))
    # a duty that appears later fails again
    hosting = approve(
        desk(require_accepted_obligations=True, accepted=["aup"]), "gemma-tou-2025-03-24", host_as_service=True
    )
    assert set(hosting.outstanding) == {"pass-on-use-restrictions", "license-copy"}


def test_an_exception_names_who_why_and_until_when(desk, approve):
    key = "gemma-tou-2025-03-24"
    waiver = {**WAIVER, "licenses": [key], "accepted": ["aup"], "expires": "2027-03-31"}
    current = desk(verdict_gate="allowed", exceptions=[waiver])
    answer = approve(current, key)
    assert (answer.exit_code, answer.reason) == (ExitCode.OK, "excepted")
    assert "legal@example.co.jp" in answer.text
    assert current.warnings() == ()

    expired = desk(verdict_gate="allowed", exceptions=[{**waiver, "expires": "2026-11-21"}])
    assert approve(expired, key).exit_code == ExitCode.CONDITIONS
    assert [w.code for w in expired.warnings()] == ["exception-expired"]

    last_day = desk(verdict_gate="allowed", exceptions=[{**waiver, "expires": TODAY}])
    assert approve(last_day, key).exit_code == ExitCode.OK
    assert [w.code for w in last_day.warnings()] == ["exception-expires-soon"]

    other = desk(verdict_gate="allowed", exceptions=[waiver])
    assert approve(other, "llama-3.1", mau_at_release=1).exit_code == ExitCode.CONDITIONS
    assert [w.code for w in other.warnings()] == ["exception-licences"]


def test_an_exception_lets_a_reviewed_case_pass_but_no_denial(desk, approve):
    reviewed = desk(exceptions=[WAIVER])
    assert approve(reviewed, "apache-2.0", conflict="two sources").exit_code == ExitCode.OK
    assert approve(desk(exceptions=[WAIVER]), "cc-by-nc-4.0").exit_code == ExitCode.DENIED
    signed = desk(exceptions=[{**WAIVER, "agreement": "contract 2026-17"}])
    answer = approve(signed, "cc-by-nc-4.0")
    assert (answer.exit_code, answer.reason) == (ExitCode.OK, "agreement")


def test_review_fails_or_warns(desk, approve):
    failing = approve(desk(), "llama-3.1", conflict="x")
    assert (failing.exit_code, failing.reason) == (ExitCode.REVIEW, "review")
    lenient = desk(on_review="warn")
    assert approve(lenient, "llama-3.1", conflict="x").exit_code == ExitCode.OK
    assert "review-warned" in [w.code for w in lenient.warnings()]


def test_evidence_weaker_than_asked_is_a_review(desk, approve):
    answer = approve(desk(min_evidence="primary", allow=["mit"]), "mit", evidence="secondary")
    assert (answer.exit_code, answer.reason) == (ExitCode.REVIEW, "evidence")
    assert approve(desk(min_evidence="secondary"), "mit", evidence="secondary").exit_code == ExitCode.OK


def test_a_clarification_is_bound_to_a_hash(desk):
    clarify = {
        "model": "Rakuten/RakutenAI-3.0",
        "licenses": ["mit"],
        "license_files": [{"path": "LICENSE", "sha256": HASH}],
    }
    names = ("rakutenai-3.0", "Rakuten/RakutenAI-3.0")
    contested = LicenseBinding(("apache-2.0", "deepseek-1.0"), "secondary", "two sources")
    for hashes, keys, warning in (
        ({"LICENSE": HASH.upper()}, ("mit",), []),
        ({"LICENSE": "b" * 64}, contested.keys, ["clarify-void"]),
        ({}, contested.keys, ["clarify-unproven"]),
    ):
        current = desk(clarify=[clarify])
        binding = current.clarify(names, contested, hashes)
        assert binding.keys == keys
        assert (binding.conflict is None) == (keys == ("mit",))
        assert [w.code for w in current.warnings()] == warning


def test_what_no_longer_matches_is_said_with_its_place(licenses):
    positions = {("exceptions", 0): 12, ("policy", "allow", 1): 5}
    data = {"policy": {"allow": ["mit", "apache-2.0"]}, "exceptions": [WAIVER]}
    desk = Desk(parse_policy(data, positions), licenses, TODAY)
    binding = LicenseBinding(("mit",), "primary")
    desk.approve(("x",), binding, check(binding, licenses, LicenseFacts(use="commercial")))
    assert [(w.code, w.position) for w in desk.warnings()] == [("exception-unused", 12), ("allow-unused", 5)]


def test_facts_of_a_policy():
    data = {"use": "commercial", "region": "uk", "use_region": ["jp"], "mau": 300000, "maas": False}
    facts = parse_policy({"facts": data}).facts
    assert facts == LicenseFacts(use="commercial", region="GB", use_region=("JP",), mau=300000, maas=False)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ([], "not a mapping"),
        ({"version": 2}, "version 2"),
        ({"polcy": {}}, "unknown key polcy"),
        ({"policy": {"alow": []}}, "unknown key policy.alow"),
        ({"policy": {"verdict_gate": "denied"}}, "policy.verdict_gate: denied"),
        ({"policy": {"allow": "mit", "allow_kinds": ["free"]}}, "policy.allow_kinds: free"),
        ({"policy": {"require_accepted_obligations": "yes"}}, "true / false"),
        ({"exceptions": [{"model": "a/b", "reason": "r"}]}, "exceptions[0].owner is missing"),
        ({"exceptions": [{**WAIVER, "expires": "soon"}]}, "exceptions[0].expires"),
        ({"exceptions": {"model": "x"}}, "list of mappings"),
        ({"clarify": [{"model": "a/b", "licenses": ["mit"]}]}, "clarify[0].license_files is missing"),
        ({"clarify": [{"model": "a", "license_files": [{"path": "L", "sha256": "12"}]}]}, "64 hex digits"),
        ({"facts": {"use": "sale"}}, "facts.use: sale"),
        ({"facts": {"mau": "many"}}, "facts.mau: expected number"),
        ({"facts": {"maas": 1}}, "facts.maas: expected true / false"),
        ({"facts": {"colour": "red"}}, "unknown key facts.colour"),
        ({"facts": 3}, "facts: expected mapping"),
    ],
)
def test_every_defect_is_named(data, problem):
    with pytest.raises(ConfigError) as caught:
        parse_policy(data)
    assert caught.value.code == "policy-invalid"
    assert caught.value.exit_code == ExitCode.USAGE
    assert any(problem in one for one in caught.value.problems), caught.value.problems


def test_defects_carry_the_nearest_known_place():
    with pytest.raises(ConfigError) as caught:
        parse_policy({"policy": {"verdict_gate": "x"}}, {("policy",): 4}, path="p.yaml")
    assert caught.value.problems[0].startswith("p.yaml:4: ")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_template_is_a_valid_policy(lang):
    facts = LicenseFacts(use="internal", region="JP", use_region=("JP", "US"), mau=3e5, maas=False)
    text = policy_template(facts, lang)
    policy = parse_policy(yaml.load(text, PlainLoader))
    assert policy.facts == facts
    assert policy.require_accepted_obligations
    assert "apache-2.0" in policy.allow
    uncommented = text.replace("exceptions: []\n", "exceptions:\n").replace("clarify: []\n", "clarify:\n")
    uncommented = uncommented.replace("\n#  - ", "\n  - ").replace("\n#    ", "\n    ").replace('"..."}', f'"{HASH}"}}')
    full = parse_policy(yaml.load(uncommented, PlainLoader))
    assert (len(full.exceptions), len(full.clarifications)) == (1, 1)
