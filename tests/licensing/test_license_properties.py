"""What must hold whatever is asked: nothing that restricts makes a verdict milder, and order means nothing."""

from __future__ import annotations

import copy

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from license_support import read_licenses

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import VERDICT_ORDER
from osllm.licensing.engine import check
from osllm.licensing.facts import METRICS, USES
from osllm.licensing.lean import lean

ENTRIES = read_licenses()
KEYS = sorted(ENTRIES)
WIDENING = (
    "redistribute", "host_as_service", "fine_tune", "publish_model", "train_on_outputs",
    "maas", "ai_work_assistant", "competes_with_licensor", "cloud_provider",
)  # fmt: skip

thorough = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

three = st.sampled_from([None, False, True])
amounts = st.sampled_from([None, 0, 999_999, 1e6, 1_000_001, 1e7, 2e7, 2e7 + 1, 1e8, 1e8 + 1, 7e8 + 1, 1e9, 1e10, 1e12])
keysets = st.lists(st.sampled_from(KEYS), min_size=1, max_size=4, unique=True)
modalities = st.sampled_from([(), ("text",), ("text", "image")])
uses = st.sampled_from([None, *USES])
facts = st.builds(
    LicenseFacts,
    use=uses,
    region=st.sampled_from([None, "JP", "DE", "KR", "EU"]),
    use_region=st.sampled_from([(), ("JP",), ("FR",), ("JP", "KR"), ("GB",)]),
    field=st.sampled_from([(), ("military",), ("medical",)]),
    end_user=three,
    nonprofit=three,
    free_of_charge=three,
    **dict.fromkeys(WIDENING, three),
    **dict.fromkeys(METRICS, amounts),
)


def level(keys, said, kinds=("text",), licenses=ENTRIES, **binding):
    verdict = check(LicenseBinding(tuple(keys), **{"evidence": "primary", **binding}), licenses, said, kinds, None)
    return VERDICT_ORDER.index(verdict.verdict)


@thorough
@given(keysets, st.sampled_from(KEYS), facts, modalities)
def test_another_licence_never_makes_it_milder(keys, another, said, kinds):
    assert level({*keys, another}, said, kinds) >= level(keys, said, kinds)


@thorough
@given(st.data(), keysets, facts, modalities)
def test_order_never_matters(data, keys, said, kinds):
    shuffled = data.draw(st.permutations(keys))
    one = check(LicenseBinding(tuple(keys), "primary"), ENTRIES, said, kinds)
    other = check(LicenseBinding(tuple(shuffled), "primary"), ENTRIES, said, kinds)
    assert one.verdict == other.verdict
    assert dict(one.per_license) == dict(other.per_license)
    assert set(one.obligations) == set(other.obligations)
    assert set(one.assumptions) == set(other.assumptions)


@thorough
@given(keysets, facts, st.sampled_from(WIDENING), modalities)
def test_doing_more_never_makes_it_milder(keys, said, more, kinds):
    narrow, wide = said._replace(**{more: False}), said._replace(**{more: True})
    assert level(keys, wide, kinds) >= level(keys, narrow, kinds)
    assert level(keys, wide, kinds) >= level(keys, said._replace(**{more: None}), kinds)


@thorough
@given(keysets, facts, modalities, st.integers(0, len(USES) - 2))
def test_a_wider_use_never_makes_it_milder(keys, said, kinds, i):
    # research may be exempt where personal use is not: those two are not ordered
    pairs = [(USES[i], wider) for wider in ("internal", "commercial") if USES.index(wider) > i]
    for narrow, wide in pairs:
        assert level(keys, said._replace(use=wide), kinds) >= level(keys, said._replace(use=narrow), kinds)


@thorough
@given(keysets, facts, st.sampled_from(METRICS), st.sampled_from([1, 1e6, 5e6, 1e8, 1e9]), modalities)
def test_growing_never_makes_it_milder(keys, said, metric, growth, kinds):
    small = getattr(said, metric)
    if small is not None:
        grown = said._replace(**{metric: small + growth})
        assert level(keys, grown, kinds) >= level(keys, said, kinds)


@thorough
@given(keysets, facts, st.sampled_from(["DE", "GB", "KR", "WORLD"]))
def test_one_more_place_never_makes_it_milder(keys, said, place):
    here = said._replace(use_region=said.use_region or ("JP",))
    assert level(keys, here._replace(use_region=(*here.use_region, place))) >= level(keys, here)


@thorough
@given(keysets, facts)
def test_weaker_evidence_and_doubts_never_make_it_milder(keys, said):
    base = level(keys, said)
    weaker = [level(keys, said, evidence=evidence) for evidence in ("primary", "partial", "secondary", "not_seen")]
    assert weaker == sorted(weaker)
    assert level(keys, said, conflict="x") >= max(base, 2)
    assert level(keys, said, card_restriction="x") >= max(base, 2)


STRICTER = {
    "yes": ["conditional", "unstated", None, "no"],
    "conditional": ["unstated", None, "no"],
    "unstated": ["no"],
    None: ["no"],
}


@thorough
@given(st.data(), st.sampled_from(KEYS), facts, modalities)
def test_a_further_restriction_never_makes_it_milder(data, key, said, kinds):
    stricter = copy.deepcopy(ENTRIES[key])
    kind = data.draw(st.sampled_from(["grant", "threshold", "obligation", "exclusion", "field", "seen"]))
    if kind == "grant":
        right = data.draw(
            st.sampled_from(["redistribute", "host_as_service", "fine_tune", "train_other_models_on_outputs"])
        )
        grant = stricter["grants"][right]
        choices = STRICTER.get(grant["v"])
        if not choices:
            return
        grant["v"] = data.draw(st.sampled_from(choices))
        if grant["v"] == "no":
            grant.pop("nc", None)
    elif kind == "threshold":
        metric = data.draw(st.sampled_from(METRICS))
        new = {"id": "new", "metric": metric, "op": "gt", "value": 1e6, "applies_to": "any_use"}
        new |= {"consequence": "denied", "if_unknown": data.draw(st.sampled_from(["review", "assume_below"]))}
        stricter.setdefault("thresholds", []).append(new)
    elif kind == "obligation":
        when = data.draw(st.sampled_from(["always", "commercial", "product", "distribute", "host"]))
        stricter.setdefault("obligations", []).append({"id": "new", "when": [when]})
    elif kind == "exclusion":
        test = data.draw(st.sampled_from(["licensee", "use_place"]))
        stricter.setdefault("exclusions", []).append({"territories": ["EU"], "test": test})
    elif kind == "field":
        stricter.setdefault("fields", {})["military"] = {"v": "no"}
    else:
        stricter["seen"] = "not_seen"
    assert level([key], said, kinds, {key: stricter}) >= level([key], said, kinds)


@thorough
@given(keysets, facts, modalities)
def test_prose_decides_nothing(keys, said, kinds):
    slim = {key: lean(entry) for key, entry in ENTRIES.items()}
    full = check(LicenseBinding(tuple(keys), "primary"), ENTRIES, said, kinds, "ja")
    bare = check(LicenseBinding(tuple(keys), "primary"), slim, said, kinds, None)
    assert (full.verdict, full.per_license, full.per_use, full.asks) == (
        bare.verdict,
        bare.per_license,
        bare.per_use,
        bare.asks,
    )
    assert [duty.id for duty in full.obligations] == [duty.id for duty in bare.obligations]


@thorough
@given(keysets, facts, modalities)
def test_both_languages_say_something(keys, said, kinds):
    for lang in ("en", "ja"):
        verdict = check(LicenseBinding(tuple(keys), "primary"), ENTRIES, said, kinds, lang)
        assert all(finding.text and "{" not in finding.text for _, finding in verdict.findings)
        assert all(duty.text for duty in verdict.obligations)


@pytest.mark.parametrize("key", KEYS)
def test_an_unsaid_use_answers_for_both(key):
    said = LicenseFacts(region="JP", use_region=("JP",), mau=1, mau_at_release=1)
    verdict = check(LicenseBinding((key,), "primary"), ENTRIES, said, ("text",))
    answers = dict(verdict.per_use)
    for use, answer in answers.items():
        alone = check(LicenseBinding((key,), "primary"), ENTRIES, said._replace(use=use), ("text",))
        assert alone.verdict == answer
    if len(set(answers.values())) > 1:
        assert "--use" in verdict.asks
    if "denied" in answers.values() and set(answers.values()) != {"denied"}:
        assert verdict.verdict == "review"
