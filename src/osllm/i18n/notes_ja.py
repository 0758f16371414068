"""What a user should know before acting, in Japanese."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # about the answer
    "as-of": "{as_of} より後に公開されたモデルを除いています。評価はカタログ（{catalog}）のものです",
    "nothing-fits-whole": "GPUに全体が収まるモデルがないため、一部をRAMで動かします",
    "name-newest": "{name!r} は最新の {id} と解釈しました（ほかの候補: {others}）",
    "assume-request": "1系列あたり {context} トークン、同時 {users}、KVキャッシュ {kv_cache}",
    "assume-machine": "マシンの指定がないため、このマシンを調べました（--gpu、--ram で指定できます）",
    "context-exceeds-model": "モデルの対応コンテキスト長は {max} トークンまでです（指定: {tokens}）",
    "memory-budget": "この用途では使うメモリを {budget_bytes} までとしています（マシン全体を使うのは general などの用途）",
    "companions": "併用するモデルのために {taken_bytes} を確保しています: {models}",
    # how to get the weights
    "gated": "先にHugging Faceのアカウントで利用申請が必要です: https://huggingface.co/{hub_id}",
    "file-not-listed": "{hub_id} のファイル一覧は確認できていません。{tag} がなければ {other} を指定してください",
    "make-gguf": "公開済みの {format} ファイルが確認できません。{hub_id} から llama.cpp の convert_hf_to_gguf.py と llama-quantize で {file} を作成してください",
    "make-mlx": "公開済みのMLX形式の重みが確認できません。次のコマンドで作成してください: mlx_lm.convert --hf-path {hub_id} --mlx-path {path} --quantize --q-bits {bits}",
    # about the engine
    "trust-remote-code": "{model} はリポジトリ内のPythonコードを実行します。信頼できるか確認してください",
    "make-compressed": "公開済みの {format} の重みが確認できません。{hub_id} から llm-compressor で作成してください（コマンドはそのフォルダーを参照します）",
    "make-modelopt": "公開済みの {format} の重みが確認できません。{hub_id} から NVIDIA ModelOpt で作成してください（コマンドはそのフォルダーを参照します）",
    "engine-in-maintenance": "{engine} は保守のみの段階です。開発元は別のエンジンを勧めています",
    "lms-steps": "先に `lms get {get}` で取得し、後で `lms server start --port {port}` を実行してください",
    "ollama-environment": "環境変数はサーバー側の設定です。`ollama serve` を動かす環境で設定し、再起動してください",
    "ollama-default-quantization": "タグ {tag} の量子化はOllamaの既定で、{format} とは限りません",
    "training": "メモリは、LoRAアダプター（ランク {rank}）を {tokens} トークンのサンプルで {batch} 件ずつ、勾配チェックポイントを使って学習する場合の値です。NF4の重みではQLoRAになります。速度は学習トークン数（毎秒）です。",
    "train-install": "先に実行: pip install '{package}'",
    "train-data": "{folder} に学習データをJSON Lines形式で置きます（各行に text、または prompt と completion）",
    "train-beside-experts": "アダプターは注意機構だけに付け、エキスパートは変更しません",
    "dedicated-unmeasured": "次の専用モデルは、評価の根拠がないため順位の最後に置いています（試す価値はあります）: {models}",
}
