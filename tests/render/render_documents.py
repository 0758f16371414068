"""One small document of every kind, as `osllm.api` builds them."""

from __future__ import annotations

from typing import Any

GIB = 1 << 30
STAMP = {"version": "2026.11.22", "sha256": "ab" * 32, "models": 734}
MACHINE = {
    "gpus": [
        {
            "key": "rtx4090", "name": "NVIDIA GeForce RTX 4090", "count": 2, "memory_bytes": 24 * GIB,
            "usable_bytes": 23 * GIB, "bandwidth_gbps": 1008, "unified": False,
        }
    ],
    "ram_bytes": 64 * GIB, "ram_usable_bytes": 60 * GIB, "source": "flag",
}  # fmt: skip
REQUEST = {
    "use_case": "ja-chat", "context_tokens": 8192, "users": 1, "min_tps": 10, "engines": [], "formats": ["Q4_K_M"],
    "kv_cache": "q8_0", "filters": {"origins": ["JP"], "vision": None, "max_params": 14_000_000_000},
    "license_facts": {"use": "commercial", "mau": 1e6, "redistribute": True, "field": []},
    "license_gate": "conditions", "policy": None, "as_of": None, "top": 10, "sort": "score", "lang": "ja",
}  # fmt: skip
EVIDENCE = {
    "benchmark": "ja-mt-bench", "version": "v202604", "judge": "gpt-5.2", "value": 0.748, "evaluated_by": "Swallow",
    "as_of": "2026-05-01", "source": "https://example.org",
}  # fmt: skip
QUALITY = {"value": 0.675, "low": 0.61, "high": 0.73, "grade": "A", "evidence": [EVIDENCE]}


def model(model_id: str) -> dict[str, Any]:
    """The facts of a model."""
    return {
        "id": model_id, "hub_id": "org/" + model_id, "name": model_id.upper(), "developer": "Org", "origin": "JP",
        "base_origin": "CN", "released": "2025-03-12", "params_total": 30_500_000_000, "params_active": 3_300_000_000,
        "params_published": None, "context_native": 32768, "context_max": 131072, "modalities": ["text", "image"],
    }  # fmt: skip


def memory(total: int = 18 * GIB) -> dict[str, Any]:
    """A memory block whose parts sum to `total`."""
    parts = {
        "weights_bytes": total - 2 * GIB, "kv_cache_bytes": GIB, "state_bytes": 0, "compute_bytes": GIB // 2,
        "overhead_bytes": GIB // 2, "total_bytes": total, "capacity_bytes": 23 * GIB,
    }  # fmt: skip
    return {
        **parts, "headroom_bytes": 23 * GIB - total, "low_bytes": total - GIB, "high_bytes": total + GIB,
        "per_device": [{"device": "rtx4090:0", **parts}, {"device": "rtx4090:1", **parts}],
    }  # fmt: skip


SPEED = {
    "decode_tps": 41.2, "low": 34.0, "high": 47.5, "prefill_tps": 1200, "ttft_s": 0.4, "total_tps": 41.2,
    "ja_chars_per_s": 69.6, "basis": "estimated",
}  # fmt: skip
COMMAND = ["llama-server", "--hf-repo", "org/a b:Q4_K_M", "--ctx-size", "8192", "--jinja", "--host", "127.0.0.1"]


def row(rank: int, model_id: str, **changes: Any) -> dict[str, Any]:
    """One row of a recommendation."""
    return {
        "rank": rank, "model": model(model_id), "score": {"total": 0.7, "quality": {"value": 0.61, "weight": 0.85}},
        "also": [f"{model_id}-old"], "quality": QUALITY,
        "quantization": {
            "format": "Q4_K_M", "bits_per_weight": 4.8944, "file_bytes": 16_546_404_640,
            "artifact": {"hub_id": "org/x-GGUF", "file": None, "file_bytes": None, "format": "GGUF", "publisher": "x"},
            "loss": None,
        },
        "engine": "llama.cpp",
        "placement": {
            "gpus": 1, "tensor_parallel": 1, "pipeline_parallel": 1, "gpu_layers": 48, "cpu_layers": 0, "experts_on_cpu": 0,
        },
        "memory": memory(), "context": {"tokens": 8192, "max_tokens_that_fit": 32768, "ja_chars": 13844},
        "speed": SPEED,
        "license": {
            "keys": ["apache-2.0"], "verdict": "conditions", "assumptions": ["assumed-something"],
            "obligations": [{"id": "aup", "license": "apache-2.0", "when": ["always"], "clause": "4", "text": "duty-text"}],
        },
        "serve": {"engine": "llama.cpp", "command": COMMAND, "environment": {"A": "x y"}, "notes": [{"code": "n", "text": "serve-note"}]},
        "reasons": [
            {"rule": "QLT201", "effect": "prefer", "points": 0.5, "text": "reason-first", "params": {}},
            *({"rule": f"NOTE{n}", "effect": "note", "points": 0, "text": f"reason-{n}", "params": {}} for n in range(8)),
        ],
        "warnings": [{"code": "MEM202", "text": "warning-text", "params": {}}],
        "ties_with_above": rank == 2, "marks": ["fastest"] if rank == 1 else [],
        **changes,
    }  # fmt: skip


VETO = {"rule": "MEM101", "text": "veto-text", "params": {}}
RECOMMENDATION = {
    "schema": "osllm/recommendation@1", "catalog": STAMP, "request": REQUEST, "machine": MACHINE,
    "recommendations": [row(1, "alpha-30b-a3b"), row(2, "beta-8b-instruct", engine="vllm"), row(3, "gamma", quality=None)],
    "qualified": 87,
    "companions": [
        {
            "kind": "embedding", "id": "ruri", "hub_id": "org/ruri", "license_keys": ["mit"], "verdict": "allowed",
            "memory_bytes": GIB // 2, "benchmark": "JMTEB", "value": 76.41,
        }
    ],
    "rejected": {
        "count": 512, "by_rule": {"MEM101": 12, "MDL101": 500},
        "nearest": [{"model": "delta-70b", "rule": "MEM101", "text": "nearest-text", "needs": {"needed_bytes": 1}}],
    },
    "notices": [{"code": "as-of", "text": "notice-text", "params": {}}],
}  # fmt: skip
VERSUS = {"model": "alpha-30b-a3b", "score": 0.7, "difference": 0.05, "parts": [{"part": "speed", "points": 0.04}]}
EXPLANATION = {
    "schema": "osllm/explanation@1", "catalog": STAMP, "request": REQUEST, "machine": MACHINE, "model": model("beta"),
    "rank": 2, "of": 87, "folded_into": None, "row": row(2, "beta"), "vetoes": [], "above": VERSUS,
    "leader": {"model": "omega", "score": 0.9, "difference": None, "parts": []}, "runner_up": None,
    "if_measured": {"rank": 1, "text": "measured-text"},
    "changes": [{"option": "context", "value": 4096, "rank": 1, "format": "Q4_K_M", "engine": "vllm", "text": "change-text"}],
}  # fmt: skip
REJECTION = {**EXPLANATION, "rank": None, "row": None, "vetoes": [VETO], "above": None, "if_measured": None}
FIRST = {
    **EXPLANATION, "rank": 1, "above": None, "leader": None, "changes": [], "if_measured": None,
    "runner_up": {**VERSUS, "model": "second-best", "difference": -0.05},
}  # fmt: skip
ABILITY = {"skill": "japanese-chat", "value": 0.75, "low": 0.7, "high": 0.8, "grade": "A"}
SIDE = {
    "model": model("alpha-30b-a3b"), "rank": 1, "quality": QUALITY,
    "license": {"keys": ["apache-2.0"], "verdict": "allowed", "obligations": [], "assumptions": []},
    "tools": True, "reasoning": "hybrid", "languages": ["ja"], "chars_per_token_ja": 1.69, "row": row(1, "alpha-30b-a3b"),
    "vetoes": [], "skills": [ABILITY, {**ABILITY, "skill": "reasoning", "grade": "D"}],
}  # fmt: skip
TEST = {
    "benchmark": "test-name", "version": "v2", "judge": None, "skill": "japanese-chat", "lower_better": False, "independent": True,
    "values": {
        "alpha-30b-a3b": {"value": 0.625, "mode": "non-thinking", "evaluated_by": "somebody", "as_of": None, "source": "x"},
        "delta-70b": {"value": 0.5, "mode": None, "evaluated_by": "somebody", "as_of": None, "source": "x"},
    },
}  # fmt: skip
COMPARISON = {
    "schema": "osllm/comparison@1", "catalog": STAMP, "request": REQUEST, "machine": MACHINE,
    "models": [SIDE, {**SIDE, "model": model("delta-70b"), "rank": None, "row": None, "vetoes": [VETO], "tools": None}],
    "differences": [{"aspect": "quality", "values": {}, "best": ["alpha-30b-a3b"], "text": "difference-text"}],
    "tests": [TEST],
}  # fmt: skip
ESTIMATE = {
    "schema": "osllm/estimate@1", "catalog": STAMP, "machine": MACHINE, "model": model("alpha"),
    "quantization": {"format": "Q4_K_M", "bits_per_weight": 4.89, "tensor_bytes": 1, "file_bytes": 16_546_404_640},
    "engine": "llama.cpp", "options": {"kv_cache": "f16", "swa_full": False, "gpu_memory_utilization": None},
    "placement": row(1, "a")["placement"], "fits": False,
    "memory": {**memory(30 * GIB), "items": [{"name": "kv-cache", "bytes": GIB, "formula": "formula-text"}]},
    "context": {"tokens": 8192, "max_tokens_that_fit": None, "ja_chars": None},
    "users": {"users": 1, "max_users_that_fit": 4}, "speed": SPEED, "assumptions": ["assumption-text"],
    "warnings": [{"code": "w", "text": "warning-text", "params": {}}],
}  # fmt: skip
QUANTS = {
    "schema": "osllm/quants@1", "catalog": STAMP, "machine": MACHINE, "model": model("alpha"), "context_tokens": 8192,
    "users": 1,
    "quantizations": [
        {
            "format": "Q4_K_M", "engines": ["llama.cpp", "ollama"], "bits_per_weight": 4.8944, "tensor_bytes": 1,
            "file_bytes": 4_920_000_000, "artifact": None, "loss": {"metric": "quality", "value": 0.012, "source": "x"},
            "fits": True, "kind": "gguf", "engine": "llama.cpp", "total_bytes": 6 * GIB, "decode_tps": 88.0,
        },
        {
            "format": "FP8", "engines": ["vllm"], "bits_per_weight": 8.0, "tensor_bytes": 1, "file_bytes": None,
            "artifact": {"hub_id": "org/x-FP8", "file": None, "file_bytes": None}, "loss": None, "fits": None,
        },
    ],
}  # fmt: skip
LISTED = {
    **model("alpha-30b-a3b"), "family": "Alpha", "kind": "instruct", "status": "current", "aliases": ["alpha"],
    "licenses": ["apache-2.0", "llama-3.3"], "recommendable": True, "quality": {k: QUALITY[k] for k in ("value", "low", "high", "grade")},
}  # fmt: skip
MODELS = {
    "schema": "osllm/models@1", "catalog": STAMP, "use_case": "ja-chat",
    "models": [LISTED, {**LISTED, "id": "listed-only-1b", "recommendable": False, "quality": None, "params_total": None}],
}  # fmt: skip
MODEL = {
    "schema": "osllm/model@1", "catalog": STAMP,
    "model": {
        **LISTED, "superseded_by": None, "base_id": "org/base", "languages": ["ja", "en"], "tools": True,
        "reasoning": "hybrid", "domains": [], "tokenizer": "t", "gated": False, "ollama": ["alpha:30b"],
        "license": {"keys": ["apache-2.0"], "evidence": "primary", "conflict": None, "card_restriction": None},
        "architecture": {"layers": 48, "attention": {"heads": 32}}, "benchmarks": [], "evidence": [{**EVIDENCE, "skill": "japanese-chat"}], "skills": [ABILITY],
        "artifacts": [{"format": "GGUF", "hub_id": "org/x-GGUF", "file": "x.gguf", "file_bytes": 1_500_000_000, "publisher": "x"}],
        "notes": ["note-text"],
    },
    "sources": {"config": {"hub": "org/alpha", "seen": "2026-11-22"}}, "gaps": ["gap-text"],
}  # fmt: skip
FINDING = {
    "rule": "right-conditional",
    "right": "commercial",
    "clause": "2",
    "text": "finding-text",
    "severity": "conditions",
}
CHECKED = {
    "model": "alpha", "name": "Alpha", "hub_id": None, "verdict": "conditions", "per_use": {"research": "allowed"},
    "evidence": "primary",
    "licenses": [
        {
            "key": "llama-3.3", "name": "Llama 3.3 Licence", "spdx_id": None, "text_url": "https://example.org/l",
            "text_date": "2024-12-06", "evidence": "primary", "collected": None, "verdict": "conditions", "findings": [FINDING],
        }
    ],
    "findings": [], "obligations": row(1, "a")["license"]["obligations"], "latent_obligations": [],
    "assumptions": ["assumption-text"], "asks": ["--mau"], "fix": "fix-text", "facts": {"use": "commercial", "mau": 1e6},
    "policy": {"passed": False, "reason": "x", "text": "policy-text", "accepted": [], "outstanding": []},
}  # fmt: skip
LICENSE_CHECK = {
    "schema": "osllm/license-check@1", "verdict": "conditions", "gate": "conditions", "passed": True,
    "results": [CHECKED, {**CHECKED, "model": "beta", "name": None, "verdict": "denied", "licenses": [], "policy": None}],
    "policy": {"path": "p.yaml", "warnings": [{"code": "c", "text": "policy-warning", "line": 3}]}, "disclaimer": "not advice",
}  # fmt: skip
LICENSE = {
    "schema": "osllm/license@1", "key": "llama-3.3", "name": "Llama 3.3", "kind": "community", "osi_approved": False,
    "grants": {"commercial": {"value": "conditional", "clause": "2", "text": "grant-text", "name": "Commercial use"}},
    "thresholds": [
        {"id": "mau", "metric": "mau", "value": 700_000_000, "op": "gt", "clause": "2", "text": "limit-text"}
    ],
    "obligations": [{"id": "aup", "text": "duty-text"}], "exclusions": [], "fields": {}, "termination": "termination-text",
    "used_by": ["alpha", "beta"], "disclaimer": "not advice",
}  # fmt: skip
LICENSES = {
    "schema": "osllm/licenses@1",
    "licenses": [
        {
            "key": "mit", "name": "MIT License", "version": None, "date": None, "kind": "permissive", "osi_approved": True,
            "commercial": "yes", "evidence": "primary", "text_url": None, "models": 12,
        }
    ],
}  # fmt: skip
LICENSE_DIFF = {
    "schema": "osllm/license-diff@1", "a": {"key": "llama-3"}, "b": {"key": "llama-3.1"},
    "changes": [
        {
            "part": "grants.modify", "a": {"value": "no", "clause": None, "text": "side-a"},
            "b": {"value": "yes", "clause": "1", "text": "side-b"}, "effect": "looser",
        },
        {"part": "date", "a": "2024-04-18", "b": None, "effect": "changed"},
    ],
    "disclaimer": "not advice",
}  # fmt: skip
SERVE = {
    "schema": "osllm/serve@1", "model": model("alpha"), "engine": "vllm", "target": "compose", "command": COMMAND,
    "environment": {"HF_HOME": "/x y"}, "files": {"compose.yaml": "services:\n\tvllm: {}\n"},
    "notes": [{"code": "gated", "text": "note-text"}],
}  # fmt: skip
GPU_BLOCK = {
    "key": "rtx4090", "name": "NVIDIA GeForce RTX 4090", "vendor": "nvidia", "form": "desktop",
    "generation": "Ada Lovelace", "compute_capability": "8.9", "memory_bytes": 24 * GIB, "usable_bytes": 23 * GIB,
    "memory_type": "GDDR6X", "bandwidth_gbps": 1008, "fp16_tflops": 165.2, "supports": ["bf16"], "unified": False,
    "released": "2022-10-12",
}  # fmt: skip
GPUS = {
    "schema": "osllm/gpus@1", "catalog": STAMP, "machine": MACHINE, "notices": [],
    "gpus": [{**GPU_BLOCK, "count": 2}, {**GPU_BLOCK, "key": "odd", "bandwidth_gbps": None, "fp16_tflops": None}],
}  # fmt: skip
USE_CASE = {
    "key": "ja-chat", "title": "Chat-title", "description": "description-text", "aliases": ["chat"], "kinds": ["instruct"],
    "language": "ja", "context_tokens": 8192, "users": 1, "min_tps": 10, "target_tps": 30, "min_bits": 4.0,
    "skills": [{"skill": "japanese-chat", "weight": 1.0}], "weights": {"quality": 0.85}, "penalties": {"offload": 0.3},
    "rationale": {"users": {"en": "why-en", "ja": "why-ja"}}, "grades": {"A": 61},
}  # fmt: skip
USE_CASES = {"schema": "osllm/use-cases@1", "catalog": STAMP, "use_cases": [USE_CASE, {**USE_CASE, "key": "chat"}]}

DOCUMENTS: dict[str, dict[str, Any]] = {
    "recommendation": RECOMMENDATION,
    "nothing": {**RECOMMENDATION, "recommendations": [], "qualified": 0},
    "explanation": EXPLANATION,
    "rejection": REJECTION,
    "explanation of the first": FIRST,
    "comparison": COMPARISON,
    "estimate": ESTIMATE,
    "quants": QUANTS,
    "models": MODELS,
    "no models": {**MODELS, "models": []},
    "model": MODEL,
    "license-check": LICENSE_CHECK,
    "license": LICENSE,
    "licenses": LICENSES,
    "license-diff": LICENSE_DIFF,
    "policy-template": {"schema": "osllm/policy-template@1", "text": "# policy\nversion: 1\n"},
    "policy-check": {"schema": "osllm/policy-check@1", "path": "p.yaml", "valid": True, "policy": {"allow": ["mit"]}},
    "serve": SERVE,
    "gpu": {"schema": "osllm/gpu@1", "catalog": STAMP, "gpu": GPU_BLOCK},
    "gpus": GPUS,
    "use-cases": USE_CASES,
    "use-case": {**USE_CASES, "use_cases": [USE_CASE]},
    "catalog-stats": {"schema": "osllm/catalog-stats@1", "catalog": STAMP, "stats": {"gpus": 136}},
    "catalog-validation": {
        "schema": "osllm/catalog-validation@1", "valid": False,
        "checked": ["catalog-text"],
        "problems": [{"file": "a.yaml", "line": 3, "field": "id", "code": "bad-value", "text": "problem-text"}],
    },
    "catalog-path": {"schema": "osllm/catalog-path@1", "catalog": STAMP, "path": "path-text", "source": "source-text"},
    "config": {
        "schema": "osllm/config@1",
        "settings": [
            {"name": "gpu", "value": ["rtx4090"], "origin": "env", "place": "OSLLM_GPU"},
            {"name": "top", "value": None, "origin": "default", "place": None},
        ],
        "files": [{"origin": "project", "path": None, "exists": False}, {"origin": "user", "path": "/c.toml", "exists": True}],
        "ignored": ["OSLLM_TYPO"],
    },
    "version": {"schema": "osllm/version@1", "osllm": "0.1.0", "catalog": STAMP},
    "schemas": {"schema": "osllm/schemas@1", "answers": ["error", "recommendation"], "files": ["model-text"]},
    "unheard of": {"schema": "osllm/later@3", "answer": {"deep": [{"key": "deep-value"}]}, "lines": "one\ntwo"},
}  # fmt: skip


def texts(value: Any) -> list[str]:
    """Every `*-text`, id and other marker that stands in a document."""
    if isinstance(value, dict):
        return [word for one in value.values() for word in texts(one)]
    if isinstance(value, list):
        return [word for one in value for word in texts(one)]
    return [value] if isinstance(value, str) and value.endswith("-text") else []
