"""Every kind of document, in every format, language and width."""

from __future__ import annotations

import re

import pytest
from render_documents import DOCUMENTS, RECOMMENDATION, texts

from osllm.render import render
from osllm.render.rows import name_of
from osllm.render.screen import Screen
from osllm.render.views import VIEWS
from osllm.render.width import width

FORMATS = ("table", "json", "jsonl", "yaml", "markdown", "csv")
LANGUAGES = ("en", "ja")
MESSAGE_ID = re.compile(r"\b(render|errors|notes|cli|rules|license)\.[a-z]")


def test_every_view_has_a_document() -> None:
    assert {name_of(document) for document in DOCUMENTS.values()} >= set(VIEWS)


@pytest.mark.parametrize("fmt", FORMATS)
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_renders_to_text_that_ends_in_one_line_end(name: str, lang: str, fmt: str) -> None:
    content = render(DOCUMENTS[name], fmt, lang, Screen(80), verbose=True)
    assert not content or (content.endswith("\n") and not content.endswith("\n\n"))
    if fmt in ("table", "markdown"):
        assert not MESSAGE_ID.search(content), "a message that no table has"


@pytest.mark.parametrize("columns", [20, 40, 80, 120])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_says_everything_at_every_width(name: str, columns: int) -> None:
    page = render(DOCUMENTS[name], "table", "ja", Screen(columns), verbose=True)
    assert [text for text in texts(DOCUMENTS[name]) if text not in page] == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("columns", [80, 120])
@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "version"])
def test_keeps_to_the_width(name: str, columns: int, lang: str) -> None:
    page = render(DOCUMENTS[name], "table", lang, Screen(columns))
    long = [line for line in page.split("\n") if width(line) > columns and " " in line.strip()]
    assert not long


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_terminal_shows_the_same_words_as_a_pipe(name: str) -> None:
    piped = render(DOCUMENTS[name], "table", "ja", Screen(80))
    shown = render(DOCUMENTS[name], "table", "ja", Screen(80, terminal=True, colour=True))
    bare = re.sub(r"\x1b\[\d+m", "", shown)
    bare = "\n".join(line for line in bare.split("\n") if not line.strip() or set(line) - {"─", " "})
    assert bare.split() == piped.split()


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name != "version"])
def test_a_key_that_no_view_knows_is_shown(name: str) -> None:
    document = {**DOCUMENTS[name], "added_later": {"inside": "new-value"}}
    for fmt in ("table", "markdown"):
        content = render(document, fmt, "en", Screen(80))
        assert "new-value" in content
        assert "added later" in content


def test_japanese_pages_hold_no_english_headings() -> None:
    page = render(RECOMMENDATION, "table", "ja", Screen(80))
    for word in ("Command", "Reasons", "Rejected", "quality", "licence", "not rated", "machine"):
        assert word not in page


def test_the_recommendation_leads_from_the_assumptions_to_the_command() -> None:
    page = render(RECOMMENDATION, "table", "ja", Screen(80))
    order = (
        "ja-chat", "2 x NVIDIA GeForce RTX 4090", "8,192トークン", "10 tok/s以上", "--origin JP", "--max-params 14.0B",
        "商用（--mau 1,000,000、--redistribute）", "alpha-30b-a3b", "18.0/23.0", "0.68±0.06 A", "条件付き", "未評価",
        "org/alpha-30b-a3b、30.5B（アクティブ 3.3B）、Org（JP、ベースモデルは CN）", "約14,000文字",
        "41 tok/s（34〜48）、70文字/秒", "第三者評価", "export A='x y'", "llama-server", "warning-text", "reason-first",
        "512モデル", "delta-70b", "nearest-text", "notice-text",
    )  # fmt: skip
    flat = re.sub(r"\s+", "", page)
    positions = [flat.find(re.sub(r"\s+", "", piece)) for piece in order]
    assert -1 not in positions, order[positions.index(-1)]
    assert positions[:6] == sorted(positions[:6])
    assert positions[-8:] == sorted(positions[-8:])


def test_an_empty_answer_says_so_and_what_came_nearest() -> None:
    page = render(DOCUMENTS["nothing"], "table", "ja", Screen(80))
    assert page.startswith("ja-chat: 条件を満たすモデルなし\n")
    assert "delta-70b" in page
    assert "0件" not in page


def test_equals_and_bests_are_named() -> None:
    page = render(RECOMMENDATION, "table", "ja", Screen(80))
    assert "同程度（評価の誤差の範囲内）: 1〜2位" in page
    assert "alpha-30b-a3b（最速）" in page


def test_the_engine_is_a_column_only_where_rows_differ_in_it() -> None:
    one = {**RECOMMENDATION, "recommendations": RECOMMENDATION["recommendations"][:1]}
    assert "Engine: llama.cpp" in render(one, "table", "en", Screen(120))
    assert "vllm" in render(RECOMMENDATION, "table", "en", Screen(120))


def test_verbose_adds_the_reasons_of_every_row_and_the_evidence() -> None:
    short = render(RECOMMENDATION, "table", "en", Screen(80))
    full = render(RECOMMENDATION, "table", "en", Screen(80), verbose=True)
    assert "reason-7" not in short
    assert full.count("reason-7") == 3
    assert "ja-mt-bench (v202604, judged by gpt-5.2): 0.748 (Swallow, 2026-05-01)" in full


def test_a_yes_to_commercial_use_says_so() -> None:
    row = RECOMMENDATION["recommendations"][0]
    allowed = {**row, "license": {**row["license"], "verdict": "allowed"}}
    page = render({**RECOMMENDATION, "recommendations": [allowed]}, "table", "ja", Screen(120))
    assert "商用利用可" in page


def test_an_argv_is_shown_as_a_command_that_pastes() -> None:
    page = render(RECOMMENDATION, "table", "en", Screen(60))
    block = page[page.index("llama-server") :].split("\n\n")[0].replace("\\\n", " ")
    import shlex

    assert shlex.split(block.split("\n")[0]) == RECOMMENDATION["recommendations"][0]["serve"]["command"]


def test_a_policy_from_a_pipe_is_the_file_itself() -> None:
    document = DOCUMENTS["policy-template"]
    assert render(document, "table", "en", Screen(120)) == document["text"]


def test_a_json_schema_is_printed_as_json() -> None:
    import json

    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}
    assert json.loads(render(schema, "table", "en", Screen(80))) == schema
