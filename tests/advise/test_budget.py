"""Budgets of memory, cards that a plan uses, and formats that a mixture has none of."""

from __future__ import annotations

from typing import Any

import advice_values as make
import pytest

from osllm import api
from osllm.advise.companions import within
from osllm.advise.prepare import budget_bytes
from osllm.domain.units import GIB
from osllm.estimate.case import first_cards

EDGE: dict[str, Any] = {"use_case": "edge", "ram": "64gb", "lang": "en"}


def test_a_budget_leaves_one_card_of_at_most_so_much() -> None:
    machine = within(make.machine(number=2, usable_bytes=23 * GIB), 6 * GIB)
    assert (machine.gpu_count, machine.usable_bytes) == (1, 6 * GIB)
    small = within(make.machine(usable_bytes=4 * GIB), 6 * GIB)
    assert small.usable_bytes == 4 * GIB
    assert within(make.machine(number=2), None).gpu_count == 2


def test_without_a_card_the_budget_is_of_ram() -> None:
    machine = make.machine()._replace(groups=(), ram_usable_bytes=60 * GIB)
    assert within(machine, 6 * GIB).ram_usable_bytes == 6 * GIB
    assert within(machine._replace(ram_usable_bytes=None), 6 * GIB).ram_usable_bytes is None


def test_the_budget_comes_from_the_use_case() -> None:
    assert budget_bytes(make.use_case(memory_budget_gib=6)) == 6 * GIB
    assert budget_bytes(make.use_case(memory_budget_gib=None)) is None


@pytest.mark.parametrize("gpu", ["a100-80gb", "cpu", "m3-max-64gb"])
def test_edge_takes_little_of_a_large_machine_and_says_so(gpu: str) -> None:
    answer = api.recommend(gpu=gpu, **EDGE).document
    assert all(row["memory"]["total_bytes"] <= 6 * GIB for row in answer["recommendations"])
    assert "memory-budget" in [notice["code"] for notice in answer["notices"]]


def test_a_machine_within_the_budget_is_told_nothing() -> None:
    answer = api.recommend(gpu="cpu", use_case="edge", ram="4gb", lang="en").document
    assert "memory-budget" not in [notice["code"] for notice in answer["notices"]]


def test_the_longest_context_is_that_of_the_cards_in_use() -> None:
    """A plan on one of two cards tells what fits on that one: the command shows the engine no other."""
    asked: dict[str, Any] = {"use_case": "math", "ram": "64gb", "lang": "en"}
    one, two = (api.recommend(gpu=gpu, **asked).document for gpu in ("rtx4090", "2xrtx4090"))
    alone = {r["model"]["id"]: r for r in one["recommendations"]}
    shared = [
        (r, alone[r["model"]["id"]])
        for r in two["recommendations"]
        if r["placement"]["gpus"] == 1 and r["model"]["id"] in alone
    ]
    assert shared
    for row, same in shared:
        if row["quantization"]["format"] == same["quantization"]["format"]:
            assert row["context"]["max_tokens_that_fit"] == same["context"]["max_tokens_that_fit"]


def test_first_cards_are_the_roomiest() -> None:
    machine = make.machine(number=2, usable_bytes=23 * GIB)
    mixed = machine._replace(groups=(*make.machine(usable_bytes=11 * GIB).groups, *machine.groups))
    assert first_cards(mixed, 3) is mixed
    assert [(g.number, g.usable_bytes) for g in first_cards(mixed, 1).groups] == [(1, 23 * GIB)]
    assert first_cards(mixed, 2).usable_bytes == 46 * GIB


def test_no_mixture_is_proposed_in_a_format_that_leaves_its_experts_whole() -> None:
    answer = api.recommend(gpu="rtx4090", use_case="fine-tuning", ram="64gb", lang="en", top=40).document
    formats = {
        (row["model"]["params_active"] == row["model"]["params_total"], row["quantization"]["format"])
        for row in answer["recommendations"]
    }
    assert (True, "NF4") in formats
    assert (False, "NF4") not in formats


def test_what_ram_would_change_is_said() -> None:
    answer = api.recommend(gpu="rtx3060-12gb", use_case="ja-chat", ram="64gb", lang="en").document
    told = " ".join(one["text"] for one in answer["rejected"]["nearest"])
    assert "this use leaves RAM out" in told
    slow = api.recommend(gpu="rtx3060-12gb", use_case="general", ram="64gb", lang="en").document
    assert "leaves RAM out" not in " ".join(one["text"] for one in slow["rejected"]["nearest"])


def test_a_missed_target_is_no_merit() -> None:
    answer = api.recommend(gpu="m3-max-64gb", use_case="general", ram="64gb", lang="en").document
    for row in answer["recommendations"]:
        rules = {reason["rule"] for reason in row["reasons"]}
        assert ("SPD203" in rules) == (row["speed"]["decode_tps"] < 20)
        assert len(rules & {"SPD201", "SPD203"}) == 1


def test_a_budget_of_one_card_keeps_the_engine_off_the_other() -> None:
    answer = api.recommend(gpu="2xrtx4090", **EDGE).document
    assert answer["recommendations"][0]["serve"]["environment"] == {"CUDA_VISIBLE_DEVICES": "0"}
