"""Strict YAML: plain values, no surprises, every defect with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osllm.authoring.yamlio import MAX_BYTES, MAX_DEPTH, Problem, YamlError, dotted, load, loads
from osllm.i18n import LANGUAGES, lookup


def data(text: str) -> dict[str, object]:
    return loads(text.encode(), "x.yaml").data


def problems(text: str | bytes) -> list[Problem]:
    with pytest.raises(YamlError) as caught:
        loads(text.encode() if isinstance(text, str) else text, "x.yaml")
    return caught.value.problems


def codes(text: str | bytes) -> list[tuple[str, int]]:
    return [(p.code, p.line) for p in problems(text)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"),  # a country, not a refusal
        ("on", "on"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ('""', ""),
        ('"true"', "true"),
        ("2024-09-19", "2024-09-19"),
        ('"2024"', "2024"),
        ("2024", 2024),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("010", "010"),
        ("-3", -3),
        ("1.50", 1.5),
        ("1e6", 1e6),
        (".5", ".5"),
        ("1:30", "1:30"),
        (".inf", ".inf"),
        ("3.10.1", "3.10.1"),
        ("=", "="),
    ],
)
def test_plain_values(written, meant):
    value = data(f"a: {written}")["a"]
    assert value == meant
    assert type(value) is type(meant)


def test_lines_of_values():
    document = loads(b"a: 1\nb:\n  - c: 2\n  - d: {e: 3}\n", "x.yaml")
    assert document.line(("b", 1, "d", "e")) == 4
    assert document.line(("b", 0, "nowhere")) == 3
    assert document.line(("nowhere",)) == 1


def test_dotted_paths():
    assert dotted(("models", 3, "params", "total")) == "models[3].params.total"


def test_duplicate_keys_are_named_with_their_line():
    found = problems("a: 1\nb: {c: 1, c: 2}\na: 3\n")
    assert [(p.code, p.line, p.field) for p in found] == [("duplicate-key", 2, "b.c"), ("duplicate-key", 3, "a")]


def test_tabs():
    assert codes("a:\n\tb: 1\n") == [("tab", 2)]


def test_a_bomb_is_refused_without_growing():
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    found = problems("\n".join(lines))
    assert {p.code for p in found} == {"alias"}
    assert len(found) == 8 * 9


def test_an_alias_of_a_word_is_refused():
    assert codes("a: &x word\nb: *x\n") == [("alias", 1)]


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "a: !mine 1", "a: !!set {x}", "a: !!binary aGk="])
def test_tags(text):
    assert ("tag", 1) in codes(text)


def test_depth():
    deep = "a: " + "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)
    assert codes(deep) == [("too-deep", 1)]
    assert codes("[" * 100_000) == [("syntax", 1)]


def test_sizes_and_encodings():
    assert codes(b" " * (MAX_BYTES + 1)) == [("too-large", 1)]
    assert codes(b"a: 1\nb: \xff\n") == [("not-utf-8", 2)]
    assert codes("a: " + "9" * 400 + ".0") == [("number", 1)]
    assert codes("a: " + "9" * 40) == [("number", 1)]
    assert codes("a: " + "9" * 5000) == [("number", 1)]


def test_control_characters():
    assert codes('a: "\\e[31m"') == [("control-character", 1)]
    assert codes('"a\\x07": 1') == [("control-character", 1)]
    assert codes("a: left\u202eright") == [("control-character", 1)]


@pytest.mark.parametrize("text", ["- a\n", "word\n", "a: [1\n", "a: 1\n b: 2\n", "? [x]\n: 1\n"])
def test_not_a_mapping_of_words(text):
    assert problems(text)


def test_an_empty_file_is_an_empty_mapping():
    assert data("# nothing\n") == {}


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(YamlError) as caught:
        load(tmp_path / "none.yaml")
    assert caught.value.problems[0].code == "unreadable"


def outcome(raw: bytes) -> tuple[object, list[Problem]]:
    try:
        return loads(raw, "x.yaml").data, []
    except YamlError as error:
        return None, error.problems


@given(st.binary(max_size=200) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_anything_gives_data_or_problems(raw):
    data, problems = outcome(raw)
    assert isinstance(data, dict) != bool(problems)
    assert all(p.line >= 1 and p.text("en") and p.text("ja") for p in problems)


def test_every_problem_has_a_sentence_in_both_languages():
    for lang in LANGUAGES:
        assert lookup("lint.duplicate-key", lang)
    one = Problem("f.yaml", 3, "a.b", "duplicate-key", {"key": "b"})
    assert str(one) == "f.yaml:3: a.b: the key b stands twice [duplicate-key]"
    assert "重複" in one.text("ja")
    assert Problem("f.yaml", 1, "", "from-elsewhere", {"message": "as said there"}).text() == "as said there"
