"""The compiled catalog: complete, equal for equal input, and readable back to the values it was made from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from osllm.authoring import compile as compiler
from osllm.authoring import files
from osllm.authoring.overlay import compile_folder, compile_over
from osllm.catalog.store import Catalog
from osllm.errors import CatalogError

SMALL = Path(__file__).parents[1] / "data" / "catalog"

MINE = """
family: Mine
developer: Me
origin: JP
seen: 2026-11-23
sources:
  own: {note: my own tuning}
models:
  - id: mine-8b
    name: Mine-8B
    hub_id: me/Mine-8B
    kind: instruct
    released: 2026-11-01
    base: akatsuki-8b-base
    license: {keys: [apache-2.0], evidence: primary, source: own}
    params: {total: 8030261248, source: own}
    context: {native: 16384, source: own}
    architecture: {source: own, same_as: akatsuki-8b-2604}
"""


@pytest.fixture(scope="module")
def pieces() -> compiler.Parts:
    return compiler.parts(files.read(SMALL))


@pytest.fixture(scope="module")
def packed(pieces: compiler.Parts) -> bytes:
    return compiler.pack(pieces)


@pytest.fixture
def made(packed: bytes) -> Iterator[Catalog]:
    catalog = Catalog.from_bytes(packed)
    yield catalog
    catalog.close()


def overlay(tmp_path: Path, text: str = MINE, name: str = "models/me/mine.yaml") -> str:
    path = tmp_path / "overlay" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return str(tmp_path / "overlay")


def test_equal_input_gives_equal_bytes(packed):
    assert compile_folder(str(SMALL)) == packed


def test_the_directory_line(packed, made):
    head = json.loads(packed.split(b"\n", 1)[0])
    assert head["version"] == "2026.11.22"
    assert head["models"] == 12
    assert made.sound()


def test_every_section_ends_where_it_says(packed):
    line, body = packed.split(b"\n", 1)
    sections = json.loads(line)["sections"]
    for offset, length in sections.values():
        json.loads(body[offset : offset + length])
        assert body[offset + length : offset + length + 1] == b"\n"


def test_values_come_back_as_they_went_in(pieces, made):
    for key, value in pieces.models.items():
        assert made.model(key) == value
    for key, value in pieces.footprints.items():
        read = made.footprint(key)
        assert read[:-1] == value[:-1]
        assert dict(read.sizes) == value.sizes
    assert made.gpus() == pieces.gpus
    assert made.formats() == pieces.formats
    assert made.use_cases() == pieces.use_cases
    assert made.licenses() == pieces.licenses
    assert made.engines() == pieces.engines


def test_quality_and_evidence_come_back(pieces, made):
    found = compiler.quality(pieces)
    for case, values in found.use_cases.items():
        read = made.quality(case)
        assert set(read) == set(values)
        for key, value in values.items():
            assert read[key][:4] == value[:4]
            assert tuple(read[key].evidence) == value.evidence
    for key, rows in found.evidence.items():
        assert made.evidence(key) == rows
    assert made.evidence("kumo-next") == []
    assert made.quality("no-such-use-case") == {}
    assert set(made.skills("akatsuki-70b")) >= {"japanese-chat", "coding"}


def test_equal_shapes_stand_once(made):
    directory = made.section("directory/footprint")
    assert directory["akatsuki-8b-2604"] == directory["akatsuki-8b-base"]
    assert made.footprint("akatsuki-8b-2604") is made.footprint("akatsuki-8b-2510")


def test_counts_that_are_not_published_come_from_the_tensors(made):
    kawa = made.model("kawa-4b")
    assert kawa.params_active == kawa.params_total == 4_205_751_296
    assert made.row("mosaic-30b-a3b").params_active == 3_300_000_000


def test_the_index_holds_bounds_of_what_can_be_ranked(made):
    for row in made.index():
        assert (row.floor_bytes is None) == (not row.recommendable)
        if row.floor_bytes is not None:
            assert 0 < row.floor_any_bytes <= row.least_bytes <= row.floor_bytes
            assert row.least_bytes <= row.wanted_bytes
            assert 0 < row.least_read_bytes <= row.least_bytes + 1
            assert 0 < row.wanted_read_bytes <= row.wanted_bytes + 1
            assert row.least_bits <= row.wanted_bits
            assert row.read_bytes_per_bit * row.least_bits <= row.least_read_bytes * (1 + 1e-6)
    assert [row.id for row in made.index()] == sorted(row.id for row in made.index())


def test_listed_only_models_have_no_footprint(made):
    with pytest.raises(KeyError):
        made.footprint("akatsuki-400b")
    assert not made.model("kumo-next").recommendable


def test_provenance_names_the_sources_that_an_entry_uses(made):
    proof = made.provenance("mosaic-671b-a37b")
    assert set(proof["sources"]) == {"card", "report"}
    assert proof["sources"]["report"]["seen"] == "2026-11-22"
    assert proof["facts"]["params"] == ["report"]
    assert proof["params_note"] == "the active count is rounded"
    assert proof["architecture"]["ffn_pattern"] == "dense*3 moe*"
    assert proof["file"] == "models/example/mosaic.yaml"
    inherited = made.provenance("akatsuki-8b-base")["architecture"]
    assert inherited["layers"] == 32


def test_an_overlay_adds_by_id(tmp_path, made):
    joined = Catalog.from_bytes(compile_over(made, [overlay(tmp_path)]))
    assert set(joined.model_ids()) == {*made.model_ids(), "mine-8b"}
    assert joined.version == "2026.11.23"
    assert joined.model("mine-8b").architecture == made.model("akatsuki-8b-2604").architecture
    assert dict(joined.footprint("mine-8b").sizes) == dict(made.footprint("akatsuki-8b-2604").sizes)
    assert joined.model("akatsuki-70b") == made.model("akatsuki-70b")
    assert joined.gpus() == made.gpus()
    assert joined.section("names")["me/mine8b"] == "mine-8b"


def test_an_overlay_of_nothing_changes_nothing(tmp_path, packed, made):
    (tmp_path / "empty").mkdir()
    assert compile_over(made, [str(tmp_path / "empty")]) == packed


def test_an_overlay_replaces_by_id_and_the_last_one_wins(tmp_path, made):
    first = overlay(tmp_path / "1", MINE.replace("mine-8b", "akatsuki-8b-2510"))
    second = overlay(tmp_path / "2", MINE.replace("mine-8b", "akatsuki-8b-2510").replace("Mine-8B", "Mine-9"))
    joined = Catalog.from_bytes(compile_over(made, [first, second]))
    assert joined.model_ids() == made.model_ids()
    assert joined.model("akatsuki-8b-2510").name == "Mine-9"


def test_an_overlay_may_bring_evidence(tmp_path, made):
    table = (
        "id: mine\ntitle: Mine\nsource: {note: own run}\nevaluated_by: Me\nindependent: true\nas_of: 2026-11-01\n"
        "series: mine\nlicense: CC0-1.0\nbenchmarks: [example-code]\nrows:\n  mine-8b: [77]\n"
    )
    folder = overlay(tmp_path)
    overlay(tmp_path, table, "evidence/mine.yaml")
    joined = Catalog.from_bytes(compile_over(made, [folder]))
    assert [row["value"] for row in joined.evidence("mine-8b")] == [77.0]
    assert joined.quality("coding")["mine-8b"].grade == "A"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("me/Mine-8B", "example-lab/Akatsuki-8B", "duplicate-name"),
        ("akatsuki-8b-2604}", "akatsuki-9b}", "bad-shape"),
        ("apache-2.0", "apache-3.0", "unknown-licence"),
        ("family: Mine", "\tfamily: Mine", "tab"),
    ],
)
def test_a_wrong_overlay_is_refused_with_every_problem(tmp_path, made, old, new, code):
    with pytest.raises(CatalogError) as caught:
        compile_over(made, [overlay(tmp_path, MINE.replace(old, new))])
    assert caught.value.code == "catalog-invalid"
    assert caught.value.exit_code == 3
    assert any(f"[{code}]" in line and "mine.yaml:" in line for line in caught.value.problems)


def test_an_overlay_that_is_not_there(tmp_path, made):
    with pytest.raises(CatalogError) as caught:
        compile_over(made, [str(tmp_path / "nowhere")])
    assert caught.value.code == "catalog-missing"


def test_a_single_file_can_be_an_overlay(tmp_path, made):
    path = Path(overlay(tmp_path)) / "models" / "me" / "mine.yaml"
    assert "mine-8b" in Catalog.from_bytes(compile_over(made, [str(path)])).model_ids()
