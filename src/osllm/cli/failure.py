"""Errors as people read them: what happened, what to do, what was meant."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from osllm.cli import tree
from osllm.cli.options import COMMON
from osllm.cli.parse import flags_of
from osllm.errors import OsllmError, RequestError
from osllm.exitcodes import ExitCode
from osllm.i18n import text

if TYPE_CHECKING:
    from osllm.cli.session import Session

ISSUES: Final = "https://github.com/osllm/osllm/issues"
# Typer's exceptions -> our codes. By name: the classes live in a module that Typer calls private.
_CODES: Final = {
    "NoSuchOption": "bad-option",
    "MissingParameter": "missing-argument",
    "BadOptionUsage": "bad-option",
    "BadParameter": "bad-value",
    "BadArgumentUsage": "bad-value",
}


def describe(error: OsllmError, lang: str) -> str:
    """Return an error in one to a few lines: message, candidates, hint; then what else is wrong."""
    lines = [text("errors.error", lang, message=error.message)]
    lines += [f"  - {problem}" for problem in error.problems]
    if error.candidates:
        names = ("、" if lang == "ja" else ", ").join(error.candidates[:8])
        lines.append(text("errors.did-you-mean", lang, names=names))
    if error.hint:
        lines.append(text("errors.hint", lang, hint=error.hint))
    return "\n".join(lines)


def usage_error(error: Exception, argv: list[str], lang: str) -> RequestError:
    """Turn what Typer found wrong into an error of ours, such as `bad-option` or `unknown-command`."""
    found: Any = error
    code = _CODES.get(type(error).__name__, "bad-usage")
    path, node, flags = _where(argv)
    hint = text("errors.see-help", lang, command=f"osllm {path}".strip() + " --help")
    name = str(getattr(found, "option_name", ""))
    if type(error).__name__ == "NoSuchOption":
        near = get_close_matches(name, flags, 3, 0.5)
        return RequestError(code, text("errors.no-option", lang, option=name), hint=hint, candidates=near)
    if type(error).__name__ == "BadOptionUsage":
        kind = (
            "errors.no-value-taken" if name in flags and flags[name][1] in ("flag", "switch") else "errors.needs-value"
        )
        return RequestError(code, text(kind, lang, option=name), hint=hint)
    if type(error).__name__ == "MissingParameter":
        return RequestError(
            code, text("errors.missing-argument", lang, name=found.param.make_metavar(found.ctx)), hint=hint
        )
    if isinstance(node, dict):
        return _no_command(argv, node, hint, lang)
    return RequestError(code, text("errors.bad-usage", lang, why=found.format_message()), hint=hint)


def _no_command(argv: list[str], node: dict[str, tree.Node], hint: str, lang: str) -> RequestError:
    names = [name for name in node if name]
    unknown = next((word for word in argv if word[:1] != "-" and word not in _all_names()), None)
    if unknown is None:
        return RequestError("missing-command", text("errors.missing-command", lang), hint=hint, candidates=names)
    near = get_close_matches(unknown.lower(), names, 3, 0.5) or names
    return RequestError("unknown-command", text("errors.no-command", lang, name=unknown), hint=hint, candidates=near)


def _all_names() -> set[str]:
    names: set[str] = set()

    def walk(node: tree.Node) -> None:
        if isinstance(node, dict):
            names.update(node)
            for child in node.values():
                walk(child)

    walk(tree.TREE)
    return names


def _where(argv: list[str]) -> tuple[str, tree.Node, dict[str, tuple[str, str, bool]]]:
    """Return how far the command line names a command: its path, its node and its flags."""
    node: tree.Node = tree.TREE
    path: list[str] = []
    for word in argv:
        if isinstance(node, dict) and word and word in node:
            node = node[word]
            path.append(word)
    if isinstance(node, dict):
        return " ".join(path), node, flags_of(COMMON, {})
    spec = tree.command(" ".join(path), node)
    return spec.path, node, flags_of((*spec.options, *spec.own, *COMMON), spec.own)


def report_bug(session: Session, error: Exception) -> int:
    """Apologise in one line, say where to report, and give the traceback only with --debug."""
    import platform
    import traceback

    from osllm._version import __version__

    what = f"{type(error).__name__}: {error}".split("\n", 1)[0]
    told = f"osllm {__version__}, Python {platform.python_version()}, {platform.system()}"
    hint = text("errors.bug-hint", session.lang, url=ISSUES, versions=told)
    bug = OsllmError("internal-error", text("errors.bug", session.lang, what=what), hint=hint)
    if session.debug:
        session.complain("".join(traceback.format_exception(error)).rstrip())
    session.fail(bug)
    return ExitCode.BUG
