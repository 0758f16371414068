"""Hand-made values for the tests of advice."""

from __future__ import annotations

from typing import Any

from osllm.advise.evaluate import Evaluated
from osllm.catalog.index import IndexRow
from osllm.domain.hardware import Gpu, GpuGroup, Machine
from osllm.domain.model import Quality
from osllm.domain.plan import EngineOptions, Memory, Placement, Speed
from osllm.domain.request import Request
from osllm.domain.usecase import UseCase
from osllm.domain.verdict import LicenseVerdict, Score
from osllm.rules.question import Question

GIB = 2**30


def row(model_id: str = "m-1b", **fields: Any) -> IndexRow:
    values: dict[str, Any] = dict.fromkeys(IndexRow._fields)
    values |= {
        "id": model_id, "name": model_id, "family": "M", "developer": "D", "kind": "instruct", "released": "2026-01-01",
        "params_total": 10**9, "params_active": 10**9, "context_max": 32768, "modalities": ("text",), "languages": (),
        "domains": (), "license": 0, "recommendable": True, "reasoning": "none", "cache_token_bytes": 0, "whole_token_bytes": 0, "window_tokens": 0, "state_bytes": 0, "working_bytes": 0,
        "layers": 0, "mixture_layers": 0, "state_layers": 0,
    }  # fmt: skip
    return IndexRow(**(values | fields))


def quality(value: float = 0.5, half: float = 0.05, grade: str = "A") -> Quality:
    return Quality(value, value - half, value + half, grade)


def gpu(**fields: Any) -> Gpu:
    values: dict[str, Any] = dict.fromkeys(Gpu._fields)
    values |= {
        "key": "test-24gb", "name": "Test 24 GB", "vendor": "nvidia", "compute_capability": "8.9",
        "memory_bytes": 24 * GIB, "bandwidth_gbps": 1000.0, "supports": ("bf16", "fp8"), "unified": False,
    }  # fmt: skip
    return Gpu(**(values | fields))


def machine(number: int = 1, usable_bytes: int = 23 * GIB, **fields: Any) -> Machine:
    groups = (GpuGroup(gpu(**fields), number, usable_bytes),) if number else ()
    return Machine(groups, 64 * GIB, 56 * GIB, 60.0, 16, "flag")


def use_case(**fields: Any) -> UseCase:
    values: dict[str, Any] = {
        "key": "chat", "title": {"en": "Chat"}, "description": {"en": "Chat"}, "aliases": (), "kinds": ("instruct",),
        "language": None, "modalities": ("text",), "tools": False, "domains": (), "context_tokens": 8192, "users": 1,
        "min_tps": 10.0, "target_tps": 40.0, "min_bits": 4.0, "memory_budget_gib": None, "engines": (), "offload": "if-nothing-fits", "license_use": None,
        "skills": (("chat", 1.0),), "weights": {"quality": 0.8, "speed": 0.15, "fit": 0.05}, "penalties": {},
        "companions": (), "rationale": {}, "adapter_rank": None,
    }  # fmt: skip
    return UseCase(**(values | fields))


def question(case: UseCase | None = None, **fields: Any) -> Question:
    chosen = use_case() if case is None else case
    whole = fields.pop("machine", None) or machine()
    request = Request(chosen.key, whole, chosen.context_tokens, chosen.users, chosen.min_tps)
    values: dict[str, Any] = {
        "request": request, "companions": (), "whole_machine": whole, "use_case": chosen,
        "kinds": frozenset(chosen.kinds), "domains": frozenset(), "modalities": frozenset(), "tools": False,
        "reasoning": None, "language": chosen.language, "families": frozenset(), "excluded": frozenset(),
        "developers": frozenset(), "origins": frozenset(), "excluded_origins": frozenset(), "today": "2026-11-22",
        "license_of": lambda _row: LicenseVerdict("allowed", ("mit",)), "license_refusal": lambda _row: None,
        "policy": None, "openness_of": lambda _n: "open-licence",
        "language_share": lambda _id: None, "answer_length": lambda _id: None,
    }  # fmt: skip
    return Question(**(values | fields))


def memory(total: int = 12 * GIB, capacity: int = 24 * GIB) -> Memory:
    return Memory(total, 0, 0, 0, 0, total, capacity, capacity - total, total, total, (), (), total <= capacity)


def speed(decode_tps: float | None = 20.0) -> Speed:
    return Speed(decode_tps, None, None, None, None, None, "estimated")


def evaluated(model_id: str, total: float = 0.5, measured: Quality | None = None, **fields: Any) -> Evaluated:
    values: dict[str, Any] = {
        "row": row(model_id), "footprint": None, "engine": "llama.cpp", "format": "Q4_K_M", "placement": Placement(1),
        "options": EngineOptions(), "memory": memory(), "speed": speed(), "quality": measured, "loss": None,
        "score": Score(total, ()),
    }  # fmt: skip
    return Evaluated(**(values | fields))
