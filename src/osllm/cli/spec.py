"""What a command is: its arguments, its options and what it asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from osllm.cli.session import Session

    Values = dict[str, Any]


class Argument(NamedTuple):
    """A positional word. `many` takes one or more, unless `required` is False."""

    name: str
    metavar: str
    many: bool = False
    required: bool = True


class Command(NamedTuple):
    """One command. `options` are keys of `osllm.cli.options.OPTIONS`; help and examples are found by its `path`."""

    path: str  # as typed after `osllm`: "license check"
    run: str | Callable[[Session, Values], int]  # a function of osllm.api, asked with arguments, then options
    arguments: tuple[Argument, ...] = ()
    options: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()  # beyond those that every command has
    own: Mapping[str, tuple[str, str]] = {}  # options that no other command has, as in OPTIONS
