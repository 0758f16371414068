"""Errors under `--json`: one document on stdout, the exit code of its class, the same from the Python API."""

from __future__ import annotations

import json
from typing import Any

import pytest
from schema_checks import answered

import osllm
from osllm import api
from osllm.api.result import Result
from osllm.errors import (
    AmbiguousNameError,
    CatalogError,
    ConfigError,
    OsllmError,
    RequestError,
    ServiceError,
    UnknownNameError,
)
from osllm.exitcodes import ExitCode
from questions import CHAT, LANGUAGES, RIG, Desk

WRONG = [
    # words, code, a candidate that must be offered
    (("recommend", "--use-case", "ja-chatt", *RIG), "unknown-use-case", "ja-chat"),
    (("recommend", *CHAT, "--gpu", "rtx4909"), "unknown-gpu", "rtx4090"),
    (("recommend", *CHAT, *RIG, "--engine", "vlm"), "unknown-engine", "vllm"),
    (("recommend", *CHAT, *RIG, "--quant", "Q4_K_N"), "unknown-quantization", "Q4_K_M"),
    (("recommend", *CHAT, *RIG, "--context", "many"), "bad-tokens", None),
    (("recommend", *CHAT, *RIG, "--context", "0"), "bad-tokens", None),
    (("recommend", *CHAT, *RIG, "--users", "-1"), "bad-number", None),
    (("recommend", *CHAT, *RIG, "--min-tps", "fast"), "bad-number", None),
    (("recommend", *CHAT, *RIG, "--sort", "fashion"), "bad-value", "quality"),
    (("recommend", *CHAT, *RIG, "--use", "sale"), "bad-value", "commercial"),
    (("recommend", *CHAT, *RIG, "--as-of", "yesterday"), "bad-date", None),
    (("recommend", *CHAT, *RIG, "--policy", "no-such-file.yaml"), "file-unreadable", None),
    (("recommend", *CHAT, "--gpu", "0xrtx4090"), "bad-gpu-count", None),
    (("recommend", *CHAT, "--gpu", "cpu", "--gpu", "rtx4090"), "bad-gpu-mix", None),
    (("show", "akatuski-8b"), "unknown-model", "akatsuki-8b-2604"),
    (("explain", "akatuski-8b", *CHAT, *RIG), "unknown-model", "akatsuki-8b-2604"),
    (("compare", "akatsuki-8b", *CHAT, *RIG), "too-few-models", None),
    (("estimate", "kumo-next", *CHAT, *RIG), "not-computable", None),
    (("estimate", "akatsuki-8b", *CHAT, *RIG, "--engine", "vllm", "--tensor-parallel", "7"), None, None),
    (("serve", "akatsuki-8b", *CHAT, *RIG, "--engine", "vllm", "--target", "modelfile"), None, None),
    (("quants", "kumo-next", *CHAT, *RIG), "not-computable", None),
    (("license", "show", "apache-2.1"), "unknown-license", "apache-2.0"),
    (("license", "diff", "mit", "mitt"), "unknown-license", "mit"),
    (("license", "check",), "no-models", None),
    (("license", "check", "akatuski"), "unknown-model", None),
    (("license", "policy", "check", "no-such-file.yaml"), "file-unreadable", None),
    (("use-cases", "show", "coding!"), "unknown-use-case", "coding"),
    (("gpu", "show", "rtx4909"), "unknown-gpu", "rtx4090"),
    (("schema", "modle"), "unknown-schema", "model"),
    (("recommendd",), "unknown-command", "recommend"),
    (("recommend", "--gup", "x"), "bad-option", "--gpu"),
]  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(("words", "code", "candidate"), WRONG, ids=[" ".join(case[0]) for case in WRONG])
def test_a_wrong_request_is_exit_2(
    words: tuple[str, ...], code: str | None, candidate: str | None, lang: str, desk: Desk
) -> None:
    told = desk.ask(*words, "--json", "--lang", lang)
    error = answered(told.out)["error"]
    assert (told.code, told.err) == (ExitCode.USAGE, "")
    assert code in (None, error["code"])
    assert candidate is None or candidate in error["candidates"]
    assert error["message"]
    for_people = desk.ask(*words, "--lang", lang)
    assert (for_people.code, for_people.out) == (ExitCode.USAGE, "")
    assert error["message"] in for_people.err


CLASSES: list[tuple[type[OsllmError], ExitCode]] = [
    (RequestError, ExitCode.USAGE),
    (UnknownNameError, ExitCode.USAGE),
    (AmbiguousNameError, ExitCode.USAGE),
    (ConfigError, ExitCode.USAGE),
    (CatalogError, ExitCode.DATA),
    (ServiceError, ExitCode.SERVICE),
]


@pytest.mark.parametrize(("kind", "exit_code"), CLASSES)
def test_every_class_of_error_has_its_exit_code(
    kind: type[OsllmError], exit_code: ExitCode, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_options: Any) -> Result:
        raise kind("some-code", "what happened", hint="what to do", candidates=("a",), problems=("f:1: x",))

    monkeypatch.setattr(api, "list_gpus", fail)
    told = desk.ask("gpu", "list", "--json")
    assert told.code == exit_code == kind.exit_code
    assert answered(told.out)["error"] == {
        "code": "some-code", "message": "what happened", "hint": "what to do", "candidates": ["a"], "problems": ["f:1: x"],
    }  # fmt: skip
    assert issubclass(kind, osllm.OsllmError)
    assert getattr(osllm, kind.__name__) is kind


def test_a_bug_is_an_answer_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_options: Any) -> Result:
        raise ZeroDivisionError

    monkeypatch.setattr(api, "list_gpus", fail)
    told = desk.ask("gpu", "list", "--json")
    assert told.code == ExitCode.BUG
    assert answered(told.out)["error"]["code"] == "internal-error"


def test_data_that_is_wrong_is_exit_3_with_file_line_and_field(desk: Desk) -> None:
    told = desk.ask("list", "--catalog", "mine", "--json")
    assert told.code == ExitCode.DATA
    error = answered(told.out)["error"]
    assert error["code"] == "catalog-invalid"
    assert [problem.partition(": ")[0] for problem in error["problems"]] == [
        "mine/models/me/mine.yaml:9", "mine/models/me/mine.yaml:12",
    ]  # fmt: skip
    assert "models[0].colour" in error["problems"][1]


def test_the_python_api_raises_what_the_command_line_says(desk: Desk) -> None:
    told = desk.ask("show", "akatuski-8b", "--json")
    with pytest.raises(osllm.UnknownNameError) as caught:
        osllm.show_model("akatuski-8b")
    error = caught.value
    assert json.dumps(error.to_dict(), ensure_ascii=False) + "\n" == told.out
    assert (error.code, error.exit_code) == ("unknown-model", 2)
    assert error.hint
    with pytest.raises(osllm.RequestError) as caught_option:
        osllm.recommend(use_cas="ja-chat")
    assert caught_option.value.exit_code == 2
