"""The JSON Schemas that editors use accept the catalog and refuse what the strict models refuse."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pydantic
import pytest

from osllm.authoring import files
from osllm.authoring.jsonschema import file_schemas
from osllm.authoring.schema import SCHEMAS
from osllm.authoring.schema import architecture as blocks
from osllm.authoring.schema.base import PartialDate
from osllm.domain import architecture as domain

ROOT = Path(__file__).parents[2]
KINDS = sorted(SCHEMAS)


@pytest.fixture(scope="module")
def read() -> files.Files:
    return files.read(ROOT / "tests" / "data" / "catalog")


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_one_and_accepts_the_files(kind, read):
    schema = file_schemas()[f"catalog-{kind}"]
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    for document in read.of(kind):
        validator.validate(document.data)
        assert not validator.is_valid({**document.data, "no_such_key": 1})


def test_the_published_schemas_are_current():
    folder = ROOT / "docs" / "schemas"
    published = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    assert published == file_schemas(), "run scripts/write_schemas.py"


@pytest.mark.parametrize(
    ("text", "real"),
    [
        ("2024", True),
        ("2024-02", True),
        ("2024-02-29", True),
        ("2023-02-29", False),
        ("2024-13", False),
        ("24-01", False),
    ],
)
def test_dates(text, real):
    validator = pydantic.TypeAdapter(PartialDate)
    if real:
        assert validator.validate_python(text) == text
    else:
        with pytest.raises(pydantic.ValidationError):
            validator.validate_python(text)


def test_every_kind_has_a_schema_and_a_place():
    assert set(SCHEMAS) == set(files.PATTERNS)
    assert files.kind_of(Path("models/example/akatsuki.yaml")) == "model"
    assert files.kind_of(Path("models/akatsuki.yaml")) is None
    assert files.kind_of(Path("gpus/nvidia.yaml")) == "gpu"


@pytest.mark.parametrize(
    ("block", "value", "marks"),
    [
        (blocks.AttentionBlock, domain.Attention, set()),
        (blocks.LatentBlock, domain.LatentAttention, {"mla"}),
        (blocks.RecurrentBlock, domain.Recurrent, {"recurrent"}),
        (blocks.DenseBlock, domain.Dense, set()),
        (blocks.ExpertsBlock, domain.Experts, set()),
    ],
)
def test_blocks_have_the_fields_of_the_domain(block, value, marks):
    assert set(block.model_fields) - marks == set(value._fields) - {"type"}


def test_every_field_of_a_model_file_is_described():
    properties = file_schemas()["catalog-model"]["$defs"]["ModelEntry"]["properties"]
    assert all(one.get("description") for one in properties.values())
