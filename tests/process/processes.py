"""The program as a process of its own, on the invented catalog."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = str(Path(sys.modules["osllm"].__file__ or "").parents[1])
RIG = ("--use-case", "ja-chat", "--gpu", "rtx4090", "--ram", "64gb")


class Ended(NamedTuple):
    """A process that has ended."""

    code: int
    out: str
    err: str


class Program:
    """Starts the program with nothing but its own environment, and with a home and a cache of its own."""

    def __init__(self, catalog: Path, home: Path) -> None:
        self.home = home
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PYTHONPATH": SOURCE,
            "OSLLM_CATALOG_FILE": str(catalog),
            "OSLLM_CACHE_DIR": str(home / "cache"),
        }

    def start(
        self, *argv: str, env: Mapping[str, str | None] | None = None, **options: Any
    ) -> subprocess.CompletedProcess[bytes]:
        """Run to the end; a variable of `env` that is None is taken out."""
        given = {name: value for name, value in {**self.env, **(env or {})}.items() if value is not None}
        settings: dict[str, Any] = {"capture_output": True, "timeout": 120, "cwd": self.home, **options}
        return subprocess.run([sys.executable, *argv], env=given, check=False, **settings)

    def __call__(self, *words: str, env: Mapping[str, str | None] | None = None, **options: Any) -> Ended:
        """Ask the program something."""
        ended = self.start("-m", "osllm", *words, env=env, **options)
        return Ended(ended.returncode, (ended.stdout or b"").decode("utf-8"), (ended.stderr or b"").decode("utf-8"))
