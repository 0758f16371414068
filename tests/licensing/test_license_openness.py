"""Openness is derived: from the licences, and from which parts are published."""

from __future__ import annotations

import pytest

from osllm.domain.model import LicenseBinding
from osllm.licensing.openness import ABSENT, MOF_COMPONENTS, at_least, derive, tier

OPEN = {name: "apache-2.0" for group in MOF_COMPONENTS.values() for name in group}


def binding(*keys, components=(), **more):
    return LicenseBinding(keys, "primary", components=tuple(dict(components).items()), **more)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (("apache-2.0",), "open-licence"),  # Qwen2.5-7B, Mixtral, Gemma 4
        (("mit",), "open-licence"),  # Phi-4, R1, GLM-4.5
        (("mit", "apache-2.0"), "open-licence"),  # R1-Distill-Qwen
        (("mit", "llama-3.3"), "open-weights"),  # R1-Distill-Llama
        (("gemma-tou-2025-03-24",), "open-weights"),
        (("deepseek-1.0",), "open-weights"),  # V3
        (("kimi-k2-modified-mit",), "open-weights"),
        (("cc-by-4.0",), "open-weights"),  # no OSI licence
        (("apache-2.0-gpt-oss",), "open-licence"),
        ((), None),  # without a licence nobody may download them
        (("proprietary-api",), None),
    ],
)
def test_tiers(keys, expected, licenses):
    assert tier(binding(*keys), licenses) == expected


def test_doubts_keep_a_model_from_open_licence(licenses):
    assert tier(binding("apache-2.0", conflict="x"), licenses) == "open-weights"
    assert tier(binding("apache-2.0", card_restriction="research only"), licenses) == "open-weights"
    assert derive(binding("no-such-licence"), licenses).weights_licence_osi is None


def test_open_data_and_code_needs_class_ii_and_the_data(licenses):
    whole = derive(binding("apache-2.0", components=OPEN), licenses)  # OLMo 7B
    assert (whole.tier, whole.mof_class, whole.missing) == ("open-data-and-code", 1, ())
    no_data = derive(binding("apache-2.0", components={**OPEN, "datasets": ABSENT}), licenses)
    assert (no_data.tier, no_data.mof_class, no_data.missing) == ("open-licence", 2, ("datasets",))
    described = derive(
        binding("apache-2.0", components={**OPEN, "datasets": ABSENT, "data_information": "full"}), licenses
    )
    assert described.tier == "open-data-and-code"
    assert derive(binding("llama-3.1", components=OPEN), licenses).tier == "open-weights"


def test_classes_need_every_component_under_an_open_licence(licenses):
    no_card = derive(binding("apache-2.0", components={**OPEN, "data_card": ABSENT}), licenses)
    assert (no_card.mof_class, no_card.missing) == (0, ("data_card",))
    closed_code = derive(binding("apache-2.0", components={**OPEN, "training_code": "cc-by-nc-4.0"}), licenses)
    assert (closed_code.mof_class, closed_code.missing) == (3, ("training_code",))
    unchecked = derive(
        binding("apache-2.0", components={name: key for name, key in OPEN.items() if name != "eval_code"}), licenses
    )
    assert (unchecked.mof_class, unchecked.unchecked) == (3, ("eval_code",))
    paper = derive(binding("apache-2.0", components={**OPEN, "tech_report": ABSENT}), licenses)
    assert paper.mof_class == 1  # a research paper stands in for the report
    cards = {"model_card": "cc-by-4.0", "data_card": "cc-by-4.0"}
    assert derive(binding("apache-2.0", components={**OPEN, **cards}), licenses).mof_class == 1
    assert derive(binding("apache-2.0", components={**OPEN, "architecture_code": "cc-by-4.0"}), licenses).mof_class == 0


def test_order():
    assert at_least("open-data-and-code", "open-licence")
    assert not at_least("open-weights", "open-licence")
    assert not at_least(None, "open-weights")
