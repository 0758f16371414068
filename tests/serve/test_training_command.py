"""The command that trains adapters: what was counted is what it asks for, and every flag is one of the trainer's."""

from __future__ import annotations

import pytest
from serve_support import ALL_ENGINES, architecture, engine, gpu, job, model

from osllm.domain.plan import EngineOptions, Placement
from osllm.estimate.engines import ENGINES
from osllm.i18n import lookup
from osllm.serve import build

MODELS = {
    "dense": model(),
    "moe": model(id="gpt-oss-120b", architecture=architecture("gpt_oss", 128)),
    "own-code": model(id="kimi-k2-0905", architecture=architecture("kimi_k2", 384), gated=True),
}


def flags(command):
    return {word for word in command if word.startswith("--")}


def value(command, flag):
    return command[command.index(flag) + 1]


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("fmt", ["BF16", "NF4"])
@pytest.mark.parametrize("batch", [1, 4, 64])
def test_flags_and_notes(kind, fmt, batch):
    trainer = engine("transformers")["trainer"]
    one = job("transformers", fmt, model=MODELS[kind], users=batch, options=EngineOptions(adapter_rank=16, slots=batch))
    plan = build(one)
    assert plan.command[:2] == tuple(trainer["launcher"])
    assert flags(plan.command) <= set(trainer["flags"])
    assert value(plan.command, "--lora_r") == "16"
    assert value(plan.command, "--max_length") == "8192"
    assert value(plan.command, "--per_device_train_batch_size") == str(batch)
    assert ("--load_in_4bit" in plan.command) == (fmt == "NF4")
    for note in plan.notes:
        for lang in ("en", "ja"):
            sentence = next(t for area in ("notes", "serve") if (t := lookup(f"{area}.{note.code}", lang)))
            assert sentence.format(**note.params)


def test_a_batch_of_sixteen_samples_makes_an_update():
    plan = build(job("transformers", "BF16", users=4, options=EngineOptions(adapter_rank=8, slots=4)))
    assert value(plan.command, "--gradient_accumulation_steps") == "4"
    assert value(plan.command, "--lora_alpha") == "16"
    assert value(plan.command, "--lora_target_modules") == "all-linear"


@pytest.mark.parametrize(("params", "rate"), [(7e9, "2e-4"), (13e9, "2e-4"), (33e9, "1e-4"), (65e9, "1e-4")])
def test_rates_are_those_of_qloras_own_runs(params, rate):
    one = job("transformers", "NF4", model=model(params_total=int(params)), options=EngineOptions(adapter_rank=16))
    assert value(build(one).command, "--learning_rate") == rate


def test_experts_are_left_alone():
    plan = build(job("transformers", "BF16", model=MODELS["moe"], options=EngineOptions(adapter_rank=16)))
    assert "self_attn" in value(plan.command, "--lora_target_modules")
    assert "train-beside-experts" in [note.code for note in plan.notes]


def test_cards_without_bfloat16_train_in_float16():
    turing = gpu(key="t4", compute_capability="7.5")
    plan = build(job("transformers", "NF4", card=turing, options=EngineOptions(adapter_rank=16)))
    assert value(plan.command, "--dtype") == "float16"
    assert "--fp16" in plan.command
    assert "half-precision" in [note.code for note in plan.notes]


def test_nothing_trains_without_a_rank():
    assert build(job("transformers", "BF16")).command[0] == "transformers"


def test_engines_that_train_are_those_with_a_trainer():
    assert {key for key, habits in ENGINES.items() if habits.trains} == {
        key for key in ALL_ENGINES if engine(key).get("trainer")
    }


@pytest.mark.parametrize(("number", "flag"), [(0, "--use_cpu"), (1, None), (2, "--accelerate_config")])
def test_one_process_trains_whatever_it_runs_on(number, flag):
    """On a CPU it must be said; over several cards one process deals the layers out, where each would load a copy."""
    place = Placement(number, 1, max(1, number), 36)
    plan = build(
        job("transformers", "BF16", number=max(1, number), place=place, options=EngineOptions(adapter_rank=16))
    )
    assert (plan.command[-1] == "--use_cpu") == (number == 0)
    assert ("--accelerate_config" in plan.command) == (number == 2)
    assert flag is None or flag in plan.command


def test_bitsandbytes_is_installed_only_for_packed_weights():
    trainer = engine("transformers")["trainer"]
    for fmt, package in (("BF16", trainer["package"]), ("NF4", trainer["packed_package"])):
        plan = build(job("transformers", fmt, options=EngineOptions(adapter_rank=16)))
        assert plan.notes[0].params == {"package": package}
