"""The measures of scripts/evaluate_ranking.py: rank correlation and the paired bootstrap."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from ranking_measures import Gap, paired_gap, ranks, spearman


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
