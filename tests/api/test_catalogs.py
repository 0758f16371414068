"""Opening the catalog, and `catalog validate|stats|path`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from osllm import api
from osllm.api import catalogs
from osllm.errors import CatalogError
from osllm.exitcodes import ExitCode

SMALL = Path(__file__).parents[1] / "data" / "catalog"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A source checkout whose catalog is the small one, with a cache of its own."""
    root = tmp_path / "checkout" / "catalog"
    shutil.copytree(SMALL, root)
    monkeypatch.setattr(catalogs, "source_folder", lambda: str(root))
    monkeypatch.setattr(catalogs, "shipped_file", lambda: str(tmp_path / "none.jsonl"))
    monkeypatch.setenv("OSLLM_CACHE_DIR", str(tmp_path / "cache"))
    return root


def overlay(place: Path, license_: str = "apache-2.0") -> str:
    path = place / "models" / "me" / "mine.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "family: Mine\ndeveloper: Me\norigin: JP\nseen: 2026-11-22\nsources:\n  own: {note: mine}\nmodels:\n"
        f"  - id: mine-8b\n    name: Mine-8B\n    kind: instruct\n    license: {{keys: [{license_}], evidence: primary, source: own}}\n"
        '    gaps: ["released: not yet", "architecture: not told"]\n'
    )
    return str(place)


@pytest.mark.usefixtures("on_small_catalog")
def test_an_installed_catalog_is_read_as_it_is(small_catalog_file):
    catalog = api.load_catalog()
    assert catalog.path == str(small_catalog_file)
    catalog.close()


def test_a_checkout_is_compiled_once(checkout, tmp_path):
    first = api.load_catalog()
    again = api.load_catalog()
    assert first.path == again.path
    assert Path(first.path).parent == tmp_path / "cache"
    assert first.model_count == 12
    (checkout / "models" / "other" / "kumo.yaml").unlink()
    path = checkout / "evidence" / "example-board.yaml"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if "kumo" not in line))
    path = checkout / "evidence" / "example-board-2025.yaml"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if "kumo" not in line))
    changed = api.load_catalog()
    assert changed.path != first.path
    assert changed.model_count == 9
    for catalog in (first, again, changed):
        catalog.close()


def test_a_checkout_with_problems_is_refused(checkout):
    (checkout / "cpus.yaml").write_text("cpus:\n\t- a\n")
    with pytest.raises(CatalogError) as caught:
        api.load_catalog()
    assert caught.value.code == "catalog-invalid"
    assert caught.value.problems[0].startswith("cpus.yaml:2:")


@pytest.mark.usefixtures("on_small_catalog")
def test_overlays(tmp_path, monkeypatch):
    monkeypatch.setenv("OSLLM_CACHE_DIR", str(tmp_path / "cache"))
    folder = overlay(tmp_path / "overlay")
    catalog = api.load_catalog([folder])
    assert catalog.model_count == 13
    assert catalog.model("mine-8b").license.keys == ("apache-2.0",)
    again = api.load_catalog(folder)
    assert again.path == catalog.path
    for one in (catalog, again):
        one.close()
    with pytest.raises(CatalogError) as caught:
        api.load_catalog(overlay(tmp_path / "overlay", "apache-9"))
    assert caught.value.code == "catalog-invalid"
    with pytest.raises(CatalogError) as caught:
        api.load_catalog(str(tmp_path / "nowhere"))
    assert caught.value.exit_code == ExitCode.DATA


def test_neither_installed_nor_checkout(monkeypatch, tmp_path):
    monkeypatch.setattr(catalogs, "source_folder", lambda: None)
    monkeypatch.setattr(catalogs, "shipped_file", lambda: str(tmp_path / "none.jsonl"))
    with pytest.raises(CatalogError) as caught:
        api.load_catalog()
    assert caught.value.code == "catalog-missing"
    assert caught.value.hint


def test_validate_a_clean_checkout(checkout):
    answer = api.catalog_validate()
    assert answer.exit_code == ExitCode.OK
    assert answer.to_dict() == {
        "schema": "osllm/catalog-validation@1", "valid": True, "checked": [str(checkout)], "problems": [],
    }  # fmt: skip


def test_validate_names_every_problem(checkout):
    path = checkout / "models" / "other" / "kumo.yaml"
    path.write_text(path.read_text().replace("cc-by-nc-4.0", "cc-by-nc-9").replace("layers: 40", "layers: forty"))
    answer = api.catalog_validate(lang="ja")
    assert answer.exit_code == ExitCode.DATA
    problems = answer.to_dict()["problems"]
    assert [(p["file"], p["line"], p["field"], p["code"]) for p in problems] == [
        ("catalog/models/other/kumo.yaml", 24, "models[0].architecture.layers", "wrong-type"),
    ]
    path.write_text(path.read_text().replace("layers: forty", "layers: 40"))
    assert [p["code"] for p in api.catalog_validate().to_dict()["problems"]] == ["unknown-licence"]


def test_validate_a_file_or_folder_over_the_catalog(checkout, tmp_path):
    folder = overlay(tmp_path / "overlay")
    one_file = str(Path(folder) / "models" / "me" / "mine.yaml")
    assert api.catalog_validate([folder]).exit_code == ExitCode.OK
    assert api.catalog_validate([one_file]).exit_code == ExitCode.OK
    overlay(tmp_path / "overlay", "apache-9")
    answer = api.catalog_validate([folder, one_file])
    assert [p["file"] for p in answer.to_dict()["problems"]] == [one_file, one_file]
    with pytest.raises(CatalogError):
        api.catalog_validate([str(tmp_path / "nowhere")])


@pytest.mark.usefixtures("on_small_catalog")
def test_validate_an_installed_catalog(monkeypatch, small_catalog_file):
    monkeypatch.setattr(catalogs, "source_folder", lambda: None)
    answer = api.catalog_validate()
    assert answer.exit_code == ExitCode.OK
    assert answer.to_dict()["checked"] == [str(small_catalog_file)]


@pytest.mark.usefixtures("on_small_catalog")
def test_stats():
    stats = api.catalog_stats().to_dict()["stats"]
    assert stats["models"] == 12
    assert stats["recommendable"] == 10
    assert stats["superseded"] == 1
    assert stats["shapes"] == 8
    assert stats["kinds"] == {"instruct": 11, "base": 1}
    assert stats["origins"] == {"JP": 8, "US": 4}
    assert stats["measured"] == 10
    assert stats["engines"] == 11


@pytest.mark.usefixtures("on_small_catalog")
def test_path(small_catalog_file):
    document = api.catalog_path().to_dict()
    assert document["path"] == document["source"] == str(small_catalog_file)
    assert len(document["catalog"]["sha256"]) == 64
