"""Cholesky factors and solves for the small matrices of the stitching, in plain Python so that a wheel can build anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from operator import mul

Matrix = list[list[float]]


def dot(a: Sequence[float], b: Sequence[float]) -> float:
    """Scalar product over the shorter of two vectors."""
    total: float = sum(map(mul, a, b))
    return total


def cholesky(a: Sequence[Sequence[float]]) -> Matrix:
    """The lower factor of a positive definite matrix. Raises ValueError for any other."""
    lower: Matrix = []
    for i, row in enumerate(a):
        new: list[float] = []
        for j in range(i):
            other = lower[j]
            new.append((row[j] - dot(new, other)) / other[j])
        rest = row[i] - dot(new, new)
        if rest <= 0.0:
            raise ValueError("matrix is not positive definite")
        new.append(sqrt(rest))
        lower.append(new)
    return lower


def forward(lower: Matrix, b: Sequence[float]) -> list[float]:
    """Solve lower x = b for x."""
    x: list[float] = []
    for row, value in zip(lower, b, strict=True):
        x.append((value - dot(x, row)) / row[-1])
    return x


def backward(lower: Matrix, b: Sequence[float]) -> list[float]:
    """Solve (lower transposed) x = b for x."""
    x = list(b)
    for i in range(len(x) - 1, -1, -1):
        row = lower[i]
        x[i] /= row[i]
        value = x[i]
        for j in range(i):
            x[j] -= row[j] * value
    return x


def solve(a: Sequence[Sequence[float]], b: Sequence[float]) -> list[float]:
    """Solve a x = b for x, a positive definite."""
    lower = cholesky(a)
    return backward(lower, forward(lower, b))
