"""What every test may use: values with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from osllm.catalog.store import Catalog
from questions import Desk, Workstation, lay_out

TEST_CATALOG = Path(__file__).parent / "data" / "catalog"
# Workers and processes that tests start share one compiled catalog, and leave the user's own cache alone.
CACHE = Path(__file__).parents[1] / ".pytest_cache" / "osllm"
KEPT = 6
os.environ["OSLLM_CACHE_DIR"] = str(CACHE)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update", action="store_true", help="write the golden files anew instead of comparing with them")


def pytest_configure(config: pytest.Config) -> None:
    """Drop what older states of the code left behind; workers have an input, the one that starts them has not."""
    if not hasattr(config, "workerinput"):
        old = sorted(CACHE.glob("catalog-*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]
        for path in old:
            path.unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def _own_world(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the user's own files, or follows the user's settings."""
    for name in list(os.environ):
        if name.startswith("OSLLM_") and name != "OSLLM_CACHE_DIR":
            monkeypatch.delenv(name)
    for name in ("LANG", "LC_ALL", "LC_MESSAGES", "NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OSLLM_CONFIG_DIR", str(tmp_path_factory.mktemp("config")))


@pytest.fixture(scope="session")
def catalog() -> Iterator[Catalog]:
    """The shipped catalog, compiled from the checkout."""
    from osllm import api

    opened = api.load_catalog()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def small_catalog_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented catalog of `tests/data/catalog`, compiled: it changes only when a test needs it to."""
    from osllm.authoring.overlay import compile_folder

    path = tmp_path_factory.mktemp("small") / "catalog.jsonl"
    path.write_bytes(compile_folder(str(TEST_CATALOG)))
    return path


@pytest.fixture(scope="session")
def small_catalog(small_catalog_file: Path) -> Iterator[Catalog]:
    """The invented catalog, open."""
    opened = Catalog(str(small_catalog_file))
    yield opened
    opened.close()


@pytest.fixture
def on_small_catalog(monkeypatch: pytest.MonkeyPatch, small_catalog_file: Path) -> None:
    """Let the program and the API read the invented catalog as if it were the shipped one."""
    monkeypatch.setattr("osllm.api.catalogs.shipped_file", lambda: str(small_catalog_file))


@pytest.fixture
def desk(
    tmp_path: Path,
    small_catalog_file: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    """Where the questions of `questions.py` are asked: on the invented catalog, on a recorded machine."""
    lay_out(tmp_path, small_catalog_file)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OSLLM_CATALOG_FILE", "catalog.jsonl")
    monkeypatch.setattr("osllm.hardware.probes.Host", Workstation)
    return Desk(capsys)
