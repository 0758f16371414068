"""Every threshold of every licence: below, exactly at, above, unknown. And money in the other currency."""

from __future__ import annotations

import pytest
import yaml
from license_support import LICENSES, PlainLoader, rules

from osllm.domain.request import LicenseFacts
from osllm.licensing.thresholds import crossing, exempt

ENTRIES = [yaml.load(path.read_text("utf-8"), PlainLoader) for path in sorted(LICENSES.glob("*.yaml"))]
MEASURED = [(e["key"], t) for e in ENTRIES for t in e.get("thresholds") or () if "metric" in t]
SWITCHED = [(e["key"], t) for e in ENTRIES for t in e.get("thresholds") or () if "any_of" in t]
IDS = [f"{key}-{threshold['id']}" for key, threshold in MEASURED]


def facts_for(threshold, **more):
    """A commercial use by a business that the threshold is about, silent about everything else."""
    business = dict.fromkeys(threshold.get("only_if") or (), True)
    return LicenseFacts(use="commercial", **{**business, **more})


def test_there_are_thresholds_to_test():
    assert len(MEASURED) > 25
    assert len(SWITCHED) >= 4


@pytest.mark.parametrize(("key", "threshold"), MEASURED, ids=IDS)
def test_below_at_and_above(key, threshold):
    metric, value = threshold["metric"], threshold["value"]
    assert crossing(threshold, facts_for(threshold, **{metric: value - 1})).state == "below"
    assert crossing(threshold, facts_for(threshold, **{metric: value + 1})).state == "above"
    at = "contested" if threshold.get("contested_at") else "above" if threshold["op"] == "gte" else "below"
    assert crossing(threshold, facts_for(threshold, **{metric: value})).state == at


@pytest.mark.parametrize(("key", "threshold"), MEASURED, ids=IDS)
def test_unknown_asks_for_the_figure(key, threshold):
    result = crossing(threshold, facts_for(threshold))
    assert result.state == "unknown"
    assert threshold["metric"] in result.asks


@pytest.mark.parametrize(("key", "threshold"), MEASURED, ids=IDS)
def test_the_verdict_follows_the_text(key, threshold, ask):
    metric, value = threshold["metric"], threshold["value"]
    said = facts_for(threshold)._asdict() | {"region": "JP", "use_region": ("JP",)}
    above = ask(key, **(said | {metric: value + 1}))
    unknown = ask(key, **said)
    if threshold["consequence"].startswith(("denied", "licence_terminates")):
        expected = "review" if threshold.get("evidence") == "secondary" else "denied"
        found = next(f for _, f in above.findings if f.params.get("threshold") == threshold["id"])
        assert found.severity == expected
        assert found.clause == threshold.get("clause")
    else:
        assert "threshold-exceeded" in rules(above)
    finding = next(f for _, f in unknown.findings if f.params.get("threshold") == threshold["id"])
    if threshold["if_unknown"] == "review":
        assert finding.severity == "review"
    else:
        assert finding.rule == "threshold-assumed"
        assert unknown.assumptions
    assert any(option in unknown.asks for option in ("--" + metric.replace("_", "-"),))


@pytest.mark.parametrize(("key", "threshold"), SWITCHED, ids=[f"{key}-{t['id']}" for key, t in SWITCHED])
def test_kinds_of_business(key, threshold, ask):
    said = {"use": "commercial", "region": "JP", "use_region": ("JP",)}
    if threshold.get("only_when"):
        said[threshold["only_when"]] = True
    for switch in threshold["any_of"]:
        others = dict.fromkeys(threshold["any_of"], False)
        found = [
            next(f for _, f in ask(key, **said, **switches).findings if f.params.get("threshold") == threshold["id"])
            for switches in ({switch: True}, others, {})
        ]
        above = "review" if threshold.get("evidence") == "secondary" else "denied"
        assert [finding.severity for finding in found] == [above, "allowed", "review"]


def test_exactly_at_a_contested_limit_is_reviewed(ask):
    lfm = ask("lfm-open-1.0", use="commercial", revenue_usd=10_000_000)
    stability = ask("stability-community-2024-07-05", use="commercial", revenue_usd=1_000_000)
    assert (lfm.verdict, stability.verdict) == ("review", "review")
    assert "threshold-contested" in rules(lfm) & rules(stability)


def test_a_limit_known_second_hand_reviews_where_it_would_deny(ask):
    assert ask("jamba-open-model", use="commercial", revenue_usd=60_000_000).verdict == "review"
    assert ask("jamba-open-model", use="commercial", revenue_usd=1_000_000).verdict == "conditions"


USD = {"id": "x", "metric": "revenue_usd", "op": "gt", "value": 10_000_000}
JPY = {"id": "x", "metric": "revenue_jpy", "op": "gt", "value": 1_000_000_000}


@pytest.mark.parametrize(
    ("threshold", "fact", "figure", "state"),
    [
        # 10 M dollars: at 100 yen nominal 1,000 M yen; a tenth and ten times that are safe at any likely rate
        (USD, "revenue_jpy", 100_000_000, "below"),
        (USD, "revenue_jpy", 100_000_001, "unknown"),
        (USD, "revenue_jpy", 3_200_000_000, "unknown"),
        (USD, "revenue_jpy", 10_000_000_000, "above"),
        # 1,000 M yen: 10 M dollars nominal
        (JPY, "revenue_usd", 1_000_000, "below"),
        (JPY, "revenue_usd", 9_000_000, "unknown"),
        (JPY, "revenue_usd", 100_000_000, "above"),
    ],
)
def test_money_in_the_other_currency(threshold, fact, figure, state):
    result = crossing(threshold, LicenseFacts(use="commercial", **{fact: figure}))
    assert result.state == state
    if state != "unknown":
        assert result.inferred_from == fact
    else:
        assert result.asks == (threshold["metric"],)


@pytest.mark.parametrize("rate", [10, 75, 150, 360, 1000])
def test_the_order_of_magnitude_is_right_at_any_likely_exchange_rate(rate):
    for yen in (1e6, 9.9e7, 1e8, 1e10, 5e10, 1e12):
        state = crossing(USD, LicenseFacts(revenue_jpy=yen)).state
        if state != "unknown":
            assert state == ("above" if yen / rate > USD["value"] else "below") or yen / rate == USD["value"]


def test_a_years_revenue_bounds_a_months_and_a_products():
    for metric in ("monthly_revenue_usd", "product_revenue_usd"):
        limit = {"id": "x", "metric": metric, "op": "gt", "value": 20_000_000}
        small = crossing(limit, LicenseFacts(revenue_usd=20_000_000))
        assert (small.state, small.inferred_from) == ("below", "revenue_usd")
        assert crossing(limit, LicenseFacts(revenue_usd=20_000_001)).state == "unknown"
        assert crossing(limit, LicenseFacts(revenue_jpy=1_000_000)).inferred_from == "revenue_jpy"


def test_todays_users_suggest_but_never_disprove_a_frozen_test():
    frozen = {"id": "x", "metric": "mau_at_release", "op": "gt", "value": 100}
    assert crossing(frozen, LicenseFacts(mau=100)).inferred_from == "mau"
    assert crossing(frozen, LicenseFacts(mau=101)).state == "unknown"
    assert crossing(frozen, LicenseFacts(mau=1e9, mau_at_release=100)).state == "below"
    live = {**frozen, "metric": "mau"}
    assert crossing(live, LicenseFacts(mau_at_release=1e9)).state == "unknown"


def test_a_limit_for_certain_businesses_needs_both():
    limit = {**USD, "only_if": ["maas", "ai_work_assistant"]}
    rich, poor = {"revenue_usd": 1e9}, {"revenue_usd": 1}
    assert crossing(limit, LicenseFacts(**rich, maas=True)).state == "above"
    assert crossing(limit, LicenseFacts(**rich, maas=False, ai_work_assistant=False)).state == "below"
    assert crossing(limit, LicenseFacts(**poor)).state == "below"
    assert crossing(limit, LicenseFacts(**rich)).asks == ("maas", "ai_work_assistant")
    assert crossing(limit, LicenseFacts(maas=True)).asks == ("revenue_usd",)


def test_exemptions_are_uses_or_facts():
    limit = {**USD, "exempt_if": ["internal", "nonprofit"]}
    assert exempt(limit, LicenseFacts(), "internal")
    assert exempt(limit, LicenseFacts(nonprofit=True), "commercial")
    assert not exempt(limit, LicenseFacts(nonprofit=False), "commercial")
