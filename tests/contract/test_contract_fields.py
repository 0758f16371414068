"""The fields that scripts rely on, written down apart from the schemas: taking one away is a new major version."""

from __future__ import annotations

import json

import pytest
from schema_checks import reach

from osllm.api.schemas import answers
from questions import CHAT, QUESTIONS, RIG, Desk


def fields(text: str) -> list[str]:
    """`a{b c} d[e{f}]` -> a.b, a.c, d[].e.f."""
    found: list[str] = []
    stack: list[str] = []
    word = ""
    for char in text:
        if char in "{[":
            stack.append(word + ("[]" if char == "[" else ""))
            word = ""
        elif char in "}] \n":
            if word:
                found.append(".".join((*stack, word)))
            word = ""
            if char in "}]":
                stack.pop()
        else:
            word += char
    return found


MODEL = (
    "id hub_id name developer origin base_origin released params_total params_active params_published context_native"
    " context_max modalities"
)
PARTS = "weights_bytes kv_cache_bytes state_bytes compute_bytes overhead_bytes total_bytes"
MEMORY = f"{PARTS} per_device[device {PARTS} capacity_bytes ] capacity_bytes headroom_bytes low_bytes high_bytes "
SPEED = "speed{decode_tps low high prefill_tps ttft_s total_tps ja_chars_per_s basis }"
MACHINE = "machine{gpus[key name count memory_bytes usable_bytes bandwidth_gbps ] ram_bytes source }"
CATALOG = "catalog{version sha256 models }"
ROW = f"""
    rank model{{{MODEL} }} score{{total quality{{value weight }} speed{{value weight }} }} also
    quality{{value low high grade evidence[benchmark version judge value evaluated_by as_of source ] }}
    quantization{{format bits_per_weight file_bytes artifact{{hub_id file }} loss{{metric value source }} }}
    engine placement{{gpus tensor_parallel pipeline_parallel gpu_layers cpu_layers experts_on_cpu }}
    memory{{{MEMORY} }}
    context{{tokens max_tokens_that_fit ja_chars }} {SPEED}
    license{{keys verdict obligations assumptions }} serve{{engine command }}
    reasons[rule effect text ] warnings """
ASKED = {
    "recommend": f"""schema {CATALOG} request{{use_case context_tokens users }} {MACHINE} recommendations[{ROW}]
        rejected{{count by_rule nearest[model rule text needs ] }} notices """,
    "explain": f"schema {CATALOG} request {MACHINE} model{{{MODEL} }} rank vetoes[rule text ] changes[option value text ] ",
    "compare": f"schema {CATALOG} request {MACHINE} models[model{{{MODEL} }} quality license{{keys verdict }} row ] ",
    "estimate": f"""schema model{{id }} quantization{{format bits_per_weight tensor_bytes file_bytes }} engine fits
        memory{{{MEMORY} items[name bytes formula ] }} context{{tokens max_tokens_that_fit }} {SPEED} assumptions """,
    "quants": """schema quantizations[format engines bits_per_weight tensor_bytes file_bytes
        artifact{hub_id file file_bytes } loss fits ] """,
    "license-check": """schema verdict results[model verdict
        licenses[key name text_url evidence verdict findings[rule right clause text severity ] ]
        obligations[id license when clause text ] assumptions facts ] """,
    "serve": "schema engine command environment files notes ",
    "list": f"schema models[{MODEL} aliases licenses recommendable quality{{value low high grade }} ] ",
    "show": f"schema model{{{MODEL} aliases licenses recommendable }} sources gaps ",
    "gpu-list": "schema gpus[key name memory_bytes usable_bytes bandwidth_gbps ] ",
    "gpu-show": "schema gpu{key name memory_bytes usable_bytes bandwidth_gbps } ",
    "use-cases-list": "schema use_cases[key title description skills weights context_tokens users min_tps ] ",
    "catalog-stats": f"schema {CATALOG} stats{{models }} ",
}


@pytest.mark.parametrize("name", sorted(ASKED))
def test_every_field_is_there(name: str, desk: Desk) -> None:
    document = json.loads(desk.ask(*QUESTIONS[name], "--json").out)
    empty = {path for path in fields(ASKED[name]) if not list(reach(document, path))}
    assert not empty


def test_the_shape_notation() -> None:
    assert fields("a{b c } d[e{f } ] g ") == ["a.b", "a.c", "d[].e.f", "g"]


def test_a_missing_field_is_noticed() -> None:
    with pytest.raises(AssertionError, match="total is not in"):
        list(reach({"rows": [{"sum": 1}]}, "rows[].total"))


@pytest.mark.parametrize(
    "words", [("recommend", *CHAT, *RIG), ("recommend", *CHAT, "--gpu", "2xrtx4090", "--ram", "64gb", "--users", "4")]
)
def test_numbers_are_what_they_say(words: tuple[str, ...], desk: Desk) -> None:
    document = json.loads(desk.ask(*words, "--json").out)
    rows = document["recommendations"]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row["model"]["id"] for row in rows}) == len(rows)
    for row in rows:
        memory = row["memory"]
        parts = [memory[name] for name in PARTS.split()]
        assert all(isinstance(part, int) for part in parts)
        assert sum(parts[:-1]) == memory["total_bytes"]
        assert sum(device["total_bytes"] for device in memory["per_device"]) == memory["total_bytes"]
        assert memory["capacity_bytes"] - memory["total_bytes"] == memory["headroom_bytes"] >= 0
        assert memory["low_bytes"] <= memory["total_bytes"] <= memory["high_bytes"]
        assert row["speed"]["low"] <= row["speed"]["decode_tps"] <= row["speed"]["high"]
        if row["quality"] is not None:
            assert 0 <= row["quality"]["low"] <= row["quality"]["value"] <= row["quality"]["high"] <= 1
        assert row["context"]["tokens"] <= row["context"]["max_tokens_that_fit"]


def test_the_first_request_of_a_compose_project_goes_to_its_gateway(desk: Desk) -> None:
    document = json.loads(desk.ask(*QUESTIONS["serve"], "--json").out)
    request = document["first_request"]
    (port,) = [line for line in document["files"]["compose.yaml"].splitlines() if line.strip().endswith(':8088"')][:1]
    assert "127.0.0.1:8088" in port
    assert request["url"].startswith("http://127.0.0.1:8088/")
    assert request["health_url"] == "http://127.0.0.1:8088/health"
    assert '"Authorization: Bearer $API_KEY"' in request["curl"]


def test_schemas_only_grow() -> None:
    """Objects are open: a field that a later version adds does not make today's validators refuse it."""

    def walk(schema: object) -> None:
        if isinstance(schema, dict):
            assert schema.get("additionalProperties") is not False
            for part in schema.values():
                walk(part)
        elif isinstance(schema, list):
            for part in schema:
                walk(part)

    walk(answers())


@pytest.mark.parametrize("name", sorted(ASKED))
def test_estimates_are_rounded(name: str, desk: Desk) -> None:
    """No float says more than it knows: seventeen digits are noise that differs between machines."""

    def floats(value: object) -> list[float]:
        if isinstance(value, dict):
            return [one for part in value.values() for one in floats(part)]
        if isinstance(value, list):
            return [one for part in value for one in floats(part)]
        return [value] if isinstance(value, float) else []

    document = json.loads(desk.ask(*QUESTIONS[name], "--json").out)
    assert [one for one in floats(document) if len(repr(one).strip("-").replace(".", "").lstrip("0")) > 8] == []
