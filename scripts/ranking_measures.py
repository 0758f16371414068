"""Rank correlation, and how surely one order is nearer to a table than another."""

from __future__ import annotations

import random
from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, median
from typing import NamedTuple

from osllm.quality import prior

RESAMPLES = 1000
NORMAL = NormalDist()
LEAST_ERROR = 0.5  # of the median error: a table on whose few models both orders agree is not known better than that


class Gap(NamedTuple):
    """Bootstrap quantiles of the difference of two rank correlations with one table."""

    low95: float
    low80: float
    high80: float
    high95: float

    @property
    def error(self) -> float:
        """Standard error, from the width of the 80 % interval."""
        return (self.high80 - self.low80) / (2.0 * NORMAL.inv_cdf(0.9))

    def verdict(self, level: int) -> int:
        """1: better beyond noise at 80 or 95 %; -1: worse; 0: undecided."""
        low, high = (self.low80, self.high80) if level == 80 else (self.low95, self.high95)
        return int(low > 0.0) - int(high < 0.0)


def ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 0, ties sharing their mean."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    out = [0.0] * len(values)
    start = 0
    while start < len(order):
        end = start
        while end + 1 < len(order) and values[order[end + 1]] == values[order[start]]:
            end += 1
        for i in order[start : end + 1]:
            out[i] = (start + end) / 2.0
        start = end + 1
    return out


def correlation(a: Sequence[float], b: Sequence[float]) -> float:
    """Pearson's correlation; 0 where one side is constant."""
    ma, mb = prior.mean(a), prior.mean(b)
    top = sum((x - ma) * (y - mb) for x, y in zip(a, b, strict=True))
    below = sqrt(sum((x - ma) ** 2 for x in a) * sum((y - mb) ** 2 for y in b))
    return top / below if below else 0.0


def spearman(a: Sequence[float], b: Sequence[float]) -> float:
    """Rank correlation."""
    return correlation(ranks(a), ranks(b))


def standardised(values: Sequence[float]) -> list[float]:
    """Values less their mean, in standard deviations."""
    m = prior.mean(values)
    sd = sqrt(prior.mean([(v - m) ** 2 for v in values]))
    return [(v - m) / sd if sd else 0.0 for v in values]


def paired_gap(truth: Sequence[float], one: Sequence[float], other: Sequence[float], seed: str) -> Gap:
    """How much nearer `one` is to `truth` than `other`: the models of the table are drawn with replacement, the same for both.

    `seed` makes the draws of a table the same in every run. (Efron and Tibshirani 1993, percentile intervals.)
    """
    dice = random.Random(seed)
    places = range(len(truth))
    gaps = []
    for _ in range(RESAMPLES):
        drawn = dice.choices(places, k=len(truth))
        z = ranks([truth[i] for i in drawn])
        near, far = (correlation(ranks([way[i] for i in drawn]), z) for way in (one, other))
        gaps.append(near - far)
    gaps.sort()
    return Gap(*(gaps[min(RESAMPLES - 1, int(q * RESAMPLES))] for q in (0.025, 0.1, 0.9, 0.975)))


class Advantage(NamedTuple):
    """By how much one order is better than another over all tables, and what noise would make of an even advantage."""

    mean: float  # of the tables' true gaps
    between: float  # standard deviation of the true gaps
    even_wins: float  # tables that would be won if every true gap were the mean: the rest would be lost to noise alone
    truly_lost: float  # tables with a true gap below zero, by mean and between


def advantage(gaps: Sequence[float], errors: Sequence[float]) -> Advantage:
    """True gaps behind measured ones: random effects by the method of moments (DerSimonian and Laird 1986).

    Tables are taken for independent of each other.
    """
    least = LEAST_ERROR * median(errors)
    squares = [max(least, e) ** 2 for e in errors]
    weights = [1.0 / v for v in squares]
    total = sum(weights)
    fixed = sum(w * g for w, g in zip(weights, gaps, strict=True)) / total
    excess = sum(w * (g - fixed) ** 2 for w, g in zip(weights, gaps, strict=True)) - (len(gaps) - 1)
    between = max(0.0, excess / (total - sum(w * w for w in weights) / total)) if len(gaps) > 1 else 0.0
    weights = [1.0 / (v + between) for v in squares]
    mean = sum(w * g for w, g in zip(weights, gaps, strict=True)) / sum(weights)
    return Advantage(
        mean,
        sqrt(between),
        sum(NORMAL.cdf(mean / sqrt(v)) for v in squares),
        len(gaps) * (NORMAL.cdf(-mean / sqrt(between)) if between else float(mean < 0.0)),
    )
