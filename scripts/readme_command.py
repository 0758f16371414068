"""Print one of the README's commands, so that CI runs what users are told to run.

    python3 scripts/readme_command.py run    # installs and does the main job
    python3 scripts/readme_command.py test   # installs and passes the tests

A command is the first code block after the marker `<!-- command: NAME -->`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"


def command(name: str, text: str) -> str:
    """Return the shell command that README marks with `name`; SystemExit if it is not there."""
    found = re.search(rf"<!-- command: {re.escape(name)} -->\s*```(?:sh|bash)?\n(.*?)```", text, re.DOTALL)
    if found is None:
        raise SystemExit(f"README.md has no code block marked 'command: {name}'")
    return found.group(1).strip()


if __name__ == "__main__":
    print(command(sys.argv[1] if len(sys.argv) > 1 else "run", README.read_text(encoding="utf-8")))
