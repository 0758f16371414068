"""Prometheus and Grafana over the metrics that an engine really exports (roles in its catalog record)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from osllm.serve.gateway import METRICS_PORT
from osllm.serve.yamltext import dump

PROMETHEUS_IMAGE: Final = "prom/prometheus:v3.7.3"
GRAFANA_IMAGE: Final = "grafana/grafana:12.3.1"
SOURCE: Final = {"type": "prometheus", "uid": "prometheus"}
# Panel: titles, unit, and the roles shown in it. A panel without any known role is left out.
PANELS: Final = (
    ({"en": "Tokens per second", "ja": "トークン/秒"}, "short", ("generated_tokens", "prompt_tokens", "generation_speed")),
    ({"en": "Time to first token", "ja": "最初のトークンまでの時間"}, "s", ("ttft",)),
    ({"en": "Requests running and waiting", "ja": "処理中・待機中のリクエスト"}, "short", ("running", "waiting")),
    ({"en": "KV cache in use", "ja": "KVキャッシュ使用率"}, "percentunit", ("kv_cache_usage",)),
    ({"en": "Time per token", "ja": "1トークンあたりの時間"}, "s", ("token_latency",)),
    ({"en": "Time in the queue", "ja": "待ち行列での時間"}, "s", ("queue_time",)),
    ({"en": "Time per request", "ja": "1リクエストの時間"}, "s", ("request_latency",)),
    ({"en": "Requests preempted", "ja": "中断されたリクエスト"}, "short", ("preemptions",)),
)  # fmt: skip
QUANTILES: Final = (0.5, 0.95)


def prometheus() -> str:
    """Prometheus' configuration: the gateway's metrics port, every 15 seconds."""
    targets = [{"targets": [f"gateway:{METRICS_PORT}"]}]
    job = {"job_name": "engine", "metrics_path": "/metrics", "static_configs": targets}
    return dump({"global": {"scrape_interval": "15s"}, "scrape_configs": [job]})


def datasource() -> str:
    """Grafana's data source."""
    source = {**SOURCE, "name": "Prometheus", "access": "proxy", "url": "http://prometheus:9090", "isDefault": True}
    return dump({"apiVersion": 1, "datasources": [source]})


def provider() -> str:
    """Where Grafana finds the dashboard."""
    entry = {"name": "osllm", "type": "file", "options": {"path": "/var/lib/grafana/dashboards"}}
    return dump({"apiVersion": 1, "providers": [entry]})


def queries(name: str, kind: str) -> list[tuple[str, str]]:
    """(query, legend) of one metric by its Prometheus type."""
    if kind == "counter":
        return [(f"sum(rate({name}[1m]))", name)]
    if kind == "histogram":
        return [(f"histogram_quantile({q}, sum by (le) (rate({name}_bucket[5m])))", f"p{q * 100:g}") for q in QUANTILES]
    return [(f"sum({name})", name)]


def panels(roles: Mapping[str, Mapping[str, str]], language: str) -> list[dict[str, Any]]:
    """The panels that the engine has metrics for, two in a row."""
    found: list[dict[str, Any]] = []
    for titles, unit, names in PANELS:
        asked = [
            query for role in names if role in roles for query in queries(roles[role]["name"], roles[role]["type"])
        ]
        if not asked:
            continue
        number = len(found)
        targets = [
            {"refId": chr(65 + i), "datasource": SOURCE, "expr": expression, "legendFormat": legend}
            for i, (expression, legend) in enumerate(asked)
        ]
        found.append(
            {
                "id": number + 1,
                "type": "timeseries",
                "title": titles.get(language) or titles["en"],
                "datasource": SOURCE,
                "gridPos": {"x": number % 2 * 12, "y": number // 2 * 8, "w": 12, "h": 8},
                "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
                "options": {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi"}},
                "targets": targets,
            }
        )
    return found


def dashboard(record: Mapping[str, Any], title: str, language: str) -> str:
    """The dashboard as Grafana loads it from a file."""
    roles = (record.get("metrics") or {}).get("roles") or {}
    board = {
        "uid": "osllm",
        "title": title,
        "tags": ["osllm"],
        "timezone": "browser",
        "schemaVersion": 39,
        "version": 1,
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "panels": panels(roles, language),
    }
    return json.dumps(board, indent=2, ensure_ascii=False) + "\n"
