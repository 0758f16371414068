"""Both languages hold the same messages, and every message that the source asks for exists."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

import osllm
from osllm.cli.options import OPTIONS
from osllm.cli.tree import TREE, Node, command
from osllm.i18n import LANGUAGES, lookup, pick_language, table, text
from osllm.i18n.sentences import humanise, sentence
from osllm.rules.registry import all_rules

SOURCE = Path(osllm.__file__).parent
AREAS = sorted(path.stem.removesuffix("_en") for path in (SOURCE / "i18n").glob("*_en.py"))
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def source_files() -> list[Path]:
    return [path for path in SOURCE.rglob("*.py") if "i18n" not in path.parts or path.name == "sentences.py"]


def commands(node: Node = TREE, path: str = "") -> dict[str, str]:
    if isinstance(node, str):
        return {path: node}
    return {key: value for name, one in node.items() for key, value in commands(one, f"{path} {name}".strip()).items()}


def groups(node: Node = TREE, path: str = "") -> list[str]:
    if isinstance(node, str):
        return []
    return [path, *(found for name, one in node.items() if name for found in groups(one, f"{path} {name}".strip()))]


def test_the_mine_areas_are_there() -> None:
    assert {"cli", "errors", "notes", "render", "rules", "license"} <= set(AREAS)


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_have_the_same_ids_and_placeholders(area: str) -> None:
    english, japanese = table(area, "en"), table(area, "ja")
    assert set(english) == set(japanese)
    differing = [name for name in english if placeholders(english[name]) != placeholders(japanese[name])]
    assert not differing


@pytest.mark.parametrize("area", AREAS)
def test_nothing_is_left_in_the_other_language(area: str) -> None:
    assert not [m for name, m in table(area, "en").items() if JAPANESE.search(m) and not name.startswith("example")]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_message_that_the_source_names_exists(lang: str) -> None:
    named = re.compile(r"""(?<![\w/])text\(\s*"([a-z]+\.[\w.-]+)",""")
    said = re.compile(r'\bwords\(\s*"([a-z0-9-]+)"')
    wanted: set[str] = set()
    for path in source_files():
        content = path.read_text("utf-8")
        wanted |= set(named.findall(content))
        wanted |= {f"render.{name}" for name in said.findall(content) if "render" in path.parts}
    assert len(wanted) > 100
    assert sorted(name for name in wanted if lookup(name, lang) is None) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_caveat_has_a_sentence(lang: str) -> None:
    codes = {
        code for path in source_files() for code in re.findall(r'\bCaveat\(\s*"([\w-]+)"', path.read_text("utf-8"))
    }
    assert codes
    missing = [
        code for code in codes if all(lookup(f"{area}.{code}", lang) is None for area in ("notes", "serve", "rules"))
    ]
    assert not missing


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_name_that_can_be_unknown_has_an_error(lang: str) -> None:
    kinds = {
        kind
        for path in source_files()
        for kind in re.findall(r'\b(?:_?unknown|_resolve)\(\s*"([a-z-]+)"', path.read_text("utf-8"))
    }
    assert {"model", "gpu", "use-case", "engine", "quantization", "license"} <= kinds
    assert not [kind for kind in kinds if lookup(f"errors.unknown-{kind}", lang) is None]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_has_a_sentence_and_a_veto_a_short_name(lang: str) -> None:
    rules = all_rules()
    assert not [rule.code for rule in rules if lookup(f"rules.{rule.code}", lang) is None]
    vetoes = [rule.code for rule in rules if rule.effect == "veto"]
    assert vetoes
    assert not [code for code in vetoes if lookup(f"names.rule.{code}", lang) is None]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_has_a_summary_and_an_example_and_every_option_a_text(lang: str) -> None:
    key = lambda area, path: f"cli.{area}.{path.replace(' ', '.')}" if path else f"cli.{area}"  # noqa: E731
    assert not [path for path in (*commands(), *groups()) if lookup(key("summary", path), lang) is None]
    assert not [path for path in commands() if lookup(key("example", path), lang) is None]
    options = set(OPTIONS)
    for path, module in commands().items():
        options |= set(command(path, module).own)
    assert not [name for name in options if lookup(f"cli.option.{name}", lang) is None]


def test_no_option_text_is_left_over() -> None:
    used = set(OPTIONS) | {"version", "help", "install-completion", "show-completion"}
    for path, module in commands().items():
        used |= set(command(path, module).own)
    written = {name.removeprefix("option.") for name in table("cli", "en") if name.startswith("option.")}
    assert written == used


def test_a_missing_message_never_hides_an_answer() -> None:
    assert text("errors.never-written", "ja") == "errors.never-written"
    assert text("nowhere.at-all", "en") == "nowhere.at-all"


@pytest.mark.parametrize(
    ("env", "lang"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"OSLLM_LANG": "ja", "LC_ALL": "C"}, "ja"),
        ({"LC_MESSAGES": "ja", "LANG": "C"}, "ja"),
        ({"OSLLM_LANG": "", "LANG": "JA"}, "ja"),
    ],
)
def test_the_first_variable_that_is_set_decides(env: dict[str, str], lang: str) -> None:
    assert pick_language(env) == lang


@pytest.mark.parametrize(
    ("key", "value", "written"),
    [
        ("needed_bytes", 3 * 2**29, "1.5 GiB"),
        ("max_tokens", 131072, "131,072"),
        ("params", 30_500_000_000, "30.5B"),
        ("loss_percent", 0.012, "1.2%"),
        ("decode_tps", 41.234, "41.2"),
        ("decode_tps", 1234.5, "1,234"),
        ("value", 0.67512, "0.675"),
        ("bits", 4.8944, "4.9"),
        ("layers", 48, "48"),
        ("kept", True, "True"),
        ("keys", ["a", "b"], "a, b"),
        ("keys", [], "-"),
        ("why", None, "unknown"),
    ],
)
def test_a_parameter_is_written_in_the_unit_of_its_name(key: str, value: object, written: str) -> None:
    assert humanise(key, value, "en") == written


def test_lists_and_the_unknown_are_japanese_in_japanese() -> None:
    assert humanise("keys", ["a", "b"], "ja") == "a、b"
    assert humanise("why", None, "ja") == "不明"


def test_a_reason_becomes_a_sentence() -> None:
    params = {"needed_bytes": 44 * 2**30, "usable_bytes": 22 * 2**30, "format": "Q4_K_M"}
    assert "44.0 GiB" in sentence("MEM101", params, "ja")
    assert "22.0 GiB" in sentence("MEM101", params, "en")
