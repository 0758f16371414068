"""Shares of the matrix rate that reading prompts reaches, taken from the measurements in tests/data/speed.

What a batch of prompt tokens spends on launches and on reading weights comes from the decode constants of its kind; what is left is
FLOPs over the matrix rate times one share per kind and class of weights, the one with the least mean |log(estimated / measured)|.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import NamedTuple

from speed_data import Row

from osllm.estimate.prompts import CLASSES
from osllm.estimate.speed import Constants, launch_seconds

# Classes that a kind has no rows of, over its quantized share: the medians of the kinds that have both.
RATIOS = (1.0, 0.64, 1.35)
STEPS = [math.exp(0.02 * step) for step in range(-230, 1)]  # shares from 0.01 to 1
CAP = 1.0

Shares = dict[int, float]  # by class


class Told(NamedTuple):
    """One row and what shares without its accelerator say about it."""

    row: Row
    estimated_tps: float
    weight: float

    @property
    def error(self) -> float:
        """Estimated over measured, minus one."""
        return self.estimated_tps / (self.row.prompt_tps or 1.0) - 1.0


def overhead_s(row: Row, constants: Constants) -> float:
    """Seconds per prompt token for launches and for reading the weights that a batch touches."""
    work = row.work
    launches = constants.step_s + launch_seconds(constants, work.layers, work.mixture_layers, work.state_layers)
    return (launches + row.prompt_bytes / (row.bandwidth * constants.efficiency)) / row.prompt_batch


def arithmetic_s(row: Row) -> float:
    """Seconds per prompt token at the whole matrix rate."""
    return row.prompt_flops / (row.matrix_flops or math.inf)


def read_prompts(chosen: list[Row]) -> list[Row]:
    """Rows with a prompt speed, on accelerators whose matrix rate is known."""
    return [row for row in chosen if row.prompt_tps and row.matrix_flops and row.number == 1]


def shares_of(chosen: list[Row], constants: Constants) -> Shares:
    """The share of each class that the rows of one kind have."""
    found = {}
    for which in sorted({row.prompt_class for row in chosen}):
        own = [row for row in chosen if row.prompt_class == which]
        number = Counter(row.accelerator for row in own)
        terms = [
            (overhead_s(row, constants), arithmetic_s(row), row.prompt_tps or 1.0, number[row.accelerator] ** -0.5)
            for row in own
        ]

        def loss(share: float, terms: list[tuple[float, float, float, float]] = terms) -> float:
            return sum(w * min(CAP, abs(math.log((fixed + work / share) * tps))) for fixed, work, tps, w in terms)

        found[which] = min(STEPS, key=loss)
    return found


def completed(shares: Shares) -> tuple[float, ...]:
    """A share for every class: those without rows from one that has, dense models first."""
    base = next(shares[which] / RATIOS[which] for which in (0, 2, 1) if which in shares)
    return tuple(round(min(1.0, shares.get(which, base * RATIOS[which])), 3) for which in range(len(CLASSES)))


def told(row: Row, shares: tuple[float, ...], constants: Constants, weight: float) -> Told:
    """A row beside its estimate."""
    seconds = overhead_s(row, constants) + arithmetic_s(row) / shares[row.prompt_class]
    return Told(row, 1.0 / seconds, weight)


def prompts_left_out(chosen: list[Row], constants: Constants) -> list[Told]:
    """Each row as estimated by shares of all other accelerators; empty for a single accelerator."""
    names = sorted({row.accelerator for row in chosen})
    found = []
    for name in names if len(names) > 1 else ():
        shares = completed(shares_of([row for row in chosen if row.accelerator != name], constants))
        own = [row for row in chosen if row.accelerator == name]
        found += [told(row, shares, constants, 1.0 / len(own)) for row in own]
    return found


def fit_prompts(
    chosen: list[Row], kinds: dict[str, Constants]
) -> tuple[dict[str, tuple[float, ...]], dict[str, list[Told]]]:
    """Shares of every measured kind, and each row judged by shares that have not seen its accelerator."""
    measured = read_prompts(chosen)
    shares, judged = {}, {}
    for kind in sorted({row.kind for row in measured}):
        own = [row for row in measured if row.kind == kind]
        shares[kind] = completed(shares_of(own, kinds[kind]))
        judged[kind] = prompts_left_out(own, kinds[kind])
    return shares, judged
