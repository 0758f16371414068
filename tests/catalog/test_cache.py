"""Compiled catalogs in the cache: made once, replaced when broken, never in the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from osllm.catalog.cache import KEPT, cached, folder, signature
from osllm.errors import CatalogError


class Maker:
    """Counts how often it was asked."""

    def __init__(self, data: bytes) -> None:
        self.data, self.calls = data, 0

    def __call__(self) -> bytes:
        self.calls += 1
        return self.data


@pytest.fixture
def maker(small_catalog_file: Path) -> Maker:
    return Maker(small_catalog_file.read_bytes())


def ask(key: str, maker: Maker, place: Path) -> str:
    catalog = cached(key, maker, {"OSLLM_CACHE_DIR": str(place)})
    assert catalog.model_count == 12
    catalog.close()
    return catalog.path


def test_made_once(tmp_path, maker):
    first = ask("a", maker, tmp_path / "new" / "cache")
    assert ask("a", maker, tmp_path / "new" / "cache") == first
    assert maker.calls == 1
    assert [p.name for p in (tmp_path / "new" / "cache").iterdir()] == ["catalog-a.jsonl"]


@pytest.mark.parametrize("damage", [b"", b"garbage\n", None])
def test_a_broken_file_is_made_again(tmp_path, maker, damage):
    path = Path(ask("a", maker, tmp_path))
    whole = path.read_bytes()
    path.write_bytes(whole[:-100] if damage is None else damage)
    ask("a", maker, tmp_path)
    assert maker.calls == 2
    assert path.read_bytes() == whole


def test_one_wrong_byte_is_noticed(tmp_path, maker):
    path = Path(ask("a", maker, tmp_path))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    ask("a", maker, tmp_path)
    assert maker.calls == 2


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path, maker):
    (tmp_path / "file").write_text("in the way")
    ask("a", maker, tmp_path / "file" / "cache")
    ask("a", maker, tmp_path / "file" / "cache")
    assert maker.calls == 2


def test_a_failed_replacement_leaves_nothing_behind(tmp_path, maker, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError("read-only")

    monkeypatch.setattr(os, "replace", refuse)
    ask("a", maker, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_where_the_cache_is(monkeypatch):
    assert folder({"OSLLM_CACHE_DIR": "/somewhere"}) == "/somewhere"
    assert "osllm" in folder({})


def test_the_signature_follows_names_sizes_and_times(tmp_path):
    one = tmp_path / "models" / "one.yaml"
    one.parent.mkdir()
    one.write_text("a: 1\n")
    seen = {signature([str(tmp_path)])}
    assert signature([str(tmp_path)]) in seen
    (tmp_path / "notes.txt").write_text("not read")
    assert signature([str(tmp_path)]) in seen
    for change in (
        lambda: one.write_text("a: 22\n"),
        lambda: os.utime(one, ns=(1, 1)),
        lambda: one.rename(one.with_name("two.yaml")),
        lambda: (tmp_path / "cpus.yaml").write_text("a: 1\n"),
    ):
        change()
        seen.add(signature([str(tmp_path)]))
    assert len(seen) == 5
    assert signature([str(tmp_path)], "salt") not in seen


def test_a_single_file_has_a_signature(tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text("a: 1\n")
    before = signature([str(path)])
    path.write_text("a: 22\n")
    assert signature([str(path)]) != before


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CatalogError) as caught:
        signature([str(tmp_path / "none")])
    assert caught.value.code == "catalog-unreadable"


def test_the_oldest_are_removed(tmp_path, maker):
    (tmp_path / "notes.txt").write_text("not ours")
    for number in range(KEPT + 3):
        os.utime(ask(f"{number:02}", maker, tmp_path), ns=(number, number))
    left = sorted(path.name for path in tmp_path.glob("catalog-*.jsonl"))
    assert left == [f"catalog-{number:02}.jsonl" for number in range(3, KEPT + 3)]
    assert (tmp_path / "notes.txt").exists()
