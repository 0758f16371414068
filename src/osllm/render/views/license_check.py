"""`license check`: the verdict, the clauses behind it, the duties, what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Column, Heading, Paragraph, bullets, cell, facts, table
from osllm.render.views import common
from osllm.render.views.common import VERDICT_TONES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("verdict", "gate", "passed", "results", "policy", "disclaimer"))
_SEVERE: Final = ("denied", "review", "conditions")
FEW: Final = 10  # results of which each is shown in full; of more, the table alone


def license_check(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the worst verdict, then each model; several models begin with a table of verdicts, many have only that."""
    results = document["results"]
    overall = common.verdict(document["verdict"], words)
    passed = words("passed" if document.get("passed") else "not-passed")
    yield Heading(words("license-check-title", verdict=overall.text, passed=passed), 1)
    if len(results) > 1:
        yield table(
            (Column(words("model")), Column(words("license")), Column(words("license-keys"), wrap=True)),
            (
                [
                    Cell(one["model"], "strong"),
                    common.verdict(one["verdict"], words),
                    ", ".join(owner["key"] for owner in one["licenses"]) or None,
                ]
                for one in results
            ),
        )
    for one in results:
        if len(results) == 1 or verbose or (len(results) <= FEW and one["verdict"] != "allowed"):
            yield from _result(one, words, verbose=verbose)
    warnings = (document.get("policy") or {}).get("warnings") or ()
    if warnings:
        yield Heading(words("policy-warnings"))
        yield bullets(Cell(text, "warn") for text in common.sentences(warnings))
    yield Paragraph(document["disclaimer"], "dim")


def _result(one: dict[str, Any], words: Words, *, verbose: bool) -> Iterator[Block]:
    told = common.verdict(one["verdict"], words)
    yield Heading(f"{one['name'] or one['model']}: {told.text}")
    yield facts(_facts(one, words))
    findings = [(owner["key"], f) for owner in one["licenses"] for f in owner["findings"]]
    findings += [("", finding) for finding in one.get("findings") or ()]
    shown = [Cell(_finding(key, f), VERDICT_TONES.get(f["severity"], "")) for key, f in findings if verbose or _told(f)]
    if one.get("steps"):
        yield Heading(words("reasons"))
        yield bullets(Cell(_step(step, words), VERDICT_TONES.get(step["severity"], "")) for step in one["steps"])
    elif shown:
        yield bullets(shown)
    for title, duties in (("duties", one["obligations"]), ("latent-duties", one.get("latent_obligations") or ())):
        if duties:
            yield Heading(words(title))
            yield bullets(_duty(duty) for duty in duties)
    for key in ("assumptions", "asks"):
        if one.get(key):
            yield Heading(words(key))
            yield bullets(one[key])
    policy = one.get("policy")
    if policy:
        yield facts([(words("policy"), Cell(policy["text"], "good" if policy["passed"] else "bad"))])
    if one.get("fix"):
        yield Paragraph(words("fix", text=one["fix"]), "strong")


def _facts(one: dict[str, Any], words: Words) -> Iterator[tuple[str, object]]:
    for owner in one["licenses"]:
        about = words.joined(str(owner[key]) for key in ("text_date", "text_url") if owner.get(key))
        name = words.bracket(owner["name"] or owner["key"], about)
        yield (
            owner["key"],
            Cell(f"{words.known('verdict', owner['verdict'])}  {name}", VERDICT_TONES.get(owner["verdict"], "")),
        )
    yield words("license-evidence"), words.known("binding", one.get("evidence"))
    if (one.get("openness") or {}).get("tier"):
        yield words("openness"), one["openness"]["tier"]
    per_use = one.get("per_use") or {}
    if per_use:
        told = (f"{words.known('use', use)} {words.known('verdict', level)}" for use, level in per_use.items())
        yield words("per-use"), cell(words.joined(told))
    if one.get("facts"):
        yield words("facts"), words.joined(f"--{k.replace('_', '-')} {_said(v)}" for k, v in one["facts"].items())


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,.0f}" if isinstance(value, int | float) else str(value)


def _told(finding: dict[str, Any]) -> bool:
    return finding["severity"] in _SEVERE


def _finding(key: str, finding: dict[str, Any]) -> str:
    where = " ".join(str(word) for word in (key, finding["clause"]) if word)
    return f"{finding['text']} [{where or finding['rule']}]"


def _step(step: dict[str, Any], words: Words) -> str:
    """One step of the path to a verdict: rule, clause, the facts that it read, what it calls for, why."""
    where = " ".join(word for word in (step["license"], step["clause"]) if word)
    read = ", ".join(f"{name}={'?' if value is None else _said(value)}" for name, value in step["facts"].items())
    level = "" if step["severity"] == "note" else words.known("verdict", step["severity"])
    about = " ".join(part for part in (step["rule"], where and f"[{where}]", read and f"({read})", level) if part)
    return f"{about}: {step['text']}" if step["text"] else about


def _duty(duty: dict[str, Any]) -> str:
    where = " ".join(str(word) for word in (duty["license"], duty["clause"]) if word)
    return f"{duty['text'] or duty['id']} [{duty['id']}: {where}]"
