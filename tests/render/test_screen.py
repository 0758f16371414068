from __future__ import annotations

import io

import pytest

from osllm.render.clean import clean, clean_block
from osllm.render.screen import LEAST_WIDTH, PIPE_WIDTH, Screen, look


class Stream(io.StringIO):
    """A stream that says of itself what the test wants."""

    def __init__(self, *, tty: bool, encoding: str = "utf-8") -> None:
        super().__init__()
        self._tty = tty
        self._encoding = encoding

    def isatty(self) -> bool:
        return self._tty

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding


@pytest.mark.parametrize(
    ("tty", "env", "terminal", "colour"),
    [
        (True, {}, True, True),
        (False, {}, False, False),
        (True, {"NO_COLOR": "1"}, True, False),
        (True, {"NO_COLOR": ""}, True, True),
        (True, {"TERM": "dumb"}, False, False),
        (False, {"FORCE_COLOR": "1"}, True, True),
        (False, {"FORCE_COLOR": "0"}, False, False),
        (True, {"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour_follows_the_stream_and_the_conventions(
    tty: bool, env: dict[str, str], terminal: bool, colour: bool
) -> None:
    screen = look(Stream(tty=tty), env)
    assert (screen.terminal, screen.colour) == (terminal, colour)


@pytest.mark.parametrize(
    ("columns", "width"),
    [
        ("100", 100),
        ("1", LEAST_WIDTH),
        ("0", PIPE_WIDTH),
        ("-3", PIPE_WIDTH),
        ("x", PIPE_WIDTH),
        ("", PIPE_WIDTH),
        ("²", PIPE_WIDTH),
    ],
)
def test_the_width_is_columns_where_that_is_a_number(columns: str, width: int) -> None:
    assert look(Stream(tty=False), {"COLUMNS": columns}).width == width


def test_a_terminal_that_does_not_know_its_width_is_80_wide() -> None:
    assert look(Stream(tty=True), {}).width == 80


@pytest.mark.parametrize(("encoding", "lines"), [("utf-8", True), ("UTF8", True), ("cp932", False), ("ascii", False)])
def test_lines_are_drawn_only_in_unicode(encoding: str, lines: bool) -> None:
    assert look(Stream(tty=True, encoding=encoding), {}).unicode is lines


def test_no_stream_is_a_pipe() -> None:
    assert look(None, {}) == Screen(PIPE_WIDTH)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("日本語 ±…", "日本語 ±…"),
        ("a\tb\r\nc", "a b  c"),
        ("\x1b[31m\x07\x7f\x9b", "\ufffd[31m\ufffd\ufffd\ufffd"),
        ("a\u202eb\u200bc\ufeffd\U000e0041e\u2066f", "abcdef"),
        ("\udce9", "?"),
    ],
)
def test_one_line_is_made_safe(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_block_keeps_its_lines_and_tabs() -> None:
    assert clean_block("a\tb\n\x1bc") == "a\tb\n\ufffdc"
