"""From the words typed to an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.cli import parse
from osllm.cli.options import COMMON, OPTIONS
from osllm.cli.session import Session
from osllm.errors import OsllmError
from osllm.exitcodes import ExitCode
from osllm.i18n import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.cli.spec import Command


def run(argv: list[str], env: Mapping[str, str]) -> int:
    """Answer one command line and return the exit code. Never raises, SystemExit and KeyboardInterrupt included."""
    argv = [_as_utf8(word) for word in argv]
    session = Session({name: _as_utf8(value) for name, value in env.items()})
    session.glance(argv)
    try:
        return _answer(argv, session)
    except OsllmError as error:
        return session.fail(error)
    except KeyboardInterrupt:
        session.complain(text("errors.interrupted", session.lang))
        return ExitCode.INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug must not end in a traceback
        from osllm.cli.failure import report_bug

        return report_bug(session, error)


def _as_utf8(word: str) -> str:
    """Return a word of the system as UTF-8, also where a poor locale (LANG=C) made Python read it as something else."""
    if word.isascii():
        return word
    try:
        return word.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return word


def _answer(argv: list[str], session: Session) -> int:
    reading = None if "_OSLLM_COMPLETE" in session.env else parse.read(argv)
    if reading is None:
        outcome = _ask_typer(argv, session)
        if isinstance(outcome, int):
            return outcome
        reading = outcome
    command, values = reading
    from osllm.config import fill_in

    fill_in(values, {*command.options, *COMMON}, OPTIONS, session.env)
    session.configure(values, command.formats)
    if not isinstance(command.run, str):
        return command.run(session, values)
    from osllm import api

    words = [values.pop(argument.name) for argument in command.arguments]
    return session.show(getattr(api, command.run)(*words, **values))


def _ask_typer(argv: list[str], session: Session) -> tuple[Command, dict[str, Any]] | int:
    import typer

    from osllm.cli.failure import usage_error
    from osllm.cli.typer_app import interpret

    try:
        return interpret(argv, session)
    except typer.TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # the page of help is the message
            session.complain(str(error))
            return ExitCode.USAGE
        raise usage_error(error, argv, session.lang) from error
    except typer.Abort as error:
        raise KeyboardInterrupt from error
