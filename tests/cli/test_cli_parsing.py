"""The quick reading of a command line and Typer's agree wherever the quick one dares to answer."""

from __future__ import annotations

from typing import Any

import pytest
import typer
from cli_support import commands
from hypothesis import given, settings
from hypothesis import strategies as st

from osllm.cli import parse
from osllm.cli.options import COMMON, OPTIONS, flag
from osllm.cli.session import Session
from osllm.cli.spec import Command
from osllm.cli.typer_app import interpret

COMMANDS = commands()
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(lambda w: w[0] != "-")


@st.composite
def option_words(draw: st.DrawFn, name: str, kind: str) -> list[str]:
    """One use of an option, in one of the ways it can be typed."""
    long = flag(name)
    if kind == "flag":
        return [long]
    if kind == "switch":
        return [draw(st.sampled_from((long, "--no-" + long[2:])))]
    value = draw(WORDS)
    return draw(st.sampled_from(([long, value], [f"{long}={value}"])))


@st.composite
def lines(draw: st.DrawFn) -> list[str]:
    """A well-formed command line: common options anywhere, the command's own after it, arguments between."""
    spec = draw(st.sampled_from(COMMANDS))
    kinds = {name: (spec.own.get(name) or OPTIONS[name])[0] for name in (*spec.options, *spec.own, *COMMON)}
    words: list[str] = []
    for part in spec.path.split(" "):
        for name in draw(st.lists(st.sampled_from(COMMON), max_size=1)):
            words += draw(option_words(name, OPTIONS[name][0]))
        words.append(part)
    # A command that a bare group runs too takes no arguments of its own there.
    pieces = [
        [draw(WORDS)] for argument in spec.arguments for _ in range(draw(st.integers(1, 3)) if argument.many else 1)
    ]
    chosen = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=5))
    pieces += [draw(option_words(name, kinds[name])) for name in chosen]
    return words + [word for piece in draw(st.permutations(pieces)) for word in piece]


def by_typer(argv: list[str]) -> tuple[Command, dict[str, Any]]:
    outcome = interpret(argv, Session({}))
    assert not isinstance(outcome, int)
    return outcome


@settings(max_examples=150, deadline=None)
@given(lines())
def test_both_readings_agree_on_well_formed_lines(argv: list[str]) -> None:
    quick = parse.read(argv)
    assert quick is not None
    command, values = by_typer(argv)
    assert quick[0].path == command.path
    assert quick[1] == values


ANY = st.sampled_from(
    ("recommend", "license", "check", "gpu", "list", "use-cases", "show", "--gpu", "rtx4090", "--json", "-q", "--", "-", "--lang",
     "ja", "--lang=ja", "--vision", "--no-vision", "--no-json", "--json=1", "--gp", "--top", "3", "", "-x", "--help", "x y")
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(ANY, max_size=6))
def test_whatever_the_quick_reading_accepts_typer_reads_alike(argv: list[str]) -> None:
    quick = parse.read(argv)
    if quick is None:
        return
    try:
        command, values = by_typer(argv)
    except typer.TyperException as error:
        pytest.fail(f"read quickly, refused by Typer: {argv}: {error}")
    assert (quick[0].path, quick[1]) == (command.path, values)


@pytest.mark.parametrize(
    "line",
    ["", "recommend --gpu", "recommend --gpu --json", "recommend x", "estimate", "license", "gpu", "recommend --gp rtx4090",
     "recommend --help", "recommend --json=1", "nonsense", "use-cases show", "license diff a", "recommend -- x", "--version"],
)  # fmt: skip
def test_the_quick_reading_leaves_the_unusual_to_typer(line: str) -> None:
    assert parse.read(line.split()) is None


def test_an_option_given_twice_keeps_the_last_and_a_list_keeps_all() -> None:
    _, values = parse.read(
        ["recommend", "--top", "3", "--gpu", "a", "--gpu=b", "--top", "5", "--vision", "--no-vision"]
    ) or (None, {})
    assert values == {"top": "5", "gpu": ("a", "b"), "vision": False}
