"""`show MODEL`: every fact with its source, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Column, Heading, Paragraph, bullets, facts, table
from osllm.render.units import billions, gigabytes
from osllm.render.views import common
from osllm.render.views.generic import generic, label, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("model", "sources", "gaps"))
_COUNTS: Final = ("params_total", "params_active", "params_published")
_LENGTHS: Final = ("context_native", "context_max")
_APART: Final = frozenset(("name", "architecture", "artifacts", "benchmarks", "evidence", "skills", "notes", "license"))


def model(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the facts, then architecture, weights, evidence, sources and gaps."""
    block = document["model"]
    yield Heading(words.bracket(block["name"] or block["id"], block["id"]), 1)
    yield facts(
        (label(key, words), _fact(key, value, words))
        for key, value in block.items()
        if key not in _APART and value not in (None, [])
    )
    binding = {key: value for key, value in (block.get("license") or {}).items() if value}
    if binding:
        level = words.known("binding", binding.get("evidence"))
        yield from generic({**binding, "evidence": level}, words, words("license"))
    if block.get("architecture"):
        yield from generic(block["architecture"], words, words("architecture"))
    if block.get("artifacts"):
        yield Heading(words("published-weights"))
        yield table(
            (Column(words("format")), Column(words("repository")), Column(words("file-gb"), right=True)),
            (
                [one["format"], _place(one), (gigabytes(one["file_bytes"]) or "-").removesuffix(" GB")]
                for one in block["artifacts"]
            ),
        )
    yield from _abilities(block, words)
    for key, values in (("benchmarks", block.get("benchmarks")), ("sources", document.get("sources"))):
        if values:
            yield from generic({key: values}, words)
    for key, lines in (("notes", block.get("notes")), ("gaps", document.get("gaps"))):
        if lines:
            yield Heading(words(key))
            yield bullets([lines] if isinstance(lines, str) else common.sentences(lines))


def _abilities(block: dict[str, Any], words: Words) -> Iterator[Block]:
    """Yield the model's skills, then the results behind them, skill by skill."""
    results: dict[str, list[dict[str, Any]]] = {}
    for row in block.get("evidence") or ():
        results.setdefault(row["skill"], []).append(row)
    if block.get("skills"):
        yield Heading(words("by-skill"))
        yield table(
            (Column(words("skill")), Column(words("quality")), Column(words("results"), right=True)),
            (
                [
                    words.known("skill", one["skill"]),
                    common.quality(one, words),
                    str(len(results.get(one["skill"], ()))),
                ]
                for one in block["skills"]
            ),
        )
    if results:
        yield Heading(words("evidence"))
    order = [one["skill"] for one in block.get("skills") or ()]
    for skill in (*order, *(skill for skill in results if skill not in order)):
        if skill in results:
            yield Paragraph(words.known("skill", skill), "strong")
            yield bullets(common.sources_of(results[skill], words))


def _fact(key: str, value: Any, words: Words) -> object:  # noqa: ANN401 - a value of any document
    if key in _COUNTS:
        return f"{billions(value)} ({value:,})"
    if key in _LENGTHS:
        return common.tokens(value, words)
    if key == "reasoning":
        return words.known("thinking", value)
    return shown(key, value, words)


def _place(artifact: dict[str, Any]) -> str:
    return " / ".join(str(artifact[key]) for key in ("hub_id", "file") if artifact.get(key))
