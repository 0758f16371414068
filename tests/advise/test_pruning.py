"""Passing over models must not change the answer: the pruned ranking against the exhaustive one, over the whole catalog."""

from __future__ import annotations

import pytest

from osllm.advise.bounds import limits_of, most_seconds
from osllm.advise.evaluate import tools_for
from osllm.advise.formats import GGUF_LADDER
from osllm.advise.prepare import question as prepare
from osllm.advise.rank import rank
from osllm.api.request import build
from osllm.catalog.store import Catalog
from osllm.domain.plan import EngineOptions, Placement
from osllm.estimate.speed import estimate_speed

GGUF = (*GGUF_LADDER, "MXFP4_MOE")

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


@pytest.mark.parametrize("gpu", ["rtx4090", "h100-sxm", "rtx3060-12gb"])
@pytest.mark.parametrize("users", [1, 8, 32])
def test_no_estimate_exceeds_the_bound_on_its_seconds(catalog: Catalog, gpu: str, users: int) -> None:
    """The bound on a step's time holds for every model in its smallest format on one card."""
    request, case, _ = build(catalog, {"use_case": "chat", "gpu": gpu, "ram": "64gb", "users": users})
    question = prepare(catalog, request, case)
    limits = limits_of(tools_for(catalog, question))
    assert limits is not None
    assert limits.card is not None
    tokens, checked = question.request.context_tokens, 0
    for row in catalog.index():
        if row.least_bytes is None:
            continue
        fp = catalog.footprint(row.id)
        fmt = next((f for f in GGUF if f in fp.sizes and fp.sizes[f].tensor_bytes == row.least_bytes), None)
        moving = row.least_bytes + row.cache_token_bytes * limits.tokens + row.state_bytes * users
        most = most_seconds(row, moving, limits.card, users)
        if fmt is None or most is None:
            continue
        place, options = Placement(1, gpu_layers=fp.layers), EngineOptions(slots=users)
        told = estimate_speed(fp, fmt, "llama.cpp", question.request.machine, place, tokens, users, options)
        assert told.decode_tps is not None
        assert most * told.decode_tps >= 1 - 1e-9, (row.id, fmt)
        checked += 1
    assert checked > 300
