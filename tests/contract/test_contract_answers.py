"""Every answer under `--json` is what its published schema says, nothing more and nothing less, and the same every time."""

from __future__ import annotations

import json

import pytest
from schema_checks import answered, valid

from osllm import api
from osllm.api.schemas import answers
from osllm.catalog.store import Catalog
from osllm.cli.options import flag
from osllm.exitcodes import ExitCode
from questions import CHAT, LANGUAGES, QUESTIONS, RIG, Desk

NOT_DOCUMENTS = {"schema"}  # prints a schema, which is no answer with a name of its own
# What the questions say, once more as keyword arguments.
CALLS = {
    "recommend": (
        api.recommend,
        (),
        {"use_case": "ja-chat", "gpu": "rtx4090", "ram": "64gb", "use": "commercial", "top": 3},
    ),
    "explain": (api.explain, ("akatsuki-70b",), {"use_case": "ja-chat", "gpu": "rtx4090", "ram": "64gb"}),
    "compare": (
        api.compare,
        (["akatsuki-8b", "mosaic-30b", "kumo-13b"],),
        {"use_case": "ja-chat", "gpu": ["rtx4090"], "ram": "64gb"},
    ),
    "list": (api.list_models, (), {"use_case": "ja-chat", "origin": "JP"}),
    "show": (api.show_model, ("akatsuki-8b",), {}),
    "estimate": (
        api.estimate,
        ("mado-27b",),
        {"use_case": "ja-chat", "gpu": "rtx4090", "ram": "64gb", "context": 32768, "kv_cache": "q8_0"},
    ),
    "quants": (api.quants, ("kawa-4b",), {"use_case": "ja-chat", "gpu": "rtx4090", "ram": "64gb"}),
    "license-check": (api.check_license, (["akatsuki-70b", "mado-27b"],), {"use": "commercial", "mau": 1_000_000}),
    "license-show": (api.license_show, ("mit",), {}),
    "license-list": (api.license_list, (), {}),
    "license-diff": (api.license_diff, ("mit", "apache-2.0"), {}),
    "license-policy-init": (api.license_policy_init, (), {"use": "internal", "region": "JP"}),
    "license-policy-check": (api.license_policy_check, ("osllm-policy.yaml",), {}),
    "serve": (
        api.serve,
        ("akatsuki-8b",),
        {"use_case": "ja-chat", "engine": "vllm", "target": "compose", "gpu": "rtx4090", "ram": "64gb", "users": 4},
    ),
    "gpu-list": (api.list_gpus, (), {"vendor": "nvidia"}),
    "gpu-show": (api.show_gpu, ("rtx4090",), {}),
    "gpu-detect": (api.detect_gpus, (), {}),
    "use-cases-list": (api.use_cases, (), {}),
    "use-cases-show": (api.show_use_case, ("ja-chat",), {}),
    "catalog-validate": (api.catalog_validate, (["mine"],), {}),
    "catalog-stats": (api.catalog_stats, (), {}),
    "catalog-path": (api.catalog_path, (), {}),
    "schema": (api.schema, ("version",), {}),
}
CLI_ONLY = {"config-show", "version"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - NOT_DOCUMENTS))
def test_every_answer_is_its_schema(name: str, lang: str, desk: Desk) -> None:
    told = desk.ask(*QUESTIONS[name], "--json", "--lang", lang)
    document = answered(told.out)
    assert desk.ask(*QUESTIONS[name], "--format", "json", "--lang", lang) == told
    if name not in CLI_ONLY:
        assert document["schema"] != "osllm/error@1"


def test_every_schema_has_a_question(desk: Desk) -> None:
    asked = {json.loads(desk.ask(*argv, "--json").out).get("schema") for argv in QUESTIONS.values()}
    asked.add(json.loads(desk.ask("schema", "--json").out)["schema"])
    asked.add(json.loads(desk.ask("show", "nothing", "--json").out)["schema"])
    assert {f"osllm/{name}@1" for name in answers()} == asked - {None}


@pytest.mark.parametrize("name", sorted(CALLS))
def test_the_python_api_gives_the_same_bytes_and_the_same_exit_code(name: str, desk: Desk) -> None:
    told = desk.ask(*QUESTIONS[name], "--json")
    function, words, options = CALLS[name]
    answer = function(*words, **options)
    assert json.dumps(answer.to_dict(), ensure_ascii=False) + "\n" == told.out
    assert answer.exit_code == told.code
    assert "".join(f"{notice}\n" for notice in answer.notices) == told.err


def test_every_question_is_asked_of_the_python_api() -> None:
    assert set(CALLS) == set(QUESTIONS) - CLI_ONLY


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("recommend", *CHAT, *RIG), ExitCode.OK),
        (("recommend", *CHAT, *RIG, "--developer", "nobody"), ExitCode.NO),
        (("explain", "mosaic-30b", *CHAT, *RIG), ExitCode.OK),
        (("explain", "akatsuki-400b", *CHAT, *RIG), ExitCode.NO),
        (("estimate", "akatsuki-70b", *CHAT, "--gpu", "rtx3060-8gb", "--ram", "8gb"), ExitCode.NO),
        (("estimate", "kumo-13b", *CHAT, *RIG, "--context", "16k"), ExitCode.NO),
        (("serve", "akatsuki-70b", *CHAT, "--gpu", "rtx3060-8gb", "--ram", "8gb"), ExitCode.NO),
        (("list", "--family", "nobody"), ExitCode.NO),
        (("license", "list", "--kind", "copyleft"), ExitCode.NO),
        (("license", "check", "akatsuki-8b", "--use", "commercial"), ExitCode.OK),
        (("license", "check", "kumo-13b", "--use", "commercial"), ExitCode.DENIED),
        (("license", "check", "kumo-13b", "--use", "commercial", "--exit-zero"), ExitCode.OK),
        (("license", "check", "someone/something"), ExitCode.REVIEW),
        (("license", "check", "mado-27b", "--use", "commercial", "--gate", "allowed"), ExitCode.CONDITIONS),
        (("license", "check", "mado-27b", "kumo-13b", "--use", "commercial", "--gate", "allowed"), ExitCode.DENIED),
        (("catalog", "validate", "mine"), ExitCode.DATA),
        (("gpu", "detect"), ExitCode.OK),
    ],
)
def test_the_exit_code_is_the_answer(words: tuple[str, ...], code: int, desk: Desk) -> None:
    told = desk.ask(*words, "--json")
    assert told.code == code
    assert answered(told.out)["schema"] != "osllm/error@1"
    assert desk.ask(*words).code == code


def test_the_options_of_the_python_api_are_the_long_options_of_the_command_line() -> None:
    from osllm.api.request import KNOBS, SHARED
    from osllm.cli.options import ENGINE_KNOBS
    from osllm.cli.options import SHARED as FLAGS

    assert set(FLAGS) | {"lang"} == SHARED
    assert set(ENGINE_KNOBS) == KNOBS
    assert flag("use_case") == "--use-case"


class TestShippedCatalog:
    """The same holds for the real data, of which the invented catalog shows only the kinds."""

    RIGS = ("rtx4090", "cpu")

    def test_every_use_case(self, catalog: Catalog) -> None:
        from osllm.api.recommending import recommend

        for use_case in catalog.use_cases():
            for gpu in self.RIGS:
                document = valid(
                    recommend(catalog, {"use_case": use_case, "gpu": gpu, "ram": "64gb", "top": 3}).to_dict()
                )
                assert document["rejected"]["count"] + document["qualified"] <= document["catalog"]["models"]

    def test_lists(self, catalog: Catalog) -> None:
        from osllm.api import browsing, licenses

        for document in (
            browsing.list_models(catalog, {"use_case": "ja-chat"}),
            browsing.list_gpus(catalog),
            browsing.use_cases(catalog, {"lang": "ja"}),
            licenses.license_list(catalog, {}),
        ):
            valid(document.to_dict())

    def test_models(self, catalog: Catalog) -> None:
        from osllm.api.browsing import show_model

        for model_id in catalog.model_ids()[::5]:
            valid(show_model(catalog, model_id).to_dict())

    @pytest.mark.parametrize("model", ["qwen2.5-72b", "gpt-oss-20b", "deepseek-r1"])
    def test_one_model(self, model: str, catalog: Catalog) -> None:
        from osllm.api import estimating, explaining, serving

        rig = {"use_case": "ja-chat", "gpu": "2xa100-80gb", "ram": "512gb"}
        valid(explaining.explain(catalog, model, rig).to_dict())
        valid(estimating.estimate(catalog, model, rig).to_dict())
        valid(estimating.quants(catalog, model, rig).to_dict())
        valid(serving.serve(catalog, model, rig).to_dict())
