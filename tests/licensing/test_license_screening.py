"""The licence question of a ranking: the engine's verdicts, the policy's decisions."""

from __future__ import annotations

import pytest

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.licensing.engine import check
from osllm.licensing.lean import lean
from osllm.licensing.policy import parse_policy, with_facts
from osllm.licensing.screening import Screening

BINDINGS = [
    LicenseBinding(("apache-2.0",), "primary"),
    LicenseBinding(("cc-by-nc-4.0",), "primary"),
    LicenseBinding(("llama-3.2",), "primary"),
    LicenseBinding(("mit",), "primary", "two sources"),
]
TODAY = "2026-11-22"


@pytest.fixture
def screen(licenses):
    def make(policy=None, **facts):
        bare = {key: lean(entry) for key, entry in licenses.items()}
        rules = None if policy is None else parse_policy(policy)
        said = LicenseFacts(use="commercial", **facts)
        return Screening(BINDINGS, bare, said if rules is None else with_facts(rules, said), policy=rules, today=TODAY)

    return make


def refusals(screening):
    return [screening.refusal(number, ("text",), (f"model-{number}", f"org/{number}")) for number in range(4)]


def test_without_a_policy_only_a_denial_refuses(screen):
    assert refusals(screen()) == [None, "denied", None, None]


def test_verdicts_are_the_engines(screen, licenses):
    screening = screen(region="FR", mau_at_release=1)
    for number, binding in enumerate(BINDINGS):
        for modalities in ((), ("text",), ("text", "image")):
            facts = LicenseFacts(use="commercial", region="FR", mau_at_release=1)
            assert screening.verdict(number, modalities).verdict == check(binding, licenses, facts, modalities).verdict
    assert screening.verdict(2, ("text", "image")).verdict == "denied"  # Llama 3.2 in the EU: multimodal models only
    assert screening.verdict(2, ("text",)).verdict == "conditions"


def test_a_policy_refuses_more_and_an_agreement_lifts(screen):
    strict = {"policy": {"verdict_gate": "allowed"}}
    assert refusals(screen(strict)) == [None, "denied", "over-gate", "review"]
    assert refusals(screen({"policy": {"on_review": "warn"}})) == [None, "denied", None, None]
    assert refusals(screen({"policy": {"require_accepted_obligations": True}}))[2] == "not-accepted"
    signed = {"model": "org/1", "reason": "r", "owner": "o", "agreement": "contract 7", "expires": TODAY}
    assert refusals(screen({**strict, "exceptions": [signed]})) == [None, None, "over-gate", "review"]
    over = {**signed, "expires": "2026-11-21"}
    assert refusals(screen({**strict, "exceptions": [over]}))[1] == "denied"


def test_the_facts_of_a_policy_fill_in_what_was_not_said():
    policy = parse_policy({"facts": {"use": "research", "mau": 5, "region": "JP", "field": ["medical"]}})
    assert with_facts(policy, LicenseFacts()) == policy.facts
    said = LicenseFacts(use="commercial", maas=False, use_region=("US",))
    assert with_facts(policy, said) == policy.facts._replace(use="commercial", maas=False, use_region=("US",))
