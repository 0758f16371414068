"""The commands: every flag exists, values follow from the plan, and what cannot run says why."""

from __future__ import annotations

import itertools
import json

import pytest
from serve_support import ALL_ENGINES, architecture, artifact, engine, formats, gpu, job, machine, model

from osllm.domain.architecture import Dense
from osllm.domain.hardware import GpuGroup
from osllm.domain.plan import EngineOptions, Placement
from osllm.domain.units import GIB
from osllm.i18n import serve_en, serve_ja
from osllm.serve import build
from osllm.serve.possible import why_not

CARDS = {
    "rtx4090": gpu(),
    "t4": gpu(key="t4", name="NVIDIA Tesla T4", form="pcie", compute_capability="7.5", memory_bytes=15 * GIB),
    "h100": gpu(key="h100-sxm", form="sxm", compute_capability="9.0", memory_bytes=80 * GIB, memory_type="HBM3"),
    "rx7900xtx": gpu(key="rx7900xtx", vendor="amd", compute_capability="gfx1100"),
    "m3-max": gpu(key="m3-max", vendor="apple", compute_capability=None, memory_bytes=64 * GIB, unified=True),
    "b580": gpu(key="arc-b580", vendor="intel", compute_capability=None),
}
MODELS = {
    "qwen3": model(),
    "vision": model(id="gemma-4-31b", modalities=("text", "image"), architecture=architecture("gemma4")),
    "moe": model(id="gpt-oss-120b", architecture=architecture("gpt_oss", 128), reasoning="always"),
    "own-code": model(id="kimi-k2-0905", architecture=architecture("kimi_k2", 384), gated=True),
    "japanese": model(
        id="llm-jp-4-8b", architecture=architecture("llama"), tools=None, reasoning=None, ollama=("llm-jp-4:8b",)
    ),
}


def flags_of(command):
    return [word.partition("=")[0] for word in command if word.startswith("--")]


def value(command, flag):
    return command[command.index(flag) + 1]


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_every_flag_exists_over_models_machines_formats_and_options(key):
    known = set(engine(key)["flags"])
    checked = 0
    taken = [f for f in formats().values() if key in f.engines]
    for (_, card), (_, subject), fmt in itertools.product(CARDS.items(), MODELS.items(), taken):
        for number, users, cache, there in (
            (1, 1, "f16", True),
            (2, 40, "q8_0", False),
            (4, 8, "fp8", True),
            (0, 1, "q4_0", False),
        ):
            rig = machine(card if number else None, max(number, 1))
            place = Placement(number, number, 1, 20, 16 if number == 1 else 0, 4 if number == 1 else 0)
            options = EngineOptions(cache, 1024, True, True, 0.8, users)
            one = job(key, fmt.key, card=card, number=max(number, 1), place=place, options=options, users=users, model=subject,
                      machine=rig, artifact=artifact(fmt.key) if there else None)  # fmt: skip
            command = build(one).command
            assert command[: len(engine(key)["launcher"])] == tuple(engine(key)["launcher"])
            assert set(flags_of(command)) <= known
            assert all(isinstance(word, str) and word for word in command)
            assert len(flags_of(command)) == len(set(flags_of(command)))
            checked += 1
    assert checked >= 100


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_every_note_has_a_sentence_in_both_languages(key):
    from osllm.i18n import lookup

    for subject, there in itertools.product(MODELS.values(), (True, False)):
        fmt = next(f.key for f in formats().values() if key in f.engines and f.bits < 9)
        for note in build(job(key, fmt, model=subject, artifact=artifact(fmt) if there else None, users=3)).notes:
            for lang in ("en", "ja"):
                sentence = next(t for a in ("notes", "serve") if (t := lookup(f"{a}.{note.code}", lang)))
                assert sentence.format(**note.params)


def test_llama_server_by_hand():
    plan = build(job("llama.cpp", "Q4_K_M", users=3, artifact=artifact("GGUF", "bartowski/Qwen3-4B-GGUF")))
    assert plan.command == (
        "llama-server", "--hf-repo", "bartowski/Qwen3-4B-GGUF:Q4_K_M", "--ctx-size", "24576", "--parallel", "3",
        "--n-gpu-layers", "all", "--flash-attn", "on", "--jinja", "--host", "127.0.0.1", "--port", "8080",
    )  # fmt: skip
    assert plan.health == "/health"


def test_llama_server_on_a_mixed_rig_splits_by_memory():
    one = job("llama.cpp", number=1, place=Placement(2, 1, 2, 36))
    rig = one.machine._replace(groups=(GpuGroup(gpu(), 1, 23 * GIB), GpuGroup(gpu(key="rtx3060-12gb"), 2, 11 * GIB)))
    plan = build(one._replace(machine=rig))
    assert value(plan.command, "--tensor-split") == "23,11"
    assert dict(plan.environment) == {"CUDA_VISIBLE_DEVICES": "0,1"}


def test_llama_server_counts_the_prediction_layer_of_a_file():
    moe = MODELS["moe"]
    shape = moe.architecture._replace(model_type="qwen3_next", mtp_layers=1)
    plan = build(job("llama.cpp", model=moe._replace(architecture=shape), place=Placement(1, 1, 1, 20, 16)))
    assert value(plan.command, "--n-gpu-layers") == "22"
    without = shape._replace(model_type="deepseek_v3")  # its files leave the layer out
    plan = build(job("llama.cpp", model=moe._replace(architecture=without), place=Placement(1, 1, 1, 20, 16)))
    assert value(plan.command, "--n-gpu-layers") == "21"


def test_llama_server_leaves_experts_and_layers_in_ram():
    plan = build(job("llama.cpp", model=MODELS["moe"], place=Placement(1, 1, 1, 20, 16, 12)))
    assert value(plan.command, "--n-gpu-layers") == "21"  # the output matrix counts as a layer
    assert value(plan.command, "--n-cpu-moe") == "12"
    assert value(build(job("llama.cpp", place=Placement(0), machine=machine())).command, "--n-gpu-layers") == "0"


def test_the_layers_before_the_first_mixture_count():
    """Three dense layers in front: the experts of twelve mixtures are in the first fifteen layers."""
    whole = MODELS["moe"].architecture
    (run,) = whole.runs
    dense = run._replace(repeat=3, ffns=(Dense(18432),))
    subject = MODELS["moe"]._replace(architecture=whole._replace(runs=(dense, run)))
    plan = build(job("llama.cpp", model=subject, place=Placement(1, 1, 1, 39, 0, 12)))
    assert value(plan.command, "--n-cpu-moe") == "15"


def test_the_vision_tower_is_loaded_only_where_images_are_sent():
    for key, images, expected in (("llama.cpp", False, True), ("llama.cpp", True, False)):
        command = build(job(key, model=MODELS["vision"], images=images)).command
        assert ("--no-mmproj" in command) is expected


def test_vllm_by_hand():
    plan = build(job("vllm", "BF16", number=2, users=32, artifact=None))
    assert plan.command == (
        "vllm", "serve", "Qwen/Qwen3-4B", "--max-model-len", "8192", "--max-num-seqs", "32", "--gpu-memory-utilization", "0.881",
        "--tensor-parallel-size", "2", "--enable-auto-tool-choice", "--tool-call-parser", "hermes", "--reasoning-parser", "qwen3",
        "--host", "127.0.0.1", "--port", "8000",
    )  # fmt: skip


def test_vllm_gives_old_cards_half_precision_and_warns():
    plan = build(job("vllm", "BF16", card=CARDS["t4"], artifact=None))
    assert value(plan.command, "--dtype") == "half"
    assert "half-precision" in [n.code for n in plan.notes]
    assert "--dtype" not in build(job("vllm", "BF16", artifact=None)).command


def test_vllm_makes_fp8_online_and_asks_for_the_rest():
    assert value(build(job("vllm", "FP8", artifact=None)).command, "--quantization") == "fp8"
    assert "--quantization" not in build(job("vllm", "FP8")).command
    made = build(job("vllm", "AWQ", artifact=None))
    assert made.command[2] == "./qwen3-4b-AWQ"
    assert "make-compressed" in [n.code for n in made.notes]


@pytest.mark.parametrize(
    ("name", "tools", "reasoning"),
    [("qwen3-coder-30b-a3b", "qwen3_coder", "qwen3"), ("qwen3.5-9b", "qwen3_coder", "qwen3"), ("deepseek-v3.1", "deepseek_v31", "deepseek_v3")],
)  # fmt: skip
def test_the_longest_name_decides_the_parser(name, tools, reasoning):
    command = build(job("vllm", "BF16", model=model(id=name), artifact=None)).command
    assert value(command, "--tool-call-parser") == tools
    assert value(command, "--reasoning-parser") == reasoning


def test_code_of_the_repository_is_trusted_only_where_needed_and_with_a_warning():
    for key in ("vllm", "sglang", "transformers", "lmdeploy", "tgi"):
        plan = build(job(key, "BF16", model=MODELS["own-code"], artifact=None))
        assert "--trust-remote-code" in plan.command
        assert {"trust-remote-code", "gated"} <= {n.code for n in plan.notes}
        assert "--trust-remote-code" not in build(job(key, "BF16", artifact=None)).command


def test_known_trouble_is_a_warning_in_the_language_asked_for():
    notes = {n.code: n for n in build(job("llama.cpp", model=MODELS["japanese"], language="ja")).notes}
    assert "Harmony形式" in notes["known-issue"].params["text"]
    assert "known-issue" not in {n.code for n in build(job("llama.cpp")).notes}


def test_the_oldest_release_is_named():
    notes = {n.code: n.params for n in build(job("vllm", "BF16", model=MODELS["own-code"], artifact=None)).notes}
    assert notes["needs-version"]["version"] == "0.12.0"


def test_ollama_tells_the_server_what_the_plan_needs():
    plan = build(
        job("ollama", users=4, options=EngineOptions("q8_0", slots=4), artifact=artifact("GGUF", "bartowski/X-GGUF"))
    )
    assert plan.command == ("ollama", "run", "hf.co/bartowski/X-GGUF:Q4_K_M")
    assert dict(plan.environment) == {
        "OLLAMA_CONTEXT_LENGTH": "8192", "OLLAMA_NUM_PARALLEL": "4", "OLLAMA_FLASH_ATTENTION": "1", "OLLAMA_KV_CACHE_TYPE": "q8_0",
    }  # fmt: skip
    known = set(engine("ollama")["environment"])
    assert set(dict(plan.environment)) <= known


def test_ollama_without_any_weights_gets_a_modelfile():
    plan = build(job("ollama", artifact=None, answers_in="ja"))
    text = dict(plan.files)["Modelfile"]
    words = [line.split(" ")[0] for line in text.splitlines()]
    assert words == ["FROM", "PARAMETER", "SYSTEM"]
    assert set(words) <= set(engine("ollama")["modelfile"]["instructions"])
    assert plan.command[:2] == ("ollama", "create")


def test_tensorrt_llm_puts_the_rest_into_a_file():
    plan = build(job("tensorrt-llm", "FP8", options=EngineOptions("fp8")))
    assert json.loads(dict(plan.files)["trtllm.yaml"])["kv_cache_config"] == {"dtype": "fp8"}
    assert value(plan.command, "--config") == "trtllm.yaml"


def test_mlx_converts_what_nobody_published():
    plan = build(job("mlx", "MLX-4bit", card=CARDS["m3-max"], artifact=None, options=EngineOptions("q8_0"), users=2))
    notes = {n.code: n.params for n in plan.notes}
    assert notes["make-mlx"]["bits"] == "4"
    assert value(plan.command, "--kv-bits") == "8"
    assert "mlx-one-at-a-time" in notes


@pytest.mark.parametrize("fmt", ["BF16", "NF4"])
def test_the_transformers_program_compiles(fmt):
    program = dict(build(job("transformers", fmt, artifact=None)).files)["ask.py"]
    compile(program, "ask.py", "exec")
    assert ("load_in_4bit" in program) is (fmt == "NF4")


@pytest.mark.parametrize(
    ("key", "fmt", "changes", "code"),
    [
        ("vllm", "BF16", {"card": CARDS["m3-max"]}, "no-platform"),
        ("mlx", "MLX-4bit", {}, "no-platform"),
        ("vllm", "BF16", {"card": gpu(compute_capability="6.1")}, "gpu-too-old"),
        ("vllm", "BF16", {"card": gpu(vendor="amd", compute_capability="gfx1030")}, "gpu-too-old"),
        ("vllm", "Q4_K_M", {}, "no-format"),
        ("llama.cpp", "AWQ", {}, "no-format"),
        ("llama.cpp", "Q4_K_M", {"place": Placement(2, 2)}, "no-tensor-parallel"),
        ("mlx", "MLX-4bit", {"card": CARDS["m3-max"], "place": Placement(2, 1, 2)}, "one-gpu-only"),
        ("vllm", "BF16", {"place": Placement(1, 1, 1, 20, 16)}, "no-offload"),
        ("vllm", "BF16", {"options": EngineOptions("q4_0")}, "no-kv-cache"),
        (
            "mlx",
            "MLX-4bit",
            {"card": CARDS["m3-max"], "model": model(architecture=architecture("grok"))},
            "no-architecture",
        ),
        ("ktransformers", "Q4_K_M", {}, "experts-only"),
    ],
)
def test_what_cannot_run_says_why(key, fmt, changes, code):
    obstacle = why_not(job(key, fmt, **changes), formats()[fmt])
    assert obstacle is not None
    assert obstacle.code == code
    for table in (serve_en.MESSAGES, serve_ja.MESSAGES):
        assert table[code].format(**obstacle.params)


@pytest.mark.parametrize("key", ALL_ENGINES)
def test_what_can_run_has_no_obstacle(key):
    fmt = {
        "mlx": "MLX-4bit",
        "llama.cpp": "Q4_K_M",
        "ollama": "Q4_K_M",
        "lmstudio": "Q4_K_M",
        "ktransformers": "Q4_K_M",
    }.get(key, "BF16")
    card = CARDS["m3-max"] if key == "mlx" else gpu()
    subject = MODELS["moe"] if key == "ktransformers" else model()
    assert why_not(job(key, fmt, card=card, model=subject), formats()[fmt]) is None


def test_both_languages_say_the_same_things():
    from string import Formatter

    assert serve_en.MESSAGES.keys() == serve_ja.MESSAGES.keys()
    for key, text in serve_en.MESSAGES.items():
        names = {name for _, name, _, _ in Formatter().parse(text) if name}
        assert names == {name for _, name, _, _ in Formatter().parse(serve_ja.MESSAGES[key]) if name}, key


def test_a_mix_that_publishers_may_not_have_is_told_with_its_stand_in():
    """llama.cpp finds Q4_K_M in every repository of mixes, but no Q2_K where only UD-Q2_K_XL was made."""
    notes = {fmt: [note.code for note in build(job(fmt=fmt)).notes] for fmt in ("Q2_K", "Q4_K_M")}
    assert "file-not-listed" in notes["Q2_K"]
    assert "file-not-listed" not in notes["Q4_K_M"]
    unpublished = [note.code for note in build(job(fmt="Q2_K", artifact=None)).notes]
    assert "file-not-listed" not in unpublished
