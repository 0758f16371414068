"""`serve` and `license policy`: commands and files to be taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Code, Heading, bullets, facts
from osllm.render.units import command_lines, export_lines
from osllm.render.views import common
from osllm.render.views.generic import generic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(
    (
        "model", "engine", "target", "command", "environment", "files", "notes", "text", "machine", "path", "valid",
        "policy", "warnings",
    )
)  # fmt: skip
_LANGUAGES: Final = {"yaml": "yaml", "yml": "yaml", "py": "python", "sh": "sh", "service": "ini", "json": "json"}


def serve(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the command with its environment, the files, and what to know before starting it."""
    model = document.get("model")
    name = model["id"] if isinstance(model, dict) else model
    yield Heading(words("serve-title", model=name, engine=document["engine"]) if name else document["engine"], 1)
    if document.get("machine"):
        yield facts([(words("machine"), common.machine(document["machine"], words))])
    lines = export_lines(document.get("environment") or {})
    yield Code((*lines, *command_lines(document["command"], max(columns - 4, 36))), "sh")
    for path, content in (document.get("files") or {}).items():
        yield Heading(path)
        yield Code(tuple(content.rstrip("\n").split("\n")), _LANGUAGES.get(path.rpartition(".")[2], ""))
    notes = common.sentences(document.get("notes") or ())
    if notes:
        yield Heading(words("notes"))
        yield bullets(notes)


def policy_template(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield the text of a policy file, exactly as it is to be saved."""
    yield Code(tuple(document["text"].rstrip("\n").split("\n")), "yaml", bare=True)


def policy_check(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:  # noqa: ARG001
    """Yield a valid policy as it was understood, and what deserves a look."""
    yield Heading(words("policy-valid", path=document["path"]), 1)
    yield from generic(document.get("policy") or {}, words)
    if document.get("warnings"):
        yield Heading(words("warnings"))
        yield bullets(common.sentences(document["warnings"]))
