"""`osllm schema NAME`: every name gives a JSON Schema of draft 2020-12, which says what each document is."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator
from schema_checks import answered

from osllm.api.schemas import answers
from osllm.api.schemas import schema as published
from osllm.api.schemas.dsl import closed
from questions import Desk

NAMES = published(None, {}).to_dict()


@pytest.mark.parametrize("name", [*NAMES["answers"], *NAMES["files"]])
def test_every_schema_is_one(name: str) -> None:
    schema = published(name, {}).to_dict()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert name in schema["$id"]
    assert schema["title"]
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", NAMES["answers"])
def test_a_schema_is_found_by_the_name_that_documents_carry(name: str) -> None:
    schema = published(f"osllm/{name}@1", {}).to_dict()
    assert schema == published(name, {}).to_dict()
    assert schema["properties"]["schema"] == {"const": f"osllm/{name}@1"}
    assert schema["description"].endswith(".")


def test_the_command_prints_them(desk: Desk) -> None:
    told = desk.ask("schema", "recommendation", "--json")
    assert json.loads(told.out) == answers()["recommendation"]
    assert json.loads(desk.ask("schema", "recommendation").out) == answers()["recommendation"]
    assert answered(desk.ask("schema", "--json").out) == NAMES


def test_an_unknown_schema_is_named_with_the_nearest_ones(desk: Desk) -> None:
    told = desk.ask("schema", "recommendatoin", "--json")
    assert told.code == 2
    error = answered(told.out)["error"]
    assert error["code"] == "unknown-schema"
    assert error["candidates"][0] == "recommendation"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({}, "schema"),
        ({"schema": "osllm/version@2", "osllm": "1", "catalog": None}, "osllm/version@2"),
        ({"schema": "osllm/version@1", "osllm": 1, "catalog": None}, "1 is not of type"),
        ({"schema": "osllm/version@1", "osllm": "1", "catalog": {"version": "x"}}, "catalog"),
        ({"schema": "osllm/version@1", "osllm": "1", "catalog": None, "more": 1}, "more"),
    ],
)
def test_a_closed_schema_refuses_what_is_wrong(wrong: dict[str, object], why: str) -> None:
    errors = list(Draft202012Validator(closed(answers()["version"])).iter_errors(wrong))
    assert any(why in str(error) for error in errors)
