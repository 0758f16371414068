"""The compiled file as readers meet it: sound, broken, foreign; and every kind of record."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osllm.catalog import records
from osllm.catalog.index import IndexRow, pack, unpack
from osllm.catalog.store import Catalog, open_catalog
from osllm.domain.architecture import Architecture, Attention, Dense, Experts, LatentAttention, LayerRun, Recurrent
from osllm.domain.model import LicenseBinding, Quality
from osllm.errors import CatalogError


def code_of(path: str | Path) -> str:
    with pytest.raises(CatalogError) as caught:
        open_catalog(str(path))
    assert caught.value.exit_code == 3
    return caught.value.code


def test_a_file_that_is_not_there(tmp_path):
    assert code_of(tmp_path / "none.jsonl") == "catalog-missing"
    assert code_of(tmp_path) == "catalog-missing"


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"not json\n", b"[]\n", b'{"format": 1}\n', b"\x80\x04\n", b"null\n", b"{" * 5000]
)
def test_files_that_are_no_catalog(tmp_path, text):
    path = tmp_path / "catalog.jsonl"
    path.write_bytes(text)
    assert code_of(path) == "catalog-corrupt"


def test_a_format_of_another_time(tmp_path, small_catalog_file):
    head, body = small_catalog_file.read_bytes().split(b"\n", 1)
    path = tmp_path / "catalog.jsonl"
    path.write_bytes(json.dumps(json.loads(head) | {"format": 99}).encode() + b"\n" + body)
    assert code_of(path) == "catalog-format"


def test_a_file_cut_short_is_corrupt_when_the_lost_part_is_read(tmp_path, small_catalog_file):
    whole = small_catalog_file.read_bytes()
    path = tmp_path / "catalog.jsonl"
    path.write_bytes(whole[: len(whole) // 3])
    catalog = Catalog(str(path))
    assert not catalog.sound()
    with pytest.raises(CatalogError) as caught:
        catalog.section("settings")
    assert caught.value.code == "catalog-corrupt"
    catalog.close()


def test_sections_that_are_missing(small_catalog):
    assert not small_catalog.has("prices")
    with pytest.raises(CatalogError) as caught:
        small_catalog.section("prices")
    assert caught.value.code == "catalog-corrupt"
    with pytest.raises(KeyError):
        small_catalog.model("no-such-model")
    with pytest.raises(KeyError):
        small_catalog.row("no-such-model")


def test_what_is_read_is_kept(small_catalog):
    assert small_catalog.model("kawa-4b") is small_catalog.model("kawa-4b")
    assert small_catalog.index() is small_catalog.index()
    assert small_catalog.quality("ja-chat") is small_catalog.quality("ja-chat")
    assert small_catalog.size() == Path(small_catalog.path).stat().st_size


def test_one_accelerator_reads_like_all_of_them(small_catalog):
    assert small_catalog.gpu("rtx4090") == small_catalog.gpus()["rtx4090"]
    assert small_catalog.gpu("rtx4090").memory_bytes == 24_564 * 1024**2  # what the driver reports
    assert small_catalog.section("gpu_options")["m3-max"]["memory_options_gb"] == [36, 48, 64, 96, 128]


def test_names_of_accelerators(small_catalog):
    names = small_catalog.section("gpu_names")
    assert names["a100"] == names["a10080gb"] == "a100-sxm-80gb"
    assert names["rtx3060"] == "rtx3060-12gb"
    assert names["nvidiageforcertx4090"] == "rtx4090"


def test_other_sections(small_catalog):
    assert small_catalog.cpus()["cpu-ddr4-2ch"]["bandwidth_gbps"] == 51.2
    assert {i["gpu"] for i in small_catalog.clouds()} == {"a100-sxm-40gb", "h100-sxm"}
    assert [e["id"] for e in small_catalog.embeddings()] == ["tsubu-embed", "tsubu-rerank"]
    assert small_catalog.tokenizers()["example-ja"]["chars_per_token_ja"]["mean"] == 1.7
    assert small_catalog.benchmarks()["example-code"]["skill"] == "coding"
    lean, whole = dict(small_catalog.lean_licenses()), dict(small_catalog.licenses())
    assert set(lean) == set(whole)
    assert "notes" not in lean["llama-3.1"]
    assert len(json.dumps(lean)) < len(json.dumps(whole)) / 2


def test_evidence_is_read_when_it_is_looked_at(small_catalog):
    quality = small_catalog.quality("coding")["mosaic-30b-a3b"]
    rows = quality.evidence
    assert len(rows) == 2
    first = rows[0]
    assert first[0] == "Example Code"
    assert first[4:6] == ("Example University", "2026-10-01")
    assert {row[3] for row in rows} == {71.3, 80.2}
    assert list(rows[1:]) == [rows[1]]
    with pytest.raises(IndexError):
        rows[2]


count = st.integers(1, 2**40)
attention = st.builds(Attention, count, count, count, window=st.none() | count, gated=st.booleans())
latent = st.builds(LatentAttention, count, count, count, count, count)
recurrent = st.builds(Recurrent, st.sampled_from(["mamba2", "gated-delta"]), key_heads=st.none() | count)
ffn = st.builds(Dense, count, gated=st.booleans()) | st.builds(Experts, count, count, count)
run = st.builds(
    LayerRun,
    count,
    st.lists(attention | latent | recurrent, max_size=2).map(tuple),
    st.lists(ffn, max_size=2).map(tuple),
)


@given(st.builds(Architecture, st.text(), count, count, st.booleans(), st.lists(run, max_size=4).map(tuple)))
def test_architectures_survive_json(arch):
    assert records.architecture_from_json(json.loads(json.dumps(records.architecture_to_json(arch)))) == arch


def test_no_architecture():
    assert records.architecture_from_json(records.architecture_to_json(None)) is None


@given(
    st.lists(st.text()).map(tuple),
    st.none() | st.text(),
    st.lists(st.tuples(st.text(), st.lists(st.text()).map(tuple))),
)
def test_licence_bindings_survive_json(keys, conflict, revisions):
    binding = LicenseBinding(keys, "primary", conflict, None, tuple(revisions))
    assert records.binding_from_json(json.loads(json.dumps([*binding]))) == binding


row = st.tuples(
    st.text(), st.none() | st.text(), st.none() | st.text(), st.floats(0, 1), st.text(), st.text(), st.text()
)
quality = st.builds(
    Quality, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.sampled_from("ABCD"), st.lists(row).map(tuple)
)


@given(st.dictionaries(st.text(), quality, max_size=4))
def test_qualities_survive_json(values):
    settings = records.Settings()
    packed = json.loads(json.dumps(records.qualities_to_json(values, settings)))
    read = records.qualities_from_json(packed, lambda: json.loads(json.dumps(settings.rows)))
    assert {key: q._replace(evidence=tuple(q.evidence)) for key, q in read.items()} == values
    assert list(read) == sorted(values)


def test_index_rows_survive_columns():
    rows = [IndexRow(*(f"{name}-{number}" for name in IndexRow._fields)) for number in range(3)]
    assert unpack(json.loads(json.dumps(pack(rows)))) == rows
    assert unpack(pack([])) == []


def test_a_pickle_is_never_read(tmp_path):
    path = tmp_path / "catalog.jsonl"
    path.write_bytes(pickle.dumps({"format": 1}))
    assert code_of(path) == "catalog-corrupt"
