"""What follows from the side of a threshold on which a use stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osllm.domain.request import LicenseFacts
from osllm.licensing.facts import DENYING, FOR_PROFIT
from osllm.licensing.sheet import ALLOWED, CONDITIONS, DENIED, REVIEW, Sheet
from osllm.licensing.thresholds import Crossing, crossed, crossing, exempt
from osllm.licensing.words import amount, joined, metric_name, options


def judge_limits(sheet: Sheet) -> dict[str, bool | None]:
    """Judge every threshold that binds this use; return for each id whether it is exceeded."""
    states: dict[str, bool | None] = {}
    for threshold in sheet.license.get("thresholds") or ():
        binds = threshold.get("applies_to") == "any_use" or sheet.use in FOR_PROFIT
        trigger = threshold.get("only_when")
        if trigger is not None and sheet.acts[trigger] is not True:
            binds = False
        if not binds or exempt(threshold, sheet.facts, sheet.use):
            states[threshold["id"]] = False
            continue
        result = crossing(threshold, sheet.facts)
        states[threshold["id"]] = crossed(result.state)
        _judge_crossing(sheet, threshold, result)
    return states


def _judge_crossing(sheet: Sheet, threshold: Mapping[str, Any], result: Crossing) -> None:
    state = result.state
    if state == "above":
        _judge_excess(sheet, threshold)
    elif state == "below":
        _speak(sheet, threshold, ALLOWED, "threshold-below")
    elif state == "contested":
        _speak(sheet, threshold, REVIEW, "threshold-contested")
    elif threshold.get("if_unknown") == "assume_below" and not _half_known(threshold, result, sheet.facts):
        _assume(sheet, threshold, result)
        return
    else:
        _speak(sheet, threshold, REVIEW, "threshold-unknown", result.asks)
        sheet.asks.extend(result.asks)
    if result.inferred_from is not None and state != "unknown":
        _infer(sheet, threshold, result.inferred_from)


def _half_known(threshold: Mapping[str, Any], result: Crossing, facts: LicenseFacts) -> bool:
    """Tell whether something said makes an assumed "below" doubtful: today's users or another currency."""
    if threshold.get("metric") == "mau_at_release":
        return facts.mau is not None
    return result.inferred_from is not None


def _judge_excess(sheet: Sheet, threshold: Mapping[str, Any]) -> None:
    consequence = threshold["consequence"]
    if consequence in DENYING:
        if threshold.get("evidence") == "secondary":
            _speak(sheet, threshold, REVIEW, "threshold-second-hand")
        else:
            _speak(sheet, threshold, DENIED, "threshold-exceeded")
    elif consequence == "display_model_name_on_ui":
        _speak(sheet, threshold, CONDITIONS, "threshold-exceeded", message="display-due")
    else:
        level = REVIEW if threshold.get("evidence") == "secondary" else CONDITIONS
        _speak(sheet, threshold, level, "threshold-exceeded", message="royalty")


def _speak(
    sheet: Sheet,
    threshold: Mapping[str, Any],
    level: int,
    rule: str,
    asks: tuple[str, ...] = (),
    *,
    message: str | None = None,
) -> None:
    right = "commercial" if sheet.use in FOR_PROFIT else "use"
    if sheet.lang is None:
        sheet.find(level, rule, "", right=right, clause=threshold.get("clause"))
        return
    switches = threshold.get("any_of")
    words: dict[str, object] = {"asks": options(asks)}
    if switches:
        words["metric"] = " / ".join(metric_name(name, sheet.lang) for name in switches)
        message = f"{message or rule}-switch"
    else:
        words["metric"] = metric_name(threshold["metric"], sheet.lang)
        words["limit"] = amount(threshold["metric"], threshold["value"])
    text = joined(sheet.lang, sheet.say(message or rule, **words), sheet.paraphrase(threshold.get("scope")))
    params = {"threshold": threshold["id"], "asks": list(asks)} if asks else {"threshold": threshold["id"]}
    sheet.find(level, rule, text, right=right, clause=threshold.get("clause"), params=params)


def _assume(sheet: Sheet, threshold: Mapping[str, Any], result: Crossing) -> None:
    """Assume "below" as the text's practice is, say so, and keep the verdict from being unconditional."""
    _speak(sheet, threshold, CONDITIONS, "threshold-assumed")
    sheet.asks.extend(result.asks)
    if sheet.lang is None:
        return
    switches = threshold.get("any_of")
    if switches:
        sheet.assumptions.append(sheet.say("threshold-assumed-switch"))
        return
    words = {
        "metric": metric_name(threshold["metric"], sheet.lang),
        "limit": amount(threshold["metric"], threshold["value"]),
        "asks": options(result.asks),
    }
    measured = sheet.paraphrase(threshold.get("measured"))
    if measured:
        sheet.assumptions.append(sheet.say("assume-below", measured=measured, **words))
    else:
        sheet.assumptions.append(sheet.say("assume-below-bare", **words))


def _infer(sheet: Sheet, threshold: Mapping[str, Any], given: str) -> None:
    if sheet.lang is None:
        return
    limit = amount(threshold["metric"], threshold["value"])
    if given.rpartition("_")[2] != threshold["metric"].rpartition("_")[2] and given != "mau":
        sheet.assumptions.append(sheet.say("assume-other-currency", given=options((given,)), limit=limit))
    else:
        words = {"metric": metric_name(threshold["metric"], sheet.lang), "limit": limit}
        sheet.assumptions.append(sheet.say("assume-from", given=options((given,)), **words))
