"""What a stream can show: width, colour, box drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TextIO

from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

PIPE_WIDTH: Final = 120  # a file or a pipe has no width: wide enough that tables keep their columns
LEAST_WIDTH: Final = 20


class Screen(NamedTuple):
    """Where an answer is shown."""

    width: int = 80
    terminal: bool = False  # a terminal that understands more than plain lines: boxes
    colour: bool = False
    unicode: bool = True  # the encoding has … and box characters


def look(stream: TextIO | None, env: Mapping[str, str]) -> Screen:
    """Judge a stream by itself and by COLUMNS, NO_COLOR, FORCE_COLOR and TERM."""
    tty = stream is not None and stream.isatty()
    dumb = env.get("TERM") == "dumb"
    forced = env.get("FORCE_COLOR", "") not in ("", "0")
    colour = (forced or (tty and not dumb)) and not env.get("NO_COLOR")
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower().replace("-", "").replace("_", "")
    return Screen(_width(stream, env, tty=tty), (tty and not dumb) or forced, colour, encoding.startswith("utf"))


def _width(stream: TextIO | None, env: Mapping[str, str], *, tty: bool) -> int:
    columns = env.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns) > 0:
        return max(LEAST_WIDTH, int(columns))
    if not tty or stream is None:
        return PIPE_WIDTH
    from os import get_terminal_size

    try:
        return max(LEAST_WIDTH, get_terminal_size(stream.fileno()).columns or 80)
    except (OSError, ValueError):
        return 80
