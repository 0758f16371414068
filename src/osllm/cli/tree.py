"""Which commands there are and where each one lives. Nothing of a command is imported before it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from osllm.cli.spec import Command

Node = str | dict[str, "Node"]

# A string names the module in osllm.cli.commands whose COMMANDS has the command; "" is what a bare group runs.
TREE: Final[dict[str, Node]] = {
    "recommend": "questions",
    "explain": "questions",
    "compare": "questions",
    "list": "models",
    "show": "models",
    "estimate": "questions",
    "quants": "questions",
    "license": {
        "check": "license_check",
        "show": "license",
        "list": "license",
        "diff": "license",
        "policy": {"init": "license_policy", "check": "license_policy"},
    },
    "serve": "serve",
    "gpu": {"list": "gpu", "show": "gpu", "detect": "gpu"},
    "use-cases": {"": "use_cases", "list": "use_cases", "show": "use_cases"},
    "catalog": {"validate": "catalog", "stats": "catalog", "path": "catalog"},
    "config": {"show": "config"},
    "schema": "config",
}


def command(path: str, module: str) -> Command:
    """Import the module of a command and return the command; `path` is as typed: `license check`."""
    commands: dict[str, Command] = import_module(f"osllm.cli.commands.{module}").COMMANDS
    return commands[path]
