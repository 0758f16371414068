"""`compare MODEL MODEL …`: facts, evidence, licence, memory and speed side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Column, Heading, bullets, cell, facts, table
from osllm.render.units import billions, gigabytes, used_of
from osllm.render.views import common
from osllm.render.views.common import part
from osllm.render.views.recommendation import all_reasons
from osllm.render.views.request import assumptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("request", "machine", "models", "differences", "tests"))
TESTS_SHOWN: Final = 10  # the rest with --verbose


def comparison(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:
    """Yield one column a model; where they do not fit beside each other, one card a model."""
    rows = document["models"]
    yield Heading(words("comparison-title", count=len(rows)), 1)
    yield facts(assumptions(document, words))
    sides = [list(side(row, words)) for row in rows]
    labels = [label for label, _ in sides[0]] if sides else []
    beside = table(
        (Column(""), *(Column(row["model"]["id"], wrap=True) for row in rows)),
        ([Cell(label, "dim"), *(one[number][1] for one in sides)] for number, label in enumerate(labels)),
    )
    # Side by side needs room for each model; else each model is read by itself.
    if columns >= 24 + 26 * len(rows):
        yield beside
    else:
        for row, one in zip(rows, sides, strict=True):
            yield Heading(row["model"]["id"])
            yield facts(one)
    if document["differences"]:
        yield Heading(words("differences"))
        yield bullets(one["text"] for one in document["differences"])
    yield from _by_skill(rows, words)
    yield from _tests(document["tests"] if verbose else document["tests"][:TESTS_SHOWN], rows, words)
    for row in rows:
        if row["vetoes"]:
            yield Heading(words("rejected-one", model=row["model"]["id"]))
            yield bullets(Cell(f"[x] {veto['text']} [{veto['rule']}]", "bad") for veto in row["vetoes"])
        if verbose and row["row"]:
            yield from all_reasons(row["row"], words)


def _by_skill(rows: list[dict[str, Any]], words: Words) -> Iterator[Block]:
    """Yield what the evidence says of each skill of the use case; one skill alone is the quality above."""
    skills = list(dict.fromkeys(one["skill"] for row in rows for one in row["skills"]))
    if len(skills) < 2:
        return
    known = [{one["skill"]: one for one in row["skills"]} for row in rows]
    yield Heading(words("by-skill"))
    yield table(
        (Column(words("skill")), *(Column(row["model"]["id"]) for row in rows)),
        (
            [words.known("skill", skill), *(common.short_quality(k.get(skill), words) for k in known)]
            for skill in skills
        ),
    )


def _tests(tests: list[dict[str, Any]], rows: list[dict[str, Any]], words: Words) -> Iterator[Block]:
    """Yield the results of the same tests beside each other."""
    if not tests:
        return
    names = [row["model"]["id"] for row in rows]
    yield Heading(words("same-tests"))
    yield table(
        (Column(words("test"), wrap=True), *(Column(name, right=True) for name in names)),
        (
            [common.test_name(test, words), *(_result(test["values"].get(name), words) for name in names)]
            for test in tests
        ),
    )


def _result(result: dict[str, Any] | None, words: Words) -> Cell:
    """Return a result; without thinking, it says so."""
    if result is None:
        return cell(None)
    return Cell(
        words.bracket(f"{result['value']:g}", words("without-thinking") if result["mode"] == "non-thinking" else None)
    )


def side(row: dict[str, Any], words: Words) -> Iterator[tuple[str, Cell]]:
    """Yield the same labels for every model, a dash where nothing is known or it has no plan here."""
    model, plan = row["model"], row["row"] or {}
    yield words("rank"), cell(row["rank"])
    yield words("developer"), cell(words.bracket(str(model["developer"]), model["origin"]))
    yield words("released"), cell(model["released"])
    yield words("params"), cell(billions(model["params_total"]))
    yield words("active-params"), cell(billions(model["params_active"]))
    longest, density = model["context_max"], row["chars_per_token_ja"]
    chars = None if longest is None or density is None else int(longest * density)
    yield words("context-max"), cell(common.tokens(longest, words, chars))
    yield words("tools"), common.yes_no(row["tools"], words)
    yield words("thinking"), cell(None if row["reasoning"] is None else words.known("thinking", row["reasoning"]))
    yield words("quality"), common.quality(row["quality"], words)
    yield words("license"), common.verdict(row["license"]["verdict"], words)
    yield words("license-keys"), cell(words.joined(row["license"]["keys"]))
    yield words("fits-column"), common.fits(_fits(row), words)
    yield words("format"), cell(part(plan, "quantization", "format"))
    yield words("engine"), cell(plan.get("engine"))
    yield words("file"), cell(gigabytes(part(plan, "quantization", "file_bytes")))
    yield (
        words("memory-gib"),
        cell(used_of(part(plan, "memory", "total_bytes"), part(plan, "memory", "capacity_bytes"))),
    )
    yield words("speed"), cell(common.speed(plan.get("speed"), words))


def _fits(row: dict[str, Any]) -> bool | None:
    """Whether the model fits; None where something else keeps it out before memory is counted."""
    if row["row"]:
        return True
    return False if any(veto["rule"] == "MEM101" for veto in row["vetoes"]) else None
