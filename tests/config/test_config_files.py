from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest

from osllm.cli.options import OPTIONS
from osllm.config import document, fill_in, load
from osllm.errors import ConfigError

ALL = frozenset(OPTIONS)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory with a project below it, which is the working directory."""
    folder = tmp_path / "home"
    project = folder / "work" / "project" / "deep"
    project.mkdir(parents=True)
    monkeypatch.chdir(project)
    return folder


def env_of(home: Path, **more: str) -> dict[str, str]:
    return {"HOME": str(home), **more}


def user_file(home: Path, content: str) -> Path:
    path = home / ".config" / "osllm" / "config.toml"
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    return path


def filled(env: dict[str, str], **given: object) -> dict[str, object]:
    values = dict(given)
    fill_in(values, ALL, OPTIONS, env)
    return values


def test_nothing_is_set_where_there_is_no_file(home: Path) -> None:
    assert filled(env_of(home)) == {}


def test_flags_win_over_environment_over_project_over_user_file(home: Path) -> None:
    user_file(home, 'context = "1k"\nusers = 1\ntop = 1\nsort = "speed"\n')
    (home / "work" / "osllm.toml").write_text('context = "2k"\nusers = 2\ntop = 2\n', "utf-8")
    env = env_of(home, OSLLM_CONTEXT="3k", OSLLM_USERS="3")
    assert filled(env, context="4k") == {"context": "4k", "users": "3", "top": "2", "sort": "speed"}


def test_options_may_be_written_with_either_dash(home: Path) -> None:
    (home / "work" / "osllm.toml").write_text('use-case = "ja-chat"\nkv_cache = "q8_0"\n', "utf-8")
    assert filled(env_of(home)) == {"use_case": "ja-chat", "kv_cache": "q8_0"}


def test_values_become_what_a_command_line_gives(home: Path) -> None:
    (home / "work" / "osllm.toml").write_text(
        'gpu = "rtx4090"\nengine = ["vllm", "ollama"]\nmin-tps = 7.5\nvision = false\nverbose = true\nas-of = 2026-01-02\n',
        "utf-8",
    )
    assert filled(env_of(home)) == {
        "gpu": ("rtx4090",),
        "engine": ("vllm", "ollama"),
        "min_tps": "7.5",
        "vision": False,
        "verbose": True,
        "as_of": "2026-01-02",
    }


def test_variables_hold_lists_and_switches(home: Path) -> None:
    env = env_of(
        home, OSLLM_GPU="rtx4090, a100", OSLLM_TOOLS="No", OSLLM_QUIET="1", OSLLM_ORIGIN="", OSLLM_LANG="ja_JP.UTF-8"
    )
    assert filled(env) == {"gpu": ("rtx4090", "a100"), "tools": False, "quiet": True, "lang": "ja"}


def test_settings_for_other_commands_are_left_alone(home: Path) -> None:
    values: dict[str, object] = {}
    fill_in(values, {"catalog"}, OPTIONS, env_of(home, OSLLM_GPU="rtx4090", OSLLM_CATALOG="mine"))
    assert values == {"catalog": ("mine",)}


def test_the_nearest_project_file_is_taken_alone(home: Path) -> None:
    (home / "work" / "osllm.toml").write_text("users = 9\ntop = 9\n", "utf-8")
    (home / "work" / "project" / "osllm.toml").write_text("users = 5\n", "utf-8")
    assert filled(env_of(home)) == {"users": "5"}


def test_a_pyproject_counts_only_with_our_table(home: Path) -> None:
    near = home / "work" / "project" / "pyproject.toml"
    near.write_text('[project]\ndependencies = ["osllm"]\n', "utf-8")
    (home / "work" / "pyproject.toml").write_text("[tool.osllm]\nusers = 4\n", "utf-8")
    assert filled(env_of(home)) == {"users": "4"}
    near.write_text("osllm is mentioned, but this is not TOML", "utf-8")
    assert filled(env_of(home)) == {"users": "4"}
    near.write_text("# [tool.osllm] is not here\n[tool]\n", "utf-8")
    assert filled(env_of(home)) == {"users": "4"}
    for spelling in ("[tool.osllm]\n", "[ 'tool' . \"osllm\" ]\n", "[tool]\nosllm = {}\n", "tool.osllm = {}\n"):
        near.write_text(spelling, "utf-8")
        assert filled(env_of(home)) == {}


def test_the_search_stops_at_home(home: Path) -> None:
    (home.parent / "osllm.toml").write_text("users = 9\n", "utf-8")
    assert filled(env_of(home)) == {}
    (home / "osllm.toml").write_text("users = 2\n", "utf-8")
    assert filled(env_of(home)) == {"users": "2"}


def test_a_working_directory_that_is_gone_is_no_project(home: Path) -> None:
    gone = home / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    assert filled(env_of(home)) == {}


def test_the_user_file_is_where_platformdirs_says(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for extra in ({}, {"XDG_CONFIG_HOME": str(home / "xdg")}):
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
        for name, value in extra.items():
            monkeypatch.setenv(name, value)
        expected = Path(platformdirs.user_config_dir("osllm", appauthor=False)) / "config.toml"
        assert load(OPTIONS, env_of(home, **extra)).user_file == str(expected)


def test_its_folder_can_be_moved(home: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("users = 6\n", "utf-8")
    assert filled(env_of(home, OSLLM_CONFIG_DIR=str(tmp_path))) == {"users": "6"}


@pytest.mark.parametrize(
    ("content", "line", "word"),
    [
        ("users = 1\nuse-case = \n", ":2", ""),
        ('top = 3\nuse-caes = "x"\n', ":2", "use-caes"),
        ('\n\nvision = "yes"\n', ":3", "vision"),
        ("gpu = 3\n", ":1", "gpu"),
        ("users = true\n", ":1", "users"),
        ("users = [1]\n", ":1", "users"),
        ("gpu = [1]\n", ":1", "gpu"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_wrong_file_is_named_with_line_and_key(home: Path, content: str, line: str, word: str, lang: str) -> None:
    path = home / "work" / "osllm.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(ConfigError) as caught:
        filled(env_of(home, OSLLM_LANG=lang))
    assert caught.value.code == "bad-config"
    assert caught.value.exit_code == 2
    assert f"{path}{line}" in caught.value.message
    assert word in caught.value.message


def test_a_misspelt_key_gets_the_nearest_ones(home: Path) -> None:
    (home / "work" / "osllm.toml").write_text('use-caes = "x"\n', "utf-8")
    with pytest.raises(ConfigError) as caught:
        filled(env_of(home))
    assert caught.value.candidates[0] == "use-case"


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"users = \xe9\n"])
def test_a_file_that_is_not_utf8_is_named(home: Path, content: bytes) -> None:
    path = home / "work" / "osllm.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match="UTF-8"):
        filled(env_of(home))


def test_a_table_of_another_type_is_refused(home: Path) -> None:
    (home / "work" / "pyproject.toml").write_text("[tool]\nosllm = 3\n", "utf-8")
    with pytest.raises(ConfigError, match="not a table"):
        filled(env_of(home))


def test_a_byte_order_mark_is_not_part_of_the_first_key(home: Path) -> None:
    (home / "work" / "osllm.toml").write_text("users = 1\n", "utf-8-sig")
    assert filled(env_of(home)) == {"users": "1"}


def test_a_switch_in_the_environment_is_yes_or_no(home: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        filled(env_of(home, OSLLM_VISION="maybe"))
    assert "OSLLM_VISION" in caught.value.message


def test_the_document_lists_every_option_with_its_origin(home: Path) -> None:
    path = user_file(home, "users = 1\ntop = 5\n")
    shown = document(load(OPTIONS, env_of(home, OSLLM_USERS="2", OSLLM_TYPO="x", OSLLM_CACHE_DIR="/c")), OPTIONS)
    rows = {row["name"]: row for row in shown["settings"]}
    assert list(rows) == list(OPTIONS)
    assert rows["users"] == {"name": "users", "value": "2", "origin": "env", "place": "OSLLM_USERS"}
    assert rows["top"] == {"name": "top", "value": "5", "origin": "user", "place": f"{path}:2"}
    assert rows["gpu"] == {"name": "gpu", "value": None, "origin": "default", "place": None}
    assert shown["files"][1] == {"origin": "user", "path": str(path), "exists": True}
    assert shown["ignored"] == ["OSLLM_TYPO"]


def test_without_a_file_nothing_is_imported(home: Path) -> None:
    program = (
        "import sys; from osllm.config import fill_in; fill_in({}, (), {}, {'HOME': sys.argv[1]}); "
        "print(sorted({'tomllib', 'platformdirs', 'pathlib', 'difflib'} & set(sys.modules)))"
    )
    # -S: without site-packages' own imports; the package is found by its path.
    source = str(Path(sys.modules["osllm"].__file__ or "").parents[1])
    out = subprocess.run(
        [sys.executable, "-S", "-c", program, str(home)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": source},
    )
    assert out.stdout.strip() == "[]"
