"""Facts about a use that cannot all be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.errors import RequestError
from osllm.licensing.facts import option
from osllm.licensing.thresholds import MAGNITUDE, YEN_PER_DOLLAR_NOMINAL
from osllm.licensing.words import say

if TYPE_CHECKING:
    from osllm.domain.request import LicenseFacts

# (part, whole): the first can never be larger than the second
_PARTS: Final = (
    ("dau", "mau"),
    ("monthly_revenue_usd", "revenue_usd"),
    ("product_revenue_usd", "revenue_usd"),
)
_OFFERED: Final = ("host_as_service", "redistribute", "publish_model", "maas")  # what others get


def refuse_impossible(facts: LicenseFacts, lang: str = "en") -> None:
    """Raise RequestError (`contradictory-facts`) for figures of which a part is larger than the whole.

    Yen and dollars contradict each other only where no exchange rate could reconcile them.
    """
    for part, whole in _PARTS:
        small, large = getattr(facts, part), getattr(facts, whole)
        if small is not None and large is not None and small > large:
            raise _error("part-exceeds-whole", part, whole, lang)
    dollars, yen = facts.revenue_usd, facts.revenue_jpy
    if dollars and yen:
        ratio = yen / (dollars * YEN_PER_DOLLAR_NOMINAL)
        if not 1 / MAGNITUDE <= ratio <= MAGNITUDE:
            raise _error("no-such-rate", "revenue_jpy", "revenue_usd", lang)


def _error(message: str, first: str, second: str, lang: str) -> RequestError:
    text = say(f"contradiction.{message}", lang, first=option(first), second=option(second))
    return RequestError("contradictory-facts", text)


def doubtful(facts: LicenseFacts, lang: str = "en") -> tuple[str, ...]:
    """Name facts that hardly go together; the check believes them all and says so.

    `internal` means that nothing is offered to others; an end user of somebody's product hands nothing on; personal
    use is no business.
    """
    pairs = []
    for name in _OFFERED:
        if getattr(facts, name):
            pairs += [(f"--use {facts.use}", name)] if facts.use == "internal" else []
            pairs += [("--end-user", name)] if facts.end_user else []
    if facts.use == "personal":
        pairs += [("--use personal", name) for name in ("maas", "cloud_provider") if getattr(facts, name)]
    return tuple(say("contradiction.doubtful", lang, first=first, second=option(second)) for first, second in pairs)
