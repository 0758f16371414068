"""Passing over models must not change the answer: the pruned ranking against the exhaustive one, over the whole catalog."""

from __future__ import annotations

import pytest

from osllm.advise.prepare import question as prepare
from osllm.advise.rank import rank
from osllm.api.request import build
from osllm.catalog.store import Catalog

MACHINES = ("rtx3060-12gb", "rtx4090", "2xrtx4090", "a100-80gb", "m3-max-64gb", "cpu", "8xh100", "rx7900xtx", "t4")


@pytest.mark.parametrize("gpu", MACHINES)
@pytest.mark.parametrize("use_case", ["ja-chat", "general", "cost", "rag"])
def test_pruned_equals_exhaustive(catalog: Catalog, gpu: str, use_case: str) -> None:
    request, case, _ = build(catalog, {"use_case": use_case, "gpu": gpu, "ram": "64gb"})
    question = prepare(catalog, request, case)
    pruned, whole = rank(catalog, question, keep=10), rank(catalog, question)
    assert pruned.rows[:10] == whole.rows[:10]
    assert pruned.also[:10] == whole.also[:10]
    assert pruned.qualified == whole.qualified
    assert {i: rule for i, (rule, _) in pruned.rejected.items()} == {i: rule for i, (rule, _) in whole.rejected.items()}
