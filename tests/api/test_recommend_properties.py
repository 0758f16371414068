"""Properties of the ranking over the shipped catalog."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from osllm.advise.prepare import question as prepare
from osllm.advise.rank import Ranked, rank
from osllm.api.recommending import recommend
from osllm.api.request import build
from osllm.catalog.index import IndexRow
from osllm.catalog.store import Catalog
from osllm.domain.hardware import Machine
from osllm.domain.units import GIB

USE_CASES = ("ja-chat", "coding", "general", "ja-rag", "edge", "cost", "fine-tuning", "multimodal")
CALM = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Shuffled(Catalog):
    """The same catalog with its models in another order."""

    def shuffle(self, seed: int) -> Shuffled:
        self.order = list(super().index())
        Random(seed).shuffle(self.order)
        return self

    def index(self) -> list[IndexRow]:
        return self.order


@settings(CALM, max_examples=12)
@given(
    use_case=st.sampled_from(USE_CASES),
    gpu=st.sampled_from(["rtx4090", "2xa100-80gb", "m3-max-64gb", "cpu", "rtx3060-12gb"]),
    seed=st.integers(0, 2**32),
    top=st.integers(1, 30),
)
def test_the_order_of_the_catalog_does_not_matter(
    catalog: Catalog, use_case: str, gpu: str, seed: int, top: int
) -> None:
    options = {"use_case": use_case, "gpu": gpu, "ram": "64gb", "top": top}
    shuffled = Shuffled(catalog.path).shuffle(seed)
    plain, other = recommend(catalog, options), recommend(shuffled, options)
    assert json.dumps(plain.to_dict()) == json.dumps(other.to_dict())


def on(catalog: Catalog, use_case: str, change: dict[str, float]) -> Ranked:
    """The ranking on a card like an RTX 4090, with other memory and bandwidth."""
    request, case, _ = build(catalog, {"use_case": use_case, "gpu": "rtx4090", "ram": "64gb"})
    (group,) = request.machine.groups
    gpu = group.gpu._replace(memory_bytes=int(change["gib"] * GIB), bandwidth_gbps=1008.0 * change["faster"])
    group = group._replace(gpu=gpu, usable_bytes=int(change["gib"] * GIB * 0.96))
    machine: Machine = request.machine._replace(groups=(group,))
    return rank(catalog, prepare(catalog, request._replace(machine=machine), case), keep=10)


@settings(CALM, max_examples=20)
@given(
    use_case=st.sampled_from(USE_CASES),
    gib=st.floats(6, 96),
    more=st.floats(0, 64),
    faster=st.floats(1, 3),
)
def test_a_bigger_card_never_loses_a_model(
    catalog: Catalog, use_case: str, gib: float, more: float, faster: float
) -> None:
    small = on(catalog, use_case, {"gib": gib, "faster": 1.0})
    # Layers run from RAM only where nothing fits whole: a card on which something does is another question.
    assume(not small.offloaded)
    big = on(catalog, use_case, {"gib": gib + more, "faster": faster})
    assert set(big.rejected) <= set(small.rejected)
    assert big.qualified >= small.qualified


@pytest.mark.parametrize("use_case", USE_CASES)
def test_ranks_follow_the_order_that_is_stated(catalog: Catalog, use_case: str) -> None:
    document = recommend(catalog, {"use_case": use_case, "gpu": "a100-80gb", "ram": "256gb", "top": 1000}).to_dict()
    rows = document["recommendations"]
    measured = [row["quality"] is not None for row in rows]
    assert measured == sorted(measured, reverse=True)
    totals = [row["score"]["total"] for row in rows if row["quality"] is not None]
    assert totals == sorted(totals, reverse=True)
    shown = {row["model"]["id"] for row in rows} | {name for row in rows for name in row["also"]}
    assert document["qualified"] == len(shown) == sum(1 + len(row["also"]) for row in rows)
    assert document["rejected"]["count"] == sum(document["rejected"]["by_rule"].values())
    assert document["rejected"]["count"] + document["qualified"] == document["catalog"]["models"]


def test_fewer_rows_are_the_first_of_more_rows(catalog: Catalog) -> None:
    options = {"use_case": "ja-chat", "gpu": "rtx4090", "ram": "64gb"}
    ten = recommend(catalog, {**options, "top": 10}).to_dict()
    three = recommend(catalog, {**options, "top": 3}).to_dict()
    for row, other in zip(three["recommendations"], ten["recommendations"], strict=False):
        assert {**row, "marks": ()} == {**other, "marks": ()}
    assert len(three["recommendations"]) == 3
    assert three["rejected"] == ten["rejected"]
