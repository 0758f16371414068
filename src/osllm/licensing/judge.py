"""One licence, one use: which clauses speak, and what they make of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import Obligation
from osllm.licensing.facts import INFORMATIONAL, either, overlaps, paraphrase
from osllm.licensing.limits import judge_limits
from osllm.licensing.rights import judge_rights
from osllm.licensing.sheet import CONDITIONS, DENIED, NOTHING, REVIEW, Answer, Sheet
from osllm.licensing.thresholds import exempt, triggered
from osllm.licensing.words import joined, options


def judge(
    license_: Mapping[str, Any], facts: LicenseFacts, use: str, multimodal: bool | None, lang: str | None
) -> Answer:
    """Judge one use under one licence.

    Args:
        license_: an entry of `catalog/licenses/`.
        facts: what was said.
        use: one of `facts.USES`; `facts.use` itself is not read.
        multimodal: whether the model takes more than text; None: not known.
        lang: language of the texts, or None for none.
    """
    sheet = Sheet(license_, facts, use, lang)
    judge_rights(sheet)
    states = judge_limits(sheet)
    for exclusion in license_.get("exclusions") or ():
        _judge_territory(sheet, exclusion, multimodal)
    for field in facts.field:
        _judge_field(sheet, field)
    _judge_duties(sheet, states)
    _judge_evidence(sheet)
    return sheet.answer()


def _judge_territory(sheet: Sheet, exclusion: Mapping[str, Any], multimodal: bool | None) -> None:
    """Judge an excluded territory: by where the licensee sits, or by where the model runs."""
    if exclusion.get("only") == "multimodal" and multimodal is False:
        return
    if exempt(exclusion, sheet.facts, sheet.use):
        return
    of_licensee = exclusion["test"] == "licensee"
    fact = "region" if of_licensee else "use_region"
    region = sheet.facts.region
    places = ((region,) if region else ()) if of_licensee else sheet.facts.use_region
    territories = exclusion["territories"]
    hit = [place for place in places if overlaps(place, territories)]
    clause, names = exclusion.get("clause"), ", ".join(territories)
    unsure = exclusion.get("only") == "multimodal" and multimodal is None
    if hit and unsure:
        text = sheet.say("modality-unknown", territories=names)
        sheet.find(REVIEW, "modality-unknown", text, right="use", clause=clause)
    elif hit:
        text = joined(
            sheet.lang,
            sheet.say("licensee-excluded" if of_licensee else "territory-excluded", place=", ".join(hit)),
            sheet.paraphrase(exclusion.get("effect")),
        )
        sheet.find(DENIED, "territory-excluded", text, right="use", clause=clause, params={"places": hit})
    elif not places and not unsure:
        text = joined(
            sheet.lang,
            sheet.say("territory-unknown", asks=options((fact,)), territories=names),
            sheet.paraphrase(exclusion.get("effect")),
        )
        sheet.find(REVIEW, "territory-unknown", text, right="use", clause=clause)
        sheet.asks.append(fact)


def _judge_field(sheet: Sheet, field: str) -> None:
    rule = (sheet.license.get("fields") or NOTHING).get(field.lower())
    if rule is None:
        policy = sheet.license.get("acceptable_use_policy")
        if policy:
            where = policy if isinstance(policy, str) else paraphrase(policy, sheet.lang)
            text = sheet.say("field-unaddressed", field=field, policy=where)
            sheet.find(None, "field-unaddressed", text, right="use")
        return
    level, message = (DENIED, "field-excluded") if rule.get("v") == "no" else (CONDITIONS, "field-conditional")
    text = joined(sheet.lang, sheet.say(message, field=field), sheet.paraphrase(rule.get("n")))
    sheet.find(level, message, text, right="use", clause=rule.get("c"), params={"field": field})


def _judge_duties(sheet: Sheet, states: Mapping[str, bool | None]) -> None:
    key = sheet.license["key"]
    for duty in sheet.license.get("obligations") or ():
        begins = triggered(
            either(*(sheet.acts[when] for when in duty["when"])),
            [states.get(name) for name in duty.get("above") or ()],
        )
        if begins is False:
            continue
        text = sheet.paraphrase(duty.get("text"))
        if duty["id"] in INFORMATIONAL:
            if begins:
                sheet.find(None, "informational", text, clause=duty.get("clause"), params={"id": duty["id"]})
            continue
        entry = Obligation(duty["id"], key, tuple(duty["when"]), duty.get("clause"), text)
        if begins:
            sheet.obligations.append(entry)
            sheet.level = max(sheet.level, CONDITIONS)
        else:
            sheet.latent.append(entry)


def _judge_evidence(sheet: Sheet) -> None:
    seen = sheet.license.get("seen")
    if seen == "secondary":
        sheet.find(CONDITIONS, "second-hand-text", sheet.say("second-hand-text"))
    elif seen == "not_seen":
        sheet.find(REVIEW, "text-not-seen", sheet.say("text-not-seen"))
