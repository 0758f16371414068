"""What the evaluation of the ranking reads from the catalog."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from osllm.authoring.expand import entries
from osllm.authoring.files import read
from osllm.quality.observe import ModelFacts, Observation, observations

ROOT = Path(__file__).resolve().parent.parent


class Data(NamedTuple):
    """What the evaluation reads from the catalog."""

    benchmarks: dict[str, dict[str, Any]]
    models: list[ModelFacts]
    rows: list[Observation]
    use_cases: dict[str, dict[str, Any]]


def load(root: Path = ROOT / "catalog") -> Data:
    """Read the catalog's benchmarks, tables, models and use cases."""
    files = read(root)
    benchmarks = {k: v for d in files.of("benchmark") for k, v in d.data["benchmarks"].items()}
    models, reported = [], {}
    for entry in entries(files.of("model")):
        facts, params = entry.facts, entry.facts.get("params") or {}
        total = params.get("total")
        released = facts.get("released")
        models.append(
            ModelFacts(
                entry.id,
                facts.get("hub_id"),
                facts["family"],
                facts["developer"],
                facts.get("base"),
                facts.get("kind") or "other",
                total,
                params.get("active") or total,
                None if released is None else str(released),
                facts.get("reasoning"),
                tuple(facts.get("languages") or ()),
            )
        )
        reported[entry.id] = facts.get("benchmarks") or ()
    models.sort(key=lambda m: m.id)
    rows = observations(benchmarks, [d.data for d in files.of("evidence")], models, reported)
    return Data(benchmarks, models, rows, {d.data["key"]: d.data for d in files.of("use-case")})
