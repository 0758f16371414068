"""`config show`, the list of `schema`, and `--version`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Code, Column, Heading, Paragraph, bullets, cell, facts, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("settings", "files", "ignored", "osllm", "answers"))


def config(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield what is set with its origin; with `verbose` also what is left to its default."""
    yield Heading(words("config-title"), 1)
    rows = [row for row in document["settings"] if verbose or row["origin"] != "default"]
    if rows:
        yield table(
            (
                Column(words("setting")),
                Column(words("value")),
                Column(words("from")),
                Column(words("place"), below=True),
            ),
            (
                [row["name"], _value(row["value"]), words.known("from-word", row["origin"]), row["place"]]
                for row in rows
            ),
        )
    else:
        yield Paragraph(words("nothing-set"))
    yield Heading(words("files-looked-at"))
    yield facts((words.known("from-word", one["origin"]), _file(one, words)) for one in document["files"])
    if document.get("ignored"):
        yield Heading(words("ignored-variables"))
        yield bullets(document["ignored"])


def _file(file: dict[str, Any], words: Words) -> str:
    if file["path"] is None:
        return words("no-file")
    return str(file["path"]) if file["exists"] else words.bracket(file["path"], words("no-file"))


def _value(value: object) -> object:
    if isinstance(value, list):
        return cell(", ".join(map(str, value)))
    return cell(str(value).lower() if isinstance(value, bool) else value)


def version(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the version of the tool and of its catalog, one line each."""
    lines = [f"osllm {document['osllm']}"]
    stamp = document.get("catalog")
    if stamp:
        told = words("catalog-stamp", version=stamp["version"], models=f"{stamp['models']:,}")
        lines.append(f"{words('catalog')} {told} sha256:{stamp['sha256']}")
    yield Code(tuple(lines), bare=True)


def schemas(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the names that `osllm schema` knows."""
    yield Heading(words("schemas-title"), 1)
    for key in ("answers", "files"):
        yield Heading(words(f"schemas-{key}"))
        yield Paragraph(words.joined(document[key]))
