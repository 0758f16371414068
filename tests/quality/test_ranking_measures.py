"""The measures of scripts/evaluate_ranking.py: rank correlation and the paired bootstrap."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from ranking_measures import Gap, advantage, paired_gap, ranks, spearman


def test_ranks_share_their_mean_where_values_tie() -> None:
    assert ranks([10.0, 30.0, 10.0, 20.0]) == [0.5, 3.0, 0.5, 2.0]


def test_rank_correlation_of_one_swap_in_four() -> None:
    # 1 - 6 * (1 + 1) / (4 * 15) = 0.8
    assert spearman([1.0, 2.0, 3.0, 4.0], [1.0, 3.0, 2.0, 4.0]) == pytest.approx(0.8)


def test_no_order_correlates_with_nothing() -> None:
    assert spearman([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]) == 0.0


def test_the_true_order_is_better_than_its_reverse_beyond_noise() -> None:
    truth = [float(i) for i in range(12)]
    gap = paired_gap(truth, truth, truth[::-1], "table")
    assert gap == Gap(2.0, 2.0, 2.0, 2.0)
    assert gap.verdict(80) == gap.verdict(95) == 1
    assert paired_gap(truth, truth[::-1], truth, "table").verdict(95) == -1


def test_equal_orders_are_undecided() -> None:
    truth = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0, 2.6, 5.3]
    gap = paired_gap(truth, truth, truth, "table")
    assert gap == Gap(0.0, 0.0, 0.0, 0.0)
    assert gap.verdict(80) == 0


def test_a_gap_may_show_at_80_and_not_at_95_percent() -> None:
    gap = Gap(-0.01, 0.02, 0.3, 0.4)
    assert (gap.verdict(80), gap.verdict(95)) == (1, 0)


def test_the_draws_of_a_table_are_the_same_in_every_run() -> None:
    truth, other = [1.0, 2.0, 3.0, 4.0, 5.0], [2.0, 1.0, 3.0, 5.0, 4.0]
    assert paired_gap(truth, truth, other, "a") == paired_gap(truth, truth, other, "a")


def test_the_error_of_a_gap_is_that_of_a_normal_with_its_80_percent_interval() -> None:
    assert Gap(-9.0, -0.12816, 0.12816, 9.0).error == pytest.approx(0.1, rel=1e-4)


def test_gaps_that_differ_by_their_noise_alone_are_one_gap() -> None:
    # Two tables at 0.1 +- 0.1 around a mean of 0.1: nothing between them, each is won with the chance that a normal is below 1.
    found = advantage([0.05, 0.15], [0.1, 0.1])
    assert (found.mean, found.between) == (pytest.approx(0.1), 0.0)
    assert found.even_wins == pytest.approx(2 * 0.841345, rel=1e-5)
    assert found.truly_lost == 0.0


def test_gaps_that_differ_by_more_than_their_noise_differ_in_truth() -> None:
    # weights 100 each, fixed mean 0.2, Q = 2 * 100 * 0.4^2 = 32, C = 200 - 20000 / 200 = 100: between^2 = (32 - 1) / 100
    found = advantage([-0.2, 0.6], [0.1, 0.1])
    assert found.mean == pytest.approx(0.2)
    assert found.between**2 == pytest.approx(0.31)
    # The chance of a normal of mean 0.2 and deviation 0.5568 to be below zero is 0.3597.
    assert found.truly_lost == pytest.approx(2 * 0.3597, abs=1e-3)


def test_a_table_without_an_error_counts_as_one_of_half_the_usual() -> None:
    # weights 1 / 0.1^2 twice and 1 / 0.05^2: (0.1 * 100 + 0.1 * 100 + 0.0 * 400) / 600
    assert advantage([0.1, 0.1, 0.0], [0.1, 0.1, 0.0]).mean == pytest.approx(20 / 600)


def test_a_sure_table_counts_more_than_an_unsure_one() -> None:
    found = advantage([0.3, 0.0], [0.1, 0.3])
    assert found.mean == pytest.approx((0.3 * 9 + 0.0) / 10)
