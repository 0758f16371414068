"""A question for every command, about the invented catalog: what golden tests print and contract tests check."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest

from osllm.cli.app import run
from osllm.hardware.probes import Host, ProbeError

RECORDED = Path(__file__).parent / "data" / "probes" / "rtx4090-desktop"
CHAT = ("--use-case", "ja-chat")
RIG = ("--gpu", "rtx4090", "--ram", "64gb")
POLICY = """\
facts: {use: internal, region: JP}
policy: {allow: [apache-2.0, mit], require_accepted_obligations: true}
exceptions:
  - {model: mado-27b, accepted: [aup], reason: approved by the board, owner: legal, expires: 2026-12-01}
"""
BROKEN = """\
family: Mine
developer: Me
origin: JP
seen: 2026-11-22
sources:
  own: {note: mine}
models:
  - id: mine-8b
    name: 8
    kind: instruct
    license: {keys: [apache-2.0], evidence: primary, source: own}
    colour: red
"""

# By the name that the golden files carry: the command with `-` for spaces.
QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "recommend": ("recommend", *CHAT, *RIG, "--use", "commercial", "--top", "3"),
    "explain": ("explain", "akatsuki-70b", *CHAT, *RIG),
    "compare": ("compare", "akatsuki-8b", "mosaic-30b", "kumo-13b", *CHAT, *RIG),
    "list": ("list", *CHAT, "--origin", "JP"),
    "show": ("show", "akatsuki-8b"),
    "estimate": ("estimate", "mado-27b", *CHAT, *RIG, "--context", "32k", "--kv-cache", "q8_0"),
    "quants": ("quants", "kawa-4b", *CHAT, *RIG),
    "license-check": ("license", "check", "akatsuki-70b", "mado-27b", "--use", "commercial", "--mau", "1e6"),
    "license-show": ("license", "show", "mit"),
    "license-list": ("license", "list"),
    "license-diff": ("license", "diff", "mit", "apache-2.0"),
    "license-policy-init": ("license", "policy", "init", "--use", "internal", "--region", "JP"),
    "license-policy-check": ("license", "policy", "check", "osllm-policy.yaml"),
    "serve": ("serve", "akatsuki-8b", "--engine", "vllm", "--target", "compose", *CHAT, *RIG, "--users", "4"),
    "gpu-list": ("gpu", "list", "--vendor", "nvidia"),
    "gpu-show": ("gpu", "show", "rtx4090"),
    "gpu-detect": ("gpu", "detect"),
    "use-cases-list": ("use-cases", "list"),
    "use-cases-show": ("use-cases", "show", "ja-chat"),
    "catalog-validate": ("catalog", "validate", "mine"),
    "catalog-stats": ("catalog", "stats"),
    "catalog-path": ("catalog", "path"),
    "config-show": ("config", "show"),
    "schema": ("schema", "version"),
    "version": ("--version",),
}
LANGUAGES = ("en", "ja")


class Told(NamedTuple):
    """What the program said."""

    code: int
    out: str
    err: str


class Workstation(Host):
    """The machine that `gpu detect` finds: what its driver printed and its kernel said, recorded."""

    def run(self, *command: str) -> str:
        if command[0] != "nvidia-smi":
            raise ProbeError(f"{command[0]} is not installed")
        return (RECORDED / "nvidia-smi.txt").read_text("utf-8")

    def read(self, path: str) -> str:
        place = RECORDED / "files" / path.lstrip("/")
        if not place.exists():
            raise ProbeError(f"{path}: No such file or directory")
        return place.read_text("utf-8").strip()

    def cards(self) -> list[str]:
        return []

    def nvml(self) -> NoReturn:
        raise ProbeError("pynvml is not installed")

    def cpu_count(self) -> int:
        return 16


class Desk:
    """A folder with a catalog, a policy and a broken overlay in it, from which the program is asked."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.env = {"HOME": str(Path.cwd()), "OSLLM_CONFIG_DIR": "/nonexistent", "COLUMNS": "80"}

    def ask(self, *argv: str, env: Mapping[str, str] | None = None) -> Told:
        """Run one command line in this process."""
        code = run([*argv], {**self.env, **(env or {})})
        out, err = self._capsys.readouterr()
        return Told(int(code), out, err)


def lay_out(folder: Path, catalog: Path) -> None:
    """Put what the questions name into a folder."""
    shutil.copyfile(catalog, folder / "catalog.jsonl")
    (folder / "osllm-policy.yaml").write_text(POLICY, "utf-8")
    overlay = folder / "mine" / "models" / "me" / "mine.yaml"
    overlay.parent.mkdir(parents=True)
    overlay.write_text(BROKEN, "utf-8")
