"""What a team pastes: the duties as a list to tick off, and the notices as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from osllm.domain.verdict import LicenseVerdict, Obligation
from osllm.licensing.words import say

if TYPE_CHECKING:
    from osllm.licensing.report import Checked

License = Mapping[str, Any]


def checklist_markdown(checked: Sequence[Checked], licenses: Mapping[str, License], lang: str = "en") -> str:
    """Build a Markdown checklist: verdict, duties to tick, notice texts, assumptions, open questions.

    Args:
        checked: the checked models.
        licenses: licence key -> entry of `catalog/licenses/`.
        lang: language of the headings; the duties' texts came with the verdicts.
    """
    lines = [f"# {say('checklist.title', lang)}", ""]
    for one in checked:
        lines += _model(one, licenses, lang)
    lines += [f"_{say('disclaimer', lang)}_", ""]
    return "\n".join(lines)


def _model(one: Checked, licenses: Mapping[str, License], lang: str) -> list[str]:
    verdict = one.verdict
    lines = [f"## {one.name or one.model}: {say('verdict.' + verdict.verdict, lang)}", ""]
    for key, level in verdict.per_license:
        entry = licenses.get(key) or {}
        url = entry.get("text_url")
        name = entry.get("name", key)
        lines.append(f"- {f'[{name}]({url})' if url else name}: {say('verdict.' + level, lang)}")
    lines.append("")
    deciding = [finding for _, finding in verdict.findings if finding.severity in ("review", "denied")]
    lines += [f"- **{finding.clause or finding.rule}** {finding.text}" for finding in deciding]
    if deciding:
        lines.append("")
    lines += [_item(duty) for duty in verdict.obligations] or [say("checklist.none", lang)]
    lines.append("")
    if verdict.latent:
        lines += [say("checklist.latent", lang), "", *(_item(duty) for duty in verdict.latent), ""]
    lines += _section(say("checklist.assumptions", lang), verdict.assumptions)
    lines += _section(say("checklist.open", lang), [f"`{option}`" for option in verdict.asks])
    notices = notice_text(one.name or one.model, verdict, licenses, lang)
    if notices:
        lines += [f"### {say('checklist.notice', lang)}", "", "```text", *notices.rstrip("\n").split("\n"), "```", ""]
    return lines


def _item(duty: Obligation) -> str:
    clause = f" {duty.clause}" if duty.clause else ""
    return f"- [ ] `{duty.id}` ({duty.license}{clause}) {duty.text}"


def _section(title: str, items: Sequence[str]) -> list[str]:
    return [f"### {title}", "", *(f"- {item}" for item in items), ""] if items else []


def notice_text(model: str, verdict: LicenseVerdict, licenses: Mapping[str, License], lang: str = "en") -> str:
    """Return the text for a NOTICE file and an about page: wording that the licences prescribe, and their links.

    The wording stays in the licence's own language; only what begins now (`verdict.obligations`) and what begins on
    distribution (`verdict.latent`) is included. Empty where no licence is known.
    """
    lines: list[str] = []
    duties = (*verdict.obligations, *verdict.latent)
    for key in verdict.keys:
        entry = licenses.get(key)
        if entry is None:
            continue
        wanted = {duty.id for duty in duties if duty.license == key}
        text = say("notice.under", lang, model=model, name=entry["name"], url=entry.get("text_url") or "-")
        lines.append(text.removesuffix(": -"))
        for duty in entry.get("obligations") or ():
            if duty["id"] not in wanted:
                continue
            lines += [str(duty[form]) for form in ("notice", "display") if duty.get(form)]
        if "state-changes" in wanted:
            lines.append(say("notice.modified", lang))
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n" if lines else ""
