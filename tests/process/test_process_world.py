"""Whole processes in poor worlds: read-only homes, closed pipes, old locales, other settings, no network."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from processes import RIG, Program

ANSWER = ("recommend", *RIG, "--json")
CHECK = ("license", "check", "akatsuki-8b", "--use", "commercial", "--json")
HEAVY = {
    "pydantic",
    "pydantic_core",
    "yaml",
    "rich",
    "typer",
    "click",
    "huggingface_hub",
    "platformdirs",
    "httpx",
    "requests",
}
NETWORK = {"socket", "ssl", "http", "urllib.request", "asyncio"}


@pytest.mark.parametrize("words", [ANSWER, CHECK, ("list", "--json"), ("recommend", *RIG)], ids=" ".join)
def test_an_answer_imports_nothing_heavy_and_no_network(words: tuple[str, ...], program: Program) -> None:
    ended = program.start("-X", "importtime", "-m", "osllm", *words, text=True)
    assert ended.returncode == 0
    imported = {
        line.rpartition("|")[2].strip() for line in ended.stderr.splitlines() if line.startswith("import time:")
    }
    assert "osllm.api" in imported
    assert not (HEAVY | NETWORK) & (imported | {name.partition(".")[0] for name in imported})


def test_an_answer_opens_no_socket(program: Program) -> None:
    program_text = (
        "import sys\n"
        "def hook(event, args):\n"
        "    if event.startswith(('socket.', 'urllib.', 'subprocess.', 'os.system', 'os.exec')):\n"
        "        raise RuntimeError(event)\n"
        "sys.addaudithook(hook)\n"
        "sys.argv = ['osllm', *sys.argv[1:]]\n"
        "from osllm.__main__ import main\n"
        "sys.exit(main())\n"
    )
    ended = program.start("-c", program_text, *ANSWER)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.decode() == program(*ANSWER).out


def test_a_read_only_home(program: Program) -> None:
    overlay = program.home / "mine"
    overlay.mkdir()
    (overlay / "models").mkdir()
    readonly = program.home / "locked"
    readonly.mkdir()
    readonly.chmod(stat.S_IRUSR | stat.S_IXUSR)
    env = {"HOME": str(readonly), "OSLLM_CACHE_DIR": str(readonly / "cache"), "XDG_CACHE_HOME": None}
    try:
        assert program(*ANSWER, env=env).code == 0
        assert program("list", "--catalog", "mine", "--json", env=env).code == 0
        unset = {"HOME": None, "OSLLM_CACHE_DIR": "/proc/nowhere"}
        assert program("list", "--catalog", "mine", "--json", env=unset).code == 0
    finally:
        readonly.chmod(0o700)


@pytest.mark.parametrize("words", [ANSWER, ("recommend", *RIG), ("list",), ("show", "nothing")], ids=" ".join)
def test_a_closed_pipe_is_quiet(words: tuple[str, ...], program: Program) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = program.start("-m", "osllm", *words, capture_output=False, stdout=writer, stderr=subprocess.PIPE)
    finally:
        os.close(writer)
    assert b"Traceback" not in ended.stderr
    assert b"BrokenPipe" not in ended.stderr
    assert ended.returncode in (0, 2)


def test_a_reader_that_leaves_early(program: Program) -> None:
    command = f"{sys.executable} -m osllm list --format jsonl | head -c 20"
    ended = subprocess.run(["sh", "-c", command], env=program.env, cwd=program.home, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert len(ended.stdout) == 20


LOCALES = [
    {"LANG": "C"},
    {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp932"},
    {"PYTHONIOENCODING": "latin-1"},
    {"LANG": "xx_YY.nonsense"},
    {"PYTHONIOENCODING": "utf-16"},
]


@pytest.mark.parametrize("env", LOCALES, ids=lambda env: " ".join(f"{k}={v}" for k, v in env.items()))
def test_a_poor_locale(env: dict[str, str], program: Program) -> None:
    asked = {**env, "OSLLM_LANG": "ja"}
    told = program(*ANSWER, env=asked)
    assert told.code == 0
    assert told.out == program(*ANSWER, env={"PYTHONUTF8": "1", "OSLLM_LANG": "ja"}).out
    named = program.start(
        "-m",
        "osllm",
        "recommend",
        "--use-case",
        "日本語チャット",
        "--gpu",
        "ＲＴＸ　４０９０",
        "--ram",
        "64gb",
        env=asked,
    )
    assert named.returncode == 0, named.stderr
    assert b"mosaic-30b-a3b" in named.stdout.replace(b"\x00", b"")


def test_the_language_of_the_locale(program: Program) -> None:
    def title(**env: str) -> str:
        return program("recommend", *RIG, env={"PYTHONUTF8": "1", **env}).out.split("\n")[0]

    assert "のおすすめ" in title(LANG="ja_JP.UTF-8")
    assert title(LANG="ja_JP.UTF-8", LC_ALL="C") == title() != title(LANG="ja_JP.UTF-8")
    assert title(LANG="ja_JP.UTF-8", OSLLM_LANG="en") == title()


def test_the_environment_and_the_project_file(program: Program) -> None:
    def request(*words: str, **env: str) -> dict[str, object]:
        ended = program("recommend", *words, "--json", env=env)
        assert ended.code == 0, ended.out
        answer = json.loads(ended.out)
        return {**answer["request"], "gpu": answer["machine"]["gpus"][0]["key"]}

    settings = {"OSLLM_USE_CASE": "ja-chat", "OSLLM_GPU": "rtx4090", "OSLLM_RAM": "64gb"}
    assert request(**settings)["context_tokens"] == 8192
    project = program.home / "project" / "inside"
    project.mkdir(parents=True)
    (project.parent / "osllm.toml").write_text(
        'gpu = "rtx3060-12gb"\ncontext = "4k"\nuse-case = "ja-chat"\nram = "32gb"\n'
    )
    ended = program("recommend", "--json", cwd=project)
    answer = json.loads(ended.out)
    assert answer["machine"]["gpus"][0]["key"] == "rtx3060-12gb"
    assert answer["request"]["context_tokens"] == 4096
    ended = program("recommend", "--json", "--context", "2k", cwd=project, env={"OSLLM_GPU": "rtx4090"})
    answer = json.loads(ended.out)
    assert answer["machine"]["gpus"][0]["key"] == "rtx4090"
    assert answer["request"]["context_tokens"] == 2048
    shown = json.loads(program("config", "show", "--json", cwd=project, env={"OSLLM_GPU": "rtx4090"}).out)
    origins = {row["name"]: (row["origin"], row["place"]) for row in shown["settings"] if row["origin"] != "default"}
    assert origins["gpu"] == ("env", "OSLLM_GPU")
    assert origins["context"][0] == "project"
    assert str(origins["context"][1]).endswith("osllm.toml:2")


def test_an_unreadable_setting_is_exit_2_with_its_place(program: Program) -> None:
    ended = program(*ANSWER, env={"OSLLM_TOOLS": "perhaps"})
    assert ended.code == 2
    assert "OSLLM_TOOLS" in json.loads(ended.out)["error"]["message"]
    (program.home / "osllm.toml").write_text('context = "8k"\nuse-kase = "ja-chat"\n')
    ended = program(*ANSWER)
    error = json.loads(ended.out)["error"]
    assert (ended.code, error["code"]) == (2, "bad-config")
    assert "osllm.toml:2" in error["message"]
    assert "use-case" in error["candidates"]


@pytest.mark.parametrize("name", ["gemma", "../../etc/passwd", "a/b/c", "", " ", "\u202e", "x" * 5000, "🙂", "-", "--"])
def test_any_word_for_a_name_is_answered(name: str, program: Program) -> None:
    ended = program("--json", "show", *(["--"] if name.startswith("-") else []), name)
    assert ended.code == 2
    error = json.loads(ended.out)["error"]
    assert error["code"] in ("unknown-model", "ambiguous-model", "missing-argument")
    assert len(error["message"]) < 400


def test_the_same_bytes_from_two_processes_with_other_hash_seeds(program: Program) -> None:
    one, other = (program(*ANSWER, env={"PYTHONHASHSEED": seed}) for seed in ("1", "2"))
    assert one == other


@pytest.mark.parametrize("words", [("--help",), ("recommend", "--help"), ("license", "--help")], ids=" ".join)
def test_help_needs_no_catalog(words: tuple[str, ...], program: Program) -> None:
    ended = program(*words, env={"OSLLM_CATALOG_FILE": "/nowhere"})
    assert (ended.code, ended.err) == (0, "")
    assert "osllm" in ended.out


def test_running_as_a_module_and_as_a_program_is_the_same(program: Program) -> None:
    script = Path(sys.executable).with_name("osllm")
    if not script.exists():
        pytest.skip("osllm is not installed beside this interpreter")
    direct = subprocess.run([script, *ANSWER], env=program.env, cwd=program.home, capture_output=True, check=False)
    assert (direct.returncode, direct.stdout.decode()) == (0, program(*ANSWER).out)
