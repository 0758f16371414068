"""Hostile terminals, pipes, locales, arguments and catalogs: the contract's error and code, and nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_support import SOURCE, run

from osllm import api
from osllm.api.result import Result
from osllm.cli.app import run as run_here
from osllm.errors import CatalogError, ServiceError
from osllm.exitcodes import ExitCode
from osllm.i18n import text

EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e[red]x[/red]\r\nnext"
Answer = Callable[..., None]


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Lets `gpu list` answer with a document of the test's own."""

    def answer(document: dict[str, Any], *said: Any) -> None:
        monkeypatch.setattr(api, "list_gpus", lambda **_options: Result(document, *said))

    return answer


@pytest.mark.parametrize(
    ("argv", "code", "candidate"),
    [
        (["recomend"], "unknown-command", "recommend"),
        (["gpu", "shw", "x"], "unknown-command", "show"),
        (["recommend", "--gup", "x"], "bad-option", "--gpu"),
        (["recommend", "--gpu"], "bad-option", None),
        (["recommend", "--json=1"], "bad-option", None),
        (["show"], "missing-argument", None),
        (["license", "diff", "mit"], "missing-argument", None),
        (["config", "show", "extra"], "bad-usage", None),
        (["config", "show", "--lang", "fr"], "bad-value", "ja"),
        (["config", "show", "--format", "sarif"], "bad-value", "json"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_wrong_line_is_exit_2_with_the_next_step(
    argv: list[str], code: str, candidate: str | None, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    env = {"OSLLM_LANG": lang, "HOME": "/nonexistent"}
    assert run_here(argv, env) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("エラー: " if lang == "ja" else "error: ")
    assert candidate is None or candidate in err
    assert "errors." not in err

    assert run_here(["--json", *argv], env) == ExitCode.USAGE
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["schema"] == "osllm/error@1"
    assert document["error"]["code"] == code
    assert err == ""


def test_errors_keep_their_code_and_list_every_problem(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_options: Any) -> Result:
        raise CatalogError("catalog-invalid", "broken", hint="mend it", problems=["a.yaml:1", "b.yaml:2"])

    monkeypatch.setattr(api, "list_gpus", fail)
    assert run_here(["gpu", "list"], {}) == ExitCode.DATA
    assert capsys.readouterr().err == "error: broken\n  - a.yaml:1\n  - b.yaml:2\nhint: mend it\n"

    def away(**_options: Any) -> Result:
        raise ServiceError("hub-away", "no answer")

    monkeypatch.setattr(api, "list_gpus", away)
    assert run_here(["gpu", "list"], {}) == ExitCode.SERVICE


def test_a_bug_is_exit_70_in_one_line_and_a_traceback_only_on_demand(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(**_options: Any) -> Result:
        raise ZeroDivisionError("of all things\nsecond line")

    monkeypatch.setattr(api, "list_gpus", fail)
    assert run_here(["gpu", "list"], {}) == ExitCode.BUG
    err = capsys.readouterr().err
    assert "ZeroDivisionError: of all things" in err
    assert "Traceback" not in err
    assert run_here(["gpu", "list", "--debug"], {}) == ExitCode.BUG
    assert "Traceback" in capsys.readouterr().err
    assert run_here(["gpu", "list", "--json"], {}) == ExitCode.BUG
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "internal-error"


def test_an_interrupt_is_exit_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def stop(**_options: Any) -> Result:
        raise KeyboardInterrupt

    monkeypatch.setattr(api, "list_gpus", stop)
    assert run_here(["gpu", "list"], {}) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == text("errors.interrupted", "en") + "\n"


@pytest.mark.parametrize("fmt", ["table", "markdown", "csv", "yaml", "json", "jsonl"])
def test_nothing_of_a_catalog_steers_the_terminal(fmt: str, gpus: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    gpu = {
        "key": EVIL,
        "name": EVIL,
        "memory_bytes": 1,
        "bandwidth_gbps": None,
        "fp16_tflops": None,
        "generation": EVIL,
    }
    gpus({"schema": "osllm/gpus@1", "gpus": [gpu], "later": {EVIL: EVIL}}, ExitCode.OK, (EVIL,))
    assert run_here(["gpu", "list", "--format", fmt], {}) == 0
    out, err = capsys.readouterr()
    for stream in (out.replace("\r\n", "\n") if fmt == "csv" else out, err):
        assert not any(char < " " and char != "\n" for char in stream)
        assert not any("\x7f" <= char < "\xa0" for char in stream)
    assert "\x1b" not in out + err
    assert "[red]x[/red]" in out.replace("\\[", "[").replace("\\]", "]")


def test_a_half_character_in_an_argument_is_reported_not_a_crash(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_here(["gpu", "\udce9\udcff"], {}) == ExitCode.USAGE
    assert "gpu" in capfd.readouterr().err
    assert run_here(["--json", "gpu", "\udce9"], {}) == ExitCode.USAGE
    assert json.loads(capfd.readouterr().out)["error"]["code"] == "unknown-command"


@pytest.mark.parametrize("columns", ["1", "0", "-5", "abc", "²", "99999"])
def test_any_width_gives_the_whole_answer(columns: str) -> None:
    out = run("config", "show", env={"COLUMNS": columns, "OSLLM_USE_CASE": "ja-chat"}, text=True)
    assert out.returncode == 0, out.stderr
    assert "OSLLM_USE_CASE" in out.stdout
    assert "ja-chat" in out.stdout


@pytest.mark.parametrize(
    "argv", [["config", "show"], ["--help"], ["config", "show", "--json"], ["recommend", "--help"]]
)
def test_a_closed_pipe_is_quiet(argv: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        out = run(*argv, stdout=writer, stderr=subprocess.PIPE, capture_output=False, text=True)
    finally:
        os.close(writer)
    assert out.stderr == ""
    assert out.returncode in (0, 1)


def test_a_full_disk_is_an_error_of_its_own() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    with Path("/dev/full").open("w") as full:
        out = run("config", "show", stdout=full, stderr=subprocess.PIPE, capture_output=False, text=True)
    assert out.returncode == ExitCode.SERVICE
    assert out.stderr.startswith("error: ")


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_stream_that_was_never_open_is_no_crash(closed: str) -> None:
    number = {"stdout": 1, "stderr": 2}[closed]
    program = f"exec {number}>&-; exec {sys.executable} -m osllm config show --lang fr"
    out = subprocess.run(
        ["sh", "-c", program],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": SOURCE},
        check=False,
        capture_output=True,
    )
    assert out.returncode == ExitCode.USAGE


@pytest.mark.parametrize(
    "env",
    [{"LANG": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}],
)
def test_a_poor_locale_loses_nothing(env: dict[str, str]) -> None:
    asked = {**env, "OSLLM_USE_CASE": "日本語チャット", "OSLLM_LANG": "ja"}
    shown = run("config", "show", env=asked)
    assert shown.returncode == 0, shown.stderr
    assert ("日本語".encode() in shown.stdout) or (rb"\u65e5\u672c\u8a9e" in shown.stdout)
    told = run("config", "show", "--json", env=asked)
    settings = {row["name"]: row["value"] for row in json.loads(told.stdout.decode("utf-8"))["settings"]}
    assert settings["use_case"] == "日本語チャット"
    assert run("--help", "--lang", "ja", env=asked).returncode == 0


def test_shift_jis_terminals_get_japanese() -> None:
    out = run("config", "show", env={"PYTHONIOENCODING": "cp932", "OSLLM_LANG": "ja"})
    assert "設定".encode("cp932") in out.stdout


def test_a_read_only_home_is_no_trouble(tmp_path: Any) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    out = run("config", "show", env={"HOME": str(home)}, cwd=home, text=True)
    assert (out.returncode, out.stderr) == (0, "")


def test_a_wrong_settings_file_is_named_under_json_too(tmp_path: Any) -> None:
    (tmp_path / "osllm.toml").write_text("use-case = [\n", "utf-8")
    out = run("config", "show", "--json", cwd=tmp_path, text=True)
    assert out.returncode == ExitCode.USAGE
    error = json.loads(out.stdout)["error"]
    assert error["code"] == "bad-config"
    assert "osllm.toml:" in error["message"]


def test_settings_reach_the_question(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: dict[str, Any] = {}

    def recommend(**options: Any) -> Result:
        seen.update(options)
        return Result({"schema": "osllm/later@1"})

    monkeypatch.setattr(api, "recommend", recommend)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "osllm.toml").write_text('gpu = ["a100"]\nlang = "ja"\nuse-case = "coding"\nubatch = 64\n', "utf-8")
    assert (
        run_here(["recommend", "--use-case", "ja-chat", "--no-vision"], {"HOME": str(tmp_path), "OSLLM_TOP": "3"}) == 0
    )
    assert seen == {"use_case": "ja-chat", "vision": False, "gpu": ("a100",), "lang": "ja", "top": "3"}
    assert capsys.readouterr().err == ""


def test_notices_go_to_stderr_and_quiet_stops_them(gpus: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    gpus({"schema": "osllm/later@1", "a": 1}, ExitCode.NO, ("taken as rtx4090",))
    assert run_here(["gpu", "list", "--json"], {}) == ExitCode.NO
    out, err = capsys.readouterr()
    assert json.loads(out) == {"schema": "osllm/later@1", "a": 1}
    assert err == "taken as rtx4090\n"
    assert run_here(["gpu", "list", "--json", "-q"], {}) == ExitCode.NO
    assert capsys.readouterr().err == ""


def test_a_plain_question_imports_no_typer_rich_yaml_or_toml() -> None:
    program = (
        "import sys; from osllm.cli.app import run; code = run(['config', 'show', '--json'], {'HOME': '/nonexistent'}); "
        "heavy = {'typer', 'rich', 'yaml', 'pydantic', 'tomllib', 'platformdirs', 'huggingface_hub', 'difflib', 'csv'}; "
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr); sys.exit(code)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd="/")
    assert out.stderr.strip() == "[]"
