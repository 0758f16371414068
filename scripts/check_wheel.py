"""Build the wheel, install it into an empty environment without extras, and do the main job from another directory.

Catches what an editable install hides: files missing from the wheel, a catalog that was not compiled, a dependency that
only the test extra brings.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAIN_JOB = ["recommend", "--use-case", "ja-chat", "--gpu", "rtx4090", "--json"]


def run(*argv: str | Path, cwd: Path, env: dict[str, str] | None = None) -> str:
    """Run a command that must succeed and return its standard output."""
    done = subprocess.run([str(a) for a in argv], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, argv))}\n{done.stdout}\n{done.stderr}\nexit {done.returncode}")
    return done.stdout


def main() -> None:
    """Build, install, ask; exits non-zero with the output of the step that failed."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        run(sys.executable, "-m", "build", "--wheel", "--outdir", work / "dist", ROOT, cwd=work)
        (wheel,) = (work / "dist").glob("*.whl")
        names = zipfile.ZipFile(wheel).namelist()
        for needed in ("osllm/_data/catalog.jsonl", "osllm/py.typed"):
            if needed not in names:
                raise SystemExit(f"{wheel.name} lacks {needed}")
        run(sys.executable, "-m", "venv", work / "venv", cwd=work)
        run(work / "venv/bin/pip", "install", "--quiet", wheel, cwd=work)
        home = work / "home"
        home.mkdir()
        env = {k: v for k, v in os.environ.items() if not k.startswith(("OSLLM_", "PYTHON", "XDG_"))} | {
            "HOME": str(home)
        }
        answer = json.loads(run(work / "venv/bin/osllm", *MAIN_JOB, cwd=home, env=env))
        if not answer["recommendations"]:
            raise SystemExit("the wheel recommends nothing")
        if any(home.rglob("catalog*.jsonl")):
            raise SystemExit("the wheel compiled a catalog of its own instead of reading the one inside it")
        print(
            f"{wheel.name}: {wheel.stat().st_size / 1e6:.1f} MB, first answer {answer['recommendations'][0]['model']['id']}"
        )


if __name__ == "__main__":
    main()
