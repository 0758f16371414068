"""The generated reference pages that come from the catalog: use cases, engines, weight formats and evidence tables."""

from __future__ import annotations

from typing import Any, Final

from doc_pages import CATALOG, code, page, read, table, words

_YES: Final = {"en": ("yes", "no"), "ja": ("はい", "いいえ")}


def use_cases(lang: str) -> str:
    """Every use case: gates, weights, and the reason for each choice."""
    w = words(lang)
    found = [read(path) for path in sorted((CATALOG / "use-cases").glob("*.yaml"))]
    overview = table(
        (w("key", "キー"), w("name", "名前"), w("for", "説明")),
        ([f"[{u['key']}](#{u['key']})", u["title"][lang], u["description"][lang]] for u in found),
    )
    blocks = [
        w("# Use cases", "# 用途"),
        w(
            "What each use case demands, what it counts, and why. Options on the command line override the defaults; every answer "
            "prints what it assumed.",
            "各用途の条件、配点、その理由です。既定値はコマンドラインのオプションで変えられ、答えには必ず前提を表示します。",
        ),
        overview,
    ]
    for u in found:
        facts = [
            (w("aliases", "別名"), w(", ", "、").join(u.get("aliases", ()))),
            (w("kinds of model", "対象の種類"), code(u["kinds"])),
            (w("language", "言語"), u.get("language") or "-"),
            (w("input", "入力"), code(u["modalities"])),
            (w("tool calling", "ツール呼び出し"), _YES[lang][not u["tools"]]),
            (w("context (tokens)", "コンテキスト長（トークン）"), f"{u['context_tokens']:,}"),
            (w("users at once", "同時ユーザー数"), str(u["users"])),
            (
                w("lowest / wanted tokens/s", "最低／目標 tok/s"),
                f"{u.get('min_tps') or '-'} / {u.get('target_tps') or '-'}",
            ),
            (w("fewest bits", "最低ビット/重み"), str(u.get("min_bits") or "-")),
            (w("most memory (GiB)", "最大メモリ (GiB)"), str(u.get("memory_budget_gib") or "-")),
            (w("offload to RAM", "RAMへのオフロード"), f"`{u['offload']}`"),
            (w("skills", "能力の配点"), _shares(u["skills"])),
            (w("weights", "スコアの配点"), _shares(u["weights"])),
            (w("penalties", "減点"), _shares(u["penalties"])),
        ]
        blocks += [
            f"## {u['key']}",
            f"**{u['title'][lang]}** {u['description'][lang]}",
            table((w("what", "項目"), w("value", "値")), facts),
        ]
        blocks.append("\n".join(f"- `{name}`: {told[lang]}" for name, told in u["rationale"].items()))
    return page(*blocks)


def _shares(parts: dict[str, float]) -> str:
    return ", ".join(f"`{name}` {share}" for name, share in parts.items()) or "-"


def engines(lang: str) -> str:
    """Every engine: release, platforms, formats and what it offers."""
    w = words(lang)
    blocks = [
        w("# Engines", "# 推論エンジン"),
        w(
            "What the catalog knows of each engine; `--engine` takes the key or an alias.",
            "カタログにある推論エンジンの情報です。`--engine` にはキーまたは別名を指定します。",
        ),
    ]
    formats = read(CATALOG / "quantizations.yaml")["quantizations"]
    for path in sorted((CATALOG / "engines").glob("*.yaml")):
        e = read(path)
        parallel = e.get("parallel") or {}
        facts = [
            (w("aliases", "別名"), code(e.get("aliases", ())) or "-"),
            (w("release read", "確認した版"), e.get("version") or "-"),
            (w("status", "状態"), f"`{e['status']}`" + (f" ({e['status_note']})" if e.get("status_note") else "")),
            (w("started by", "起動コマンド"), f"`{' '.join(e['launcher'])}`"),
            (w("port", "既定のポート"), str(e["default_port"])),
            (w("platforms", "プラットフォーム"), ", ".join(_platform(k, v) for k, v in e["platforms"].items())),
            (w("formats", "形式"), code(f["key"] for f in formats if e["key"] in f["engines"])),
            (w("several devices", "複数デバイス"), code(k for k, on in parallel.items() if on) or "-"),
            (w("cache types", "KVキャッシュの型"), code(e.get("kv_cache") or ()) or "-"),
            (w("offload to RAM", "RAMへのオフロード"), _YES[lang][not e.get("cpu_offload")]),
            (w("source", "出典"), f"<{e['repo']}>" if e.get("repo") else "-"),
        ]
        blocks += [f"## {e['key']}", f"**{e['name']}**", table((w("what", "項目"), w("value", "値")), facts)]
        issues = e.get("known_issues") or ()
        if issues:
            blocks.append(w("Known trouble:", "既知の問題:"))
            blocks.append("\n".join(f"- {code(i['models'])}: {i['text'][lang]}" for i in issues))
    return page(*blocks)


def _platform(name: str, entry: dict[str, Any]) -> str:
    least = entry.get("min_compute_capability")
    return f"`{name}`" + (f" (≥ {least})" if least else "") + f" {'/'.join(entry['os'])}"


def formats(lang: str) -> str:
    """Every weight format: bits, engines, hardware and what it is."""
    w = words(lang)
    rows = [
        [
            f"`{f['key']}`",
            str(f["bits"]),
            f"`{f['kind']}`",
            code(f["engines"]) or "-",
            str(f.get("min_compute_capability") or "-"),
            f["note"][lang] if f.get("note") else "",
        ]
        for f in read(CATALOG / "quantizations.yaml")["quantizations"]
    ]
    head = (
        w("key", "キー"),
        w("nominal bits", "公称ビット数"),
        w("kind", "種類"),
        w("engines", "エンジン"),
        w("NVIDIA from", "NVIDIAの世代"),
        w("note", "説明"),
    )
    return page(
        w("# Weight formats", "# 量子化形式"),
        w(
            "What `--quant` takes. The size of a model follows from its tensors, not from the nominal bits: `osllm quants MODEL` "
            "computes it, with the loss and whether it fits.",
            "`--quant` に指定できる形式です。モデルの大きさは公称ビット数ではなくテンソルから求めます。`osllm quants モデル` で、サイズ、劣化、収まるかどうかを計算できます。",
        ),
        table(head, rows),
    )


def benchmarks(lang: str) -> str:
    """Every table whose results the catalog quotes, and every benchmark version in them."""
    w = words(lang)
    tables = [read(path) for path in sorted((CATALOG / "evidence").glob("*.yaml"))]
    rows = [
        [
            t["title"],
            t.get("attribution") or t["evaluated_by"],
            _YES[lang][not t["independent"]],
            str(t["as_of"]),
            t["license"],
            _where(t["source"]),
        ]
        for t in tables
    ]
    head = (
        w("table", "評価表"),
        w("by", "作成者"),
        w("independent", "第三者"),
        w("as of", "時点"),
        w("licence", "ライセンス"),
        w("source", "出典"),
    )
    marks = [
        [
            f"`{key}`",
            b["title"],
            b.get("version") or "-",
            f"`{b['skill']}`",
            b.get("judge") or "-",
            b.get("caveat") or "",
        ]
        for key, b in read(CATALOG / "benchmarks.yaml")["benchmarks"].items()
    ]
    mark_head = (
        w("key", "キー"),
        w("benchmark", "ベンチマーク"),
        w("version", "版"),
        w("skill", "能力"),
        w("judge", "評価者"),
        w("caveat", "注意"),
    )
    return page(
        w("# Benchmarks", "# ベンチマークと評価表"),
        w(
            "The published tables that quality rests on. Their rights belong to their authors; the values are quoted as they stand. How "
            "they become a rating: [evidence](../explanation/evidence.md).",
            "品質の根拠にしている公開の評価表です。権利は各作成者にあり、値はそのまま引用しています。評価値の求め方は[解説](../explanation/evidence.md)を参照してください。",
        ),
        w("## Tables", "## 評価表"),
        table(head, rows),
        w("## Benchmark versions", "## ベンチマークの版"),
        w(
            "Another version, judge or setting is another benchmark.",
            "版、評価者、設定のいずれかが異なれば、別のベンチマークとして扱います。",
        ),
        table(mark_head, marks),
    )


def _where(source: dict[str, Any]) -> str:
    if source.get("url"):
        return f"<{source['url']}>"
    host = "https://github.com/" if source.get("repo") else "https://huggingface.co/"
    commit = f" @ `{source['commit'][:10]}`" if source.get("commit") else ""
    return f"<{host}{source.get('repo') or source.get('hub')}>{commit}"
