"""How many machines serve so many users, how fast, at what price, and whether a hosted API would be cheaper.

All of it follows from the estimates: a machine takes as many users as fit and are served fast enough, the rest is division.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from osllm.domain.hardware import GpuGroup, Machine
from osllm.estimate.engines import ENGINES
from osllm.estimate.placement import estimate_at, estimate_plan, placement_for, tensor_parallel_sizes
from osllm.estimate.speed import estimate_speed
from osllm.hardware.memory import usable_bytes
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from osllm.domain.hardware import Gpu
    from osllm.domain.plan import EngineOptions
    from osllm.estimate.footprint import Footprint

HOURS_A_MONTH: Final = 730  # 365.25 days x 24 hours / 12
# Below a third of its full load a machine that pays is worth having alone; between that and full load it pays only for the
# steady part of the load, which is why both together are advised.
_ALONE_UP_TO: Final = 1 / 3


class Load(NamedTuple):
    """What one machine does with so many users at once."""

    users: int
    gpus: int
    decode_tps: float | None  # of one user
    ttft_s: float | None
    total_tps: float | None


class Sizing(NamedTuple):
    """Machines for a number of users."""

    users: int
    per_replica: Load
    replicas: int

    @property
    def gpus(self) -> int:
        """Accelerators over all replicas."""
        return self.replicas * self.per_replica.gpus


class Offer(NamedTuple):
    """A sizing on rented machines. A replica may take a part of one: two of four GPUs share a machine of eight."""

    provider: str
    instance: str
    gpu: str
    gpu_count: int
    price_per_hour_usd: float
    price_date: str
    instances: int
    sizing: Sizing

    @property
    def usd_per_hour(self) -> float:
        """All machines together."""
        return self.price_per_hour_usd * self.instances

    @property
    def total_tps(self) -> float | None:
        """Tokens per second of all replicas together; None where the speed is not known."""
        one = self.sizing.per_replica.total_tps
        return None if one is None else one * self.sizing.replicas

    @property
    def usd_per_million_tokens(self) -> float | None:
        """Price of a million generated tokens while all users are busy; None where the speed is not known."""
        return None if not self.total_tps else self.usd_per_hour / (self.total_tps * 3600) * 1e6


class BreakEven(NamedTuple):
    """A rented machine against a hosted API."""

    million_tokens: float  # a month, where both cost the same
    share: float  # of what the machines can generate in a month
    advice: str  # api | own | both


def load_at(
    fp: Footprint,
    fmt: str,
    engine: str,
    machine: Machine,
    context_tokens: int,
    options: EngineOptions,
    *,
    offload: bool = False,
) -> Callable[[int], Load | None]:
    """A function from users to the load of one machine; None where so many do not fit."""

    def of(users: int) -> Load | None:
        slots = options._replace(slots=users)
        placement, memory = estimate_plan(fp, fmt, engine, machine, context_tokens, users, slots, offload=offload)
        if not memory.fits:
            return None
        speed = estimate_speed(fp, fmt, engine, machine, placement, context_tokens, users, slots)
        return Load(users, placement.gpus, speed.decode_tps, speed.ttft_s, speed.total_tps)

    return of


def load_on_all(
    fp: Footprint, fmt: str, engine: str, machine: Machine, context_tokens: int, options: EngineOptions
) -> Callable[[int], Load | None]:
    """The same with every card of the machine in use, which is what it is rented for; None where the heads do not divide."""
    cards = machine.gpu_count
    possible = not ENGINES[engine].tensor_parallel or cards in tensor_parallel_sizes(fp, cards)
    placement = placement_for(fp, engine, cards)

    def of(users: int) -> Load | None:
        slots = options._replace(slots=users)
        at = (fp, fmt, engine, machine, context_tokens, users, slots)
        if not possible or not estimate_at(*at, placement).fits:
            return None
        speed = estimate_speed(fp, fmt, engine, machine, placement, context_tokens, users, slots)
        return Load(users, placement.gpus, speed.decode_tps, speed.ttft_s, speed.total_tps)

    return of


def good_enough(load: Load | None, min_tps: float | None) -> bool:
    """Whether a load fits and gives every user the tokens per second asked for. Unknown speed does not disqualify."""
    return load is not None and (min_tps is None or load.decode_tps is None or load.decode_tps >= min_tps)


def size(of: Callable[[int], Load | None], users: int, min_tps: float | None) -> Sizing | None:
    """The fewest machines for `users`; None where one machine does not serve a single user well enough.

    More users on a machine never make it faster for one of them, so the most that a machine takes is found by halving.
    """
    if not good_enough(of(1), min_tps):
        return None
    low, high = 1, users
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if good_enough(of(middle), min_tps) else (low, middle - 1)
    return spread(of, users, -(-users // low))


def spread(of: Callable[[int], Load | None], users: int, replicas: int) -> Sizing | None:
    """The users spread evenly over so many machines, so that no machine is the slow one."""
    even = of(-(-users // replicas))
    return None if even is None else Sizing(users, even, replicas)


def rented(gpu: Gpu, count: int) -> Machine:
    """A cloud instance as a machine. Its RAM is not in the price list, so nothing is left in RAM."""
    return Machine((GpuGroup(gpu, count, usable_bytes(gpu)),), None, None, None, None, "assumed")


def offers(
    instances: Iterable[Mapping[str, Any]],
    gpus: Mapping[str, Gpu],
    load_on: Callable[[Machine], Callable[[int], Load | None]],
    users: int,
    min_tps: float | None,
) -> list[Offer]:
    """Every instance with a known price on which the plan runs, the cheapest for these users first."""
    found = []
    for row in instances:
        price, gpu, count = row.get("price_per_hour_usd"), gpus.get(row["gpu"]), int(row["gpu_count"])
        if price is None or gpu is None:
            continue
        choices = []
        for taken in (1 << n for n in range(count.bit_length())):
            sizing = size(load_on(rented(gpu, taken)), users, min_tps)
            if sizing is not None:
                choices.append(
                    (-(-sizing.replicas // (count // taken)), -(sizing.per_replica.decode_tps or 0.0), sizing)
                )
        if choices:
            number, _, sizing = min(choices, key=lambda choice: choice[:2])
            date = str(row.get("price_date") or "?")
            found.append(Offer(row["provider"], row["instance"], row["gpu"], count, float(price), date, number, sizing))
    return sorted(found, key=lambda o: (o.usd_per_hour, o.usd_per_million_tokens or 0.0, o.instance))


def break_even(offer: Offer, api_price: float) -> BreakEven | None:
    """The monthly volume above which the machine is cheaper than an API at `api_price` USD per million tokens."""
    if not offer.total_tps:
        return None
    million = offer.usd_per_hour * HOURS_A_MONTH / api_price
    full = offer.total_tps * 3600 * HOURS_A_MONTH / 1e6
    share = million / full
    advice = "api" if share >= 1 else "own" if share <= _ALONE_UP_TO else "both"
    return BreakEven(million, share, advice)
