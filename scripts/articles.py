"""Hold osllm against what widely read articles advise: writes docs/en and docs/ja/explanation/articles.md.

    python scripts/articles.py            # writes both pages
    python scripts/articles.py --check    # exit 1 where a page is not what this script would write

The input is docs/articles.yaml. Each use case is answered for the article's day (`--as-of`: the models of that day, judged by
today's evidence) on a machine that holds the article's models. Memory is estimated for the plan that the article describes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from osllm import api
from osllm.advise.evaluate import Evaluated
from osllm.advise.prepare import question as prepare
from osllm.advise.rank import Ranked, rank
from osllm.api.abilities import shared_tests
from osllm.api.request import build
from osllm.authoring.yamlio import load
from osllm.catalog.store import Catalog
from osllm.i18n.sentences import sentence

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "docs" / "articles.yaml"
TOP = 5
BLOCKS = {"active": "params"}  # a fact -> the block of a model file that holds it
USERS_SAID = {"context": "8k", "users": 1}  # the articles say neither; a short conversation of one user
WORDS = {
    "en": {
        "title": "Articles, and what osllm answers",
        "intro": "Widely read Japanese articles name models for uses and memory for GPUs. This page asks osllm the same on the "
        "article's day, with the models of that day and the evidence of today, and says where both agree, where the evidence "
        "has better, and where an article's figure is contradicted by arithmetic or by the owner's text.",
        "uses": "Uses",
        "use-head": "| asked for | machine | the article says | osllm's first {top} on that day | verdict |",
        "memory": "Memory",
        "memory-note": "One user, 8,192 tokens of context. GB are 10^9 bytes, as in the articles.",
        "memory-head": "| GPU | model | format | the article says | osllm | usable | verdict |",
        "specs": "Facts",
        "spec-head": "| model | what | the article says | the catalog says | source |",
        "same": "same: {models} in the first {top}",
        "better": "better: the best of the article's is {model} at {rank} of {of}; {leader} is {how} higher ({theirs} against {ours}){tests}",
        "measured": "measured",
        "inferred": "expected",
        "tests": ", ahead in {won} of {count} independent tests that both took",
        "newer": "better: the best of the article's is {model} at {rank} of {of}; every row above it was released after {date}",
        "absent": "not ranked: {why}",
        "unmeasured": "better: nothing published measures {model} for this use",
        "fits": "agrees",
        "less": "the article is too low by {gap} GB",
        "more": "needs {gap} GB less than the article says",
        "no-fit": "does not fit: {needed} GB are needed",
        "agree": "agrees",
        "generated": "<!-- written by scripts/articles.py; do not edit -->",
        "day": "{title}, as of {day}",
    },
    "ja": {
        "title": "記事の推奨とosllmの答え",
        "intro": "よく読まれている日本語の記事は、用途ごとのモデルとGPUごとのメモリ量を挙げています。同じ質問を記事の日付でosllmに尋ね"
        "(モデルはその日に存在したもの、評価は現在のもの)、一致する点、評価の上でより良い選択がある点、記事の数値が計算や開発元の記述と食い違う点を示します。",
        "uses": "用途",
        "use-head": "| 質問 | マシン | 記事の推奨 | その日のosllmの上位{top}件 | 判定 |",
        "memory": "メモリ",
        "memory-note": "同時1ユーザー、コンテキスト8,192トークン。GBは記事に合わせて10^9バイトです。",
        "memory-head": "| GPU | モデル | 形式 | 記事 | osllm | 使用可能 | 判定 |",
        "specs": "事実",
        "spec-head": "| モデル | 項目 | 記事 | カタログ | 出典 |",
        "same": "一致: {models} が上位{top}件に入る",
        "better": "より良い選択がある: 記事の最上位は {model}({of}件中{rank}位)。{leader} のほうが{how}が高い({theirs} 対 {ours}){tests}",
        "measured": "評価",
        "inferred": "推定値",
        "tests": "。両方が受けた第三者の評価{count}件のうち{won}件で上回る",
        "newer": "より良い選択がある: 記事の最上位は {model}({of}件中{rank}位)。上位はすべて {date} より後に公開されたモデル",
        "absent": "順位なし: {why}",
        "unmeasured": "より良い選択がある: {model} はこの用途の公開された測定値がない",
        "fits": "一致",
        "less": "記事の値は {gap} GB 少ない",
        "more": "記事の値より {gap} GB 少なくて済む",
        "no-fit": "収まらない: {needed} GB 必要",
        "agree": "一致",
        "generated": "<!-- scripts/articles.py が生成したページです。直接編集しないでください -->",
        "day": "{title}({day} 時点)",
    },
}


def answer(catalog: Catalog, case: dict[str, Any], day: str, lang: str) -> Ranked:
    """The whole ranking of a use case on the article's day."""
    options = {"use_case": case["use_case"], "gpu": case["gpu"], "ram": "64gb", "as_of": day, "lang": lang}
    request, use_case, _ = build(catalog, options)
    return rank(catalog, prepare(catalog, request, use_case))


def why_not(ranked: Ranked, model_id: str, lang: str) -> str:
    """The sentence of the veto that keeps a model out."""
    rule, veto = ranked.rejected[model_id]
    return sentence(rule, veto.params, lang)


def duel(catalog: Catalog, leader: str, other: str, skills: list[str], words: dict[str, str]) -> str:
    """In how many of the independent tests that both models took the first is ahead; nothing without such a test."""
    won = []
    for test in shared_tests(catalog, [leader, other], skills):
        if test["independent"]:
            gap = test["values"][leader]["value"] - test["values"][other]["value"]
            won.append(gap < 0 if test["lower_better"] else gap > 0)
    return words["tests"].format(won=sum(won), count=len(won)) if won else ""


def _low(e: Evaluated) -> float:
    return e.quality.low if e.quality else 0.0


def verdict(catalog: Catalog, ranked: Ranked, advised: list[str], skills: list[str], lang: str) -> str:
    """What became of the article's models in the ranking."""
    words = WORDS[lang]
    heads = {e.row.id: number for number, e in enumerate(ranked.rows, 1)}
    heads |= {i: number for number, also in enumerate(ranked.also, 1) for i in also}
    placed = sorted((heads[i], i) for i in advised if i in heads)
    if not placed:
        return words["absent"].format(why=", ".join(f"`{i}` {why_not(ranked, i, lang)}" for i in advised))
    inside = [i for number, i in placed if number <= TOP]
    if inside:
        return words["same"].format(models=", ".join(f"`{i}`" for i in inside), top=TOP)
    number, best = placed[0]
    mine = ranked.plan_of(best)
    if mine is None or mine.quality is None:
        return words["unmeasured"].format(model=f"`{best}`")
    newest = max((catalog.row(i).released or "" for i in advised), default="")
    if all((e.row.released or "") > newest for e in ranked.rows[: number - 1]):
        return words["newer"].format(model=f"`{best}`", rank=number, of=len(ranked.rows), date=newest)
    above = ranked.rows[: number - 1]
    # Whom others measured best of those above; where nobody did, whoever stands first.
    leader = max((e for e in above if e.quality and e.quality.grade in "AB"), key=_low, default=above[0])
    return words["better"].format(
        model=f"`{best}`",
        rank=number,
        of=len(ranked.rows),
        leader=f"`{leader.row.id}`",
        how=words["inferred" if leader.quality is None or leader.quality.grade == "D" else "measured"],
        tests=duel(catalog, leader.row.id, best, skills, words),
        theirs=f"{leader.quality.value:.2f} {leader.quality.grade}" if leader.quality else "-",
        ours=f"{mine.quality.value:.2f} {mine.quality.grade}",
    )


def uses(catalog: Catalog, data: dict[str, Any], key: str, lang: str) -> list[str]:
    """The table of uses of one article."""
    day = data["articles"][key]["as_of"]
    lines = [WORDS[lang]["use-head"].format(top=TOP), "|---|---|---|---|---|"]
    for case in data["use_cases"]:
        if case["article"] != key:
            continue
        ranked = answer(catalog, case, day, lang)
        first = ", ".join(f"`{e.row.id}`" for e in ranked.rows[:TOP])
        said = ", ".join(f"`{i}`" for i in case["advises"])
        skills = [skill for skill, _ in catalog.use_cases()[case["use_case"]].skills]
        judged = verdict(catalog, ranked, case["advises"], skills, lang)
        lines.append(f"| {case['asks']} (`{case['use_case']}`) | `{case['gpu']}` | {said} | {first} | {judged} |")
    return lines


def memory(data: dict[str, Any], key: str, lang: str) -> list[str]:
    """The table of memory of one article."""
    words = WORDS[lang]
    lines = [words["memory-head"], "|---|---|---|---|---|---|---|"]
    for row in data["hardware"]:
        if row["article"] != key:
            continue
        low, high = row["says_gb"]
        said = f"{low} GB" if low == high else f"{low}-{high} GB"
        for model in row["models"]:
            made = api.estimate(
                model, engine=row["engine"], quant=row["quant"], gpu=row["gpu"], ram="64gb", **USERS_SAID
            )
            bill = made.to_dict()["memory"]
            needed, room = bill["total_bytes"] / 1e9, bill["capacity_bytes"] / 1e9
            judged = words["fits"]
            if not made.to_dict()["fits"]:
                judged = words["no-fit"].format(needed=f"{needed:.1f}")
            elif needed > high * 1.02:
                judged = words["less"].format(gap=f"{needed - high:.1f}")
            elif needed < low * 0.98:
                judged = words["more"].format(gap=f"{low - needed:.1f}")
            lines.append(
                f"| `{row['gpu']}` | `{model}` | {row['format']} | {said} | {needed:.1f} GB | {room:.1f} GB | {judged} |"
            )
    return lines


def specs(catalog: Catalog, data: dict[str, Any], key: str, lang: str) -> list[str]:
    """The table of facts of one article: only those that differ, and one word for the rest."""
    words = WORDS[lang]
    lines = [words["spec-head"], "|---|---|---|---|---|"]
    for row in data["specs"]:
        if row["article"] != key:
            continue
        model, found = catalog.model(row["model"]), False
        known = {
            "params": model.params_total, "active": model.params_active, "context": model.context_max,
            "license": ", ".join(model.license.keys),
        }  # fmt: skip
        proof = catalog.provenance(model.id)
        for what, said in row["says"].items():
            have = known[what]
            near = isinstance(have, int) and abs(have - said) / said < 0.03
            if near or have == said:
                continue
            found = True
            shown = f"{have:,}" if isinstance(have, int) else (have or "-")
            told = f"{int(said):,}" if isinstance(said, int | float) else said
            lines.append(f"| `{model.id}` | {what} | {told} | {shown} | {read_in(proof, BLOCKS.get(what, what))} |")
        if not found:
            lines.append(f"| `{model.id}` | - | {words['agree']} | {words['agree']} | {read_in(proof, 'params')} |")
    return lines


def read_in(proof: dict[str, Any], block: str) -> str:
    """Where a block of a model's facts was read."""
    found = [proof["sources"][key] for key in proof["facts"].get(block, ()) if key in proof["sources"]]
    return ", ".join(str(s.get("url") or s.get("hub")) for s in found)


def page(catalog: Catalog, data: dict[str, Any], lang: str) -> str:
    """The whole page in one language."""
    words = WORDS[lang]
    parts = [words["generated"], "", f"# {words['title']}", "", words["intro"]]
    for key, article in data["articles"].items():
        parts += ["", f"## {words['day'].format(title=article['title'], day=article['as_of'])}"]
        for name, table in (
            ("uses", uses(catalog, data, key, lang)),
            ("memory", memory(data, key, lang)),
            ("specs", specs(catalog, data, key, lang)),
        ):
            parts += ["", f"### {words[name]}", ""]
            if name == "memory":
                parts += [words["memory-note"], ""]
            parts += table
    return "\n".join(parts) + "\n"


def main() -> int:
    """Write or check both pages."""
    catalog = api.load_catalog()
    data = load(DATA).data
    stale = 0
    for lang in WORDS:
        path = ROOT / "docs" / lang / "explanation" / "articles.md"
        made = page(catalog, data, lang)
        if "--check" in sys.argv[1:]:
            stale += not path.exists() or path.read_text("utf-8") != made
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(made, "utf-8")
    return int(stale > 0)


if __name__ == "__main__":
    sys.exit(main())
