"""The small solver against systems solved by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osllm.quality.linear import backward, cholesky, dot, forward, solve

# 4x + 2y = 10, 2x + 3y = 11: x = 1, y = 3.
MATRIX = [[4.0, 2.0], [2.0, 3.0]]


def test_factor_by_hand() -> None:
    lower = cholesky(MATRIX)
    assert lower == [[2.0], [1.0, pytest.approx(2.0**0.5)]]


def test_solution_by_hand() -> None:
    assert solve(MATRIX, [10.0, 11.0]) == pytest.approx([1.0, 3.0])


def test_forward_and_backward_are_the_two_halves() -> None:
    lower = [[2.0], [1.0, 4.0]]
    assert forward(lower, [4.0, 10.0]) == [2.0, 2.0]
    assert backward(lower, [6.0, 8.0]) == [2.0, 2.0]


def test_dot_of_equal_lengths() -> None:
    assert dot([1.0, 2.0], [3.0, 4.0]) == 11.0


@pytest.mark.parametrize("matrix", [[[0.0]], [[1.0, 2.0], [2.0, 1.0]]])
def test_what_is_not_positive_definite_is_refused(matrix: list[list[float]]) -> None:
    with pytest.raises(ValueError, match="positive definite"):
        cholesky(matrix)


@given(
    st.lists(st.lists(st.floats(-3, 3), min_size=4, max_size=4), min_size=4, max_size=4),
    st.lists(st.floats(-5, 5), min_size=4, max_size=4),
)
def test_solution_solves(rows: list[list[float]], x: list[float]) -> None:
    a = [[dot(r, c) + (1.0 if i == j else 0.0) for j, c in enumerate(rows)] for i, r in enumerate(rows)]
    assert solve(a, [dot(row, x) for row in a]) == pytest.approx(x, abs=1e-6)
