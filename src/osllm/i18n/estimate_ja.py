"""Why a plan cannot exist, in Japanese."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "no-users": "ユーザー数 {users} では負荷になりません。1 以上を指定してください",
    "format-not-on-engine": "{engine} は {format} を読み込めません",
    "format-not-on-accelerator": "{format} は {gpu} では動きません（必要なCompute Capability: {needs} 以上、または別ベンダー）",
    "cache-type-not-on-engine": "{engine} に {kv_cache} のキャッシュはありません",
    "tensor-parallel-not-on-engine": "{engine} はテンソル並列（1つの層を複数のアクセラレーターに分割）に対応していません",
    "too-few-accelerators": "テンソル並列 {wanted} には {wanted} 台のアクセラレーターが必要ですが、{count} 台しかありません",
    "tensor-parallel-heads": "{wanted} ではアテンションヘッド（クエリーヘッド {heads}）を割り切れません",
    "nearest": "動く候補: {names}",
}
