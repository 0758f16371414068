"""The shapes of the catalog's models, read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from osllm.authoring.expand import Entry, architecture, entries
from osllm.authoring.yamlio import load
from osllm.domain.architecture import Architecture

MODELS = Path(__file__).parents[2] / "catalog" / "models"


@pytest.fixture(scope="session")
def model_entries() -> dict[str, Entry]:
    """Every entry of the model files, by id."""
    return {e.id: e for e in entries(load(path) for path in sorted(MODELS.rglob("*.yaml")))}


@pytest.fixture(scope="session")
def architectures(model_entries: dict[str, Entry]) -> dict[str, Architecture]:
    """Every complete shape, by model id."""
    shapes = {key: architecture(entry, model_entries) for key, entry in model_entries.items()}
    return {key: shape for key, shape in shapes.items() if shape is not None}
