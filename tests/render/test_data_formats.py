from __future__ import annotations

import csv
import io
import json
import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from render_documents import DOCUMENTS, RECOMMENDATION

from osllm.render import render
from osllm.render.markdown import escape
from osllm.render.rows import COLUMNS, LISTS, csv_text, jsonl, name_of
from osllm.render.screen import Screen
from osllm.render.yaml import dump

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(TEXT, VALUES, max_size=4))
def test_yaml_reads_back_as_the_same_values(document: dict[str, object]) -> None:
    assert yaml.safe_load(dump(document)) == document


@pytest.mark.parametrize(
    "word", ["no", "On", "y", "1e3", "0o17", "1_000", "2026-11-22", "12:30", "~", "", "null", "=", "#x"]
)
def test_yaml_quotes_what_some_version_would_take_for_something_else(word: str) -> None:
    assert dump({"value": word}) == f'value: "{word}"\n'


def test_yaml_writes_japanese_as_it_is_and_repeats_instead_of_pointing() -> None:
    shared = ["同じ"]
    assert dump({"a": shared, "b": shared}) == 'a:\n  - "同じ"\nb:\n  - "同じ"\n'


def test_yaml_of_half_a_character_is_escaped() -> None:
    assert "\\ud8" in dump({"value": "\ud83d"}).lower()


def test_one_json_object_a_row_with_its_schema() -> None:
    lines = [json.loads(line) for line in jsonl(RECOMMENDATION).splitlines()]
    assert [line["rank"] for line in lines] == [1, 2, 3]
    assert {line.pop("schema") for line in lines} == {"osllm/recommendation-row@1"}
    assert lines == RECOMMENDATION["recommendations"]


def test_a_document_without_a_list_is_one_line() -> None:
    line = jsonl(DOCUMENTS["model"])
    assert json.loads(line) == DOCUMENTS["model"]
    assert line.count("\n") == 1


def test_an_empty_list_has_no_lines() -> None:
    assert jsonl(DOCUMENTS["no models"]) == ""


@pytest.mark.parametrize("name", DOCUMENTS)
def test_csv_has_one_width_and_the_promised_columns(name: str) -> None:
    document = DOCUMENTS[name]
    content = csv_text(document)
    header, *rows = csv.reader(io.StringIO(content, newline=""))
    assert all(len(row) == len(header) for row in rows)
    assert tuple(header) == COLUMNS.get(name_of(document), tuple(header))
    assert content.endswith("\r\n")
    listed = document.get(LISTS.get(name_of(document), ""))
    assert len(rows) == (1 if listed is None else len(listed))


def test_csv_fills_the_columns() -> None:
    first = next(csv.DictReader(io.StringIO(csv_text(RECOMMENDATION), newline="")))
    assert first["model.id"] == "alpha-30b-a3b"
    assert first["model.modalities"] == "text; image"
    assert first["model.params_published"] == ""
    assert first["quality.low"] == "0.61"
    assert first["memory.total_bytes"] == str(18 * 2**30)
    assert first["serve.command"].startswith("llama-server --hf-repo 'org/a b:Q4_K_M'")
    assert set(first) == set(COLUMNS["recommendation"])


def test_csv_columns_stay_where_a_value_is_null() -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(RECOMMENDATION), newline="")))
    assert rows[2]["quality.value"] == ""
    assert rows[2]["license.verdict"] == "conditions"


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-x", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_csv_disarms_formulas(formula: str) -> None:
    document = {"schema": "osllm/later@1", "name": formula, "number": -1.5}
    _, row = csv.reader(io.StringIO(csv_text(document), newline=""))
    assert row[1].startswith("'")
    assert row[2] == "-1.5"


@given(TEXT)
def test_markdown_cells_never_end_a_table(text: str) -> None:
    escaped = escape(text)
    assert "\n" not in escaped
    assert not re.search(r"(?<!\\)(\\\\)*[|<`]", escaped)


def test_markdown_of_a_hostile_catalog_stays_text() -> None:
    document = {"schema": "osllm/later@1", "name": "<script>x</script> | [a](b) `c` *d* snake_case _e_"}
    page = render(document, "markdown", "en", Screen(80))
    assert page.startswith("- **name**: \\<script\\>x\\</script\\> \\| \\[a\\](b) \\`c\\` \\*d\\* snake_case \\_e\\_")


def test_markdown_fences_are_longer_than_any_inside() -> None:
    document = {"schema": "osllm/policy-template@1", "text": "````\nx\n"}
    page = render(document, "markdown", "en", Screen(80))
    assert page.startswith("`````yaml\n````\nx\n`````")


def test_json_is_one_line_in_a_pipe_and_laid_out_on_a_terminal() -> None:
    assert render(RECOMMENDATION, "json", "ja", Screen()).count("\n") == 1
    assert render(RECOMMENDATION, "json", "ja", Screen(terminal=True)).count("\n") > 100
