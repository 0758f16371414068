"""The checks of catalog files: a clean catalog has no problem, every break of it has exactly the ones expected."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from osllm.authoring import files, lint
from osllm.authoring.yamlio import Problem

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "catalog"
Edit = Callable[[str, str, str], list[Problem]]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Change one text in one file of a copy of the small catalog and return the problems."""
    root = tmp_path / "catalog"
    shutil.copytree(SMALL, root)

    def change(name: str, old: str, new: str) -> list[Problem]:
        path = root / name
        before = path.read_text("utf-8")
        assert old in before
        path.write_text(before.replace(old, new, 1), "utf-8")
        return lint.check(files.read(root))

    return change


def found(problems: list[Problem]) -> list[tuple[str, str]]:
    return [(p.code, p.field) for p in problems]


def test_the_shipped_catalog_has_no_problems():
    assert [str(p) for p in lint.check(files.read(ROOT / "catalog"))] == []


def test_the_small_catalog_has_no_problems():
    assert lint.check(files.read(SMALL)) == []


AKATSUKI = "models/example/akatsuki.yaml"
MOSAIC = "models/example/mosaic.yaml"
KUMO = "models/other/kumo.yaml"
BOARD = "evidence/example-board.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (AKATSUKI, "    gated: true", "    gated: true\n    colour: red", ("unknown-key", "models[3].colour")),
        (AKATSUKI, "layers: 80", 'layers: "80"', ("wrong-type", "models[3].architecture.layers")),
        (AKATSUKI, "layers: 80", "layers: 80.5", ("wrong-type", "models[3].architecture.layers")),
        (AKATSUKI, "layers: 80", "layers: 0", ("bad-value", "models[3].architecture.layers")),
        (AKATSUKI, "released: 2025-10-01", "released: 2025", ("wrong-type", "models[1].released")),
        (AKATSUKI, "released: 2025-10-01", "released: 2025-02-30", ("no-such-date", "models[1].released")),
        (AKATSUKI, "released: 2025-10-01", "released: 2027-01-01", ("future-date", "models[1].released")),
        (AKATSUKI, "developer: Example Lab\n", "", ("missing-key", "developer")),
        (AKATSUKI, "origin: JP", "origin: UK", ("no-such-country", "models[0].origin")),
        (AKATSUKI, "    base_origin: US", "    base_origin: us", ("bad-value", "models[3].base_origin")),
        (AKATSUKI, "keys: [llama-3.1]", "keys: [llama-9]", ("unknown-licence", "models[3].license.keys[0]")),
        (AKATSUKI, "tokenizer: example-ja", "tokenizer: example-jp", ("no-such-tokenizer", "models[0].tokenizer")),
        (AKATSUKI, "base: akatsuki-8b-base", "base: akatsuki-8b-bass", ("no-such-model", "models[0].base")),
        (AKATSUKI, "superseded_by: akatsuki-8b-2604", "superseded_by: akatsuki-9b", ("no-such-model", "models[1].superseded_by")),
        (AKATSUKI, "    status: superseded\n", "", ("not-superseded", "models[1].status")),
        (AKATSUKI, "released: 2025-10-01", "released: 2026-11-01", ("older-successor", "models[1].superseded_by")),
        (AKATSUKI, "format: AWQ", "format: AWK", ("no-such-format", "models[0].artifacts[1].format")),
        (AKATSUKI, "aliases: [akatsuki-8b]", "aliases: [Akatsuki-70B]", ("duplicate-name", "models[0].aliases[0]")),
        (AKATSUKI, "id: akatsuki-400b", "id: akatsuki-70b", ("duplicate-id", "models[4].id")),
        (AKATSUKI, "total: 70553706496", "total: 70000000000", ("count", "models[3].params.total")),
        (AKATSUKI, "published: 70553706496", "published: 72000000000", ("count-published", "models[3].params.published")),
        (AKATSUKI, 'gaps: ["released: not seen", ', "gaps: [", ("silent-gap", "models[4]")),
        (AKATSUKI, "source: card}\n    architecture: {source: cfg, hidden", "source: note}\n    architecture: {source: cfg, hidden", ("no-such-source", "models[4].params.source")),
        (AKATSUKI, ", same_as: akatsuki-8b-2604}", ", same_as: akatsuki-8b}", ("bad-shape", "models[1].architecture")),
        (AKATSUKI, ", same_as: akatsuki-8b-2604}", ", same_as: akatsuki-8b-2510}", ("bad-shape", "models[1].architecture")),
        (AKATSUKI, "      attention: {heads: 64,", "      attention: {heads: 64, colour: red,", ("unknown-key", "models[3].architecture.attention.colour")),
        (MOSAIC, "ffn_pattern: dense*3 moe*", "ffn_pattern: dense*3 sparse*", ("bad-shape", "models[1].architecture")),
        (MOSAIC, "active: 3300000000", "active: 33000000000", ("more-active-than-total", "models[0].params.active")),
        (MOSAIC, "    released: 2026-06-15\n    license", "    license", ("silent-gap", "models[1]")),
        (MOSAIC, "note: table 3", "seen: 2026-11-20", None),
        (MOSAIC, "sources:\n", "sources:\n  extra: {note: x}\n", ("unused-source", "sources.extra")),
        (MOSAIC, "sources:\n", "sources:\n  extra: {path: x}\n", ("empty-source", "sources.extra")),
        (KUMO, "    domains: [code]\n    license", "    license", None),
        (KUMO, "context: {native: 4096, source: card}", "context: {native: 4096}", ("no-source", "models[0].context")),
        (KUMO, "    released: 2024-11\n    domains: [code]", "    domains: [code]\n    released: 2024-11", ("key-order", "models[1].released")),
        (BOARD, "  kawa-4b: [6.6", "  kawa-5b: [6.6", ("no-such-model", "rows.kawa-5b")),
        (BOARD, "[6.6, 0.45, 48.7]", "[6.6, 0.45]", ("row-length", "rows.kawa-4b")),
        (BOARD, "[6.6, 0.45, 48.7]", "[16.6, 0.45, 48.7]", ("off-scale", "rows.kawa-4b[0]")),
        (BOARD, "example-facts-ja, example-code]", "example-facts, example-code]", ("no-such-benchmark", "benchmarks[1]")),
        (BOARD, "id: example-board", "id: example-table", ("file-name", "id")),
        ("benchmarks.yaml", "skill: coding", "skill: cooking", ("no-such-skill", "benchmarks.example-code.skill")),
        ("benchmarks.yaml", "superseded_by: example-chat-ja", "superseded_by: example-chat", ("no-such-benchmark", "benchmarks.example-chat-ja-1.superseded_by")),
        ("benchmarks.yaml", "{min: 0, max: 1}", "{min: 1, max: 0}", ("bad-scale", "benchmarks.example-base.scale")),
        ("clouds.yaml", "gpu: h100-sxm", "gpu: h100", ("no-such-gpu", "instances[1].gpu")),
        ("gpus/nvidia.yaml", "default_for: [a100-40gb]", "default_for: [a100]", ("duplicate-name", "accelerators[6].default_for[0]")),
        ("gpus/apple.yaml", "memory_gb: 128", "memory_gb: 192", ("not-an-option", "accelerators[0].memory_gb")),
        ("quantizations.yaml", "engines: [vllm, ", "engines: [vlm, ", ("no-such-engine", "quantizations[0].engines[0]")),
        ("use-cases/ja-chat.yaml", "quality: 0.85", "quality: 0.95", ("sum", "weights")),
        ("use-cases/ja-chat.yaml", "kinds: [instruct]", "kinds: [chat]", ("no-such-kind", "kinds[0]")),
        ("use-cases/ja-chat.yaml", "offload: if", "engines: [vlm]\noffload: if", ("no-such-engine", "engines[0]")),
        ("use-cases/ja-chat.yaml", "key: ja-chat", "key: chat-ja", ("file-name", "key")),
        ("licenses/mit.yaml", "kind: permissive", "kind: free", ("bad-value", "kind")),
        ("tokenizers.yaml", "    source: card", "    source: cart", ("no-such-source", "tokenizers[0].source")),
    ],
)  # fmt: skip
def test_one_break_one_problem(edit, name, old, new, expected):
    problems = edit(name, old, new)
    if expected is None:
        assert found(problems) == []
        return
    assert expected in found(problems)
    first = next(p for p in problems if (p.code, p.field) == expected)
    assert first.file == name
    assert first.line >= 1
    assert first.text("en") != first.code
    assert first.text("ja")


def test_all_problems_of_all_files_in_one_pass(edit):
    edit(AKATSUKI, "layers: 80", "layers: many")
    edit(MOSAIC, "origin: JP", "origin: JP\norigin: US")
    edit(KUMO, "keys: [cc-by-nc-4.0]", "keys: [cc-by-nc-5.0]")
    problems = edit("use-cases/coding.yaml", "users: 1", "users: none")
    assert {(p.file, p.code) for p in problems} >= {
        (AKATSUKI, "wrong-type"),
        (MOSAIC, "duplicate-key"),
        (KUMO, "unknown-licence"),
        ("use-cases/coding.yaml", "wrong-type"),
    }
    assert problems == sorted(problems, key=lambda p: (p.file, p.line))


def test_a_circle_of_successors_is_one_problem_each(edit):
    edit(AKATSUKI, "    ollama: [akatsuki:8b]\n    released: 2026-04-10\n    base: akatsuki-8b-base\n",
         "    ollama: [akatsuki:8b]\n    released: 2026-04-10\n    base: akatsuki-8b-base\n    status: superseded\n    superseded_by: akatsuki-8b-2510\n")  # fmt: skip
    problems = edit(AKATSUKI, "released: 2025-10-01", "released: 2026-04-10")
    assert [p.code for p in problems] == ["circle", "circle"]


def test_a_note_explains_a_count(edit):
    assert edit(AKATSUKI, "total: 70553706496, published: 70553706496", "total: 70000000000, note: rounded") == []


def test_disputed_values(edit):
    claims = (
        "    evidence:\n      params.total:\n"
        "        - {value: 30532122624, source: card, rank: preferred}\n"
        "        - {value: 30000000000, source: report, rank: deprecated, note: rounded}\n"
    )
    place = "  # Latent attention"
    assert found(edit(MOSAIC, place, claims + place)) == []
    assert ("not-preferred", "models[0].evidence.params.total") in found(
        edit(MOSAIC, "- {value: 30532122624", "- {value: 1")
    )
    assert ("not-one-preferred", "models[0].evidence.params.total") in found(
        edit(MOSAIC, "rank: deprecated", "rank: preferred")
    )


def test_files_in_the_wrong_place(tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "loose.yaml").write_text("family: X\n")
    (tmp_path / "prices.yml").write_text("a: 1\n")
    (tmp_path / ".hidden.yaml").write_text("a: [\n")
    assert [(p.file, p.code) for p in lint.check(files.read(tmp_path))] == [
        ("models/loose.yaml", "unknown-file"),
        ("prices.yml", "unknown-file"),
    ]


def test_the_template_is_a_valid_file_in_the_order_of_the_schema():
    from osllm.authoring.schema.model import ModelEntry, ModelFile
    from osllm.authoring.yamlio import load

    document = load(ROOT / "catalog" / files.TEMPLATE)
    ModelFile.model_validate(document.data)
    order = list(ModelEntry.model_fields)
    shown = set()
    for entry in document.data["models"]:
        keys = [order.index(key) for key in entry]
        assert keys == sorted(keys)
        shown |= set(entry)
    assert set(order) - shown <= {"family", "developer", "origin"}  # which the file says once
