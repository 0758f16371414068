"""Whole processes against broken data: overlays, cache files, catalogs. Exit 3 with file and line; nothing is interpreted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from processes import RIG, Program

GOOD = """\
family: Mine
developer: Me
origin: JP
seen: 2026-11-22
sources:
  own: {note: mine}
models:
  - id: mine-8b
    name: NAME
    kind: instruct
    license: {keys: [apache-2.0], evidence: primary, source: own}
    gaps: ["released: not yet", "architecture: not told"]
"""
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
BROKEN = {
    # what is wrong: (the file, the line that is named, the code)
    "a tab": (GOOD.replace("  - id", "\t- id"), 8, "tab"),
    "a key twice": (GOOD.replace("origin: JP\n", "origin: JP\norigin: US\n"), 4, "duplicate-key"),
    "a bomb": (BOMB, 1, "alias"),
    "a wrong type": (GOOD.replace("NAME", "[a, b]"), 9, "wrong-type"),
    "a missing key": (GOOD.replace("    kind: instruct\n", ""), 8, "missing-key"),
    "an unknown key": (GOOD.replace("    kind:", "    colour: red\n    kind:"), 10, "unknown-key"),
    "an unknown licence": (GOOD.replace("apache-2.0", "apache-9"), 11, "unknown-licence"),
    "an unknown source": (GOOD.replace("source: own", "source: theirs"), 11, "no-such-source"),
    "a tag": (GOOD.replace("name: NAME", "name: !!python/name:os.system NAME"), 9, "tag"),
    "a control character": (GOOD.replace("NAME", "a\x1b[31mred"), 9, "syntax"),
    "no YAML at all": ("%PDF-1.7 \x00\x01", 1, "syntax"),
    "an empty file": ("", 1, "missing-key"),
    "not UTF-8": (GOOD.replace("NAME", "caf\udce9"), 9, "not-utf-8"),
}


def overlay(program: Program, text: str) -> Path:
    path = program.home / "mine" / "models" / "me" / "mine.yaml"
    path.parent.mkdir(parents=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


@pytest.mark.parametrize("wrong", sorted(BROKEN))
def test_a_broken_overlay_is_exit_3_with_file_line_and_reason(wrong: str, program: Program) -> None:
    text, line, code = BROKEN[wrong]
    overlay(program, text)
    ended = program("recommend", *RIG, "--catalog", "mine", "--json")
    assert (ended.code, ended.err) == (3, "")
    error = json.loads(ended.out)["error"]
    assert error["code"] == "catalog-invalid"
    found = [problem for problem in error["problems"] if problem.startswith(f"mine/models/me/mine.yaml:{line}: ")]
    assert found, error["problems"]
    assert f"[{code}]" in found[0], error["problems"]
    assert not (program.home / "cache").exists() or not list((program.home / "cache").glob("*.jsonl"))


def test_for_people_every_problem_is_a_line(program: Program) -> None:
    overlay(program, GOOD.replace("apache-2.0", "apache-9").replace("    kind:", "    colour: red\n    kind:"))
    ended = program("list", "--catalog", "mine", "--lang", "ja", env={"PYTHONUTF8": "1"})
    assert (ended.code, ended.out) == (3, "")
    assert re.search(r"mine/models/me/mine\.yaml:10: models\[0\]\.colour: ", ended.err)


def test_a_good_overlay_joins_the_catalog_and_is_compiled_once(program: Program) -> None:
    overlay(program, GOOD.replace("NAME", "Mine-8B"))
    first = program("list", "--catalog", "mine", "--json")
    assert first.code == 0, first.err
    assert "mine-8b" in [model["id"] for model in json.loads(first.out)["models"]]
    (kept,) = (program.home / "cache").glob("*.jsonl")
    stamp = kept.stat().st_mtime_ns
    assert program("list", "--catalog", "mine", "--json") == first
    assert kept.stat().st_mtime_ns == stamp


@pytest.mark.parametrize("damage", ["cut", "empty", "garbage", "one letter", "a folder"])
def test_a_broken_cache_file_is_made_anew(damage: str, program: Program) -> None:
    overlay(program, GOOD.replace("NAME", "Mine-8B"))
    first = program("show", "mine-8b", "--catalog", "mine", "--json")
    (kept,) = (program.home / "cache").glob("*.jsonl")
    whole = kept.read_bytes()
    if damage == "a folder":
        kept.unlink()
        kept.mkdir()
    else:
        middle = len(whole) // 2
        kept.write_bytes(
            {
                "cut": whole[:middle],
                "empty": b"",
                "garbage": b"\x00\xff" * 1000,
                "one letter": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :],
            }[damage]
        )
    assert program("show", "mine-8b", "--catalog", "mine", "--json") == first
    if damage != "a folder":
        assert kept.read_bytes() == whole


EVIL = "[red]Mine[/red] {0} %s <b>x</b> | `y` $(id) \\u2028"


@pytest.mark.parametrize("fmt", ["table", "markdown", "csv", "json", "jsonl", "yaml"])
def test_nothing_in_the_text_of_an_overlay_is_interpreted(fmt: str, program: Program) -> None:
    overlay(program, GOOD.replace("NAME", f"'{EVIL}'"))
    ended = program("list", "--catalog", "mine", "--format", fmt, "--search", "mine", env={"FORCE_COLOR": "1"})
    assert ended.code == 0, ended.err
    shown = program("show", "mine-8b", "--catalog", "mine", "--format", fmt)
    assert shown.code == 0, shown.err
    plain = (
        shown.out.replace("\\\\", "\\").replace("\\[", "[").replace("\\]", "]").replace("\\|", "|").replace("\\`", "`")
    )
    assert "[red]Mine[/red] {0} %s" in plain.replace("\\<", "<")
    assert "\x1b" not in shown.out


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "catalog-missing"),
        (b"", "catalog-corrupt"),
        (b"{}\n", "catalog-corrupt"),
        (b"\xff\xfe\n", "catalog-corrupt"),
    ],
)
def test_a_catalog_that_cannot_be_read_is_exit_3(content: bytes | None, code: str, program: Program) -> None:
    path = program.home / "other.jsonl"
    if content is not None:
        path.write_bytes(content)
    ended = program("recommend", *RIG, "--json", env={"OSLLM_CATALOG_FILE": str(path)})
    assert ended.code == 3
    assert json.loads(ended.out)["error"]["code"] == code
    assert program("--version", env={"OSLLM_CATALOG_FILE": str(path)}).code == 0


def test_a_catalog_of_another_version_says_so(program: Program, small_catalog_file: Path) -> None:
    head, _, rest = small_catalog_file.read_bytes().partition(b"\n")
    path = program.home / "other.jsonl"
    path.write_bytes(json.dumps({**json.loads(head), "format": 99}).encode() + b"\n" + rest)
    ended = program("list", "--json", env={"OSLLM_CATALOG_FILE": str(path)})
    assert (ended.code, json.loads(ended.out)["error"]["code"]) == (3, "catalog-format")


def test_an_overlay_that_is_not_there(program: Program) -> None:
    ended = program("list", "--catalog", "nowhere", "--json")
    assert (ended.code, json.loads(ended.out)["error"]["code"]) == (3, "catalog-unreadable")
