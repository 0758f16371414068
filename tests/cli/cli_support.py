"""Running the program inside the test and as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from osllm.cli import tree
from osllm.cli.spec import Command

SOURCE = str(Path(sys.modules["osllm"].__file__ or "").parents[1])


def commands(node: tree.Node = tree.TREE, path: str = "") -> list[Command]:
    """Every command of the program."""
    if isinstance(node, str):
        return [tree.command(path, node)]
    return [found for name, one in node.items() for found in commands(one, f"{path} {name}".strip())]


def groups(node: tree.Node = tree.TREE, path: str = "") -> list[str]:
    """Every group of commands, the program itself first."""
    if isinstance(node, str):
        return []
    return [path, *(found for name, one in node.items() if name for found in groups(one, f"{path} {name}".strip()))]


def run(*argv: str, env: Mapping[str, str] | None = None, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Run the program in a process with nothing but `env` in its environment."""
    given = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "PYTHONPATH": SOURCE, **(env or {})}
    settings = {"capture_output": True, "timeout": 120, **options}
    return subprocess.run([sys.executable, "-m", "osllm", *argv], env=given, check=False, **settings)
