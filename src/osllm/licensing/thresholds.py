"""Where a licence changes at a number or a kind of business: below, above, exactly at, or not known.

Money is never converted. A yen amount is held against a dollar threshold (and the reverse) only by order of
magnitude, and the user is asked for the figure in the licence's currency otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from osllm.domain.request import LicenseFacts
from osllm.licensing.facts import both, either
from osllm.tuples import NamedTuple

# Assumption, not an exchange rate: with 100 yen to the dollar and a factor of ten of slack on both sides the
# comparison holds for any rate from 10 to 1,000 yen; since 1971 the rate has stayed between 75 and 360.
YEN_PER_DOLLAR_NOMINAL: Final = 100.0
MAGNITUDE: Final = 10.0

# A figure that is never larger than another one: if the larger is below the threshold, so is the smaller.
_BOUNDED_BY: Final = {"monthly_revenue_usd": "revenue_usd", "product_revenue_usd": "revenue_usd"}
_OTHER_CURRENCY: Final = {
    "revenue_usd": ("revenue_jpy", 1 / YEN_PER_DOLLAR_NOMINAL),
    "revenue_jpy": ("revenue_usd", YEN_PER_DOLLAR_NOMINAL),
}


class Crossing(NamedTuple):
    """How a use stands to one threshold."""

    state: str  # below | above | contested | unknown
    asks: tuple[str, ...] = ()  # facts that would settle it
    inferred_from: str | None = None  # the fact used instead of the one that the licence measures


def crossing(threshold: Mapping[str, Any], facts: LicenseFacts) -> Crossing:
    """Tell on which side of a threshold a use stands.

    Args:
        threshold: an entry of `thresholds` of a licence file: `metric` with `op` and `value`, or `any_of` switches;
            `only_if` switches narrow it to certain businesses.
        facts: what was said.

    Returns:
        `contested` where the licence words the exact value both ways; `unknown` with the facts to ask for.
    """
    switches = threshold.get("any_of")
    result = _switched(switches, facts) if switches else _measured(threshold, facts)
    only_if = threshold.get("only_if")
    if not only_if or result.state == "below":
        return result
    business = _switched(only_if, facts)
    if business.state == "above":
        return result
    if business.state == "below":
        return business
    return Crossing("unknown", (*business.asks, *result.asks))


def exempt(threshold: Mapping[str, Any], facts: LicenseFacts, use: str) -> bool:
    """Tell whether the text takes this use or this licensee out of the threshold (or of an exclusion)."""
    return any(who == use or getattr(facts, who, None) is True for who in threshold.get("exempt_if") or ())


def _switched(switches: tuple[str, ...] | list[str], facts: LicenseFacts) -> Crossing:
    value = either(*(getattr(facts, name) for name in switches))
    if value is None:
        return Crossing("unknown", tuple(name for name in switches if getattr(facts, name) is None))
    return Crossing("above" if value else "below")


def _measured(threshold: Mapping[str, Any], facts: LicenseFacts) -> Crossing:
    metric = threshold["metric"]
    figure = getattr(facts, metric)
    if figure is not None:
        return Crossing(_side(threshold, figure))
    if metric == "mau_at_release":
        return _frozen(threshold, facts)
    larger = _BOUNDED_BY.get(metric)
    if larger is not None:
        bound = crossing({**threshold, "metric": larger, "only_if": None}, facts)
        if bound.state == "below":
            return Crossing("below", (), bound.inferred_from or larger)
    elif metric in _OTHER_CURRENCY:
        return _by_magnitude(threshold, facts)
    return Crossing("unknown", (metric,))


def _side(threshold: Mapping[str, Any], figure: float) -> str:
    limit = threshold["value"]
    if figure == limit and threshold.get("contested_at"):
        return "contested"
    over = figure > limit or (figure == limit and threshold["op"] == "gte")
    return "above" if over else "below"


def _frozen(threshold: Mapping[str, Any], facts: LicenseFacts) -> Crossing:
    """Judge a test frozen at release: today's figure can suggest that it was passed, never that it was failed."""
    if facts.mau is not None and _side(threshold, facts.mau) == "below":
        return Crossing("below", (), "mau")
    return Crossing("unknown", ("mau_at_release",))


def _by_magnitude(threshold: Mapping[str, Any], facts: LicenseFacts) -> Crossing:
    metric, limit = threshold["metric"], threshold["value"]
    other, factor = _OTHER_CURRENCY[metric]
    figure = getattr(facts, other)
    if figure is None:
        return Crossing("unknown", (metric,))
    nominal = figure * factor
    if nominal * MAGNITUDE <= limit:
        return Crossing("below", (), other)
    if nominal >= limit * MAGNITUDE:
        return Crossing("above", (), other)
    return Crossing("unknown", (metric,), other)


def crossed(state: str) -> bool | None:
    """Return a state as a three-valued answer to "is it above?"."""
    return {"above": True, "below": False}.get(state)


def triggered(when: bool | None, above: list[bool | None]) -> bool | None:
    """Combine a duty's triggers with the thresholds above which it begins (none: from the first user)."""
    return both(when, either(*above)) if above else when
