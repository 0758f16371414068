"""What a user should know about starting an engine, in Japanese."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # what stands against an engine
    "no-platform": "{engine} は {platform} では動きません（対応: {platforms}）",
    "gpu-too-old": "{engine} は {gpu} では動きません（世代 {has}、必要な世代 {needs}）",
    "no-format": "{engine} は {format} を読み込めません（対応エンジン: {engines}）",
    "no-tensor-parallel": "{engine} は1つの層を複数のGPUに分割できません（テンソル並列に非対応）",
    "one-gpu-only": "{engine} が使うGPUは1枚だけですが、{gpus} 枚必要です",
    "no-offload": "{engine} は層やエキスパートをRAMに置けません",
    "no-kv-cache": "{engine} は {kv_cache} のKVキャッシュに対応していません（対応: {known}）",
    "no-architecture": "{engine} はアーキテクチャ {model_type} に対応していません",
    "experts-only": "{engine} はMoEのエキスパートをRAMに置くエンジンですが、{model} はMoEではありません",
    "does-not-fit": "必要なメモリ {needed_bytes} に対し、使えるのは {usable_bytes} です。このままでは起動しません",
    "not-ollama": "ModelfileはOllama用で、{engine} では使えません",
    "cannot-serve": "{model} はこの条件では起動できません: {why}",
    # how to get the weights
    "make-compressed": "公開済みの {format} の重みが確認できません。{hub_id} から llm-compressor で作成し（make_weights.py）、コマンドが指すフォルダーに置いてください",
    "make-modelopt": "公開済みの {format} の重みが確認できません。{hub_id} から NVIDIA ModelOpt で作成し、コマンドが指すフォルダーに置いてください",
    # about the engine
    "engine-for-many": "同時 {users} 系列では連続バッチ処理が効くため、{engine} を選びました（--engine で変更できます）",
    "engine-for-hbm": "HBM搭載GPUを生かせるため、{engine} を選びました（--engine で変更できます）",
    "engine-for-use-case": "{engine} を使います（この用途で使うエンジンのため）。ほかは --engine で指定できます",
    "engine-for-one": "1つのファイルからどのマシンでも動くため、{engine} を選びました（--engine で変更できます）",
    "needs-version": "{engine} {version} 以降が必要です",
    "known-issue": "{text}",
    "half-precision": "このGPUはbfloat16に対応していないため、float16で動かします。bfloat16で学習したモデルでは桁あふれの恐れがあるので、応答を確認してください",
    "kt-folder": "先にエキスパートのGGUFファイルを {folder} に置いてください",
    "kt-cores": "--kt-cpuinfer には物理コア数を指定してください",
    "mlx-one-at-a-time": "量子化KVキャッシュを使うと、MLX-LMはリクエストを1件ずつ処理します（{users} 人が順番待ちになります）",
    "not-for-many": "{engine} は試用向けです。{users} 人で使う場合はvLLMかSGLangを選んでください",
    "lms-import": "先に `lms import {file}`、後で `lms server start --port {port}` を実行してください",
    # deployments
    "compose-start": "次の手順: cp .env.example .env で鍵を記入し、docker compose up -d を実行",
    "compose-local": "ゲートウェイは127.0.0.1だけで待ち受けます。TLSで公開する方法は nginx/tls.conf.example にあります",
    "no-image": "{engine} には {platform} 用のコンテナイメージがないため、{target} は作成できません",
    "no-metrics": "{engine} はPrometheusの指標を出力しないため、PrometheusとGrafanaは含みません",
    "image-version": "イメージは {image} に固定しています",
    "kubernetes-reach": "手元からの接続: kubectl port-forward service/{service} {port}:80（キーは環境変数 API_KEY に設定）",
    "kubernetes-start": "次の手順: kubectl create secret generic {secret} --from-env-file=.env の後、kubectl apply -f manifest.yaml",
    "hpa-adapter": "オートスケーラーは {metric} を参照します。prometheus-adapterでPodの指標として提供してください",
    "multi-node": "{gpus} GPUを {nodes} 台で使用: 台内はテンソル並列、台間はパイプライン並列（LeaderWorkerSetの導入が必要）",
    "no-multi-node": "{engine} は複数台にまたがって動きませんが、{gpus} GPUが必要です",
    "nodes-assumed": "1台あたり {per_node} GPUと仮定しています",
    "alternatives": "Ray Serve（KubeRay）とKServe + llm-dの例は alternatives/ にあります。3つのうち1つを選んでください。Rayは鍵を確認しないため、ゲートウェイ以外からの接続を遮断しています",
    "local-weights": "自作の重みは ./weights に置いてください",
    "local-weights-volume": "自作の重みは、ボリューム {volume} の weights フォルダーに置いてください",
    "systemd-start": "次の手順: {unit} を /etc/systemd/system に、{env} を /etc/osllm に置き、systemctl enable --now {unit} を実行",
    "modelfile-start": "次の手順: ollama create {name} --file Modelfile の後、ollama run {name}",
    # sizing
    "over-machines": "この構成は {gpus} GPUを使います。1台に {per_node} 枚を超えるマシンは少ないため、--target kubernetes で複数台に分けられます",
    "replicas": "1台で同時に対応できるのは {users} 人中 {each} 人です。同じ構成が {replicas} 台必要です",
    "capacity-not-known": "1台で対応できる人数は不明です: {why}",
    "capacity-too-slow": "1人でも {min_tps} トークン/秒に届かないため、台数を増やしても改善しません",
    "price-not-known": "価格が分かる構成の中に、この計画に合うものがありません",
    "price-as-of": "{instance} は1時間あたり {price} USD（{price_date}、定価）",
    "advice-api": "APIのほうが安価です。自前の機材は最大負荷でも100万トークンあたり {own} USD、APIは {api} USDです。社外に出せないデータを扱う場合に自前の機材を選んでください",
    "advice-own": "月に {tokens} 百万トークン（生成能力の {share}）を超えると、自前の機材のほうが安価です",
    "advice-both": "自前の機材が有利になるのは月に {tokens} 百万トークン（生成能力の {share}）を超えてからです。定常的な負荷と社外に出せないデータは自前、ピークはAPIという併用が向いています",
}
