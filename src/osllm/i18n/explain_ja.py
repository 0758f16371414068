"""What would change a standing, and where compared models differ, in Japanese."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "change-with": "{option} {value} を指定すると {rank} 位になります",
    "change-without": "{option} の指定を外すと {rank} 位になります",
    "if-measured": "品質の下限を裏づける第三者の新しい測定結果があれば {rank} 位になります",
    "better-quality": "品質が高い: {models}",
    "better-decode_tps": "生成が速い: {models}",
    "better-ja_chars_per_s": "日本語を書くのが速い（文字/秒）: {models}",
    "better-total_bytes": "必要メモリが少ない: {models}",
    "better-bits_per_weight": "より高いビット数で収まる: {models}",
    "better-max_tokens_that_fit": "より長いコンテキストが収まる: {models}",
    "better-context_max": "対応コンテキスト長が長い: {models}",
    "better-license": "ライセンスの判定が緩い: {models}",
}
