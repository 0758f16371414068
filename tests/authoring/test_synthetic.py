"""Larger catalogs for measurements."""

from __future__ import annotations

from pathlib import Path

import pytest

from osllm.api.recommending import recommend
from osllm.authoring.synthetic import multiply
from osllm.catalog.store import Catalog

RIG = {"use_case": "ja-chat", "gpu": "rtx4090", "ram": "64gb", "top": 100}


@pytest.mark.parametrize("number", [5, 12, 41])
def test_so_many_models_that_can_all_be_asked_for(number: int, small_catalog: Catalog, tmp_path: Path) -> None:
    catalog = Catalog(str(multiply(small_catalog, number, tmp_path / "many.jsonl")))
    ids = catalog.model_ids()
    assert catalog.sound()
    assert len(set(ids)) == catalog.model_count == number
    assert [catalog.model(model_id).id for model_id in ids] == ids
    document = recommend(catalog, RIG).to_dict()
    assert document["qualified"] + document["rejected"]["count"] == number


def test_every_turn_is_as_good_as_the_first(small_catalog: Catalog, tmp_path: Path) -> None:
    thrice = Catalog(str(multiply(small_catalog, 3 * small_catalog.model_count, tmp_path / "many.jsonl")))
    once, more = recommend(small_catalog, RIG).to_dict(), recommend(thrice, RIG).to_dict()
    assert more["qualified"] == 3 * once["qualified"]
    assert more["rejected"]["by_rule"] == {rule: 3 * count for rule, count in once["rejected"]["by_rule"].items()}
    originals = [row["model"]["id"] for row in more["recommendations"] if "-copy" not in row["model"]["id"]]
    assert originals == [row["model"]["id"] for row in once["recommendations"]]
    copy, original = thrice.quality("ja-chat")["kawa-4b-copy2"], small_catalog.quality("ja-chat")["kawa-4b"]
    assert copy[:-1] == original[:-1]
    assert list(copy.evidence) == list(original.evidence)
