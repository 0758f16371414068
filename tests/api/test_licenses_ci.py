"""The recipes for CI, by running them: the action's script, the hooks' entries, the commands in the documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from license_catalog import write

ROOT = Path(__file__).parents[2]
HOW_TO = [ROOT / "docs" / lang / "how-to" / "license-ci.md" for lang in ("en", "ja")]
SHIM = """\
#!{python}
import sys
import osllm.api
from osllm.catalog.store import Catalog
osllm.api.load_catalog = lambda *_: Catalog({catalog!r})
from osllm.__main__ import main
sys.exit(main())
"""
POLICY = "version: 1\nfacts: {use: commercial, region: JP, use_region: [JP]}\n"


@pytest.fixture
def project(tmp_path):
    """A project with a policy and the documented lock file, and `osllm` on the path with the small catalog."""
    (tmp_path / "bin").mkdir()
    shim = tmp_path / "bin" / "osllm"
    shim.write_text(SHIM.format(python=sys.executable, catalog=str(write(tmp_path))))
    shim.chmod(0o755)
    lock = next(block for _, block in blocks(HOW_TO[0]) if block.startswith("# osllm.lock.yaml"))
    (tmp_path / "osllm.lock.yaml").write_text(lock)
    (tmp_path / "osllm-policy.yaml").write_text(POLICY)
    return tmp_path


@pytest.fixture
def bash(project):
    def run(script, **env):
        paths = {"PATH": f"{project / 'bin'}:{os.environ['PATH']}", "HOME": str(project), "LANG": "C.UTF-8"}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=project, env={**paths, **env}, capture_output=True, text=True, check=False)

    return run


def blocks(path):
    """The fenced blocks of a page: language and content."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def plain(block):
    """A block without its comments, which are translated."""
    return re.sub(r"\s*# .*", "", block).replace("lang: ja", "lang: en")


def test_both_languages_show_the_same_commands():
    english, japanese = ([(lang, plain(block)) for lang, block in blocks(path)] for path in HOW_TO)
    assert english == japanese
    assert len(english) == 7


def test_every_shell_command_of_the_page_runs(bash, project):
    commands = [block for lang, block in blocks(HOW_TO[0]) if lang == "sh"]
    (project / "osllm-policy.yaml").unlink()
    for command in commands:
        result = bash(command)
        assert result.returncode == 0, (command, result.stderr)
    assert "Built with Qwen" in (project / "LICENCES.md").read_text("utf-8")


def test_the_gitlab_job(bash, project):
    page = next(block for _, block in blocks(HOW_TO[0]) if block.startswith("# .gitlab-ci.yml"))
    script = yaml.safe_load(page)["licences"]["script"]
    assert script[0].startswith("pip install")
    result = bash("\n".join(script[1:]))
    assert result.returncode == 0, result.stderr
    suites = ET.parse(project / "licences.xml").getroot()
    assert [suite.get("name") for suite in suites] == ["qwen2.5-72b", "gemma-2-9b"]


def test_the_hooks(bash, project):
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")):
        files = " osllm-policy.yaml" if hook.get("pass_filenames", True) else ""
        result = bash(hook["entry"] + files)
        assert result.returncode == 0, result.stderr
        assert re.search(hook["files"], "osllm-policy.yaml")
    (project / "osllm-policy.yaml").write_text("polcy: {}\n")
    assert bash(hook["entry"] + files).returncode == 2


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"LOCK": "osllm.lock.yaml", "POLICY": "osllm-policy.yaml"}, 0),
        ({"MODELS": "qwen2.5-3b qwen2.5-7b", "OPTIONS": "--use commercial --region JP"}, 10),
        ({"MODELS": "qwen2.5-72b", "OPTIONS": "--use commercial --gate allowed", "SARIF": "out.sarif"}, 12),
    ],
)
def test_the_action(bash, project, inputs, code):
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    step = action["runs"]["steps"][1]
    named = dict.fromkeys(step["env"], "")
    files = {"GITHUB_STEP_SUMMARY": str(project / "summary.md"), "GITHUB_OUTPUT": str(project / "output")}
    result = bash(step["run"], **{**named, **inputs, **files})
    assert result.returncode == code, result.stderr
    assert (project / "output").read_text() == f"exit-code={code}\n"
    assert "# " in (project / "summary.md").read_text("utf-8")
    assert (project / "out.sarif").exists() == ("SARIF" in inputs)
    assert {value.removeprefix("${{ inputs.").removesuffix(" }}") for value in step["env"].values()} <= set(
        action["inputs"]
    )
