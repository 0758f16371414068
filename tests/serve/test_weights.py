"""Where the weights come from: downloads, and programs that make what nobody published."""

from __future__ import annotations

import ast

import pytest
from serve_support import architecture, artifact, gpu, job, model

from osllm.serve.artifacts import SCHEMES, download, make, script

APPLE = gpu(vendor="apple", unified=True)


def test_published_weights_are_downloaded():
    assert download(job("vllm", "AWQ")) == (("hf", "download", "Qwen/Qwen3-4B-X"),)
    assert download(job("vllm", "BF16", artifact=None)) == (("hf", "download", "Qwen/Qwen3-4B"),)
    one = job("llama.cpp", artifact=artifact("GGUF", "bartowski/X-GGUF"))
    assert download(one) == (("hf", "download", "bartowski/X-GGUF", "--include", "*[Qq]4_[Kk]_[Mm]*"),)
    named = job("llama.cpp", artifact=artifact("Q4_K_M", "org/X-GGUF", "x-q4_k_m.gguf"))
    assert download(named)[0][-1] == "x-q4_k_m.gguf"
    assert make(one) == make(named) == ()


def test_the_pattern_finds_the_file_however_it_is_written():
    from fnmatch import fnmatchcase

    pattern = download(job("llama.cpp", "IQ4_XS", artifact=artifact("GGUF")))[0][-1]
    assert fnmatchcase("Model-IQ4_XS.gguf", pattern)
    assert fnmatchcase("model-iq4_xs-00001-of-00002.gguf", pattern)
    assert not fnmatchcase("model-iq4_nl.gguf", pattern)


def test_all_parts_of_a_file_are_downloaded():
    one = job("llama.cpp", artifact=artifact("Q4_K_M", file="q4/Model-Q4_K_M-00001-of-00003.gguf"))
    assert download(one)[0][-1] == "q4/Model-Q4_K_M-*-of-00003.gguf"


def test_experts_go_to_a_folder_of_their_own():
    commands = download(job("ktransformers", model=model(architecture=architecture("qwen3_moe", 128))))
    assert commands[0] == ("hf", "download", "Qwen/Qwen3-4B")
    assert commands[1][-2:] == ("--local-dir", "./qwen3-4b-Q4_K_M")


def test_a_gguf_is_made_in_three_steps():
    commands = make(job("llama.cpp", artifact=None))
    assert [c[0] for c in commands] == ["hf", "python", "llama-quantize"]
    assert commands[-1] == ("llama-quantize", "qwen3-4b-BF16.gguf", "qwen3-4b-Q4_K_M.gguf", "Q4_K_M")
    assert download(job("llama.cpp", artifact=None)) == ()


def test_mlx_weights_are_converted():
    assert make(job("mlx", "MLX-4bit", card=APPLE, artifact=None)) == (
        ("mlx_lm.convert", "--hf-path", "Qwen/Qwen3-4B", "--mlx-path", "./qwen3-4b-MLX-4bit", "--quantize", "--q-bits", "4"),
    )  # fmt: skip


@pytest.mark.parametrize("fmt", sorted(set(SCHEMES) - {"FP8"}))
def test_compressed_weights_come_with_a_program_that_compiles(fmt):
    one = job("vllm", fmt, artifact=None)
    text = script(one)["make_weights.py"]
    tree = ast.parse(text)
    assert any(isinstance(node, ast.Call) and getattr(node.func, "id", "") == "oneshot" for node in ast.walk(tree))
    assert f"scheme={SCHEMES[fmt]!r}" in text
    assert "./qwen3-4b-" in text
    assert ("calibration.txt" in text) is (fmt != "FP8-block")
    assert make(one)[-1] == ("python", "make_weights.py")


def test_fp8_is_made_by_vllm_itself_and_by_a_program_elsewhere():
    assert make(job("vllm", "FP8", artifact=None)) == (
        ("pip", "install", "llmcompressor"),
        ("python", "make_weights.py"),
    )


def test_evil_names_stay_text_in_the_program():
    evil = 'x"""\nimport os; os.system("id")\n\'\\{model}{0}'
    one = job("vllm", "AWQ", artifact=None, model=model(hub_id=evil))
    tree = ast.parse(script(one)["make_weights.py"])
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "oneshot"]
    keywords = {k.arg: k.value for k in calls[0].keywords}
    assert ast.literal_eval(keywords["model"]) == evil
    assert {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names} == set()
