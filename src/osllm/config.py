"""Settings: flags > OSLLM_* environment > project file > user file > defaults.

A setting is an option by its long name, `-` or `_` alike: `use-case = "ja-chat"` in a file, OSLLM_USE_CASE in the
environment. The project file is the nearest `osllm.toml`, or `[tool.osllm]` in the nearest pyproject.toml that has it,
searched upward from the working directory; the user file is `config.toml` in the platform's configuration folder
(OSLLM_CONFIG_DIR overrides it). Where there is no file, this costs a few stat calls and imports nothing.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from osllm.i18n import pick_language

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX: Final = "OSLLM_"
# Read elsewhere: they are about the process, not about a question.
OTHER_VARIABLES: Final = frozenset(("CONFIG_DIR", "CACHE_DIR", "DEBUG", "COMPLETE"))
PROJECT_FILE: Final = "osllm.toml"
USER_FILE: Final = "config.toml"
_YES: Final = ("1", "true", "yes", "on")
_NO: Final = ("0", "false", "no", "off")


class Setting(NamedTuple):
    """One value and where it came from."""

    name: str  # option, with `_`
    value: Any
    origin: str  # env | project | user
    place: str  # the variable, or the file


class Settings(NamedTuple):
    """Everything that is set outside the command line; of one name the strongest origin comes first."""

    found: tuple[Setting, ...]
    project_file: str | None
    user_file: str | None  # where it is, or would be


def fill_in(values: dict[str, Any], kinds: Mapping[str, tuple[str, str]], env: Mapping[str, str]) -> None:
    """Add to a command line's values what it leaves out and the environment or a file says.

    Args:
        values: option -> value as given on the command line; changed in place.
        kinds: the options that the command has, option -> (kind, metavar).
        env: the environment.
    """
    for setting in load(kinds, env).found:
        if setting.name in kinds:
            values.setdefault(setting.name, setting.value)


def load(kinds: Mapping[str, tuple[str, str]], env: Mapping[str, str]) -> Settings:
    """Read environment, project file and user file. ConfigError when one of them is wrong."""
    lang = pick_language(env)
    project = _project_file()
    user = _user_file(env)
    found = list(_from_environment(kinds, env, lang))
    if project is not None:
        found += _from_file(project, "project", kinds, lang)
    if user is not None and os.path.isfile(user):  # noqa: PTH113 - pathlib costs 3 ms to import
        found += _from_file(user, "user", kinds, lang)
    return Settings(tuple(found), project, user)
