"""The score, by hand."""

from __future__ import annotations

import pytest
from advice_values import GIB, memory, quality, question, row, speed, use_case
from hypothesis import given
from hypothesis import strategies as st

from osllm.advise.score import penalties, score, upper_bound
from osllm.domain.verdict import LicenseVerdict


def test_parts_are_weighted_and_summed() -> None:
    q = question()  # quality 0.8, speed 0.15 up to 40 tokens/s, fit 0.05 up to a quarter free
    made = score(q, quality(0.6, 0.1), 0.1, speed(20.0), memory(int(22.8 * GIB), 24 * GIB), 0.0, ())
    parts = {name: (value, weight) for name, value, weight in made.parts}
    assert parts["quality"] == (pytest.approx(0.5), 0.8)  # the lower end counts
    assert parts["quantization"] == (pytest.approx(-0.05), 0.8)
    assert parts["speed"] == (pytest.approx(0.5), 0.15)
    assert parts["fit"] == (pytest.approx(0.5), 0.05)  # 1.2 of 24 GiB free: half of a tenth
    assert made.total == pytest.approx(0.8 * 0.45 + 0.15 * 0.5 + 0.05 * 0.5)


def test_unknown_speed_and_quality_earn_nothing() -> None:
    made = score(question(), None, 0.0, speed(None), memory(24 * GIB, 24 * GIB), 0.0, ())
    assert made.total == 0.0


def test_speed_beyond_the_target_earns_nothing_more() -> None:
    def at(tps: float) -> float:
        return score(question(), quality(), 0.0, speed(tps), memory(), 0.0, ()).total

    assert at(40.0) == at(400.0) > at(39.0)


def test_offloaded_layers_are_charged_by_their_share() -> None:
    q = question(use_case(penalties={"offload": 0.3}))
    whole = score(q, quality(), 0.0, speed(), memory(), 0.0, ()).total
    third = score(q, quality(), 0.0, speed(), memory(), 1 / 3, ()).total
    assert whole - third == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("share", "value"), [(None, 0.0), (0.95, 0.0), (0.80, 0.0), (0.65, 0.5), (0.5, 1.0), (0.1, 1.0)]
)
def test_language_slips_grow_from_four_fifths_down_to_a_half(share: float | None, value: float) -> None:
    q = question(use_case(penalties={"language_slips": 0.2}), language_share=lambda _id: share)
    charged = penalties(q, row(), quality())
    assert charged == (() if not value else (("language_slips", pytest.approx(-value), 0.2),))


@pytest.mark.parametrize(
    ("times", "value"), [(None, 0.0), (0.5, 0.0), (1.1, 0.0), (4.4**0.5, 0.5), (4.0, 1.0), (9.0, 1.0)]
)
def test_long_thinking_grows_with_the_doublings_of_an_answer(times: float | None, value: float) -> None:
    q = question(use_case(penalties={"long_thinking": 0.03}), answer_length=lambda _id: times)
    for reasoning in ("always", "hybrid"):
        charged = penalties(q, row(reasoning=reasoning), quality())
        assert charged == (() if not value else (("long_thinking", pytest.approx(-value), 0.03),))
    assert penalties(q, row(reasoning="none"), quality()) == ()


def test_thinking_that_can_be_stopped_is_not_charged_where_it_would_be() -> None:
    q = question(use_case(penalties={"always_thinking": 0.05, "long_thinking": 0.02}), answer_length=lambda _id: 4.0)
    assert penalties(q, row(reasoning="hybrid"), quality()) == ()
    assert len(penalties(q, row(reasoning="always"), quality())) == 2


def test_only_charges_that_apply_stand_in_the_score() -> None:
    case = use_case(penalties={"always_thinking": 0.05, "superseded": 0.03, "licence_review": 0.1, "offload": 0.3})
    q = question(case, license_of=lambda _n: LicenseVerdict("review", ("x",)))
    assert {name for name, _, _ in penalties(q, row(), quality())} == {"licence_review"}
    charged = penalties(q, row(reasoning="always", superseded_by="m2"), quality())
    assert {name: weight for name, _, weight in charged} == {
        "always_thinking": 0.05,
        "superseded": 0.03,
        "licence_review": 0.1,
    }
    assert all(value == -1.0 for _, value, _ in charged)


@pytest.mark.parametrize(("grade", "value"), [("A", 0.0), ("B", 0.25), ("C", 0.5), ("D", 1.0), (None, 1.0)])
def test_thin_evidence_is_charged_by_grade(grade: str | None, value: float) -> None:
    q = question(use_case(penalties={"thin_evidence": 0.05}))
    known = None if grade is None else quality(grade=grade)
    assert penalties(q, row(), known) == ((("thin_evidence", -value, 0.05),) if value else ())


@given(
    st.floats(0, 1),
    st.floats(0, 0.5),
    st.floats(0, 500),
    st.integers(0, 30 * GIB),
    st.floats(0, 1),
    st.booleans(),
)
def test_no_plan_exceeds_the_bound(
    value: float, loss: float, tps: float, total: int, offloaded: float, thinking: bool
) -> None:
    """What ranking skips by the bound could not have ranked."""
    q = question(use_case(penalties={"offload": 0.3, "always_thinking": 0.1}))
    known = quality(value, min(0.05, value))
    charged = penalties(q, row(reasoning="always" if thinking else "none"), known)
    made = score(q, known, loss, speed(tps), memory(total), offloaded, charged)
    assert made.total <= upper_bound(q, known, loss, charged) + 1e-12
