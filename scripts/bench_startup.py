"""How dear is an answer? Whole processes, run in turn, as ratios within one run.

    python scripts/bench_startup.py                     # the shipped catalog
    python scripts/bench_startup.py --models 300 3000   # also synthetic catalogs of that many models
    python scripts/bench_startup.py --every             # every use case on several machines; the dearest are measured again

Run it with the interpreter of an environment into which the wheel is installed: a checkout looks for changed files first.

Each line: CPU seconds (user + system, minimum and median over the runs), the median of the pairwise ratios to
`python -c "import typer"`, and the peak memory. Which modules were imported is said too, since pydantic, yaml, rich and
huggingface_hub have no business on the path of an answer.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

BASE = [sys.executable, "-c", "import typer"]
RECOMMEND = [sys.executable, "-m", "osllm", "recommend", "--ram", "64gb", "--json"]
DEFAULT = [*RECOMMEND, "--gpu", "rtx4090"]  # the default use case, which plans layers in RAM
ANSWER = [*DEFAULT, "--use-case", "ja-chat"]
SMALL_CARD = [*RECOMMEND, "--gpu", "rtx3060-12gb"]  # most models leave layers in RAM
NO_CARD = [*RECOMMEND, "--gpu", "cpu", "--use-case", "local-light"]  # many models fit and are too slow
MACHINES = ("rtx3060-12gb", "rtx4090", "2xrtx4090", "m3-max-64gb", "cpu")
DEAREST = 5  # of all pairs of a use case and a machine
CHECK_ALL = [sys.executable, "-m", "osllm", "license", "check", "--all", "--use", "commercial", "--json"]
HEAVY = ("pydantic", "yaml", "rich", "huggingface_hub", "typer")


def run(command: list[str], env: dict[str, str]) -> tuple[float, int]:
    """CPU seconds and peak bytes of one finished process, by the system's own account."""
    with Path(os.devnull).open("wb") as nowhere:
        process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere, env=env)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 10, 11, 12):
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024


def pair(command: list[str], runs: int, env: dict[str, str]) -> dict[str, float]:
    """Run the base and the command in turn; figures of the command and its ratio to the base."""
    run(BASE, env), run(command, env)
    rows = [(run(BASE, env)[0], *run(command, env)) for _ in range(runs)]
    seconds = [cpu for _, cpu, _ in rows]
    return {
        "min_cpu_s": min(seconds),
        "median_cpu_s": statistics.median(seconds),
        "ratio": statistics.median(cpu / base for base, cpu, _ in rows),
        "peak_mib": max(peak for *_, peak in rows) / 2**20,
    }


def heavy_imports(env: dict[str, str]) -> list[str]:
    """Which of the heavy packages an answer imports."""
    command = [sys.executable, "-X", "importtime", *ANSWER[1:]]
    told = subprocess.run(command, capture_output=True, text=True, env=env, check=True).stderr
    seen = {line.rpartition("|")[2].strip().partition(".")[0] for line in told.splitlines()}
    return [name for name in HEAVY if name in seen]


def dearest(runs: int, env: dict[str, str]) -> dict[str, dict[str, float]]:
    """Every use case on every machine, one pair of runs each; the dearest pairs with as many as the others have."""
    listed = subprocess.run(
        [sys.executable, "-m", "osllm", "use-cases", "--json"], capture_output=True, env=env, check=True
    )
    commands = {
        f"{case['key']} on {machine}": [*RECOMMEND, "--gpu", machine, "--use-case", case["key"]]
        for case in json.loads(listed.stdout)["use_cases"]
        for machine in MACHINES
    }
    once = {name: pair(command, 1, env)["ratio"] for name, command in commands.items()}
    return {name: pair(commands[name], runs, env) for name in sorted(once, key=lambda name: -once[name])[:DEAREST]}


def synthetic(number: int, folder: Path) -> Path:
    """A compiled catalog of `number` models: the shipped ones again and again under other ids."""
    from osllm import api
    from osllm.authoring.synthetic import multiply

    return multiply(api.load_catalog(), number, folder / f"{number}.jsonl")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="*", type=int, default=[], help="sizes of synthetic catalogs")
    parser.add_argument("--every", action="store_true", help="every use case on several machines")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    env = dict(os.environ)
    results: dict[str, object] = {"heavy_imports": heavy_imports(env)}
    results["recommend"] = pair(DEFAULT, options.runs, env)
    results["recommend, ja-chat"] = pair(ANSWER, options.runs, env)
    results["recommend, rtx3060-12gb"] = pair(SMALL_CARD, options.runs, env)
    results["recommend, local-light, cpu"] = pair(NO_CARD, options.runs, env)
    results["license check --all"] = pair(CHECK_ALL, options.runs, env)
    if options.every:
        results |= dearest(options.runs, env)
    with tempfile.TemporaryDirectory() as folder:
        for number in options.models:
            os.environ.pop("OSLLM_CATALOG_FILE", None)
            path = synthetic(number, Path(folder))
            large = env | {"OSLLM_CATALOG_FILE": str(path)}
            results[f"recommend, {number} models"] = pair(DEFAULT, options.runs, large)
            results[f"recommend, ja-chat, {number} models"] = pair(ANSWER, options.runs, large)
    if options.json:
        print(json.dumps(results, indent=2))
        return
    print(f"imported on the way: {', '.join(results['heavy_imports']) or 'none of ' + ', '.join(HEAVY)}")  # type: ignore[arg-type]
    for name, figures in results.items():
        if isinstance(figures, dict):
            print(
                f"{name:34} CPU {figures['min_cpu_s'] * 1000:6.0f} / {figures['median_cpu_s'] * 1000:6.0f} ms"
                f"   {figures['ratio']:5.2f} x import typer   peak {figures['peak_mib']:5.1f} MiB"
            )


if __name__ == "__main__":
    main()
