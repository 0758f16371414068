"""Passing over models must not change the answer: the pruned ranking against the exhaustive one, over the whole catalog."""

from __future__ import annotations

import pytest

from osllm.advise.bounds import (
    SURELY,
    Limits,
    least_beside,
    least_seconds,
    limits_of,
    most_bytes,
    most_seconds,
    most_tps,
)
from osllm.advise.evaluate import tools_for
from osllm.advise.formats import GGUF_LADDER
from osllm.advise.pace import pace_of
from osllm.advise.prepare import question as prepare
from osllm.advise.rank import rank
from osllm.api.request import build
from osllm.catalog.store import Catalog
from osllm.domain.plan import EngineOptions, Placement
from osllm.estimate.placement import estimate_at
from osllm.estimate.speed import estimate_speed
from osllm.estimate.work import cache_read_bytes
from osllm.rules.question import Question

GGUF = (*GGUF_LADDER, "MXFP4_MOE")

MACHINES = ("rtx3060-12gb", "rtx4090", "2xrtx4090", "a100-80gb", "m3-max-64gb", "cpu", "8xh100", "rx7900xtx", "t4")


@pytest.mark.parametrize("gpu", MACHINES)
@pytest.mark.parametrize("use_case", ["ja-chat", "general", "cost", "rag", "fine-tuning"])
def test_pruned_equals_exhaustive(catalog: Catalog, gpu: str, use_case: str) -> None:
    _compare(catalog, {"use_case": use_case, "gpu": gpu, "ram": "64gb"})


@pytest.mark.parametrize(
    "asked",
    [
        {"use_case": "local-light", "gpu": "cpu"},  # a budget of memory
        {"use_case": "general", "gpu": "rtx4090", "ram": "16gb"},  # what leaves parts in RAM may not fit there
        {"use_case": "general", "gpu": "2xrtx3060-12gb", "kv_cache": "q4_0", "context": 32768, "users": 4},
        {"use_case": "chat", "gpu": "rtx3060-12gb", "kv_cache": "q8_0", "context": 300},
        {"use_case": "chat", "gpu": "m3-max-64gb", "engine": "vllm"},  # which does not run there
    ],
)
def test_pruned_equals_exhaustive_under_other_loads(catalog: Catalog, asked: dict[str, object]) -> None:
    _compare(catalog, {"ram": "64gb", **asked})


def _compare(catalog: Catalog, asked: dict[str, object]) -> None:
    request, case, _ = build(catalog, asked)
    question = prepare(catalog, request, case)
    pruned, whole = rank(catalog, question, keep=10), rank(catalog, question)
    assert pruned.rows[:10] == whole.rows[:10]
    assert pruned.also[:10] == whole.also[:10]
    assert pruned.qualified == whole.qualified
    assert {i: rule for i, (rule, _) in pruned.rejected.items()} == {i: rule for i, (rule, _) in whole.rejected.items()}


DEVICES = ("rtx4090", "h100-sxm", "rtx3060-12gb", "m3-max-64gb", "rx7900xtx", "cpu")


def _asked(catalog: Catalog, gpu: str, users: int) -> tuple[Question, Limits]:
    request, case, _ = build(
        catalog, {"use_case": "chat", "gpu": gpu, "ram": "64gb", "users": users, "engine": "llama.cpp"}
    )
    question = prepare(catalog, request, case)
    limits = limits_of(tools_for(catalog, question))
    assert limits is not None
    assert limits.device is not None
    assert limits.pace is not None
    return question, limits


@pytest.mark.parametrize("gpu", DEVICES)
@pytest.mark.parametrize("users", [1, 8, 32])
def test_every_estimate_lies_within_the_bounds(catalog: Catalog, gpu: str, users: int) -> None:
    """On one device no model in any GGUF format is faster than its bound, nor larger or slower in the smallest one."""
    question, limits = _asked(catalog, gpu, users)
    assert limits.device is not None
    assert limits.pace is not None
    machine, tokens, options = question.request.machine, question.request.context_tokens, EngineOptions(slots=users)
    seen = set()
    for row in catalog.index():
        if row.least_bytes is None or id(fp := catalog.footprint(row.id)) in seen:
            continue  # models of one shape share their footprint
        seen.add(id(fp))
        place = Placement(1, gpu_layers=fp.layers) if machine.groups else Placement(0, cpu_layers=fp.layers)
        load = machine, place, tokens, users, options
        cache = users * cache_read_bytes(fp, tokens, options)
        for fmt in (f for f in GGUF if f in fp.sizes):
            told = estimate_speed(fp, fmt, "llama.cpp", *load)
            assert told.decode_tps is not None
            assert told.decode_tps <= most_tps(fp, fmt, limits.pace, cache, users), (row.id, fmt)
            if row.native_format is None or fmt == "MXFP4_MOE":
                assert least_seconds(row, limits, limits.pace) * told.decode_tps <= SURELY, (row.id, fmt)
            memory = estimate_at(fp, fmt, "llama.cpp", machine, tokens, users, options, place)
            assert (row.floor_any_bytes or 0) + least_beside(row, limits) <= memory.total_bytes, (row.id, fmt)
            if fp.sizes[fmt].tensor_bytes != row.least_bytes:
                continue
            assert most_bytes(row, limits) >= memory.total_bytes, (row.id, fmt)
            read = min(row.least_bytes, users * row.least_read_bytes)
            most = most_seconds(row, limits, limits.device, read, row.least_bits)
            assert most * told.decode_tps >= 1 / SURELY, (row.id, fmt)
    assert len(seen) > 100


def test_a_split_over_unlike_cards_is_not_faster_than_the_pace(catalog: Catalog) -> None:
    """Each kind of work is bounded by the card that does it fastest."""
    request, case, _ = build(catalog, {"use_case": "chat", "gpu": ["rtx4090", "rtx3060-12gb", "p40"], "ram": "64gb"})
    tools = tools_for(catalog, prepare(catalog, request, case))
    assert tools.pace is not None
    for row in catalog.index()[::7]:
        if row.least_bytes is None or "Q4_K_M" not in (fp := catalog.footprint(row.id)).sizes:
            continue
        place, options = Placement(3, pipeline_parallel=3, gpu_layers=fp.layers), EngineOptions()
        told = estimate_speed(fp, "Q4_K_M", "llama.cpp", request.machine, place, 8192, 1, options)
        assert told.decode_tps is not None
        assert told.decode_tps <= most_tps(fp, "Q4_K_M", tools.pace, cache_read_bytes(fp, 8192, options), 1), row.id


def test_no_pace_where_a_speed_is_unknown(catalog: Catalog) -> None:
    """An unknown speed passes every demand, so nothing may be called too slow."""
    request, _, _ = build(catalog, {"use_case": "chat", "gpu": "rtx4090", "ram": "64gb"})
    machine = request.machine
    gpu = machine.groups[0].gpu._replace(bandwidth_gbps=None)
    unknown = machine._replace(groups=(machine.groups[0]._replace(gpu=gpu),))
    assert pace_of(machine, ("llama.cpp",)) is not None
    assert pace_of(unknown, ("llama.cpp",)) is None
    assert pace_of(machine, ("vllm", "llama.cpp")) is None
    assert pace_of(machine, ()) is None


def test_ram_competes_with_few_bits(catalog: Catalog) -> None:
    """A card that holds a mixture only in two bits gets it in four, with experts in RAM, where the use allows that."""
    asked = {"gpu": "rtx3060-12gb", "ram": "64gb"}
    found = {}
    for use_case in ("ja-chat", "ja-knowledge"):
        request, case, _ = build(catalog, {**asked, "use_case": use_case})
        rows = rank(catalog, prepare(catalog, request, case)).rows
        found[use_case] = {e.row.id: e for e in rows}
    whole, parts = (found[use_case]["gemma-4-26b-a4b"] for use_case in ("ja-chat", "ja-knowledge"))
    assert whole.format == "Q2_K"
    assert not whole.placement.in_ram
    assert parts.format == "IQ4_XS"
    assert parts.placement.in_ram


def test_fewer_bits_than_wanted_are_charged(catalog: Catalog) -> None:
    request, case, _ = build(catalog, {"use_case": "ja-knowledge", "gpu": "m3-max-64gb"})
    formats, few = catalog.formats(), 0
    for e in rank(catalog, prepare(catalog, request, case), keep=10).rows:
        charged = "few_bits" in {name for name, _, _ in e.score.parts}
        assert charged == (formats[e.format].bits < case.min_bits), e.row.id
        few += charged
    assert few
