"""The single sink: everything that the program prints goes through a `Session`.

The answer, and nothing else, goes to stdout; notes, warnings and errors go to stderr. Under `--json` an error is an
answer too.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

from osllm.cli.options import FORMATS
from osllm.errors import RequestError, ServiceError
from osllm.i18n import LANGUAGES, pick_language, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from osllm.api.result import Result
    from osllm.errors import OsllmError
    from osllm.render.screen import Screen

MACHINE_FORMATS = frozenset(("json", "jsonl", "yaml", "csv", "sarif", "junit"))  # always UTF-8, whatever the locale
_PLAIN = str.maketrans(
    {"…": "...", "±": "+/-", "–": "-", "—": "-", "×": "x", "·": "-", "≥": ">=", "≤": "<=", "→": "->"}
)


class Session:
    """One run of the program: its streams, its language and the format of its answers."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.lang = pick_language(env)
        self.format = "table"
        self.formats: tuple[str, ...] = FORMATS
        self.debug = env.get("OSLLM_DEBUG", "") not in ("", "0")
        self.quiet = False
        self.verbose = False

    def glance(self, argv: Sequence[str]) -> None:
        """Look ahead for the common options, so that even a line that cannot be read fails in the right voice."""
        words = iter(argv)
        for word in words:
            name, equals, value = word.partition("=")
            if word == "--":
                return
            if word == "--json":
                self.format = "json"
            elif word == "--debug":
                self.debug = True
            elif name in ("--lang", "--format"):
                self._set_if_known(name[2:], value if equals else next(words, ""))

    def _set_if_known(self, name: str, value: str) -> None:
        if value in (LANGUAGES if name == "lang" else FORMATS):
            setattr(self, name, value)

    def configure(self, values: dict[str, Any], formats: tuple[str, ...] = ()) -> None:
        """Take the common options out of a command's values, all but `lang`. RequestError (`bad-value`) for a word that is none."""
        self.formats = (*FORMATS, *formats)
        lang = values.pop("lang", None)
        if lang is not None:
            self.lang = self._choice("lang", lang, LANGUAGES)
        values["lang"] = self.lang  # the API is asked in the same language
        chosen = values.pop("format", None)
        if chosen is not None:
            self.format = self._choice("format", chosen, self.formats)
        if values.pop("json", False):
            self.format = "json"
        self.debug = bool(values.pop("debug", self.debug))
        self.quiet = bool(values.pop("quiet", False))
        self.verbose = bool(values.get("verbose", False))

    def _choice(self, name: str, value: str, allowed: tuple[str, ...]) -> str:
        if value in allowed:
            return value
        message = text("errors.bad-choice", self.lang, option=f"--{name}", value=value, choices=", ".join(allowed))
        raise RequestError("bad-value", message, candidates=allowed)

    @property
    def screen(self) -> Screen:
        """What stdout can show."""
        from osllm.render.screen import look

        return look(sys.stdout, self.env)

    def show(self, answer: Result) -> int:
        """Print an answer in the chosen format, its notices on stderr, and return its exit code."""
        if self.format == "json":
            from osllm.render.json import dump

            return self.deliver(answer, dump(answer.to_dict(), indent=_is_terminal(sys.stdout)))
        from osllm.render import render

        return self.deliver(answer, render(answer.to_dict(), self.format, self.lang, self.screen, verbose=self.verbose))

    def deliver(self, answer: Result, content: str) -> int:
        """Print an answer that is text already, as `show` does."""
        for notice in answer.notices:
            self.note(notice)
        self.write(content)
        return int(answer.exit_code)

    def write(self, answer: str) -> None:
        """Write to stdout. A reader that has closed the pipe has seen enough; a full disk is a ServiceError."""
        try:
            _write(sys.stdout, answer, utf8=self.format in MACHINE_FORMATS)
        except BrokenPipeError:
            _silence(sys.stdout)
        except OSError as error:
            _silence(sys.stdout)
            raise ServiceError("output-failed", text("errors.output-failed", self.lang, why=error.strerror)) from error

    def note(self, sentence: str) -> None:
        """Say something beside the answer, on stderr."""
        if not self.quiet:
            self.complain(sentence)

    def complain(self, sentence: str) -> None:
        """Say something on stderr that even --quiet lets through."""
        from osllm.render.clean import clean

        try:
            _write(sys.stderr, "\n".join(clean(line) for line in sentence.split("\n")) + "\n", utf8=False)
        except OSError:
            _silence(sys.stderr)

    def fail(self, error: OsllmError) -> int:
        """Report an error and return its exit code: a JSON document on stdout under --json, else lines on stderr."""
        if self.format == "json":
            from osllm.render.json import dump

            self.write(dump(error.to_dict(), indent=_is_terminal(sys.stdout)))
        else:
            from osllm.cli.failure import describe

            self.complain(describe(error, self.lang))
        return int(error.exit_code)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _write(stream: TextIO | None, content: str, *, utf8: bool) -> None:
    if stream is None:  # closed before the program started
        return
    encoding = "utf-8" if utf8 else stream.encoding or "utf-8"
    try:
        data = content.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        # Nothing is lost: what the encoding lacks is spelled out (\u65e5).
        data = content.translate(_PLAIN).encode(_known(encoding), "backslashreplace")
    buffer = getattr(stream, "buffer", None)
    if buffer is None:  # a StringIO in tests
        stream.write(content)
    else:
        stream.flush()
        if os.linesep != "\n" and not utf8:
            data = data.replace(b"\n", os.linesep.encode())
        buffer.write(data)
    stream.flush()


def _known(encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        return "ascii"
    return encoding


def _silence(stream: TextIO | None) -> None:
    """Send the rest nowhere, so that the interpreter's own last flush cannot fail."""
    try:
        descriptor = os.open(os.devnull, os.O_WRONLY)
        if stream is not None:
            os.dup2(descriptor, stream.fileno())
        os.close(descriptor)
    except (OSError, ValueError):
        return
