"""What answers are like: their language and their length."""

from __future__ import annotations

import pytest

from osllm.quality.habits import answer_lengths, language_shares


def test_language_shares_come_from_the_newest_table_that_has_the_model() -> None:
    newer = {"as_of": "2025-11-28", "language_share": {"ja": {"a": 0.87}}}
    older = {"as_of": "2024-05-01", "language_share": {"ja": {"a": 0.11, "b": 0.57}, "en": {"a": 0.99}}}
    assert language_shares([newer, older, {"as_of": "2026-01-01"}]) == {
        "ja": {"a": 0.87, "b": 0.57},
        "en": {"a": 0.99},
    }


ALWAYS = {"short": "always", "typical": "always", "a": "always", "b": "always", "c": "always", "plain": "none"}


def test_an_answer_of_four_times_the_median_counts_as_two_until_a_second_column_says_so() -> None:
    # The median of 100, 200, 800 is 200. One column and one at 1: exp(ln 4 / 2) = 2.
    logic = {"answer_tokens": {"logic": {"short": 100, "typical": 200, "long@thinking": 800}}}
    assert answer_lengths([logic], ALWAYS) == {"short": pytest.approx(0.707), "typical": 1.0, "long": 2.0}
    # Two columns: exp(2 ln 4 / 3) = 2.520.
    assert answer_lengths([logic, logic], ALWAYS)["long"] == pytest.approx(2.52)


def test_columns_of_unlike_difficulty_are_never_averaged_as_tokens() -> None:
    easy = {"a": 10, "b": 20, "c": 30}
    hard = {"a": 30_000, "b": 20_000, "c": 10_000}
    found = answer_lengths([{"answer_tokens": {"easy": easy, "hard": hard}}], ALWAYS)
    # a: 0.5 and 1.5 of the median: exp((ln 0.5 + ln 1.5) / 3) = 0.909
    assert found == {"a": pytest.approx(0.909), "b": 1.0, "c": pytest.approx(0.909)}


def test_runs_without_thinking_neither_set_the_median_nor_get_a_length() -> None:
    column = {"a@thinking": 400, "b": 400, "a@non-thinking": 10, "c@non-thinking": 20, "plain": 30, "unknown": 40}
    assert answer_lengths([{"answer_tokens": {"math": column}}], ALWAYS) == {"a": 1.0, "b": 1.0}


def test_tables_without_counts_say_nothing() -> None:
    assert answer_lengths([{"id": "t"}, {"answer_tokens": {"math": {"a@non-thinking": 5}}}], ALWAYS) == {}
