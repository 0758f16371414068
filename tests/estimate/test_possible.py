"""Nonsense is refused with its reason and the nearest thing that works; what merely does not fit is not."""

from __future__ import annotations

from typing import Any

import pytest
from estimate_support import gpu, machine, shape

from osllm.domain.model import QuantizationFormat
from osllm.domain.plan import EngineOptions
from osllm.errors import RequestError
from osllm.estimate.possible import check_possible
from osllm.i18n import estimate_en, estimate_ja

GGUF = QuantizationFormat("Q4_K_M", "Q4_K_M", "gguf", 4.5, ("llama.cpp", "ollama"), None, (), None)
FP8 = QuantizationFormat("FP8", "FP8", "fp8", 8, ("vllm", "sglang"), "8.9", ("nvidia", "amd"), None)
ADA = machine((gpu(), 2))
AMPERE = machine((gpu("rtx3090", compute_capability="8.6"), 2))


def refused(*arguments: Any, **options: Any) -> RequestError:
    with pytest.raises(RequestError) as caught:
        check_possible(*arguments, **options)
    return caught.value


def test_no_users() -> None:
    error = refused(shape(), GGUF, "llama.cpp", ADA, 0)
    assert (error.code, error.candidates) == ("no-users", ["1"])


def test_gguf_on_vllm() -> None:
    error = refused(shape(), GGUF, "vllm", ADA, 1)
    assert (error.code, error.candidates) == ("format-not-on-engine", ["llama.cpp", "ollama"])
    assert "vllm" in error.message
    assert "Q4_K_M" in error.message


def test_fp8_on_a_card_without_it() -> None:
    error = refused(shape(), FP8, "vllm", AMPERE, 1)
    assert (error.code, error.candidates) == ("format-not-on-accelerator", ["Q8_0", "Q4_K_M"])
    check_possible(shape(), FP8, "vllm", ADA, 1)


def test_a_format_of_another_vendor() -> None:
    apple = machine((gpu("m4", vendor="apple", compute_capability=None), 1))
    assert refused(shape(), FP8, "vllm", apple, 1).code == "format-not-on-accelerator"


def test_a_cache_type_that_the_engine_lacks() -> None:
    error = refused(shape(), GGUF, "llama.cpp", ADA, 1, options=EngineOptions(kv_cache="fp8"))
    assert (error.code, error.candidates) == ("cache-type-not-on-engine", ["f16", "q8_0", "q4_0"])
    error = refused(shape(), FP8, "vllm", ADA, 1, options=EngineOptions(kv_cache="q8_0"))
    assert error.candidates == ["f16", "fp8"]


def test_tensor_parallelism_that_does_not_divide_the_heads() -> None:
    eight = machine((gpu(), 8))
    error = refused(shape(), FP8, "vllm", eight, 1, 3)
    assert (error.code, error.candidates) == ("tensor-parallel-heads", ["2", "4", "1"])
    check_possible(shape(), FP8, "vllm", eight, 1, 4)


def test_tensor_parallelism_over_more_cards_than_there_are() -> None:
    error = refused(shape(), FP8, "vllm", ADA, 1, 4)
    assert (error.code, error.candidates) == ("too-few-accelerators", ["2"])
    assert refused(shape(), FP8, "vllm", ADA, 1, 0).code == "too-few-accelerators"


def test_tensor_parallelism_on_an_engine_without_it() -> None:
    error = refused(shape(), GGUF, "llama.cpp", ADA, 1, 2)
    assert error.code == "tensor-parallel-not-on-engine"
    assert "vllm" in error.candidates


def test_what_does_not_fit_is_not_refused() -> None:
    check_possible(shape(), GGUF, "llama.cpp", machine((gpu(memory_gib=1), 1)), 10_000)


def test_reasons_are_told_in_both_languages() -> None:
    assert estimate_en.MESSAGES.keys() == estimate_ja.MESSAGES.keys()
    english, japanese = (refused(shape(), GGUF, "vllm", ADA, 1, lang=lang) for lang in ("en", "ja"))
    assert english.hint == "what works: llama.cpp, ollama"
    assert japanese.hint == "動く候補: llama.cpp, ollama"
    assert english.message != japanese.message
