"""The files of a licence check: a team's policy, a project's lock file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.errors import ConfigError
from osllm.licensing.words import say

if TYPE_CHECKING:
    from osllm.licensing.lockfile import Locked
    from osllm.licensing.policy import Policy

Lines = dict[tuple[str | int, ...], int]


def read_policy(path: str, lang: str = "en") -> Policy:
    """Read a policy: a YAML file, or the table `[tool.osllm.license]` of a TOML file.

    Raises ConfigError: `file-unreadable`, `policy-invalid`; every problem with file, line and key.
    """
    from osllm.licensing.policy import parse_policy

    data, lines = _toml(path, lang) if path.endswith(".toml") else _yaml(path, lang)
    return parse_policy(data, lines, path, lang)


def read_lock(path: str, lang: str = "en") -> list[Locked]:
    """Read a lock file. Raises ConfigError: `file-unreadable`, `lock-invalid`."""
    from osllm.licensing.lockfile import parse_lock

    return parse_lock(*_yaml(path, lang), path, lang)


def _yaml(path: str, lang: str) -> tuple[dict[str, Any], Lines]:
    from pathlib import Path

    from osllm.authoring.yamlio import YamlError, loads

    try:
        document = loads(Path(path).read_bytes(), path)
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error), lang) from None
    except YamlError as error:
        lines = [problem.line_text(lang) for problem in error.problems]
        raise _unreadable(path, error.problems[0].text(lang), lang, lines) from None
    return document.data, document.lines


def _toml(path: str, lang: str) -> tuple[object, Lines]:
    import tomllib
    from pathlib import Path

    try:
        data = tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or str(error), lang) from None
    table: Any = data
    for key in ("tool", "osllm", "license"):
        table = table.get(key) if isinstance(table, dict) else None
    if table is None:
        raise _unreadable(path, "[tool.osllm.license]?", lang)
    return table, {}


def _unreadable(path: str, why: str, lang: str, problems: list[str] | None = None) -> ConfigError:
    return ConfigError("file-unreadable", say("file.unreadable", lang, path=path, why=why), problems=problems or ())
