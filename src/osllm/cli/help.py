"""Pages of help: examples first, then options by section, aligned for full-width text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.cli.options import OPTIONS, SECTIONS, SHORT, flag
from osllm.i18n import lookup, text
from osllm.render.width import pad, width, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from osllm.cli.spec import Argument, Command

_LEFT_LIMIT = 34  # an option's flag and value beside its text; a longer one gets a line of its own
_ROOT_OPTIONS = (
    ("-V, --version", "version"),
    ("--install-completion", "install-completion"),
    ("--show-completion", "show-completion"),
)


def summary(path: str, lang: str) -> str:
    """Return what a command or group does, in one line."""
    return text(_key("cli.summary", path), lang)


def command_page(spec: Command, lang: str, columns: int) -> str:
    """Return the page of one command."""
    words = " ".join(_argument(argument) for argument in spec.arguments)
    lines = [
        *_head(spec.path, f"osllm {spec.path} {words}".rstrip() + " [OPTIONS]", lang, columns),
        *_examples(spec.path, lang),
    ]
    if spec.own:
        lines += _section("own", [_option(name, *spec.own[name], lang) for name in spec.own], lang, columns)
    offered = frozenset(spec.options)
    for section, names in SECTIONS:
        taken = [name for name in names if name in offered or (section == "output" and name not in spec.own)]
        rows = [_option(name, *OPTIONS[name], lang) for name in taken]
        if section == "output":
            rows.append(("-h, --help", text("cli.option.help", lang)))
        if rows:
            lines += _section(section, rows, lang, columns)
    return "\n".join(lines) + "\n"


def group_page(path: str, names: Sequence[str], lang: str, columns: int) -> str:
    """Return the page of a group of commands; `path` is empty for the program itself."""
    typed = f"osllm {path}".rstrip()
    lines = [*_head(path, f"{typed} COMMAND", lang, columns), *_examples(path, lang)]
    rows = [(name, summary(f"{path} {name}".strip(), lang)) for name in names]
    lines += ["", text("cli.commands", lang), *_aligned(rows, columns)]
    options = [_option(name, *OPTIONS[name], lang) for name in SECTIONS[-1][1]]
    if not path:
        options += [(left, text(f"cli.option.{name}", lang)) for left, name in _ROOT_OPTIONS]
    lines += _section("output", [*options, ("-h, --help", text("cli.option.help", lang))], lang, columns)
    lines += ["", *wrap(text("cli.more", lang, command=typed), columns)]
    if not path:
        lines += wrap(text("cli.learn", lang), columns)
    return "\n".join(lines) + "\n"


def _key(area: str, path: str) -> str:
    return f"{area}.{path.replace(' ', '.')}" if path else area


def _head(path: str, usage: str, lang: str, columns: int) -> list[str]:
    return [f"{text('cli.usage', lang)}: {usage}", "", *wrap(summary(path, lang), columns)]


def _examples(path: str, lang: str) -> list[str]:
    found = lookup(_key("cli.example", path), lang)
    return [] if found is None else ["", text("cli.examples", lang), *(f"  {line}" for line in found.split("\n"))]


def _argument(argument: Argument) -> str:
    return argument.metavar if argument.required else f"[{argument.metavar}]"


def _option(name: str, kind: str, metavar: str, lang: str) -> tuple[str, str]:
    """Return the two columns of an option: how it is typed, and what it does."""
    long = flag(name)
    shorts = "".join(f"{short}, " for short, option in SHORT.items() if option == name)
    choices = metavar if "|" in metavar else ""
    typed = f"{long}/--no-{long[2:]}" if kind == "switch" else long
    value = "" if kind in ("flag", "switch") else f" {'WORD' if choices else metavar}"
    told = [text(f"cli.option.{name}", lang)]
    if choices:
        told.append(text("cli.choices", lang, choices=choices.replace("|", ", ")))
    if kind == "many":
        told.append(text("cli.repeat", lang))
    return f"{shorts}{typed}{value}", ("。" if lang == "ja" else "; ").join(told)


def _section(name: str, rows: Iterable[tuple[str, str]], lang: str, columns: int) -> list[str]:
    return ["", text(f"cli.section.{name}", lang), *_aligned(list(rows), columns)]


def _aligned(rows: Sequence[tuple[str, str]], columns: int) -> Iterator[str]:
    limit = min(_LEFT_LIMIT, columns // 2)
    left = min(limit, max(width(typed) for typed, _ in rows))
    start = left + 4
    for typed, told in rows:
        lines = wrap(told, max(columns - start, 16))
        if width(typed) > left:
            yield f"  {typed}"
        else:
            yield f"  {pad(typed, left)}  {lines.pop(0)}"
        for line in lines:
            yield " " * start + line
