from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from osllm.render.width import char_width, pad, width, wrap

PRINTABLE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp"), include_characters=" "))


def test_full_width_is_two_combining_none_ambiguous_one() -> None:
    assert width("abc") == 3
    assert width("日本語") == 6
    assert width("ｱｲｳ") == 3  # half-width katakana
    assert width("ＲＴＸ") == 6
    assert width("か\u3099") == 2  # か + combining voiced mark
    assert width("e\u0301") == 1
    assert width("±α…") == 3  # ambiguous
    assert width("👍") == 2
    assert char_width("\u200d") == 0


def test_padding_counts_columns_not_characters() -> None:
    assert pad("日本", 6) == "日本  "
    assert pad("日本", 6, right=True) == "  日本"
    assert pad("日本語日本語", 4) == "日本語日本語"


def test_wraps_between_words_and_between_japanese_characters() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("日本語の文章", 6) == ["日本語", "の文章"]


def test_never_begins_a_line_with_closing_punctuation_nor_ends_one_with_an_opening_bracket() -> None:
    assert wrap("日本語。文", 6) == ["日本", "語。文"]
    assert wrap("日本（文）", 6) == ["日本", "（文）"]


def test_a_word_wider_than_the_line_stays_whole() -> None:
    assert wrap("a qwen3-swallow-32b b", 5) == ["a", "qwen3-swallow-32b", "b"]


@given(PRINTABLE, st.integers(1, 40))
def test_wrapping_loses_nothing_but_blanks(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert lines


@given(st.lists(st.text("ab日本", min_size=1, max_size=6), max_size=12), st.integers(14, 40))
def test_lines_keep_to_the_width_where_words_allow(words: list[str], columns: int) -> None:
    assert all(width(line) <= columns for line in wrap(" ".join(words), columns))
