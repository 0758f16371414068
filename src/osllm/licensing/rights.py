"""The rights of a licence: which of them a use needs, and what the text says about those."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osllm.licensing.facts import FOR_PROFIT, either
from osllm.licensing.sheet import ALLOWED, CONDITIONS, DENIED, NOTHING, REVIEW, Sheet
from osllm.licensing.words import joined, options


def judge_rights(sheet: Sheet) -> None:
    """Judge the use itself and every further right that was said to be exercised."""
    grants = sheet.license.get("grants") or NOTHING
    acts, facts = sheet.acts, sheet.facts
    _judge_use(sheet, grants.get("commercial") or NOTHING)
    asked = (
        ("redistribute", acts["distribute"]),
        ("host_as_service", acts["host"]),
        ("fine_tune", either(facts.fine_tune, facts.publish_model)),
        ("train_other_models_on_outputs", acts["train_on_outputs"]),
    )
    for right, wanted in asked:
        grant = grants.get(right) or NOTHING
        if wanted:
            _judge_right(sheet, right, grant)
        elif wanted is None and _value(sheet, grant) == "no":
            _unsaid_right(sheet, right, grant, (grants.get("commercial") or NOTHING).get("v"))
    patents = grants.get("patent_grant") or NOTHING
    if patents.get("v") in ("no", "unstated") and sheet.use in FOR_PROFIT:
        text = joined(sheet.lang, sheet.say("patents-not-licensed"), sheet.paraphrase(patents.get("n")))
        sheet.find(None, "patents-not-licensed", text, right="patent_grant", clause=patents.get("c"))


def _value(sheet: Sheet, grant: Mapping[str, Any]) -> str | None:
    """Return what a grant says for this use: some texts withhold a right from commercial users only."""
    value: str | None = grant.get("v")
    if sheet.use not in FOR_PROFIT and "nc" in grant:
        value = grant["nc"]
    return value


def _judge_use(sheet: Sheet, grant: Mapping[str, Any]) -> None:
    """Judge the use itself: the right to use commercially, or for what is not commercial merely that it was read."""
    value = grant.get("v")
    if sheet.use in FOR_PROFIT:
        if sheet.use == "internal" and value == "no":
            own = sheet.license.get("internal_use")
            if own == "unclear":
                text = joined(sheet.lang, sheet.say("internal-use-unclear"), sheet.paraphrase(grant.get("n")))
                sheet.find(REVIEW, "internal-use-unclear", text, right="commercial", clause=grant.get("c"))
                return
            if own == "permitted":
                value = "conditional"
        _judge_right(sheet, "commercial", {**grant, "v": value})
    elif value is None:
        sheet.find(REVIEW, "right-unread", sheet.say("right-unread", right=sheet.right("use")), right="use")
    elif value == "no":
        text = joined(sheet.lang, sheet.say("non-commercial-only"), sheet.paraphrase(grant.get("n")))
        sheet.find(CONDITIONS, "non-commercial-only", text, right="use", clause=grant.get("c"))
    else:
        sheet.find(ALLOWED, "right-granted", sheet.say("right-granted", right=sheet.right("use")), right="use")


def _judge_right(sheet: Sheet, right: str, grant: Mapping[str, Any]) -> None:
    value = _value(sheet, grant) if right != "commercial" else grant.get("v")
    if value == "yes":
        level: int | None = ALLOWED
        rule = "right-granted"
    elif value == "conditional":
        # `by`: thresholds, duties or exclusions of the same file spell the conditions out and speak for themselves
        level, rule = (None if grant.get("by") else CONDITIONS), "right-conditional"
    elif value == "no":
        level, rule = DENIED, "right-denied"
    elif value == "unstated":
        outputs = right == "train_other_models_on_outputs"
        lenient = outputs and sheet.license.get("kind") in ("permissive", "copyleft")
        level, rule = (CONDITIONS if lenient else REVIEW), "right-unstated"
    else:
        level, rule = REVIEW, "right-unread"
    text = joined(sheet.lang, sheet.say(rule, right=sheet.right(right)), sheet.paraphrase(grant.get("n")))
    sheet.find(level, rule, text, right=right, clause=grant.get("c"))


def _unsaid_right(sheet: Sheet, right: str, grant: Mapping[str, Any], commercial: str | None) -> None:
    """Deal with a right that the text withholds and that the user did not speak about.

    Offering a product to others nearly always means hosting it, so there the answer depends on it; for the other
    rights the check assumes that they are not exercised and says so.
    """
    fact = {"host_as_service": "host_as_service", "redistribute": "redistribute", "fine_tune": "fine_tune"}.get(
        right, "train_on_outputs"
    )
    if right == "host_as_service" and sheet.use == "commercial" and commercial != "no":
        text = joined(sheet.lang, sheet.say("depends-on-hosting"), sheet.paraphrase(grant.get("n")))
        sheet.find(REVIEW, "depends-on-hosting", text, right=right, clause=grant.get("c"))
    else:
        sheet.assumptions.append(sheet.say("assume-not", right=sheet.right(right), asks=options((fact,))))
    sheet.asks.append(fact)
