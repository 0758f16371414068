"""The documentation is complete, in step in both languages, current, and what it shows works."""

from __future__ import annotations

import re
import shlex
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from osllm import api
from osllm.api.schemas import answers, license_files
from osllm.authoring.jsonschema import file_schemas
from osllm.authoring.yamlio import load
from osllm.catalog.store import Catalog
from osllm.cli import parse
from osllm.cli.options import OPTIONS, flag
from osllm.cli.tree import TREE, Node, command
from osllm.config import OTHER_VARIABLES, PREFIX
from osllm.exitcodes import ExitCode
from osllm.rules.registry import all_rules

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
sys.path.insert(0, str(ROOT / "scripts"))

import doc_notice
import generate_docs
from doc_pages import anchor

LANGUAGES = ("en", "ja")
PAGES = sorted(DOCS.rglob("*.md"))
FRONT = sorted(ROOT.glob("*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def name(path: Path) -> str:
    """What a page is called in a test's id."""
    return path.relative_to(ROOT).as_posix()


def page(lang: str, path: str) -> str:
    return (DOCS / lang / path).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """A page without its code blocks."""
    return FENCE.sub("", text)


def headings(text: str) -> list[str]:
    return [line.lstrip("#").strip() for line in prose(text).splitlines() if re.match(r"#+ ", line)]


def blocks(language: str) -> Iterator[tuple[Path, str]]:
    """Every code block of a language, with its page."""
    for path in [*FRONT, *PAGES]:
        for found in FENCE.finditer(path.read_text(encoding="utf-8")):
            if found[1] == language:
                yield path, found[2]


def command_paths(tree: dict[str, Node] = TREE, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, module) of every command."""
    for word, node in tree.items():
        typed = f"{path} {word}".strip()
        if isinstance(node, dict):
            yield from command_paths(node, typed)
        else:
            yield typed, node


# Current and in step


def test_generated_pages_and_samples_are_current() -> None:
    assert [name(path) for path in generate_docs.stale()] == [], "run scripts/generate_docs.py"


def test_a_stale_page_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    pages = {"exit-codes": lambda lang: f"# nothing in {lang}"}
    monkeypatch.setattr(generate_docs, "PAGES", pages)
    assert generate_docs.main(["--check"]) == 1
    assert "docs/ja/reference/exit-codes.md" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "heading"),
    [
        ("CC-BY-4.0", "CC BY 4.0"),
        ("CC BY 4.0 (Epoch AI)", "CC BY 4.0"),
        ("MIT (code), CC BY 4.0 (questions)", "MIT"),
        ("not stated; cited as facts (the tool is Apache-2.0)", doc_notice.UNSAID),
        ("Another licence", "Another licence"),
    ],
)
def test_a_table_stands_in_the_notice_under_the_licence_of_its_data(said: str, heading: str) -> None:
    assert doc_notice.group(said) == heading


def test_who_asks_for_attribution_is_named_in_the_notice() -> None:
    text = doc_notice.notice()
    asked = [
        t
        for path in sorted((ROOT / "catalog" / "evidence").glob("*.yaml"))
        if (t := load(path).data).get("attribution")
    ]
    assert len(asked) > 10
    for table in asked:
        assert table["attribution"] in text


def test_both_languages_have_the_same_pages() -> None:
    english, japanese = (
        {p.relative_to(DOCS / lang) for p in PAGES if (DOCS / lang) in p.parents} for lang in LANGUAGES
    )
    assert english == japanese


@pytest.mark.parametrize("path", [p for p in PAGES if DOCS / "en" in p.parents], ids=name)
def test_both_languages_have_the_same_headings_and_examples(path: Path) -> None:
    other = DOCS / "ja" / path.relative_to(DOCS / "en")
    texts = [p.read_text(encoding="utf-8") for p in (path, other)]
    levels = [[line.split(" ")[0] for line in prose(text).splitlines() if re.match(r"#+ ", line)] for text in texts]
    assert levels[0] == levels[1]
    assert len(FENCE.findall(texts[0])) == len(FENCE.findall(texts[1]))


def test_front_pages_have_the_same_headings_and_commands() -> None:
    for path in FRONT:
        other = path.with_suffix("").with_suffix(".ja.md")
        if path.name.endswith(".ja.md") or not other.exists():
            continue
        texts = [p.read_text(encoding="utf-8") for p in (path, other)]
        assert len(headings(texts[0])) == len(headings(texts[1])), name(path)
        marked = [re.findall(r"<!-- command: \w+ -->\n```sh\n(.*?)```", text, re.DOTALL) for text in texts]
        assert marked[0] == marked[1], name(path)


def test_every_page_is_in_the_index() -> None:
    for lang in LANGUAGES:
        index = page(lang, "index.md")
        missing = [
            name(p) for p in PAGES if DOCS / lang in p.parents and p.relative_to(DOCS / lang).as_posix() not in index
        ]
        assert missing == [f"docs/{lang}/index.md"]


# Links


@pytest.mark.parametrize("path", [*FRONT, *PAGES], ids=name)
def test_links_lead_somewhere(path: Path) -> None:
    text = prose(path.read_text(encoding="utf-8"))
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, fragment = target.partition("#")
        place = (path.parent / file).resolve() if file else path
        if not place.exists() or (
            fragment and fragment not in map(anchor, headings(place.read_text(encoding="utf-8")))
        ):
            broken.append(target)
    assert broken == []


# Completeness


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_command_and_option_is_described(lang: str) -> None:
    text = page(lang, "reference/cli.md")
    titles = headings(text)
    for path, module in command_paths():
        assert f"osllm {path}" in titles
        spec = command(path, module)
        for option in (*spec.options, *spec.own):
            assert f"`{flag(option)}`" in text, option


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_variable_is_described(lang: str) -> None:
    tables = page(lang, "reference/cli.md")
    for option in OPTIONS:
        assert f"`{PREFIX}{option.upper()}`" in tables
    special = page(lang, "reference/environment.md")
    read = {
        found
        for path in (ROOT / "src").rglob("*.py")
        for found in re.findall(r"\"(OSLLM_[A-Z_]+)\"", path.read_text(encoding="utf-8"))
    }
    for variable in {*read, *(PREFIX + word for word in OTHER_VARIABLES)} - {PREFIX}:
        assert f"`{variable}`" in special, variable


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_exit_code_is_described(lang: str) -> None:
    text = page(lang, "reference/exit-codes.md")
    described = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert described == {int(code) for code in ExitCode}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_is_described(lang: str) -> None:
    titles = headings(page(lang, "reference/rules.md"))
    assert {rule.code for rule in all_rules()} <= set(titles)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_schema_is_described(lang: str) -> None:
    assert {f"osllm/{key}@1" for key in answers()} <= set(headings(page(lang, "reference/json.md")))
    assert {*file_schemas(), *license_files.SCHEMAS} <= set(headings(page(lang, "reference/catalog-files.md")))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_use_case_engine_and_format_is_described(lang: str, catalog: Catalog) -> None:
    assert {u["key"] for u in api.use_cases().to_dict()["use_cases"]} <= set(
        headings(page(lang, "reference/use-cases.md"))
    )
    assert set(catalog.engines()) <= set(headings(page(lang, "reference/engines.md")))
    text = page(lang, "reference/formats.md")
    assert [key for key in catalog.formats() if f"`{key}`" not in text] == []


# Examples


def typed_lines() -> Iterator[tuple[Path, str]]:
    """Every command line of osllm in a shell block or in a sentence."""
    for kind in ("sh", "console"):
        for path, body in blocks(kind):
            for line in body.splitlines():
                found = re.match(r"(?:\$ )?(osllm .*)", line)
                if found:
                    yield path, found[1]
    for path in [*FRONT, *PAGES]:
        for line in re.findall(r"`(osllm [^`]+)`", prose(path.read_text(encoding="utf-8"))):
            yield path, line


def words_of(line: str) -> list[str]:
    """The words after `osllm`, up to a pipe or a redirection."""
    words = shlex.split(line, comments=True)[1:]
    ends = [number for number, word in enumerate(words) if word in ("|", ">", "&&")]
    return words[: ends[0]] if ends else words


def test_every_command_line_is_one() -> None:
    found, wrong = 0, []
    for path, line in typed_lines():
        words = words_of(line)
        if "--help" in words or words[0] in ("COMMAND", "コマンド"):
            continue
        found += 1
        group: Node = TREE
        for word in words:
            group = group[word] if isinstance(group, dict) and word in group else ""
        if not isinstance(group, dict) and parse.read(words) is None:
            wrong.append(f"{name(path)}: {line}")
    assert wrong == []
    assert found > 100


def test_python_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    found = list(blocks("python"))
    for path, body in found:
        exec(compile(body, name(path), "exec"), {})
    printed = capsys.readouterr().out
    assert len(found) >= 6
    assert "unknown-gpu" in printed
    assert "denied 10" in printed


def test_settings_examples_name_options() -> None:
    found = list(blocks("toml"))
    assert len(found) >= 4
    for path, body in found:
        assert {key.replace("-", "_") for key in tomllib.loads(body)} <= set(OPTIONS), name(path)


def model_file(lang: str) -> tuple[str, str]:
    """(path, YAML) of the file that the guide writes."""
    text = page(lang, "how-to/add-a-model.md")
    found = re.search(r"<!-- file: (\S+) -->\n```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1], found[2]


def test_the_model_of_the_guide_is_valid_and_answers(tmp_path: Path) -> None:
    file, text = model_file("en")
    assert model_file("ja") == (file, text)
    place = tmp_path / file
    place.parent.mkdir(parents=True)
    place.write_text(text, encoding="utf-8")
    assert api.catalog_validate([str(tmp_path)]).exit_code == ExitCode.OK
    answer = api.estimate("acme-8b", gpu="rtx4090", catalog=str(tmp_path)).to_dict()
    assert answer["model"]["id"] == "acme-8b"
