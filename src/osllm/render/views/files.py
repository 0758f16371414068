"""`license policy`: a file to be taken away, and how one was understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Code, Heading, bullets
from osllm.render.views import common
from osllm.render.views.generic import generic

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("text", "path", "valid", "policy", "warnings"))


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
