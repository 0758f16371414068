"""`serve` over the shipped catalog: its document, its targets, its sizing and its refusals."""

from __future__ import annotations

import itertools
import json

import jsonschema
import pytest
import yaml

from osllm.api.schemas.advice import SCHEMAS
from osllm.api.schemas.dsl import closed
from osllm.api.serving import TARGETS, serve
from osllm.errors import RequestError
from osllm.exitcodes import ExitCode

SCHEMA = jsonschema.Draft202012Validator(closed(SCHEMAS["serve"]))
MACHINES = ("rtx4090", "2xrtx3090", "a100-80gb", "m3-max-64gb", "t4", "rx7900xtx", "cpu")
MODELS = ("qwen3-8b", "gemma-3-27b", "gpt-oss-20b", "qwen3-30b-a3b", "mistral-small-3.2-24b")


def test_every_flag_of_every_command_exists(catalog):
    engines = catalog.engines()
    asked = 0
    refused = set()
    for model, machine, engine in itertools.product(MODELS, MACHINES, engines):
        try:
            document = serve(catalog, model, {"engine": engine, "gpu": machine, "ram": "64gb"}).to_dict()
        except RequestError as error:
            refused.add(error.code)
            continue
        asked += 1
        flags = {word for word in document["command"] if word.startswith("--")}
        assert flags <= set(engines[document["engine"]]["flags"])
        SCHEMA.validate(document)
    assert asked > 100
    assert refused <= {"cannot-serve", "engine-not-on-machine", "format-not-on-engine", "format-not-on-accelerator"}


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_validates_and_its_files_parse(catalog, target):
    result = serve(catalog, "qwen3-8b", {"gpu": "rtx4090", "target": target, "use_case": "ja-chat"})
    document = result.to_dict()
    SCHEMA.validate(document)
    assert result.exit_code == ExitCode.OK
    assert document["target"] == target
    assert bool(document["files"]) is (target != "command")
    for name, text in document["files"].items():
        if name.endswith((".yaml", ".yml")):
            assert list(yaml.safe_load_all(text))
        if name.endswith(".py"):
            compile(text, name, "exec")
    assert json.loads(json.dumps(document)) == document


def test_a_modelfile_is_for_ollama(catalog):
    document = serve(catalog, "qwen3-8b", {"gpu": "rtx4090", "target": "modelfile"}).to_dict()
    assert document["engine"] == "ollama"
    assert document["files"]["Modelfile"].startswith("FROM ")
    with pytest.raises(RequestError) as caught:
        serve(catalog, "qwen3-8b", {"gpu": "rtx4090", "target": "modelfile", "engine": "vllm"})
    assert caught.value.code == "not-ollama"


def test_what_does_not_fit_is_answered_with_no(catalog):
    result = serve(catalog, "llama-3.3-70b", {"gpu": "rtx3060-12gb", "engine": "vllm", "quant": "BF16"})
    assert result.exit_code == ExitCode.NO
    assert result.to_dict()["fits"] is False
    assert "does-not-fit" in [note["code"] for note in result.to_dict()["notes"]]


def test_more_users_than_one_machine_serves_take_several(catalog):
    document = serve(
        catalog, "qwen3-8b", {"gpu": "rtx4090", "users": 200, "engine": "vllm", "use_case": "chat"}
    ).to_dict()
    machine = document["capacity"]["machine"]
    assert machine["replicas"] > 1
    assert machine["replicas"] * machine["users_per_replica"] >= 200
    assert document["users"] == machine["users_per_replica"]
    assert str(document["users"]) == document["command"][document["command"].index("--max-num-seqs") + 1]
    assert "replicas" in [note["code"] for note in document["notes"]]


def test_offers_are_sorted_by_price_and_priced_from_the_catalog(catalog):
    document = serve(catalog, "qwen3-8b", {"gpu": "rtx4090", "users": 20, "engine": "vllm", "api_price": 1}).to_dict()
    offers = document["capacity"]["offers"]
    prices = {(c["provider"], c["instance"]): c.get("price_per_hour_usd") for c in catalog.section("clouds")}
    assert offers
    assert [o["usd_per_hour"] for o in offers] == sorted(o["usd_per_hour"] for o in offers)
    for offer in offers:
        assert offer["price_per_hour_usd"] == prices[offer["provider"], offer["instance"]]
        assert offer["replicas"] * offer["users_per_replica"] >= 20


def test_a_dear_api_speaks_for_the_machine_and_a_cheap_one_for_the_api(catalog):
    def advice(price):
        document = serve(
            catalog, "qwen3-8b", {"gpu": "rtx4090", "users": 20, "engine": "vllm", "api_price": price}
        ).to_dict()
        codes = [note["code"] for note in document["notes"]]
        assert f"advice-{document['capacity']['api']['advice']}" in codes
        return document["capacity"]["api"]["advice"]

    assert advice(100) == "own"
    assert advice(0.01) == "api"


def test_an_engine_of_another_platform_is_refused_in_the_language_asked_for(catalog):
    with pytest.raises(RequestError) as caught:
        serve(catalog, "qwen3-8b", {"gpu": "rtx4090", "engine": "mlx", "lang": "ja"})
    assert caught.value.code == "engine-not-on-machine"
    assert "動きません" in caught.value.message


@pytest.mark.parametrize("options", [{"target": "helm"}, {"api_price": "-1"}, {"nonsense": 1}])
def test_bad_options_are_refused(catalog, options):
    with pytest.raises(RequestError) as caught:
        serve(catalog, "qwen3-8b", {"gpu": "rtx4090", **options})
    assert caught.value.code in ("bad-value", "bad-number", "unknown-option")


def test_the_first_request_is_in_the_language_of_the_use_case(catalog):
    japanese = serve(catalog, "qwen3-8b", {"gpu": "rtx4090", "use_case": "ja-chat"}).to_dict()["first_request"]
    english = serve(catalog, "qwen3-8b", {"gpu": "rtx4090", "use_case": "coding"}).to_dict()["first_request"]
    assert "日本" in japanese["curl"]
    assert "Python function" in english["body"]["messages"][-1]["content"]


def test_recommended_rows_do_not_load_a_vision_tower_for_text(catalog):
    document = serve(catalog, "gemma-3-27b", {"gpu": "rtx4090", "engine": "llama.cpp", "use_case": "ja-chat"}).to_dict()
    assert "--no-mmproj" in document["command"]
    document = serve(
        catalog, "gemma-3-27b", {"gpu": "rtx4090", "engine": "llama.cpp", "use_case": "multimodal"}
    ).to_dict()
    assert "--no-mmproj" not in document["command"]


def test_a_checkpoint_in_16_bits_is_no_gguf(catalog):
    document = serve(
        catalog, "qwen3-0.6b", {"gpu": "cpu", "ram": "16gb", "engine": "llama.cpp", "quant": "BF16"}
    ).to_dict()
    assert document["weights"]["artifact"] is None
    assert [c[0] for c in document["weights"]["make"]] == ["hf", "python"]
    assert "--model" in document["command"]


@pytest.mark.parametrize(
    ("options", "engine", "code"),
    [
        ({"gpu": "rtx4090", "use_case": "chat"}, "llama.cpp", "engine-for-one"),
        ({"gpu": "a100-80gb", "use_case": "chat", "users": 20}, "vllm", "engine-for-many"),
        ({"gpu": "rtx4090", "engine": "sglang"}, "sglang", None),
    ],
)
def test_the_choice_of_the_engine_has_a_reason(catalog, options, engine, code):
    document = serve(catalog, "qwen3-8b", options).to_dict()
    assert document["engine"] == engine
    said = [note["code"] for note in document["notes"] if note["code"].startswith("engine-for")]
    assert said == ([] if code is None else [code])


@pytest.mark.parametrize("target", ["compose", "kubernetes"])
def test_a_deployment_is_reached_through_its_gateway(catalog, target):
    """The engine listens on 127.0.0.1 inside; from outside only the gateway answers, and it asks for the key."""
    answer = serve(catalog, "qwen3-8b", {"gpu": "rtx4090", "engine": "vllm", "target": target}).to_dict()
    first = answer["first_request"]
    assert first["url"].startswith("http://127.0.0.1:8088/")
    assert "$API_KEY" in first["curl"]
    if target == "kubernetes":
        service = next(n["params"]["service"] for n in answer["notes"] if n["code"] == "kubernetes-reach")
        assert f"name: {service}\n" in answer["files"]["manifest.yaml"].replace('"', "")
