"""The estimates against public measurements kept in tests/data, with the bars that they must hold."""

from __future__ import annotations

import csv
import re
import statistics
import sys
from collections import defaultdict
from itertools import combinations, pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import accuracy
import fit_prompts
import fit_speed
import speed_data

from osllm.estimate.calibration import DECODE
from osllm.estimate.speed import CORE_FLOPS, Constants, cpu_constants, step_seconds

# A public page, or the README that says how we measured.
OF_A_PAGE = ("https://", "tests/data/speed/README.md", "tests/data/memory/README.md")
# Kinds with enough accelerators in public, whose constants must hold the bars on today's builds.
WELL_MEASURED = {
    "llama/nvidia-gddr",
    "llama/nvidia-turing",
    "llama/nvidia-unified",
    "llama/amd-gddr",
    "llama/amd-unified",
    "llama/apple",
    "llama/apple-m1-m2",
    "mlx/apple",
    "server/nvidia-hbm",
}


@pytest.fixture(scope="module")
def measured() -> list[speed_data.Row]:
    return speed_data.rows()


def errors_of(rows: list[speed_data.Row]) -> list[float]:
    found = []
    for row in rows:
        constants = Constants._make(DECODE[row.kind])
        step = step_seconds(constants, row.work, row.bandwidth, row.flops, row.users, row.bits)
        found.append(1 / (constants.step_s + step + row.message_s) / (row.decode_tps or 1.0) - 1)
    return found


def todays(rows: list[speed_data.Row]) -> list[speed_data.Row]:
    return [row for row in rows if row.decode_tps and not fit_speed.is_old(row)]


def test_lines_that_engines_print() -> None:
    """llama.cpp within 0.1 %, vLLM within the rounding of its log."""
    for row, ours, _ in accuracy.memory_rows("printed_lines"):
        assert ours == pytest.approx(float(row["measured_mib"]), rel=float(row["tolerance"])), row


@pytest.mark.parametrize(("name", "median"), [("cpu", 0.01), ("one_device", 0.02)])
def test_what_llama_cpp_itself_computes(name: str, median: float) -> None:
    """Weights, caches and states of 24 architectures as llama-fit-params prints them; its compute buffers nearly."""
    fitted = accuracy.llama_fit_errors(name)
    assert len({f.model for f in fitted}) > 20
    assert max(f.weights for f in fitted) < 0.005
    assert max(f.cache for f in fitted) < 0.01
    compute = sorted(f.compute for f in fitted)
    assert statistics.median(compute) < median
    assert compute[int(0.9 * len(compute))] < 0.15


def test_peaks_of_transformers() -> None:
    errors = sorted(
        abs(ours / float(row["measured_mib"]) - 1) for row, ours, _ in accuracy.memory_rows("transformers_qwen2.5")
    )
    assert statistics.median(errors) < 0.06
    assert errors[int(0.9 * len(errors))] < 0.15


def test_decode_speed_of_todays_builds(measured: list[speed_data.Row]) -> None:
    rows = [row for row in todays(measured) if row.kind in WELL_MEASURED]
    assert {row.kind for row in rows} == WELL_MEASURED
    by_card: dict[str, list[float]] = defaultdict(list)
    for row, error in zip(rows, errors_of(rows), strict=True):
        by_card[row.kind + row.accelerator].append(abs(error))
    pairs = [(error, 1 / len(errors)) for errors in by_card.values() for error in errors]
    assert fit_speed.quantile(pairs, 0.5) < 0.10
    assert fit_speed.quantile(pairs, 0.9) < 0.25


@pytest.mark.parametrize("mixture", [True, False])
def test_mixtures_and_dense_models(measured: list[speed_data.Row], mixture: bool) -> None:
    errors = [
        abs(e) for e in errors_of([r for r in todays(measured) if r.mixture is mixture and r.kind in WELL_MEASURED])
    ]
    assert len(errors) > 50
    assert statistics.median(errors) < 0.10


@pytest.mark.parametrize("kind", ["llama/nvidia-hbm", "llama/nvidia-turing", "llama/apple-m1-m2"])
def test_accelerators_that_the_fit_has_not_seen(measured: list[speed_data.Row], kind: str) -> None:
    rows = [row for row in measured if row.kind == kind and row.decode_tps]
    judged = fit_speed.left_out(rows, fit_speed.fit_rows(rows))
    errors = [(abs(j.error), j.weight) for j in judged]
    assert fit_speed.quantile(errors, 0.5) < 0.10
    assert fit_speed.quantile(errors, 0.9) < 0.25


def test_unseen_accelerators_of_all_kinds(measured: list[speed_data.Row]) -> None:
    """Median, 90th percentile and coverage with every accelerator left out in turn; mixtures of experts by themselves."""
    _, judged = fit_speed.fit_all(measured)
    spans, wider = {kind: fit_speed.interval(found) for kind, found in judged.items()}, fit_speed.mixture_wider(judged)
    whole = [j for found in judged.values() for j in found]
    mixtures = fit_speed.evenly([j for j in whole if j.row.mixture])
    batched = fit_speed.evenly([j for j in whole if j.row.users > 1])
    for chosen, median, p90 in ((whole, 0.08, 0.22), (mixtures, 0.10, 0.22), (batched, 0.10, 0.28)):
        errors = [(abs(j.error), j.weight) for j in chosen]
        assert fit_speed.quantile(errors, 0.5) < median
        assert fit_speed.quantile(errors, 0.9) < p90
        held = sum(j.weight for j in chosen if fit_speed.covered(j, spans[j.row.kind], wider))
        assert held / sum(j.weight for j in chosen) >= fit_speed.COVERAGE


def test_intervals_cover_what_was_measured(measured: list[speed_data.Row]) -> None:
    rows = [row for row in todays(measured) if row.kind in WELL_MEASURED]
    inside = [
        DECODE[r.kind][-2] <= 1 / (1 + e) <= DECODE[r.kind][-1] for r, e in zip(rows, errors_of(rows), strict=True)
    ]
    assert sum(inside) / len(inside) > 0.8


def test_tensor_parallelism(measured: list[speed_data.Row]) -> None:
    """2 to 8 accelerators over NVLink and over PCIe, by fits that have not seen the accelerator."""
    judged = []
    for kind in ("server/nvidia-hbm", "server/nvidia-gddr"):
        rows = [row for row in measured if row.kind == kind and row.decode_tps]
        judged += [j for j in fit_speed.left_out(rows, fit_speed.fit_rows(rows)) if j.row.number > 1]
    assert {j.row.number for j in judged} == {2, 4, 8}
    errors = sorted(abs(j.error) for j in judged)
    assert len(errors) > 100
    assert statistics.median(errors) < 0.10
    assert errors[int(0.9 * len(errors))] < 0.25


def test_prompts_on_accelerators_that_the_shares_have_not_seen(measured: list[speed_data.Row]) -> None:
    _, judged = fit_prompts.fit_prompts(measured, {kind: Constants._make(row) for kind, row in DECODE.items()})
    errors = {kind: [(abs(t.error), t.weight) for t in found] for kind, found in judged.items()}
    assert fit_speed.quantile([pair for found in errors.values() for pair in found], 0.5) < 0.16
    assert fit_speed.quantile(errors["mlx/apple"], 0.5) < 0.25
    assert fit_speed.quantile(errors["llama/nvidia-gddr"], 0.5) < 0.18


def test_the_script_fits_the_model_that_the_package_has(measured: list[speed_data.Row]) -> None:
    for row in measured[::50]:
        constants = Constants._make(DECODE[row.kind])
        if row.kind.endswith("/cpu") and row.flops:
            constants = cpu_constants(constants, row.flops / CORE_FLOPS)
        step = step_seconds(constants, row.work, row.bandwidth, row.flops, row.users, row.bits)
        assert fit_speed.seconds_of(DECODE[row.kind], fit_speed.features(row)) == pytest.approx(
            constants.step_s + step + row.message_s
        )


def test_offload_is_a_sum() -> None:
    """Qwen3-30B-A3B Q4_K_M on an RTX 2080 with the experts of 36 layers in RAM: 36.7 tokens/s by the server's own clock,
    memory measured at 102 GB/s (AlexsJones/llmfit, pull request 755)."""
    from osllm.authoring.accelerators import gpu as gpu_of
    from osllm.domain.hardware import GpuGroup, Machine
    from osllm.domain.plan import EngineOptions, Placement
    from osllm.estimate.speed import estimate_speed

    fp = speed_data.footprints({"qwen3-30b-a3b-2507": {"Q4_K_M"}})["qwen3-30b-a3b-2507", "Q4_K_M"]
    card = gpu_of(speed_data.accelerators()["rtx2080"])
    machine = Machine((GpuGroup(card, 1, card.memory_bytes),), 64 * 2**30, 62 * 2**30, 102.0, 10, "flag")
    place = Placement(1, gpu_layers=48, experts_on_cpu=36)
    speed = estimate_speed(fp, "Q4_K_M", "llama.cpp", machine, place, 400, 1, EngineOptions())
    assert speed.low is not None
    assert speed.high is not None
    assert speed.low < 36.7 < speed.high
    assert speed.decode_tps == pytest.approx(36.7, rel=0.5)


def test_every_row_names_where_it_comes_from() -> None:
    for row in speed_data.read_csv():
        assert row["source"].startswith(OF_A_PAGE), row
        assert row["decode_tps"] or row["prompt_tps"], row
    for path in (ROOT / "tests" / "data" / "memory").glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            assert all(row["source"].startswith(OF_A_PAGE) for row in csv.DictReader(file))


def test_batches_are_in_order() -> None:
    """No sequence is slower than in a larger batch of the same setup, and no batch yields less in all than a smaller one."""
    setups: dict[tuple[str, ...], list[dict[str, str]]] = defaultdict(list)
    alike = ("file", "engine", "gpu", "bandwidth_gbps", "fp16_tflops", "number", "model", "format", "source")
    for row in speed_data.read_csv():
        if row["decode_tps"]:
            setups[tuple(row[key] for key in alike)].append(row)
    judged = 0
    for rows in setups.values():
        for small, large in combinations(sorted(rows, key=lambda row: int(row["users"])), 2):
            depths = sorted((float(small["depth"]), float(large["depth"])))
            if small["users"] != large["users"] and depths[0] > 0.85 * depths[1]:
                more, tps, slower = (
                    int(large["users"]) / int(small["users"]),
                    *(float(r["decode_tps"]) for r in (small, large)),
                )
                assert slower < tps * 1.03, (small, large)
                assert slower * more > tps * 0.97, (small, large)
                judged += 1
    assert judged > 400


def test_both_pages_hold_the_same_numbers() -> None:
    figures = []
    for lang in ("en", "ja"):
        lines = (ROOT / "docs" / lang / "reference" / "accuracy.md").read_text(encoding="utf-8").splitlines()
        data = [line for line, below in pairwise([*lines, ""]) if line.startswith("|") and not below.startswith("|--")]
        figures.append([re.findall(r"[+-]?[\d.,]+%?", line) for line in data])
    assert figures[0] == figures[1]
    assert len(figures[0]) > 30


def test_what_is_written_is_what_the_script_writes() -> None:
    """The text of the generated module is stable under its own rendering."""
    from osllm.estimate import calibration

    kinds = {kind: Constants._make(values) for kind, values in calibration.DECODE.items()}
    text = fit_speed.render(kinds, dict(calibration.PREFILL), calibration.MIXTURE_WIDER)
    assert text == Path(calibration.__file__).read_text(encoding="utf-8")
