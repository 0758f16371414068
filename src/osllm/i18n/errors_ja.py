"""What went wrong and what to do about it, in Japanese."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # the frame
    "error": "エラー: {message}",
    "hint": "ヒント: {hint}",
    "did-you-mean": "もしかして: {names}",
    "see-help": "`{command}` を参照してください",
    "interrupted": "中断しました",
    "bug": "osllm の不具合です。申し訳ありません: {what}",
    "bug-hint": "この行と次の情報を添えて {url} へご報告ください: {versions}（--debug でトレースバックを表示します）",
    "output-failed": "結果を書き出せません: {why}",
    # names
    "unknown-model": "{name!r} というモデルは見つかりません",
    "unknown-use-case": "{name!r} という用途は見つかりません",
    "unknown-engine": "{name!r} というエンジンは見つかりません",
    "unknown-quantization": "{name!r} という量子化形式は見つかりません",
    "unknown-license": "{name!r} というライセンスは見つかりません",
    "unknown-gpu": "{name!r} というGPUは見つかりません",
    "unknown-schema": "{name!r} というスキーマは見つかりません",
    "ambiguous-model": "{name!r} に当てはまるモデルが複数あり、どれが最新か判断できません",
    "hint-list-models": "`osllm list --search 文字列` で名前からモデルを探せます",
    # the command line
    "no-option": "{option} というオプションはありません",
    "needs-value": "{option} には値が必要です",
    "no-value-taken": "{option} は値を取りません",
    "missing-argument": "{name} を指定してください",
    "missing-command": "コマンドを指定してください",
    "no-command": "{name!r} というコマンドはありません",
    "bad-usage": "コマンドラインを解釈できません: {why}",
    "bad-value": "{option} に {value!r} は指定できません",
    "bad-choice": "{option} の値 {value!r} が正しくありません。次のいずれかを指定してください: {choices}",
    "too-few-models": "比較するモデルを2つ以上指定してください",
    "not-computable": "{model} は構造の情報が不足しているため計算できません",
    # files
    "no-files": "この出力対象には書き出すファイルがありません",
    "no-files-hint": "ファイルを作る対象を選んでください: --target compose|kubernetes|systemd|modelfile|python",
    "bad-path": "{path} は出力先フォルダーの外を指しています",
    "file-exists": "{path} はすでに存在します",
    "file-exists-hint": "--force を付けると上書きします",
    "cannot-write": "{path} に書き込めません: {why}",
    # settings
    "config-unreadable": "{file} を読めません: {why}",
    "config-syntax": "{place}: TOMLとして正しくありません: {why}",
    "config-not-a-table": "{place}: [tool.osllm] がテーブルではありません",
    "config-unknown-key": "{place}: {key!r} というオプションはありません",
    "config-bad-type": "{place}: {key}: {expected}を指定してください（{found} が指定されています）",
    "config-bad-switch": "{place}: {value!r} は yes でも no でもありません",
    "config-text": "文字列または数値",
    "config-list": "文字列または文字列の配列",
    "config-switch": "true または false",
    "config-hint": "`osllm config show` で有効な設定とファイルを確認できます",
}
