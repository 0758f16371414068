from __future__ import annotations

import re

import pytest
from cli_support import commands, groups, run

from osllm.cli.app import run as run_here
from osllm.cli.help import command_page, group_page
from osllm.cli.options import COMMON, FORMATS, OPTIONS, SECTIONS, flag
from osllm.render.width import width

COMMANDS = commands()
LANGUAGES = ("en", "ja")


def test_every_option_belongs_to_one_section() -> None:
    placed = [name for _, names in SECTIONS for name in names]
    assert sorted(placed) == sorted(OPTIONS)


def test_the_formats_are_those_of_the_option() -> None:
    assert OPTIONS["format"][1].split("|") == list(FORMATS)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("spec", COMMANDS, ids=lambda spec: spec.path)
def test_a_page_names_every_option_once_with_examples_first(spec: object, lang: str) -> None:
    page = command_page(spec, lang, 100)  # type: ignore[arg-type]
    for name in (*spec.options, *spec.own, *COMMON):  # type: ignore[attr-defined]
        assert len(re.findall(rf"^  (-\w, )?{flag(name)}(?=[ /\n])", page, re.MULTILINE)) == 1, name
    assert page.index("osllm " + spec.path + " ") < page.index("--help")  # type: ignore[attr-defined]
    assert "cli." not in page
    assert page.index("例" if lang == "ja" else "Examples") < page.index("--format")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("spec", COMMANDS, ids=lambda spec: spec.path)
def test_option_texts_keep_to_the_width_and_line_up(spec: object, columns: int, lang: str) -> None:
    page = command_page(spec, lang, columns)  # type: ignore[arg-type]
    texts = page[page.index("--format") - 40 :]
    assert all(width(line) <= columns for line in texts.split("\n"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("path", groups())
def test_a_group_names_its_commands(path: str, lang: str) -> None:
    names = [
        spec.path.removeprefix(path).split()[0] for spec in COMMANDS if spec.path.startswith(path) and spec.path != path
    ]
    page = group_page(path, names, lang, 80)
    for name in names:
        assert re.search(rf"^  {name} +\S", page, re.MULTILINE)
    assert "cli." not in page


@pytest.mark.parametrize(
    "argv", [["--help"], ["-h"], ["recommend", "--help"], ["license", "policy", "-h"], ["use-cases", "--help"]]
)
def test_help_is_an_answer(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here([*argv, "--lang", "ja"] if argv[0] == "recommend" else argv, {}) == 0
    out, err = capsys.readouterr()
    assert out.startswith(("Usage: osllm", "使い方: osllm"))
    assert err == ""


def test_no_command_shows_the_page_on_stderr_and_exits_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here([], {}) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "recommend" in err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_and_words(shell: str) -> None:
    script = run(env={"_OSLLM_COMPLETE": f"source_{shell}"}, text=True)
    assert script.returncode == 0
    assert "_OSLLM_COMPLETE" in script.stdout
    typed = "osllm lic"
    asked = {
        "COMP_WORDS": typed,
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": typed,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    words = run(env={**asked, "_OSLLM_COMPLETE": f"complete_{shell}"}, text=True)
    assert words.returncode == 0, words.stderr
    assert "license" in words.stdout
    assert words.stderr == ""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("osllm license ", "policy"), ("osllm recommend --sort ", "quality"), ("osllm recommend --kv", "--kv-cache")],
)
def test_bash_completes_commands_options_and_choices(typed: str, offered: str) -> None:
    place = str(len(typed.split(" ")) - 1)
    out = run(env={"COMP_WORDS": typed, "COMP_CWORD": place, "_OSLLM_COMPLETE": "complete_bash"}, text=True)
    assert offered in out.stdout.split()
