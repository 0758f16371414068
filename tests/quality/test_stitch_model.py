"""The stitching on made-up worlds whose truth is known."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from osllm.quality import prior
from osllm.quality.ability import INDEX, Fit
from osllm.quality.observe import ModelFacts, Observation
from osllm.quality.skills import SKILLS
from osllm.quality.stitch import stitch

REASONING, CHAT = INDEX["reasoning"], INDEX["japanese-chat"]


def model(name: str, family: str = "", params: float = 8e9, **more: object) -> ModelFacts:
    facts = ModelFacts(
        name, None, family or name, f"lab {name}", None, "instruct", int(params), int(params), "2025-01-01", None, ()
    )
    return facts._replace(**more)


def row(name: str, benchmark: str, z: float, skill: str = "reasoning", **more: object) -> Observation:
    seen = Observation(
        name, None, benchmark, skill, z, z, True, False, "Evaluator", "2026-01-01", "src", benchmark, benchmark
    )
    return seen._replace(**more)


def unit(k: int) -> list[float]:
    return [float(i == k) for i in range(len(SKILLS))]


def deviation(fit: Fit, name: str, k: int = REASONING) -> float:
    return float(fit.variance(name, unit(k)) ** 0.5)


World = tuple[list[ModelFacts], list[Observation], dict[str, float]]


@pytest.fixture(scope="module")
def world() -> World:
    """Thirty models; weak ones sit in an easy table, strong ones in a hard table, ten of them in both."""
    dice = random.Random(5)
    truth = {f"m{i:02d}": -1.5 + i * 0.1 for i in range(30)}
    models = [model(name, params=8e9 * 2 ** dice.gauss(0, 1)) for name in truth]
    rows = [row(n, "easy", t + 2.0 + dice.gauss(0, 0.15)) for n, t in list(truth.items())[:20]]
    rows += [row(n, "hard", t - 2.0 + dice.gauss(0, 0.15)) for n, t in list(truth.items())[10:]]
    return models, rows, truth


def test_two_tables_are_linked_by_the_models_they_share(world: World) -> None:
    models, rows, truth = world
    fit = stitch(rows, models)
    found = [fit.abilities[n].mean[REASONING] for n in truth]
    # The raw values of the easy table are four higher: pooled as they stand they would put the weakest on top.
    raw = {n: prior.mean([r.z for r in rows if r.model == n]) for n in truth}

    def wrong(values: list[float]) -> int:
        return sum(a > b for i, b in enumerate(values) for a in values[:i])

    assert wrong(found) < 30 < 100 < wrong(list(raw.values()))  # of 435 pairs
    assert fit.items["easy"].difficulty < fit.items["hard"].difficulty - 3.0


def test_equal_input_gives_equal_bits(world: World) -> None:
    models, rows, _ = world
    assert stitch(rows, models) == stitch(rows, models)


def test_a_row_of_noise_moves_the_others_little(world: World) -> None:
    models, rows, truth = world
    before = stitch(rows, models)
    after = stitch([*rows, row("m29", "easy", -3.0)], models)  # about six below what it should be
    moved = [after.abilities[n].mean[REASONING] - before.abilities[n].mean[REASONING] for n in truth]
    together = prior.mean(moved)  # a common step changes no order
    assert max(abs(m - together) for m in moved) < 0.25


def test_results_narrow_and_their_absence_widens(world: World) -> None:
    models, rows, _ = world
    fit = stitch([r for r in rows if r.model != "m00"], models)
    assert deviation(fit, "m15") < deviation(fit, "m05") < deviation(fit, "m00")
    assert deviation(fit, "m15", REASONING) < deviation(fit, "m15", CHAT)


@pytest.mark.parametrize(
    "weaken",
    [
        lambda r: r._replace(reported=True),
        lambda r: r._replace(independent=False),
        lambda r: r._replace(series="one series", benchmark=r.benchmark),
    ],
    ids=["self-reported", "own model in a shared table", "one series"],
)
def test_weaker_evidence_leaves_wider_intervals(world: World, weaken: Callable[[Observation], Observation]) -> None:
    models, rows, _ = world
    assert deviation(stitch([weaken(r) for r in rows], models), "m15") > deviation(stitch(rows, models), "m15")


def test_size_orders_models_without_results() -> None:
    dice = random.Random(2)
    sizes = [2.0**k * 1e9 for k in range(8)] * 4
    models = [model(f"m{i:02d}", params=p) for i, p in enumerate(sizes)]
    rows = [row(m.id, "exam", 0.5 * (i % 8) - 2 + dice.gauss(0, 0.1)) for i, m in enumerate(models)]
    small, large = model("new-small", params=1e9), model("new-large", params=64e9)
    fit = stitch(rows, [*models, small, large])
    assert fit.abilities["new-large"].mean[REASONING] > fit.abilities["new-small"].mean[REASONING] + 1.0


def test_size_that_no_longer_helps_raises_no_expectations() -> None:
    dice = random.Random(3)
    steps = [i % 9 for i in range(36)]  # 1B to 256B, level from 32B on
    models = [model(f"m{i:02d}", params=2.0**k * 1e9) for i, k in enumerate(steps)]
    rows = [row(m.id, "exam", 0.6 * min(k, 5) - 2 + dice.gauss(0, 0.1)) for m, k in zip(models, steps, strict=True)]
    fit = stitch(rows, [*models, model("new", params=256e9)])
    level = prior.mean([fit.abilities[m.id].mean[REASONING] for m, k in zip(models, steps, strict=True) if k >= 5])
    assert abs(fit.abilities["new"].mean[REASONING] - level) < 0.3


def test_a_model_without_results_follows_its_family(world: World) -> None:
    models, rows, _ = world
    kin = [model(f"kin{i}", family="Kin", developer="Kin lab") for i in range(4)]
    rows = rows + [row(k.id, b, z) for k in kin[:3] for b, z in (("easy", 4.0), ("hard", 0.0))]
    fit = stitch(rows, [*models, *kin, model("stranger")])
    assert fit.abilities["kin3"].mean[REASONING] > fit.abilities["stranger"].mean[REASONING] + 0.3
    assert deviation(fit, "kin3") < deviation(fit, "stranger")


def test_not_thinking_is_told_from_being_weak() -> None:
    dice = random.Random(3)
    models = [model(f"m{i:02d}", reasoning="hybrid") for i in range(24)]
    truth = {m.id: dice.gauss(0, 1) for m in models}
    rows = [row(n, "exam", t, mode="thinking") for n, t in truth.items()]
    rows += [row(n, "exam", t - 1.0, mode="non-thinking") for n, t in list(truth.items())[:12]]
    rows += [row(n, "second", t, mode="thinking") for n, t in truth.items()]
    fit = stitch(rows, models)
    assert fit.shift[REASONING] < -0.6
    found = fit.abilities
    assert abs(found["m00"].mean[REASONING] - found["m12"].mean[REASONING] - (truth["m00"] - truth["m12"])) < 0.5


def test_a_developers_optimism_is_found() -> None:
    dice = random.Random(4)
    models = [model(f"m{i:02d}", developer="Lab" if i < 8 else "Other") for i in range(24)]
    truth = {m.id: dice.gauss(0, 1) for m in models}
    rows = [row(n, b, t + dice.gauss(0, 0.1)) for n, t in truth.items() for b in ("exam", "second", "third")]
    rows += [row(n, "own", t + (0.5 if n < "m08" else 0.0), independent=n >= "m08") for n, t in truth.items()]
    fit = stitch(rows, models)
    assert set(fit.bias) == {"Lab"}
    assert 0.1 < fit.bias["Lab"] < 0.6


def test_variance_of_a_mix_by_hand() -> None:
    """Of one model with nothing known, a mix w has variance w' Sigma w in units of its looseness."""
    fit = stitch([row("a", "exam", 0.0), row("b", "exam", 1.0)], [model("a"), model("b"), model("c", developer="C")])
    w = [0.0] * len(SKILLS)
    w[REASONING], w[CHAT] = 0.25, 0.75
    s, c = fit.covariance, fit.abilities["c"]
    by_hand = 0.0625 * s[REASONING][REASONING] + 0.5625 * s[CHAT][CHAT] + 2 * 0.1875 * s[REASONING][CHAT]
    assert fit.variance("c", w) == pytest.approx(c.scale * by_hand)


def test_a_table_that_counts_for_little_leaves_wide_intervals(world: World) -> None:
    models, rows, _ = world
    full, faint = stitch(rows, models), stitch(rows, models, emphasis={"easy": 0.01})
    assert deviation(faint, "m05") > deviation(full, "m05")
    assert stitch(rows, models, emphasis={"easy": 1.0}) == full


def test_own_figures_are_one_series_whoever_collected_them(world: World) -> None:
    models, rows, _ = world
    reported = {"independent": False, "reported": True, "evaluator": "lab m25"}
    own = [row("m25", name, 0.8, series=name, **reported) for name in ("first", "second")]
    others = [row(f"m{i:02d}", name, i * 0.1 - 1.5) for i in range(15, 25) for name in ("first", "second")]
    apart = stitch([*rows, *others, *own], models)
    together = stitch([*rows, *others, *(r._replace(series="one collection") for r in own)], models)
    assert apart == together
