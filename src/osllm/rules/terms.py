"""What a finished plan deserves to have said about the licences of its model. `c` is a `PlanFacts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.rules.registry import Params, rule

if TYPE_CHECKING:
    from osllm.rules.plan import PlanFacts
    from osllm.rules.question import Question


@rule("LIC201", "licence-allows", stage="plan", effect="prefer")
def licence_allows(c: PlanFacts, _q: Question) -> Params | None:
    """Every licence of the model allows the use without further duties."""
    return {"keys": list(c.license.keys)} if c.license.verdict == "allowed" else None


@rule("LIC202", "licence-conditions", stage="plan", effect="note")
def licence_conditions(c: PlanFacts, _q: Question) -> Params | None:
    """The use is permitted if duties are met.

    What would change it: meeting them (`osllm license check MODEL`).
    """
    if c.license.verdict != "conditions":
        return None
    duties = [o.id for o in c.license.obligations]
    params = {"keys": list(c.license.keys), "obligations": duties}
    if duties:
        return params
    binding = c.model.license
    told = "second-hand" if binding is not None and binding.evidence == "secondary" else "reservation"
    return {**params, "why": told, "model": c.model.id}


@rule("LIC203", "licence-review", stage="plan", effect="unknown")
def licence_review(c: PlanFacts, _q: Question) -> Params | None:
    """Whether the use is permitted is not certain: a fact is missing, the text was not read, or sources disagree.

    What would change it: the missing fact, or a lawyer's reading.
    """
    return {"keys": list(c.license.keys)} if c.license.verdict == "review" else None
