"""What every command prints, in every format and language, at 80 columns: compared with files that people have read.

After a change that is meant: `python -m pytest tests/golden --update`, then read the difference.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from osllm.cli.options import FORMATS
from questions import LANGUAGES, QUESTIONS, Desk

FILES = Path(__file__).parent / "files"
WIDTHS = ("40", "120")
CASES = [
    (f"{name}.{fmt}.{lang}", name, fmt, lang) for name, fmt, lang in itertools.product(QUESTIONS, FORMATS, LANGUAGES)
]
WIDE = [
    (f"recommend-{width}.{fmt}.{lang}", width, fmt, lang)
    for width in WIDTHS
    for fmt in ("table",)
    for lang in LANGUAGES
]
# The hash and the size of a compiled catalog say how it is laid out, not what it says.
HASH = re.compile(r"\b[0-9a-f]{64}\b")


def check(case: str, told: str, request: pytest.FixtureRequest) -> None:
    path = FILES / f"{case}.txt"
    size = Path("catalog.jsonl").stat().st_size
    told = (
        HASH.sub("<sha256>", told)
        .replace('"<sha256>"', "<sha256>")
        .replace(f"{size:,}", "<bytes>")
        .replace(str(size), "<bytes>")
    )
    if request.config.getoption("--update"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(told, "utf-8", newline="")
    assert path.read_bytes().decode("utf-8") == told


def framed(desk: Desk, *argv: str, env: dict[str, str] | None = None) -> str:
    """The answer, then what went to stderr and the exit code where there is something to say."""
    told = desk.ask(*argv, env=env)
    assert "\x1b" not in told.out + told.err
    beside = f"--- stderr\n{told.err}" if told.err else ""
    return f"{told.out}{beside}" + (f"--- exit {told.code}\n" if told.code else "")


@pytest.mark.parametrize(("case", "name", "fmt", "lang"), CASES, ids=[case[0] for case in CASES])
def test_answers(case: str, name: str, fmt: str, lang: str, desk: Desk, request: pytest.FixtureRequest) -> None:
    check(case, framed(desk, *QUESTIONS[name], "--format", fmt, "--lang", lang), request)


@pytest.mark.parametrize(("case", "width", "fmt", "lang"), WIDE, ids=[case[0] for case in WIDE])
def test_widths(case: str, width: str, fmt: str, lang: str, desk: Desk, request: pytest.FixtureRequest) -> None:
    argv = (*QUESTIONS["recommend"], "--format", fmt, "--lang", lang)
    check(case, framed(desk, *argv, env={"COLUMNS": width}), request)


def test_every_file_has_a_question() -> None:
    assert {path.stem for path in FILES.glob("*.txt")} == {case[0] for case in (*CASES, *WIDE)}
