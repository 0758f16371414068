from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from osllm.render.blocks import Cell, Code, Column, Table, bullets, facts, table
from osllm.render.paint import Paint
from osllm.render.screen import Screen
from osllm.render.table import lay_out
from osllm.render.text import write
from osllm.render.width import width

PLAIN = Paint(Screen())
COLUMNS = (Column("#", right=True), Column("モデル"), Column("速度", right=True), Column("注", wrap=True, below=True))
ROWS = table(COLUMNS, [["1", "gemma-3-27b", "41", "短い注意書きです"], ["12", "qwen3", "8.2", None]], lead=2)


def test_a_grid_aligns_full_width_text() -> None:
    assert lay_out(ROWS, 60, PLAIN) == [
        " #  モデル       速度  注",
        " 1  gemma-3-27b    41  短い注意書きです",
        "12  qwen3         8.2  -",
    ]


def test_a_column_goes_below_where_the_line_has_no_room() -> None:
    assert lay_out(ROWS, 30, PLAIN) == [
        " #  モデル       速度",
        " 1  gemma-3-27b    41",
        "    注 短い注意書きです",
        "12  qwen3         8.2",
    ]


def test_cards_where_not_even_the_names_fit() -> None:
    assert lay_out(ROWS, 18, PLAIN) == [
        "1  gemma-3-27b",
        "  速度  41",
        "  注",
        "    短い注意書きで",
        "    す",
        "",
        "12  qwen3",
        "  速度  8.2",
        "  注    -",
    ]


def test_a_terminal_gets_a_rule_and_colour_and_a_pipe_the_same_words() -> None:
    coloured = Paint(Screen(terminal=True, colour=True))
    rows = Table((Column("a"),), ((Cell("x", "good"),),))
    assert lay_out(rows, 20, coloured) == ["\x1b[1ma\x1b[0m", "\x1b[2m─\x1b[0m", "\x1b[32mx\x1b[0m"]
    assert lay_out(rows, 20, PLAIN) == ["a", "x"]


def test_no_lines_are_drawn_where_the_encoding_has_none() -> None:
    assert not Paint(Screen(terminal=True, unicode=False)).boxes


@given(
    st.lists(st.lists(st.text("ab日 -", max_size=30), min_size=4, max_size=4), min_size=1, max_size=4),
    st.integers(20, 130),
)
def test_every_word_survives_every_width(rows: list[list[str]], columns: int) -> None:
    lines = lay_out(table(COLUMNS, rows, lead=2), columns, PLAIN)
    shown = "".join(lines).replace(" ", "")
    for row in rows:
        for word in (word for cell in row for word in cell.split()):
            assert all(shown.count(char) >= word.count(char) for char in word)


@given(st.lists(st.text("ab日", min_size=1, max_size=8), min_size=1, max_size=4), st.integers(40, 130))
def test_a_grid_of_short_cells_keeps_to_the_width(cells: list[str], columns: int) -> None:
    lines = lay_out(table(COLUMNS, [[*cells, "", "", ""][:4]], lead=2), columns, PLAIN)
    assert all(width(line) <= columns for line in lines)


def test_facts_wrap_beside_their_label_and_leave_out_what_is_not_known() -> None:
    page = write([facts([("名前", "a b c d e f g h i j k l m n o p"), ("x", None)])], Screen(24))
    assert page == "  名前  a b c d e f g h\n        i j k l m n o p\n"


def test_control_characters_never_reach_the_terminal() -> None:
    evil = "\x1b[31mred\x1b[0m\x07\x9b1m\u202e\r\n[bold]x[/]"
    blocks = [bullets([evil]), facts([(evil, evil)]), table((Column(evil),), [[evil]]), Code((evil,))]
    page = write(blocks, Screen(200, terminal=True, colour=False))
    assert not any(ord(char) < 32 and char != "\n" for char in page)
    assert "\u202e" not in page
    assert "\x9b" not in page
    assert page.count("[bold]x[/]") == 6  # markup is shown, not interpreted
