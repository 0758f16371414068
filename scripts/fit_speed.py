"""Fit the constants of the speed model to the measurements in tests/data/speed and write them to estimate/calibration.py.

    python scripts/fit_speed.py            # report: errors with every accelerator left out in turn
    python scripts/fit_speed.py --write    # also rewrite src/osllm/estimate/calibration.py

Each kind of device (engine family, vendor and memory) is fitted by itself. What is made least is the mean of
|log(estimated / measured)|, capped so that a strange run cannot pull, every accelerator weighing the root of its rows; a
pattern search over the logarithms of the constants finds it. Builds of 2024 and early 2025 launch and unpack more slowly than today's, so
each of their sources has two factors of its own, which are not written. Batches and accelerators that share each layer are fitted
with the rest. Forms of the model were chosen by the same errors that are reported: on new accelerators they will be somewhat larger.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fit_prompts import Told, fit_prompts
from speed_data import Row, rows

from osllm.estimate.prompts import CLASSES
from osllm.estimate.speed import CORE_FLOPS, UNPACK_BITS, Constants

TARGET = Path(__file__).parent.parent / "src" / "osllm" / "estimate" / "calibration.py"
# Sources with two factors of their own, on launches and on unpacking: builds from before autumn 2025 (qwen_2024: vLLM 0.4 and
# 0.6), and a server around MLX that spends time of its own on every token.
OLD_BUILDS = (
    "xiongjiedai_2024",
    "localscore_2025",
    "geerling_2025",
    "llama_pulls_2025",
    "qwen_2024",
    "rapid_mlx_2026",
)
# The same of its server alone (SGLang 0.4): what Transformers spends on launches is Python's, then as now.
OLD_SERVERS = ("qwen_2025",)
# Launches of a server come from its build and the host, not from the card: one accelerator is enough to tell their factor.
HOSTS = ("qwen_2024",)
# Where the search starts and, weakly, pulls to: launches of some 30 us a layer, reads near the full bandwidth; a mixture's
# three grouped matrices each wait some 1.5 us for 1 TB/s.
START = Constants(2e-4, 3e-5, 1e-5, 2e-5, 0.9, 1.0, 5e6, 8.0, 4.0, 4.0, 1e-5, 0.0, 0.0)
# llama.cpp spreads a recurrent layer over a dozen kernels and more: where rows tell it, 50 to 300 us.
LLAMA = START._replace(state_s=1e-4)
NAMES = Constants._fields[:-2]
LAUNCH_FACTOR, UNPACK_FACTOR = 1.3, 1.1  # where the search for such factors starts
SLOWEST = 6.0  # and as far as it goes; no launch was faster before
CAP = 0.7
PULL = 0.002
# Five machines tell no more than this: what threads cost that wait for each other, and a share of the bandwidth.
FEW = {
    "llama/cpu": (
        ("efficiency", "layer_s", "unpack_flops"),
        START._replace(layer_s=5e-6, mixture_s=5e-6, state_s=5e-6, mixture_bytes=1e4, unpack_flops=2.0),
    ),
    # Four laptops: the chips of desktops under a power limit.
    "llama/nvidia-laptop": (("efficiency", "step_s"), LLAMA._replace(step_s=4.5e-4, unpack_flops=5.0)),
    # One accelerator with a handful of rows each, in servers of mixtures of experts only.
    "llama/amd-hbm": (("efficiency", "layer_s", "unpack_flops"), LLAMA),
    "server/amd-hbm": (("mixture_bytes", "mixture_s", "sequence_s"), START),
    "server/nvidia-unified": (("mixture_bytes", "mixture_s"), START),
}
# No public table of prompt speeds of vLLM and its like names its settings. One figure does: 20,879 tokens/s of a 9,500-token prompt,
# Qwen3.6-35B-A3B on two RTX 5090 (noonghunna/club-3090, issue 851): 0.4 of their matrix rate. It stands for every memory that
# tests/data/speed has no row of.
SERVER_PREFILL = 0.4
# Without some rows of today's builds this deep the price of a cached byte cannot be told from that of a weight.
DEEP_TOKENS, DEEP_ROWS = 4000, 3
# Kinds nobody has measured in the open with a shape we know: the constants of the nearest kind, with a wider interval.
BORROWED = {
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
FEW_ROWS = 8  # a kind of one accelerator with fewer is widened like a borrowed one
# A kind with few accelerators has an interval at least this wide.
THIN = (0.75, 1.25)
THIN_CARDS = 5
COVERAGE = 0.8  # share of the measurements that an interval shall hold


def is_old(row: Row) -> bool:
    """Whether a row's build is older than autumn 2025, or has costs of its own."""
    return row.source in OLD_BUILDS or (row.source in OLD_SERVERS and row.kind.startswith("server/"))


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


class Features(NamedTuple):
    """What each constant is multiplied with in the seconds of one row: the model is linear in all but the efficiency."""

    layers: float
    mixture: float
    state: float
    bytes_s: float  # weights and states over the bandwidth
    cache_s: float
    mixture_s: float  # mixture layers over the bandwidth
    quantized: float  # parameters over the matrix rate
    plain: float
    batch: float  # the same, times the further sequences
    sequences: float  # further sequences
    message_s: float  # seconds between accelerators that share each layer


def features(row: Row) -> Features:
    """Features of a row; on a CPU every thread waits after every operation (`speed.cpu_constants`)."""
    work, more = row.work, row.users - 1
    cores = row.flops / CORE_FLOPS if row.kind.endswith("/cpu") and row.flops else 1.0
    per_flop = work.params / row.flops if row.flops else 0.0
    return Features(
        work.layers * cores,
        work.mixture_layers * cores,
        work.state_layers * cores,
        (work.weight_bytes + work.state_bytes) / row.bandwidth,
        work.cache_bytes / row.bandwidth,
        work.mixture_layers / row.bandwidth,
        0.0 if row.bits > 15 else per_flop * UNPACK_BITS / row.bits,
        per_flop if row.bits > 15 else 0.0,
        per_flop * more,
        more,
        row.message_s,
    )


def seconds_of(v: Sequence[float], x: Features, slow: float = 1.0, heavy: float = 1.0) -> float:
    """`speed.step_seconds` and the step, of constants in the order of NAMES; an old build's factors on launches and unpacking."""
    launches = v[0] + v[1] * x.layers + v[2] * x.mixture + v[3] * x.state
    read = x.bytes_s + v[5] * x.cache_s + v[6] * x.mixture_s
    unpacked = v[7] * x.quantized + v[8] * x.plain
    return slow * launches + read / v[4] + heavy * unpacked + v[9] * x.batch + v[10] * x.sequences + x.message_s


def seconds(fit: Fit, row: Row) -> float:
    """Seconds per token of a row."""
    slow, heavy = fit.launch.get(row.source, 1.0), fit.unpack.get(row.source, 1.0)
    return seconds_of(fit.constants, features(row), slow, heavy)


def weights(chosen: list[Row]) -> list[float]:
    """An accelerator with many rows weighs the square root of their number."""
    number: dict[str, int] = defaultdict(int)
    for row in chosen:
        number[row.accelerator] += 1
    return [1.0 / number[row.accelerator] ** 0.5 for row in chosen]


def fit_rows(chosen: list[Row], start: Fit | None = None) -> Fit:
    """The constants for which the rows come out best."""
    kind = chosen[0].kind
    sources = [
        name for name in (*OLD_BUILDS, *OLD_SERVERS) if any(is_old(row) and row.source == name for row in chosen)
    ]
    free, begin = FEW.get(kind, (NAMES, LLAMA if kind.startswith("llama/") else START))
    current = start or Fit(
        begin[: len(NAMES)], dict.fromkeys(sources, LAUNCH_FACTOR), dict.fromkeys(sources, UNPACK_FACTOR)
    )
    origin = (*begin[: len(NAMES)], *[LAUNCH_FACTOR] * len(sources), *[UNPACK_FACTOR] * len(sources))
    values = [*current.constants, *(current.launch[s] for s in sources), *(current.unpack[s] for s in sources)]
    importance = weights(chosen)
    whole = sum(importance)

    def made(v: list[float]) -> Fit:
        count = len(sources)
        return Fit(
            tuple(v[: len(NAMES)]),
            dict(zip(sources, v[len(NAMES) : len(NAMES) + count], strict=True)),
            dict(zip(sources, v[len(NAMES) + count :], strict=True)),
        )

    place = {source: len(NAMES) + number for number, source in enumerate(sources)}
    plan = [
        (features(row), place.get(row.source, -1), math.log(row.decode_tps or 1.0), weight / whole)
        for row, weight in zip(chosen, importance, strict=True)
    ]

    def loss(v: list[float]) -> float:
        count, total = len(sources), 0.0
        for x, at, tps, weight in plan:
            slow, heavy = (v[at], v[at + count]) if at >= 0 else (1.0, 1.0)
            total += weight * min(CAP, abs(math.log(seconds_of(v, x, slow, heavy)) + tps))
        return total + PULL * sum(abs(math.log(a / b)) for a, b in zip(v, origin, strict=True)) / len(v)

    return made(_search(loss, values, _first_steps(chosen, sources, free), origin))


def _first_steps(chosen: list[Row], sources: list[str], free: tuple[str, ...]) -> list[float]:
    """How far the search first goes in every value; 0 where the rows cannot tell it."""
    steps = [0.7 if name in free else 0.0 for name in NAMES] + [0.7] * (2 * len(sources))
    if sum(row.depth >= DEEP_TOKENS and not is_old(row) for row in chosen) < DEEP_ROWS:
        steps[NAMES.index("cache_factor")] = 0.0
    if not any(row.users > 1 for row in chosen):
        steps[NAMES.index("batch_flops")] = steps[NAMES.index("sequence_s")] = 0.0
    for number, source in enumerate(sources):
        if len({row.accelerator for row in chosen if row.source == source}) < 2:  # a build, or the card? not to be told
            steps[len(NAMES) + len(sources) + number] = 0.0
            if source not in HOSTS:
                steps[len(NAMES) + number] = 0.0
    return steps


def _search(
    loss: Callable[[list[float]], float], values: list[float], steps: list[float], origin: tuple[float, ...]
) -> list[float]:
    """Pattern search over logarithms: each value in turn up or down, steps growing with success and shrinking without."""
    best = loss(values)
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
    return values


def _bounded(index: int, value: float, origin: float) -> float:
    if index < len(NAMES) and NAMES[index] == "efficiency":
        return min(value, 1.0)  # nothing reads faster than the memory
    if index < len(NAMES) and NAMES[index] == "batch_flops":
        return max(value, 1.0)  # 2 FLOPs per parameter, at most at the double rate of 8 bits
    if index >= len(NAMES):
        return min(max(value, 1.0 if origin == LAUNCH_FACTOR else 1.0 / SLOWEST), SLOWEST)
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


def evenly(judged: list[Judged]) -> list[Judged]:
    """The same rows, every accelerator of a kind weighing the same among them."""
    number = Counter((j.row.kind, j.row.accelerator) for j in judged)
    return [j._replace(weight=1.0 / number[j.row.kind, j.row.accelerator]) for j in judged]


def mixture_wider(judged: dict[str, list[Judged]]) -> float:
    """How much wider the intervals must be for mixtures of experts to hold their share of them too, over all kinds."""
    needed = []
    for found in judged.values():
        low, high = interval(found)
        for j in evenly([j for j in found if j.row.mixture]):
            ratio = 1.0 / (1.0 + j.error)
            needed.append((max(1.0, low / ratio, ratio / high), j.weight))
    return math.ceil(quantile(needed, COVERAGE) * 100) / 100


def fit_all(chosen: list[Row]) -> tuple[dict[str, Fit], dict[str, list[Judged]]]:
    """Fits of all kinds, and each row judged by a fit that has not seen its accelerator."""
    fits, judged = {}, {}
    for kind in sorted({row.kind for row in chosen}):
        own = [row for row in chosen if row.kind == kind and row.decode_tps]
        if own:
            fits[kind] = fit_rows(own)
            judged[kind] = left_out(own, fits[kind])
    return fits, judged


def table(fits: dict[str, Fit], judged: dict[str, list[Judged]], chosen: list[Row]) -> dict[str, Constants]:
    """What is written: constants with intervals, measured kinds and borrowed ones."""
    written, number = {}, Counter(row.kind for row in chosen if row.decode_tps)
    for kind, fit in fits.items():
        low, high = interval(judged[kind])
        if not judged[kind] and number[kind] < FEW_ROWS:
            low, high = round(low / BORROWED_WIDER, 2), round(high * BORROWED_WIDER, 2)
        written[kind] = Constants(*(_rounded(v) for v in fit.constants), low, high)
    for kind, origin in BORROWED.items():
        if kind not in written:
            near = written[origin]
            written[kind] = near._replace(
                low=round(near.low / BORROWED_WIDER, 2), high=round(near.high * BORROWED_WIDER, 2)
            )
    return dict(sorted(written.items()))


def prefill_table(chosen: list[Row], kinds: dict[str, Constants]) -> dict[str, tuple[float, ...]]:
    """Prefill shares of every kind in the table; a kind without prompt measurements has its family's nearest."""
    shares, _ = fit_prompts(chosen, kinds)
    found = {}
    for kind in kinds:
        family, memory = kind.split("/")
        choices = (kind, BORROWED.get(kind, kind), f"llama/{memory}", "llama/amd-gddr")
        measured = next(shares[name] for name in choices if name in shares)
        server = family in ("server", "transformers") and kind not in shares
        found[kind] = (SERVER_PREFILL,) * len(CLASSES) if server else measured
    return found


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")


def render(kinds: dict[str, Constants], prefill: dict[str, tuple[float, ...]], wider: float) -> str:
    """The text of estimate/calibration.py."""
    lines = [
        '"""Constants of the speed model, written by scripts/fit_speed.py from tests/data/speed. Not edited by hand."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        "# In the order of `speed.Constants`: seconds per step, layer, mixture layer and recurrent layer; share of the",
        "# bandwidth; price of a cached byte; bytes more per mixture layer; FLOPs per parameter of quantized and 16-bit formats,",
        "# and of every further sequence of a batch; seconds of such a sequence; ends of the interval.",
        f"Row = tuple[{', '.join(['float'] * len(Constants._fields))}]",
        "# fmt: off",
        "DECODE: Final[dict[str, Row]] = {",
        *(f'    "{kind}": ({", ".join(f"{value:g}" for value in row)}),' for kind, row in kinds.items()),
        "}",
        "# fmt: on",
        "# Share of the matrix rate that reading a prompt reaches, in the order of `prompts.CLASSES`.",
        "PREFILL: Final[dict[str, tuple[float, float, float]]] = {",
        *(f'    "{kind}": ({", ".join(f"{value:g}" for value in row)}),' for kind, row in prefill.items()),
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
    dense, mixture = evenly([j for j in judged if not j.row.mixture]), evenly([j for j in judged if j.row.mixture])
    cards = len({j.row.accelerator for j in judged})
    return f"{name:26} {len(judged):5} {cards:5} {middle(judged):>7} {p90:6.1%} {middle(dense):>6} {middle(mixture):>6}"


def report_prompts(shares: dict[str, tuple[float, ...]], judged: dict[str, list[Told]]) -> None:
    """Errors of prompt speeds on accelerators that the shares had not seen."""
    print(f"{'prompts':26} {'rows':>5} {'median':>7} {'p90':>6}  shares")
    judged = {**judged, "all": [t for found in judged.values() for t in found]}
    for kind, found in judged.items():
        errors = [(abs(t.error), t.weight) for t in found]
        told = f"{quantile(errors, 0.5):7.1%} {quantile(errors, 0.9):6.1%}" if errors else f"{'-':>7} {'-':>6}"
        print(f"{kind:26} {len(found):5} {told}  {shares.get(kind, '')}")


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
    kinds = table(fits, judged, chosen)
    report_prompts(*fit_prompts(chosen, kinds))
    if asked.write:
        text = render(kinds, prefill_table(chosen, kinds), mixture_wider(judged))
        TARGET.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
