"""What a fit says: benchmark versions, abilities, and the variance of any mix of skills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from osllm.quality.linear import Matrix, forward
from osllm.quality.skills import SKILLS
from osllm.tuples import NamedTuple

INDEX: Final[Mapping[str, int]] = {s: k for k, s in enumerate(SKILLS)}


class Item(NamedTuple):
    """A benchmark version as fitted."""

    slope: float
    difficulty: float
    noise: float  # variance


class Ability(NamedTuple):
    """A model as fitted: mean and covariance over SKILLS, and how much of the prior comes from relatives with results."""

    mean: tuple[float, ...]
    observed: tuple[int, ...]  # skills with results of its own
    factor: tuple[tuple[float, ...], ...]  # lower triangle of the observed block
    rows: tuple[tuple[float, ...], ...]  # prior covariance of the observed skills with all
    scale: float

    def variance(self, weights: Sequence[float], covariance: Sequence[Sequence[float]]) -> float:
        """Variance of a weighted sum of the skills."""
        full = sum(w * u * covariance[a][b] for a, w in enumerate(weights) if w for b, u in enumerate(weights) if u)
        known = [sum(r * w for r, w in zip(row, weights, strict=True) if w) for row in self.rows]
        return self.scale * full - (
            sum(x * x for x in forward([list(r) for r in self.factor], known)) if known else 0.0
        )


class Fit(NamedTuple):
    """Everything that was fitted."""

    items: dict[str, Item]
    abilities: dict[str, Ability]
    covariance: Matrix
    shift: list[float]
    bias: dict[str, float]

    def variance(self, model: str, weights: Sequence[float]) -> float:
        """Variance of a weighted sum of a model's skills."""
        return self.abilities[model].variance(weights, self.covariance)
