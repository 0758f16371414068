"""`license show`, `license list` and `license diff`: the licences themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.i18n import lookup
from osllm.render.blocks import Cell, Column, Heading, Paragraph, bullets, cell, facts, table
from osllm.render.views.common import yes_no
from osllm.render.views.generic import generic, label, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

GRANT_TONES: Final = {"yes": "good", "conditional": "warn", "no": "bad", "unstated": "dim"}
_FACTS: Final = (
    "key", "spdx_id", "name", "version", "date", "text_url", "owner", "hf_tag", "osi_approved", "kind", "seen", "collected",
    "source", "internal_use", "acceptable_use_policy", "termination", "governing_law", "applies_to_derivatives", "revocable",
    "notes",
)  # fmt: skip
_PARTS: Final = ("grants", "thresholds", "obligations", "exclusions", "fields", "used_by", "disclaimer", "sources")
KEYS: Final = frozenset(("licenses", "a", "b", "changes", *_FACTS, *_PARTS))


def license_page(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield one licence: facts, rights, limits, duties, and the models that carry it."""
    plain = {key: document[key] for key in _FACTS if document.get(key) not in (None, [], {})}
    yield Heading(str(document.get("name") or document.get("key")), 1)
    yield from generic(plain, words)
    if document.get("grants"):
        yield Heading(words("rights"))
        yield table(
            (
                Column(words("right")),
                Column(words("granted")),
                Column(words("clause"), below=True),
                Column(words("text"), below=True),
            ),
            (
                [one.get("name") or right, _grant(one.get("value"), words), one.get("clause"), one.get("text")]
                for right, one in document["grants"].items()
            ),
        )
    for key in ("thresholds", "exclusions"):
        if document.get(key):
            yield Heading(label(key, words))
            yield bullets(f"{one['text']} [{one.get('clause') or one['id']}]" for one in document[key])
    if document.get("fields"):
        yield from generic({"fields": document["fields"]}, words)
    if document.get("obligations"):
        yield Heading(words("duties"))
        yield bullets(f"{duty.get('text') or duty['id']} [{duty['id']}]" for duty in document["obligations"])
    if document.get("sources"):
        yield from generic({"sources": document["sources"]}, words)
    if document.get("used_by"):
        yield Heading(words("used-by", count=len(document["used_by"])))
        yield Paragraph(", ".join(document["used_by"]))
    if document.get("disclaimer"):
        yield Paragraph(document["disclaimer"], "dim")


def _grant(value: str | None, words: Words) -> Cell:
    return cell(None) if value is None else Cell(words.known("grant", value), GRANT_TONES.get(value, ""))


def licenses(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield one row a licence version."""
    rows = document["licenses"]
    yield Heading(words("licenses-title", count=len(rows)), 1)
    yield table(
        (
            Column(words("license-key")),
            Column(words("commercial")),
            Column("OSI"),
            Column(words("models"), right=True),
            Column(words("date")),
            Column(words("name"), below=True, wrap=True),
        ),
        (
            [
                Cell(row["key"], "strong"),
                _grant(row["commercial"], words),
                yes_no(row["osi_approved"], words),
                str(row["models"]),
                row["date"],
                row["name"],
            ]
            for row in rows
        ),
    )


def license_diff(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the changes from A to B, each with both sides and its effect."""
    yield Heading(words("diff-title", a=document["a"]["key"], b=document["b"]["key"]), 1)
    if not document["changes"]:
        yield Paragraph(words("no-difference"))
    for change in document["changes"]:
        effect = change["effect"]
        yield Heading(words.bracket(_part(change["part"], words), words.known("effect", effect)))
        yield facts(
            [
                (document["a"]["key"], _side(change["a"], words)),
                (document["b"]["key"], _side(change["b"], words)),
            ]
        )
    yield Paragraph(document["disclaimer"], "dim")


def _part(part: str, words: Words) -> str:
    """Return what a change is about: `grants.modify` is the right to modify."""
    group, _, name = part.partition(".")
    right = lookup(f"license.right.{name}", words.lang) if group == "grants" else None
    return f"{label(group, words)}: {right or name}" if name else label(group, words)


def _side(value: Any, words: Words) -> Cell:  # noqa: ANN401 - a value of any document
    if not isinstance(value, dict):
        return cell(value) if isinstance(value, str | None) else shown("", value, words)
    told = [f"{label(key, words)}: {words.known('grant', one)}" for key, one in value.items() if one]
    return cell(" / ".join(told))
