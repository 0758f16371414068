"""Samples in pages that people write: what a command prints, kept current by running it.

    <!-- sample: lines 1-8 -->
    ```console
    $ osllm recommend --use-case ja-chat --gpu rtx4090
    ...
    ```

The body of such a block is replaced by the command's standard output, in the language of the page.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

_SAMPLE: Final = re.compile(
    r"(<!-- sample(?:: lines (?P<first>\d+)-(?P<last>\d+))? -->\n```console\n)\$ (?P<typed>osllm .*)\n(?:(?!```).*\n)*```"
)
_COLUMNS: Final = "100"


def filled(text: str, lang: str) -> str:
    """A page with every sample as the program prints it today."""

    def fill(match: re.Match[str]) -> str:
        lines = printed(match["typed"], lang).splitlines()
        first, last = int(match["first"] or 1), int(match["last"] or len(lines))
        shown = [line.rstrip() for line in lines[first - 1 : last]]
        body = [*(["…"] if first > 1 else []), *shown, *(["…"] if last < len(lines) else [])]
        return f"{match[1]}$ {match['typed']}\n" + "\n".join(body) + "\n```"

    return _SAMPLE.sub(fill, text)


def language(path: Path) -> str:
    """The language of a page, by its folder or name."""
    return "ja" if "ja" in path.parts or path.name.endswith(".ja.md") else "en"


@cache
def printed(typed: str, lang: str) -> str:
    """What a command line writes to stdout, untouched by the settings of whoever runs this."""
    env = {
        name: value for name, value in os.environ.items() if not name.startswith("OSLLM_") or name == "OSLLM_CACHE_DIR"
    }
    env |= {"OSLLM_LANG": lang, "COLUMNS": _COLUMNS, "NO_COLOR": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "osllm", *shlex.split(typed)[1:]],
        env=env,
        capture_output=True,
        check=False,
        encoding="utf-8",
        cwd=Path(__file__).parent,
    )
    if not done.stdout:  # an error, unless it was asked for as JSON
        message = f"{typed}: exit status {done.returncode}\n{done.stderr}"
        raise RuntimeError(message)
    return done.stdout
