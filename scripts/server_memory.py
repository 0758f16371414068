"""What vLLM and SGLang print of their memory, beside our estimate: shared by the accuracy page and the tests."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterator
from typing import NamedTuple

from speed_data import ROOT, accelerators, footprints

from osllm.authoring.accelerators import gpu as gpu_of
from osllm.domain.hardware import Gpu
from osllm.domain.plan import EngineOptions
from osllm.estimate.engines import ENGINES
from osllm.estimate.footprint import Footprint
from osllm.estimate.kvcache import kv_cache_bytes, state_bytes
from osllm.estimate.runtime import GRAPHS, batched_tokens, overhead, vllm_compute_bytes
from osllm.estimate.sharded import expert_padding_bytes
from osllm.hardware.memory import usable_bytes

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "intro": "What vLLM and SGLang print when they start, {runs} runs of {models} models (`tests/data/memory/server_lines.csv`; every row names "
        "its page). Figures are of one rank. *Left* is what remains of the engine's share of the card for the cache.",
        "head": "| part | models | figures | median | 90th pct. | worst |",
        "weights-plain": "weights of language models",
        "weights-tower": "weights with a vision tower",
        "cache-plain": "cache per token",
        "cache-windows": "cache of one sequence with sliding windows or chunks",
        "cache-states": "cache and states of one sequence with recurrent layers",
        "activations-plain": "activations and sampling",
        "outside-plain": "outside of PyTorch (communication and the like)",
        "left-plain": "left for the cache",
        "text": "The weights that are most off: models with a tower, of which vLLM loads more than is counted (Llama 4 and Gemma 3 by 0.4 to "
        "2.6 GiB), and Mistral Small 3.1, whose tower has no published size. Versions of vLLM before 0.17 took some 2.6 times as much for "
        "sampling (4.8 against 1.9 GiB for Llama 3.1 8B); that is not estimated.",
    },
    "ja": {
        "intro": "vLLMとSGLangが起動時に表示する値との比較です（{runs} 回の起動、{models} モデル。`tests/data/memory/server_lines.csv` の各行に"
        "出典のページがあります）。値は1ランクあたりです。*残り* は、エンジンが使うカードの割合のうちキャッシュに回る分です。",
        "head": "| 内訳 | モデル数 | 値の数 | 中央値 | 90% | 最大 |",
        "weights-plain": "重み（言語モデル）",
        "weights-tower": "重み（画像エンコーダー付き）",
        "cache-plain": "トークンあたりのキャッシュ",
        "cache-windows": "系列あたりのキャッシュ（スライディングウィンドウ、チャンク）",
        "cache-states": "系列あたりのキャッシュと状態（再帰層）",
        "activations-plain": "アクティベーションとサンプリング",
        "outside-plain": "PyTorch外（通信など）",
        "left-plain": "キャッシュに残る分",
        "text": "重みの誤差が大きいのは、vLLMが数え上げより多く読み込む画像エンコーダー付きのモデル（Llama 4とGemma 3で0.4〜2.6 GiB）と、"
        "エンコーダーの大きさが公開されていないMistral Small 3.1です。0.17より前のvLLMはサンプリングに約2.6倍（Llama 3.1 8Bで1.9 GiBに対し"
        "4.8 GiB）を使いますが、これは推定に含めていません。",
    },
}
FILE = ROOT / "tests" / "data" / "memory" / "server_lines.csv"
GIB = 2**30
PARTS = ("weights", "cache", "activations", "outside", "left")


class Compared(NamedTuple):
    """One printed figure: GiB as printed and ours, of one rank."""

    part: str  # of PARTS
    row: dict[str, str]
    kind: str  # plain | windows | states | tower: what of the model makes the part harder
    printed: float
    ours: float

    @property
    def error(self) -> float:
        """Relative to what was printed."""
        return self.ours / self.printed - 1


def rows() -> list[dict[str, str]]:
    """The runs of the data file, one a row; an empty field was not printed or is not known."""
    with FILE.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def compared() -> list[Compared]:
    """Every printed figure that we estimate."""
    runs = rows()
    wanted: dict[str, set[str]] = {}
    for run in runs:
        wanted.setdefault(run["model"], set()).add(run["format"])
    shapes, cards = footprints(wanted), accelerators()
    found: list[Compared] = []
    for run in runs:
        card = gpu_of(cards[run["card"]]) if run["card"] else None
        found += _of_run(run, shapes[run["model"], run["format"]], card)
    return found


def _of_run(run: dict[str, str], fp: Footprint, card: Gpu | None) -> Iterator[Compared]:
    ranks = int(run["tensor_parallel"])
    padding = expert_padding_bytes(fp, run["format"], run["engine"], ranks)
    weights = (fp.sizes[run["format"]].tensor_bytes + fp.vision_params * 2 + padding) / ranks / GIB
    kind = "states" if fp.states else "windows" if any(c.window for c in fp.caches) else "plain"
    if run["weights_gib"]:
        yield Compared("weights", run, "tower" if fp.vision_params else "plain", float(run["weights_gib"]), weights)
    if run["available_gib"] and (run["concurrency"] or run["cache_tokens"]):
        yield Compared("cache", run, kind, *_one_request(run, fp, card, kind))
    if not run["max_num_seqs"] or card is None:
        return
    step = batched_tokens(run["engine"], card)
    activations = vllm_compute_bytes(fp, step, int(run["max_num_seqs"]), ranks, output=True) / GIB
    if run["activation_gib"]:
        yield Compared("activations", run, kind, float(run["activation_gib"]), activations)
    outside = (overhead("vllm", "cuda", ranks, card).mid - GRAPHS.mid) / GIB
    if run["non_torch_gib"]:
        yield Compared("outside", run, kind, float(run["non_torch_gib"]), outside)
    if run["fraction"] and run["weights_gib"]:
        left = _total_gib(card) * float(run["fraction"]) - weights - activations - outside
        yield Compared("left", run, kind, float(run["available_gib"]), left)


def _one_request(run: dict[str, str], fp: Footprint, card: Gpu | None, kind: str) -> tuple[float, float]:
    """GiB that one sequence of the whole length takes: the pool over how many fit, and ours."""
    engine, ranks = run["engine"], int(run["tensor_parallel"])
    length = int(run["max_model_len"] or run["cache_tokens"])
    options = EngineOptions(kv_cache=run["kv_cache"])
    ours = kv_cache_bytes(fp, engine, length, 1, options, ranks, batched_tokens(engine, card))
    states = state_bytes(fp, engine, 1, options, ranks)
    if run["states"]:
        states = states * int(run["states"]) // ENGINES[engine].states
    fit = int(run["cache_tokens"]) / length if kind == "plain" else float(run["concurrency"])
    return float(run["available_gib"]) / fit, (ours + states) / GIB


def _total_gib(card: Gpu) -> float:
    """What the fraction is taken of: the card's memory as CUDA offers it, without a screen."""
    return usable_bytes(card._replace(form="sxm")) / GIB


def section(lang: str, figures: list[Compared]) -> list[str]:
    """The part of the accuracy page: errors by kind as they are."""
    words = WORDS[lang]
    groups: dict[str, list[Compared]] = {}
    for figure in figures:
        apart = figure.part == "cache" or (figure.part == "weights" and figure.kind == "tower")
        groups.setdefault(f"{figure.part}-{figure.kind if apart else 'plain'}", []).append(figure)
    lines = []
    for name in [name for name in words if name in groups]:
        errors = sorted(abs(f.error) for f in groups[name])
        worst = max(groups[name], key=lambda f: abs(f.error))
        told = f"{worst.error:+.1%} {worst.row['model']}, {worst.row['format']}, {worst.row['tensor_parallel']} GPU"
        middle, high = statistics.median(errors), errors[int(0.9 * len(errors))]
        count = len({f.row["model"] for f in groups[name]})
        lines.append(f"| {words[name]} | {count} | {len(errors)} | {middle:.1%} | {high:.1%} | {told} |")
    runs = rows()
    intro = words["intro"].format(runs=len(runs), models=len({run["model"] for run in runs}))
    return [intro, "\n".join([words["head"], "|---|--:|--:|--:|--:|---|", *lines]), words["text"]]
