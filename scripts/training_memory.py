"""The estimate of training against traces of the modelling code and one card: a section of the accuracy page."""

from __future__ import annotations

import csv
import statistics
from typing import Any, Final

from speed_data import ROOT, accelerators, footprints

from osllm.authoring.accelerators import gpu as gpu_of
from osllm.domain.hardware import GpuGroup, Machine
from osllm.domain.plan import EngineOptions, Placement
from osllm.estimate.speed import estimate_speed

DATA: Final = ROOT / "tests" / "data" / "memory"
OPTIONS: Final = EngineOptions(adapter_rank=16)
CARD: Final = "h100-sxm"  # of lora_h100.csv
WORDS: Final = {
    "en": "## Training adapters\n\nAdapters (rank 16) of {models} models count the parameters that the modelling code makes, to the last. "
    "What a step keeps beside weights and adapters, against traces of that code (`scripts/trace_training.py`): dense models "
    "median error {dense}, at most {dense_most}; mixtures at most {mixture_most}. Traces of a plain step are within {card} of what "
    "our H100 allocated. Tokens trained per second there: median error {speed}, at most {speed_most}; one constant is from these "
    "{runs} runs.",
    "ja": "## アダプターの学習\n\n{models} モデルのアダプター（ランク16）のパラメーター数は、モデルの実装が作る数と完全に一致します。"
    "重みとアダプターのほかに1ステップが保持する量を、実装の計数（`scripts/trace_training.py`）と比べると、密なモデルで誤差の中央値 "
    "{dense}、最大 {dense_most}、MoEで最大 {mixture_most} です。標準のステップの計数は、H100が実際に確保した量と {card} 以内で一致します。"
    "同じGPUでの学習トークン毎秒は、誤差の中央値 {speed}、最大 {speed_most} です（定数の1つは、この {runs} 回の実測から決めています）。",
}


def read(name: str) -> list[dict[str, str]]:
    """The rows of one file of measured memory."""
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def traced() -> list[tuple[dict[str, str], float, bool]]:
    """Each traced step of TRL: its row, how far the estimate is off, and whether the model is a mixture."""
    found = [row for row in read("training_traces") if row["step"] == "trl"]
    shapes = footprints({row["model"]: {"BF16"} for row in found})
    errors = []
    for row in found:
        fp = shapes[row["model"], "BF16"]
        rows = fp.training.rows_packed if row["method"] == "qlora" else fp.training.rows_plain
        kept = int(row["tokens"]) * (rows + 2 * fp.layers * fp.hidden_size)
        errors.append((row, kept / int(row["peak_bytes"]) - 1, fp.experts > 0))
    return errors


def against_the_card() -> list[float]:
    """How far traces of a plain step are from what the card allocated beyond what rests between steps."""
    plain = {(r["method"], r["tokens"]): int(r["peak_bytes"]) for r in read("training_traces") if r["step"] == "plain"}
    errors = []
    for row in read("lora_h100"):
        key = row["method"], row["tokens"]
        if row["checkpointing"] == "1" and row["batch"] == "1" and key in plain:
            errors.append(plain[key] / (int(row["peak_bytes"]) - int(row["resting_bytes"])) - 1)
    return errors


def speeds() -> list[float]:
    """How far the tokens trained per second are off, with every layer recomputed."""
    card = gpu_of(accelerators()[CARD])
    rig = Machine((GpuGroup(card, 1, card.memory_bytes),), None, None, None, None, "flag")
    runs = [row for row in read("lora_h100") if row["checkpointing"] == "1"]
    shapes = footprints({row["model"]: {"BF16", "NF4"} for row in runs})
    errors = []
    for row in runs:
        fmt = "BF16" if row["method"] == "lora" else "NF4"
        fp, tokens, batch = shapes[row["model"], fmt], int(row["tokens"]), int(row["batch"])
        place = Placement(1, gpu_layers=fp.layers)
        speed = estimate_speed(fp, fmt, "transformers", rig, place, tokens, batch, OPTIONS)
        errors.append((speed.total_tps or 0.0) / (tokens * batch / float(row["step_s"])) - 1)
    return errors


def section(lang: str, facts: tuple[list[Any], list[float], list[float]]) -> str:
    """The section in one language."""
    rows, card, speed = facts
    dense = [abs(error) for _, error, mixture in rows if not mixture]
    told = {
        "models": len({row["model"] for row, _, _ in rows}),
        "dense": f"{statistics.median(dense):.1%}",
        "dense_most": f"{max(dense):.1%}",
        "mixture_most": f"{max(abs(error) for _, error, mixture in rows if mixture):.0%}",
        "card": f"{max(map(abs, card)):.4%}",
        "speed": f"{statistics.median(map(abs, speed)):.0%}",
        "speed_most": f"{max(map(abs, speed)):.0%}",
        "runs": len(speed),
    }
    return WORDS[lang].format(**told)
