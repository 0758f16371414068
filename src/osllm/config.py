"""Settings: flags > OSLLM_* environment > project file > user file > defaults.

A setting is an option by its long name, `-` or `_` alike: `use-case = "ja-chat"` in a file, OSLLM_USE_CASE in the
environment. The project file is the nearest `osllm.toml`, or `[tool.osllm]` in the nearest pyproject.toml that has it,
searched upward from the working directory to the home directory or the root; the user file is `config.toml` in the
platform's configuration folder (OSLLM_CONFIG_DIR overrides it). Where there is no file, this costs a few stat calls
and imports nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from osllm.errors import ConfigError
from osllm.i18n import pick_language, text
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    Kinds = Mapping[str, tuple[str, str]]  # option -> (kind, metavar), as in `osllm.cli.options`

PREFIX: Final = "OSLLM_"
# Read elsewhere: they are about the process, not about a question.
OTHER_VARIABLES: Final = frozenset(("CONFIG_DIR", "CACHE_DIR", "CATALOG_FILE", "DEBUG"))
PROJECT_FILE: Final = "osllm.toml"
PYPROJECT_FILE: Final = "pyproject.toml"
USER_FILE: Final = "config.toml"
_YES: Final = ("1", "true", "yes", "on")
_NO: Final = ("0", "false", "no", "off")
_EXPECTED: Final = {"value": "text", "many": "list", "flag": "switch", "switch": "switch"}


class Setting(NamedTuple):
    """One value and where it came from."""

    name: str  # option, with `_`
    value: Any
    origin: str  # env | project | user
    place: str  # the variable, or file:line


class Settings(NamedTuple):
    """Everything that is set outside the command line; of one name the strongest origin comes first."""

    found: tuple[Setting, ...]
    project_file: str | None
    user_file: str | None  # where it is, or would be
    ignored: tuple[str, ...]  # OSLLM_* variables that name no option


def fill_in(values: dict[str, Any], takes: Collection[str], kinds: Kinds, env: Mapping[str, str]) -> None:
    """Add to a command line's values what it leaves out and the environment or a file says.

    Args:
        values: option -> value as given on the command line; changed in place.
        takes: the options that the command has; settings for others are left alone.
        kinds: every option that may be set, option -> (kind, metavar).
        env: the environment.

    Raises:
        ConfigError: a variable or a file is wrong.
    """
    for setting in load(kinds, env).found:
        if setting.name in takes:
            values.setdefault(setting.name, setting.value)


def load(kinds: Kinds, env: Mapping[str, str]) -> Settings:
    """Read environment, project file and user file. ConfigError when one of them is wrong."""
    lang = pick_language(env)
    project = _project_file(env)
    user = _user_file(env)
    found = list(_from_environment(kinds, env, lang))
    if project is not None:
        found += _from_file(project, "project", kinds, lang)
    if user is not None and os.path.isfile(user):  # noqa: PTH113 - pathlib costs 3 ms to import
        found += _from_file(user, "user", kinds, lang)
    ours = {PREFIX + name.upper() for name in kinds} | {PREFIX + name for name in OTHER_VARIABLES}
    ignored = tuple(sorted(name for name in env if name.startswith(PREFIX) and name not in ours))
    return Settings(tuple(found), project, user, ignored)


def document(settings: Settings, kinds: Kinds) -> dict[str, Any]:
    """Build `osllm/config@1`: every option with its value and origin, the files, the variables that name no option.

    A null value from `default` is the command's own default, which may depend on the use case.
    """
    strongest: dict[str, Setting] = {}
    for setting in settings.found:
        strongest.setdefault(setting.name, setting)
    rows = [strongest.get(name) or Setting(name, None, "default", "") for name in kinds]
    files = (("project", settings.project_file), ("user", settings.user_file))
    return {
        "schema": "osllm/config@1",
        "settings": [
            {
                "name": row.name,
                "value": list(row.value) if isinstance(row.value, tuple) else row.value,
                "origin": row.origin,
                "place": row.place or None,
            }
            for row in rows
        ],
        "files": [
            {"origin": origin, "path": path, "exists": path is not None and os.path.isfile(path)}  # noqa: PTH113
            for origin, path in files
        ],
        "ignored": list(settings.ignored),
    }


def _from_environment(kinds: Kinds, env: Mapping[str, str], lang: str) -> Iterator[Setting]:
    for variable, value in env.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or name not in kinds or name.upper() in OTHER_VARIABLES or not value:
            continue
        kind = kinds[name][0]
        if name == "lang":  # a locale is a language too: ja_JP.UTF-8
            read: Any = pick_language({variable: value})
        elif kind == "many":
            read = tuple(part.strip() for part in value.split(",") if part.strip())
        elif kind == "value":
            read = value
        else:
            read = _switch(value, variable, lang)
        yield Setting(name, read, "env", variable)


def _switch(value: str, place: str, lang: str) -> bool:
    word = value.strip().lower()
    if word in _YES or word in _NO:
        return word in _YES
    raise ConfigError(
        "bad-value", text("errors.config-bad-switch", lang, place=place, value=value), candidates=("yes", "no")
    )


def _project_file(env: Mapping[str, str]) -> str | None:
    """Return the nearest project file, None where there is none up to the home directory or the root."""
    try:
        folder = os.getcwd()  # noqa: PTH109
    except OSError:  # the working directory was removed
        return None
    home = os.path.realpath(env.get("HOME") or env.get("USERPROFILE") or os.sep)
    while True:
        own = os.path.join(folder, PROJECT_FILE)  # noqa: PTH118
        if os.path.isfile(own):  # noqa: PTH113
            return own
        shared = os.path.join(folder, PYPROJECT_FILE)  # noqa: PTH118
        if os.path.isfile(shared) and _mentions_us(shared):  # noqa: PTH113
            return shared
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder or os.path.realpath(folder) == home:
            return None
        folder = parent


def _mentions_us(path: str) -> bool:
    """Whether a pyproject.toml has a [tool.osllm]; one that does not even name it is not parsed, which costs start-up."""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            content = stream.read()
    except OSError:
        return False
    # However TOML lets it be spelled: [tool.osllm], [ "tool" . osllm ], or osllm inside [tool].
    bare = content.translate(None, b" \t\"'")
    if b"tool.osllm" not in bare and not (b"[tool]" in bare and b"osllm" in bare):
        return False
    import tomllib

    try:
        tools = tomllib.loads(content.decode("utf-8")).get("tool")
    except ValueError:  # another tool's business
        return False
    return isinstance(tools, dict) and "osllm" in tools


def _user_file(env: Mapping[str, str]) -> str | None:
    """Return where the user file is or would be, by the conventions of the platform; None without a home."""
    folder = env.get("OSLLM_CONFIG_DIR")
    if folder:
        return os.path.join(folder, USER_FILE)  # noqa: PTH118
    if os.name == "posix" and not _is_mac():
        # What platformdirs answers on Linux, without its import: it is on the way of every answer.
        base = env.get("XDG_CONFIG_HOME") or (env.get("HOME") and os.path.join(env["HOME"], ".config"))  # noqa: PTH118
        return os.path.join(base, "osllm", USER_FILE) if base else None  # noqa: PTH118
    from platformdirs import user_config_dir

    return os.path.join(user_config_dir("osllm", appauthor=False), USER_FILE)  # noqa: PTH118


def _is_mac() -> bool:
    import sys

    return sys.platform == "darwin"


def _from_file(path: str, origin: str, kinds: Kinds, lang: str) -> Iterator[Setting]:
    content = _read(path, lang)
    for key, value in _table(path, content, lang).items():
        name = key.replace("-", "_")
        place = _place(path, content, key)
        if name not in kinds:
            from difflib import get_close_matches

            near = [close.replace("_", "-") for close in get_close_matches(name, kinds, 3)]
            message = text("errors.config-unknown-key", lang, place=place, key=key)
            raise ConfigError("bad-config", message, hint=text("errors.config-hint", lang), candidates=near)
        yield Setting(name, _typed(key, value, kinds[name][0], place, lang), origin, place)


def _read(path: str, lang: str) -> str:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            return stream.read().decode("utf-8-sig")
    except OSError as error:
        message = text("errors.config-unreadable", lang, file=path, why=error.strerror)
        raise ConfigError("bad-config", message) from error
    except UnicodeDecodeError as error:
        message = text("errors.config-unreadable", lang, file=path, why="UTF-8")
        raise ConfigError("bad-config", message) from error


def _table(path: str, content: str, lang: str) -> dict[str, Any]:
    import tomllib

    try:
        found: Any = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        why, _, where = str(error).partition(" (at line ")
        line = where.partition(",")[0]
        place = f"{path}:{line}" if line.isdigit() else path
        raise ConfigError("bad-config", text("errors.config-syntax", lang, place=place, why=why)) from error
    if os.path.basename(path) == PYPROJECT_FILE:  # noqa: PTH119
        found = found["tool"]["osllm"]
    if not isinstance(found, dict):
        raise ConfigError("bad-config", text("errors.config-not-a-table", lang, place=path))
    return found


def _place(path: str, content: str, key: str) -> str:
    """Return `file:line` of a key, as far as a look at the lines tells."""
    for number, line in enumerate(content.split("\n"), 1):
        name, equals, _ = line.partition("=")
        if equals and name.strip().strip("\"'") == key:
            return f"{path}:{number}"
    return path


def _typed(key: str, value: Any, kind: str, place: str, lang: str) -> Any:  # noqa: ANN401 - whatever TOML holds
    if kind in ("flag", "switch") and isinstance(value, bool):
        return value
    if kind == "value" and isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    if kind == "value" and hasattr(value, "isoformat"):  # a date of TOML
        return str(value)
    if kind == "many" and isinstance(value, str):
        return (value,)
    if kind == "many" and isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(value)
    expected = text(f"errors.config-{_EXPECTED[kind]}", lang)
    message = text("errors.config-bad-type", lang, place=place, key=key, expected=expected, found=type(value).__name__)
    raise ConfigError("bad-config", message, hint=text("errors.config-hint", lang))
