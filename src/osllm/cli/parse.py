"""Read an ordinary command line straight from the commands' descriptions, without importing Typer.

Importing Typer costs more than answering. So a line that is plainly well formed is read here; anything else (help,
completion, an unknown or abbreviated option, a missing value, a surplus word …) is declined with None and read by
Typer, which then explains. A property test holds both readings to the same result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.cli.options import COMMON, OPTIONS, SHORT, flag
from osllm.cli.tree import TREE, command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from osllm.cli.spec import Argument, Command

Flags = dict[str, tuple[str, str, bool]]  # flag -> (option, kind, the value that the bare flag stands for)


def flags_of(names: Iterable[str], own: Mapping[str, tuple[str, str]]) -> Flags:
    """Return the flags that the options answer to."""
    found: Flags = {}
    for name in names:
        kind = (own.get(name) or OPTIONS[name])[0]
        long = flag(name)
        found[long] = (name, kind, True)
        if kind == "switch":
            found["--no-" + long[2:]] = (name, kind, False)
    for short, name in SHORT.items():
        if flag(name) in found:
            found[short] = found[flag(name)]
    return found


def read(argv: list[str]) -> tuple[Command, dict[str, Any]] | None:
    """Return the command and the values given, or None where Typer has to decide."""
    place = find(argv)
    if place is None:
        return None
    path, module, common, rest = place
    spec = command(path, module)
    taken = take(rest, flags_of((*spec.options, *spec.own, *COMMON), spec.own))
    if taken is None:
        return None
    values, words = taken
    named = assign(spec.arguments, words)
    return None if named is None else (spec, {**common, **values, **named})


def find(argv: list[str]) -> tuple[str, str, dict[str, Any], list[str]] | None:
    """Return (path, module, common options before the command, the rest of the line)."""
    flags = flags_of(COMMON, {})
    node: Any = TREE
    path: list[str] = []
    common: dict[str, Any] = {}
    position = 0
    while isinstance(node, dict):
        if "" in node and not any(word in node for word in argv[position:] if word):
            return " ".join(path), node[""], common, argv[position:]
        start = position
        while position < len(argv) and argv[position][:1] == "-":
            position += 2 if flags.get(argv[position], ("", "", True))[1] == "value" else 1
        taken = take(argv[start:position], flags)
        if taken is None:
            return None
        common.update(taken[0])
        word = argv[position] if position < len(argv) else ""
        if not word or word not in node:
            return None
        node = node[word]
        path.append(word)
        position += 1
    return " ".join(path), node, common, argv[position:]


def take(tokens: list[str], flags: Flags) -> tuple[dict[str, Any], list[str]] | None:
    """Return the options' values and the other words, None where anything is unusual."""
    values: dict[str, Any] = {}
    words: list[str] = []
    stream = iter(tokens)
    for token in stream:
        if token[:1] != "-":
            words.append(token)
            continue
        name, equals, value = token.partition("=")
        if name not in flags:
            return None
        option, kind, constant = flags[name]
        if kind in ("flag", "switch"):
            if equals:
                return None
            values[option] = constant
            continue
        if not equals:
            value = next(stream, "-")
            if value[:1] == "-":
                return None
        if kind == "many":
            values[option] = (*values.get(option, ()), value)
        else:
            values[option] = value
    return values, words


def assign(arguments: tuple[Argument, ...], words: list[str]) -> dict[str, Any] | None:
    """Give the words to the arguments, None where there are too few or too many."""
    values: dict[str, Any] = {}
    position = 0
    for argument in arguments:
        if argument.many:
            if argument.required and position == len(words):
                return None
            values[argument.name] = tuple(words[position:])
            position = len(words)
        elif position < len(words):
            values[argument.name] = words[position]
            position += 1
        elif argument.required:
            return None
        else:
            values[argument.name] = None
    return values if position == len(words) else None
