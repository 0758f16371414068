"""Fit the constants of the speed model to the measurements in tests/data/speed and write them to estimate/calibration.py.

    python scripts/fit_speed.py            # report: errors with every accelerator left out in turn
    python scripts/fit_speed.py --write    # also rewrite src/osllm/estimate/calibration.py

Each kind of device (engine family, vendor and memory) is fitted by itself. What is made least is the mean of
|log(estimated / measured)|, capped so that a strange run cannot pull, every accelerator weighing the root of its rows; a
pattern search over the logarithms of the constants finds it. Builds of 2024 and early 2025 launch and unpack more slowly than today's, so
each of their sources has two factors of its own, which are not written.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from speed_data import Row, rows

from osllm.estimate.speed import CORE_FLOPS, Constants, cpu_constants, step_seconds

TARGET = Path(__file__).parent.parent / "src" / "osllm" / "estimate" / "calibration.py"
OLD_BUILDS = ("xiongjiedai_2024", "localscore_2025", "geerling_2025", "llama_pulls_2025")
# Where the search starts and, weakly, pulls to: launches of some 30 us a layer, reads near the full bandwidth.
START = Constants(2e-4, 3e-5, 1e-5, 2e-5, 0.9, 1.0, 1.2, 8.0, 4.0, 0.0, 0.0)
NAMES = Constants._fields[:9]
CAP = 0.7
PULL = 0.002
# Five machines tell no more than this: what threads cost that wait for each other, and a share of the bandwidth.
FEW = {
    "llama/cpu": (
        ("efficiency", "layer_s", "unpack_flops"),
        START._replace(layer_s=5e-6, mixture_s=5e-6, state_s=5e-6, unpack_flops=2.0),
    ),
    # Four laptops: the chips of desktops under a power limit.
    "llama/nvidia-laptop": (("efficiency", "step_s"), START._replace(step_s=4.5e-4, unpack_flops=5.0)),
}
# No table of prompt speeds of vLLM and its like names its settings. One figure does: 20,879 tokens/s of a 9,500-token prompt,
# Qwen3.6-35B-A3B on two RTX 5090 (noonghunna/club-3090, issue 851): 0.4 of their matrix rate.
SERVER_PREFILL = 0.4
# Without some rows of today's builds this deep the price of a cached byte cannot be told from that of a weight.
DEEP_TOKENS, DEEP_ROWS = 4000, 3
# Kinds nobody has measured in the open with a shape we know: the constants of the nearest kind, with a wider interval.
BORROWED = {
    "llama/amd-hbm": "llama/amd-gddr",
    "llama/intel": "llama/amd-gddr",
    "llama/google": "llama/amd-gddr",
    "llama/amd-laptop": "llama/amd-gddr",
    "server/nvidia-laptop": "server/nvidia-gddr",
    "server/amd-laptop": "server/nvidia-gddr",
    "transformers/nvidia-laptop": "transformers/nvidia-hbm",
    "transformers/amd-laptop": "transformers/nvidia-hbm",
    "server/nvidia-turing": "server/nvidia-gddr",
    "server/nvidia-pascal": "server/nvidia-gddr",
    "server/nvidia-without-dp4a": "server/nvidia-gddr",
    "server/nvidia-unified": "server/nvidia-gddr",
    "server/amd-hbm": "server/nvidia-hbm",
    "server/amd-gddr": "server/nvidia-gddr",
    "server/amd-unified": "server/nvidia-gddr",
    "server/intel": "server/nvidia-gddr",
    "server/google": "server/nvidia-hbm",
    "server/cpu": "llama/cpu",
    "transformers/nvidia-gddr": "transformers/nvidia-hbm",
    "transformers/nvidia-turing": "transformers/nvidia-hbm",
    "transformers/nvidia-pascal": "transformers/nvidia-hbm",
    "transformers/nvidia-without-dp4a": "transformers/nvidia-hbm",
    "transformers/nvidia-unified": "transformers/nvidia-hbm",
    "transformers/amd-hbm": "transformers/nvidia-hbm",
    "transformers/amd-gddr": "transformers/nvidia-hbm",
    "transformers/amd-unified": "transformers/nvidia-hbm",
    "transformers/intel": "transformers/nvidia-hbm",
    "transformers/google": "transformers/nvidia-hbm",
    "transformers/apple": "mlx/apple",
    "transformers/apple-m1-m2": "mlx/apple",
    "transformers/cpu": "llama/cpu",
}
BORROWED_WIDER = 1.25
# A kind with few accelerators has an interval at least this wide.
THIN = (0.75, 1.25)
THIN_CARDS = 5
COVERAGE = 0.8  # share of the measurements that an interval shall hold


class Fit(NamedTuple):
    """Constants of one kind, and the factors of old builds on launches and on unpacking."""

    constants: tuple[float, ...]
    launch: dict[str, float]
    unpack: dict[str, float]


class Judged(NamedTuple):
    """One row and what a fit without its accelerator says about it."""

    row: Row
    estimated_tps: float
    weight: float

    @property
    def error(self) -> float:
        """Estimated over measured, minus one."""
        return self.estimated_tps / (self.row.decode_tps or 1.0) - 1.0


def seconds(fit: Fit, row: Row) -> float:
    """Seconds per token of a row, as the product would compute them."""
    constants = Constants(*fit.constants, 0.0, 0.0)
    slow, heavy = fit.launch.get(row.source, 1.0), fit.unpack.get(row.source, 1.0)
    if slow != 1.0 or heavy != 1.0:
        constants = constants._replace(
            step_s=constants.step_s * slow,
            layer_s=constants.layer_s * slow,
            mixture_s=constants.mixture_s * slow,
            state_s=constants.state_s * slow,
            unpack_flops=constants.unpack_flops * heavy,
            plain_flops=constants.plain_flops * heavy,
        )
    return row_seconds(constants, row)


def row_seconds(constants: Constants, row: Row) -> float:
    """Seconds per token of a row by these constants."""
    if row.kind.endswith("/cpu") and row.flops:
        constants = cpu_constants(constants, row.flops / CORE_FLOPS)
    return constants.step_s + step_seconds(constants, row.work, row.bandwidth, row.flops, 1, row.bits)


def weights(chosen: list[Row]) -> list[float]:
    """An accelerator with many rows weighs the square root of their number."""
    number: dict[str, int] = defaultdict(int)
    for row in chosen:
        number[row.accelerator] += 1
    return [1.0 / number[row.accelerator] ** 0.5 for row in chosen]


def fit_rows(chosen: list[Row], start: Fit | None = None) -> Fit:
    """The constants for which the rows come out best."""
    sources = [name for name in OLD_BUILDS if any(row.source == name for row in chosen)]
    free, begin = FEW.get(chosen[0].kind, (NAMES, START))
    current = start or Fit(begin[: len(NAMES)], dict.fromkeys(sources, 1.3), dict.fromkeys(sources, 1.1))
    origin = (*begin[: len(NAMES)], *[1.3] * len(sources), *[1.1] * len(sources))
    values = [*current.constants, *(current.launch[s] for s in sources), *(current.unpack[s] for s in sources)]
    importance = weights(chosen)
    whole = sum(importance)
    deep = sum(row.depth >= DEEP_TOKENS and row.source not in OLD_BUILDS for row in chosen) >= DEEP_ROWS

    def made(v: list[float]) -> Fit:
        count = len(sources)
        return Fit(
            tuple(v[: len(NAMES)]),
            dict(zip(sources, v[len(NAMES) : len(NAMES) + count], strict=True)),
            dict(zip(sources, v[len(NAMES) + count :], strict=True)),
        )

    def loss(v: list[float]) -> float:
        fit = made(v)
        total = sum(
            w * min(CAP, abs(math.log(seconds(fit, row) * (row.decode_tps or 0.0))))
            for row, w in zip(chosen, importance, strict=True)
        )
        return total / whole + PULL * sum(abs(math.log(a / b)) for a, b in zip(v, origin, strict=True)) / len(v)

    best, steps = loss(values), [0.7] * len(values)
    if not deep:
        steps[NAMES.index("cache_factor")] = 0.0
    for number, source in enumerate(sources):
        if len({row.accelerator for row in chosen if row.source == source}) < 2:  # a build, or the card? not to be told
            steps[len(NAMES) + number] = steps[len(NAMES) + len(sources) + number] = 0.0
    steps[: len(NAMES)] = [step if name in free else 0.0 for step, name in zip(steps, NAMES, strict=False)]
    for _ in range(200):
        if max(steps) < 0.01:
            break
        for index, step in enumerate(steps):
            if step == 0.0:
                continue
            moved = False
            for sign in (1.0, -1.0):
                trial = list(values)
                trial[index] = _bounded(index, trial[index] * math.exp(sign * step), origin[index])
                value = loss(trial)
                if value < best - 1e-9:
                    values, best, moved = trial, value, True
                    break
            steps[index] = min(2.0, step * 1.3) if moved else step * 0.6
    return made(values)


def _bounded(index: int, value: float, origin: float) -> float:
    if index < len(NAMES) and NAMES[index] == "efficiency":
        return min(value, 1.0)  # nothing reads faster than the memory
    if index < len(NAMES) and NAMES[index] == "expert_factor":
        return max(value, 1.0)  # nor an expert's small matrices faster than large ones
    return min(max(value, origin / 100), origin * 100)


def left_out(chosen: list[Row], full: Fit) -> list[Judged]:
    """Each row as estimated by a fit to all other accelerators; empty for a single accelerator."""
    names = sorted({row.accelerator for row in chosen})
    judged = []
    for name in names if len(names) > 1 else ():
        fit = fit_rows([row for row in chosen if row.accelerator != name], full)
        own = [row for row in chosen if row.accelerator == name]
        judged += [Judged(row, 1.0 / seconds(_with_factors(fit, full), row), 1.0 / len(own)) for row in own]
    return judged


def _with_factors(fit: Fit, full: Fit) -> Fit:
    """A source that only the left-out accelerator has keeps the factors of the whole fit: they describe builds, not cards."""
    return fit._replace(launch={**full.launch, **fit.launch}, unpack={**full.unpack, **fit.unpack})


def quantile(values: list[tuple[float, float]], share: float) -> float:
    """The weighted quantile of (value, weight) pairs."""
    ordered = sorted(values)
    target = share * sum(weight for _, weight in ordered)
    done = 0.0
    for value, weight in ordered:
        done += weight
        if done >= target:
            return value
    return ordered[-1][0]


def interval(judged: list[Judged]) -> tuple[float, float]:
    """Measured over estimated, 10th and 90th percentile, as far apart as a thin kind must have them; rounded as written."""
    seen = len({j.row.accelerator for j in judged})
    if not judged:
        return THIN
    ratios = [(1.0 / (1.0 + j.error), j.weight) for j in judged]
    edge = (1.0 - COVERAGE) / 2
    least, most = THIN if seen < THIN_CARDS else (1.0, 1.0)
    low, high = min(least, quantile(ratios, edge)), max(most, quantile(ratios, 1.0 - edge))
    return math.floor(low * 100) / 100, math.ceil(high * 100) / 100


def covered(judged: Judged, span: tuple[float, float], wider: float) -> bool:
    """Whether a measurement lies in the interval that is printed with its estimate."""
    more = wider if judged.row.mixture else 1.0
    return span[0] / more <= 1.0 / (1.0 + judged.error) <= span[1] * more


def mixture_wider(judged: dict[str, list[Judged]]) -> float:
    """How much wider the intervals must be for mixtures of experts to hold their share of them too, over all kinds."""
    needed = []
    for found in judged.values():
        low, high = interval(found)
        for j in found:
            if j.row.mixture:
                ratio = 1.0 / (1.0 + j.error)
                needed.append((max(1.0, low / ratio, ratio / high), j.weight))
    return math.ceil(quantile(needed, COVERAGE) * 100) / 100


def prefill_shares(chosen: list[Row]) -> dict[str, float]:
    """Per kind the median share of the matrix rate that reading prompts reaches, every accelerator once."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in chosen:
        if row.prompt_tps and row.matrix_flops:
            found[row.kind][row.accelerator].append(row.prompt_tps * row.prompt_flops / row.matrix_flops)
    return {
        kind: quantile([(quantile([(s, 1.0) for s in shares], 0.5), 1.0) for shares in by_card.values()], 0.5)
        for kind, by_card in found.items()
    }


def fit_all(chosen: list[Row]) -> tuple[dict[str, Fit], dict[str, list[Judged]]]:
    """Fits of all kinds, and each row judged by a fit that has not seen its accelerator."""
    fits, judged = {}, {}
    for kind in sorted({row.kind for row in chosen}):
        own = [row for row in chosen if row.kind == kind and row.decode_tps]
        if own:
            fits[kind] = fit_rows(own)
            judged[kind] = left_out(own, fits[kind])
    return fits, judged


def table(fits: dict[str, Fit], judged: dict[str, list[Judged]]) -> dict[str, Constants]:
    """What is written: constants with intervals, measured kinds and borrowed ones."""
    written = {}
    for kind, fit in fits.items():
        written[kind] = Constants(*(_rounded(v) for v in fit.constants), *interval(judged[kind]))
    for kind, origin in BORROWED.items():
        if kind not in written:
            near = written[origin]
            written[kind] = near._replace(
                low=round(near.low / BORROWED_WIDER, 2), high=round(near.high * BORROWED_WIDER, 2)
            )
    return dict(sorted(written.items()))


def prefill_table(chosen: list[Row], kinds: dict[str, Constants]) -> dict[str, float]:
    """Prefill shares of every kind in the table; a kind without prompt measurements has its family's nearest."""
    shares = prefill_shares(chosen)
    found = {}
    for kind in kinds:
        family, memory = kind.split("/")
        choices = (kind, BORROWED.get(kind, kind), f"llama/{memory}", "llama/amd-gddr")
        measured = next(shares[name] for name in choices if name in shares)
        found[kind] = SERVER_PREFILL if family in ("server", "transformers") else round(min(1.0, measured), 3)
    return found


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def render(kinds: dict[str, Constants], prefill: dict[str, float], wider: float) -> str:
    """The text of estimate/calibration.py."""
    lines = [
        '"""Constants of the speed model, written by scripts/fit_speed.py from tests/data/speed. Not edited by hand."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        "# In the order of `speed.Constants`: seconds per step, layer, mixture layer and recurrent layer; share of the",
        "# bandwidth; prices of a cached byte and of one of experts; FLOPs per parameter of quantized and of 16-bit formats;",
        "# ends of the interval.",
        "Row = tuple[float, float, float, float, float, float, float, float, float, float, float]",
        "DECODE: Final[dict[str, Row]] = {",
        *(f'    "{kind}": ({", ".join(f"{value:g}" for value in row)}),' for kind, row in kinds.items()),
        "}",
        "# Share of the 16-bit matrix rate that reading a prompt reaches.",
        "PREFILL: Final[dict[str, float]] = {",
        *(f'    "{kind}": {value:g},' for kind, value in prefill.items()),
        "}",
        "# How much wider the interval is for mixtures of experts.",
        f"MIXTURE_WIDER: Final = {wider:g}",
        "",
    ]
    return "\n".join(lines)


def report(judged: dict[str, list[Judged]]) -> None:
    """Errors on accelerators that the fit had not seen, every accelerator weighing the same."""
    print(f"{'kind':26} {'rows':>5} {'cards':>5} {'median':>7} {'p90':>6} {'dense':>6} {'MoE':>6}")
    for kind, rows_ in judged.items():
        if rows_:
            print(line(kind, rows_))
    print(line("all", [j for rows_ in judged.values() for j in rows_]))


def line(name: str, judged: list[Judged]) -> str:
    """One row of the report."""

    def middle(chosen: list[Judged]) -> str:
        return f"{quantile([(abs(j.error), j.weight) for j in chosen], 0.5):.1%}" if chosen else "-"

    p90 = quantile([(abs(j.error), j.weight) for j in judged], 0.9)
    dense, mixture = [j for j in judged if not j.row.mixture], [j for j in judged if j.row.mixture]
    cards = len({j.row.accelerator for j in judged})
    return f"{name:26} {len(judged):5} {cards:5} {middle(judged):>7} {p90:6.1%} {middle(dense):>6} {middle(mixture):>6}"


def main() -> None:
    """Fit, report and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="rewrite src/osllm/estimate/calibration.py")
    asked = parser.parse_args()
    chosen = rows()
    fits, judged = fit_all(chosen)
    report(judged)
    for kind, fit in fits.items():
        print(kind, {n: _rounded(v) for n, v in zip(NAMES, fit.constants, strict=True)}, fit.launch, fit.unpack)
    if asked.write:
        kinds = table(fits, judged)
        text = render(kinds, prefill_table(chosen, kinds), mixture_wider(judged))
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
