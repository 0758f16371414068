"""Accelerators and this machine, in Japanese."""

MESSAGES = {
    "ambiguous": "{name!r} に当てはまるGPUが複数あります",
    "no-such-variant": "{name!r} という構成はありません",
    "bad-count": "{name!r}: GPUの数は1から1024までです",
    "bad-mix": "cpu と auto は単独で指定してください",
    "assumed": "{name!r} は {key} ({full}) とみなしました",
    "found": "検出: {found}",
    "not-in-catalog": "{name} はカタログにありません。メモリ帯域が不明なため、速度は計算できません",
    "none-found": "GPUが見つからないため、CPUで回答します ({why})",
    "ram": "メインメモリ: {size} GiB",
    "no-ram": "メインメモリの容量が分かりません。--ram で指定してください",
}
