"""Sizing by hand: users per machine, machines, prices, break-even."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serve_support import gpu

from osllm.serve.capacity import Load, break_even, good_enough, offers, size


def server(most, speed):
    """A machine that holds `most` users and gives each `speed` divided by a tenth more for every further user."""

    def of(users):
        if users > most:
            return None
        tps = speed / (1 + (users - 1) / 10)
        return Load(users, 1, tps, 0.5, tps * users)

    return of


def test_memory_bounds_the_users_of_a_machine():
    sized = size(server(20, 100.0), 50, None)
    # 20 fit, so 3 machines; 17 users each (50 / 3 rounded up)
    assert (sized.replicas, sized.per_replica.users, sized.gpus) == (3, 17, 3)
    assert sized.per_replica.decode_tps == pytest.approx(100 / 2.6)


def test_speed_bounds_the_users_of_a_machine():
    # at least 50 tok/s: 100 / (1 + (n - 1) / 10) >= 50 up to n = 11
    sized = size(server(100, 100.0), 22, 50.0)
    assert (sized.replicas, sized.per_replica.users) == (2, 11)


def test_what_is_too_slow_for_one_is_not_sized():
    assert size(server(100, 9.0), 5, 10.0) is None
    assert size(server(0, 100.0), 5, None) is None


def test_unknown_speed_does_not_disqualify():
    assert good_enough(Load(1, 1, None, None, None), 10.0)
    assert not good_enough(None, None)


@given(st.integers(1, 60), st.floats(1, 200), st.integers(1, 300), st.one_of(st.none(), st.floats(0.1, 100)))
def test_all_users_are_served_and_no_machine_is_superfluous(most, speed, users, min_tps):
    of = server(most, speed)
    sized = size(of, users, min_tps)
    if sized is None:
        assert not good_enough(of(1), min_tps)
        return
    assert sized.replicas * sized.per_replica.users >= users
    assert good_enough(sized.per_replica, min_tps)
    if sized.replicas > 1:
        fewer = -(-users // (sized.replicas - 1))
        assert not good_enough(of(fewer), min_tps)


CLOUDS = [
    {
        "provider": "a",
        "instance": "one",
        "gpu": "x",
        "gpu_count": 1,
        "price_per_hour_usd": 1.0,
        "price_date": "2026-06",
    },
    {
        "provider": "a",
        "instance": "eight",
        "gpu": "x",
        "gpu_count": 8,
        "price_per_hour_usd": 12.0,
        "price_date": "2026-06",
    },
    {"provider": "a", "instance": "unpriced", "gpu": "x", "gpu_count": 8},
    {"provider": "a", "instance": "unknown", "gpu": "y", "gpu_count": 1, "price_per_hour_usd": 0.1},
]


def rent(users):
    return offers(CLOUDS, {"x": gpu(key="x")}, lambda machine: server(10, 100.0 * machine.gpu_count), users, None)


def test_the_cheapest_offer_comes_first_and_unpriced_ones_are_left_out():
    found = rent(10)
    assert [(o.instance, o.instances, o.usd_per_hour) for o in found] == [("one", 1, 1.0), ("eight", 1, 12.0)]
    # ten users at 100 / 1.9 each: 526.3 tok/s for a dollar an hour
    assert found[0].usd_per_million_tokens == pytest.approx(1 / (1000 / 1.9 * 3600) * 1e6)


def test_parts_of_a_large_machine_are_all_used():
    eight = rent(16)[-1]
    assert eight.instance == "eight"
    assert eight.instances == 1
    assert eight.sizing.replicas * eight.sizing.per_replica.users >= 16
    assert eight.sizing.replicas > 1


def test_many_users_take_many_machines():
    one = next(o for o in rent(100) if o.instance == "one")
    assert (one.instances, one.sizing.replicas, one.usd_per_hour) == (10, 10, 10.0)


@pytest.mark.parametrize(("price", "advice"), [(0.1, "api"), (0.6, "both"), (5.0, "own")])
def test_break_even_by_hand(price, advice):
    offer = rent(10)[0]
    even = break_even(offer, price)
    # 730 dollars a month buy 730 / price million tokens; the machine makes 526.3 x 3600 x 730 / 1e6 = 1383 million
    assert even.million_tokens == pytest.approx(730 / price)
    assert even.share == pytest.approx(730 / price / (1000 / 1.9 * 3600 * 730 / 1e6))
    assert even.advice == advice
