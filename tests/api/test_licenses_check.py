"""`license check` from its options to its document: names, lock files, policies, exit codes, the path of rules."""

from __future__ import annotations

import json

import pytest
from license_catalog import MODELS, opened

from osllm.api.license_subjects import hub_name
from osllm.api.licenses import check_license
from osllm.errors import ConfigError, RequestError, UnknownNameError
from osllm.exitcodes import ExitCode
from osllm.render import render
from osllm.render.screen import Screen


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    catalog = opened(tmp_path_factory.mktemp("catalog"))
    yield catalog
    catalog.close()


@pytest.fixture
def check(catalog):
    def ask(*models, **options):
        return check_license(catalog, models, options)

    return ask


@pytest.fixture
def lock(tmp_path):
    def write(text):
        path = tmp_path / "osllm.lock.yaml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


@pytest.fixture
def policy(tmp_path):
    def write(text, name="osllm-policy.yaml"):
        path = tmp_path / name
        path.write_text(text, "utf-8")
        return str(path)

    return write


def verdicts(answer):
    return {result["model"]: result["verdict"] for result in answer.to_dict()["results"]}


def test_one_model_below_and_above_the_limit(check):
    below = check("qwen2.5-72b", use="commercial", mau="1e6")
    assert (below.exit_code, below.to_dict()["verdict"]) == (ExitCode.OK, "allowed")
    above = check("Qwen/Qwen2.5-72B-Instruct", use="commercial", mau="2億")
    assert (above.exit_code, above.to_dict()["verdict"]) == (ExitCode.DENIED, "denied")
    result = above.to_dict()["results"][0]
    assert [entry["key"] for entry in result["licenses"]] == ["qwen-2024"]
    assert "Alibaba Cloud" in result["fix"]
    assert {(f["rule"], f["clause"]) for f in result["licenses"][0]["findings"]} >= {("threshold-exceeded", "4")}


def test_the_worst_of_many_decides(check):
    answer = check("qwen2.5-7b", "qwen2.5-3b", "rakutenai-3.0", use="commercial", region="JP", use_region="JP")
    assert verdicts(answer) == {"qwen2.5-7b": "allowed", "qwen2.5-3b": "denied", "rakutenai-3.0": "review"}
    assert answer.exit_code == ExitCode.DENIED
    assert check("qwen2.5-7b", "rakutenai-3.0", use="commercial").exit_code == ExitCode.REVIEW
    assert check("qwen2.5-3b", use="commercial", exit_zero=True).exit_code == ExitCode.OK


def test_the_gate(check):
    assert check("gemma-2-9b", use="commercial").exit_code == ExitCode.OK
    assert check("gemma-2-9b", use="commercial", gate="allowed").exit_code == ExitCode.CONDITIONS
    assert check("rakutenai-3.0", use="commercial", gate="review").exit_code == ExitCode.OK


def test_without_a_use_both_are_answered(check):
    result = check("qwen2.5-3b").to_dict()["results"][0]
    assert result["per_use"] == {"commercial": "denied", "personal": "conditions"}
    assert result["asks"][0] == "--use"


def test_a_name_that_nobody_knows(check):
    answer = check("someone/new-model-7b", use="commercial")
    result = answer.to_dict()["results"][0]
    assert (answer.exit_code, result["verdict"], result["licenses"]) == (ExitCode.REVIEW, "review", [])
    assert [finding["rule"] for finding in result["findings"]] == ["no-licence-found"]
    assert "https://huggingface.co/someone/new-model-7b" in result["fix"]
    with pytest.raises(UnknownNameError) as caught:
        check("qwen25-72", use="commercial")
    assert caught.value.exit_code == ExitCode.USAGE
    assert "qwen2.5-72b" in caught.value.candidates


@pytest.mark.parametrize(
    ("name", "hub_id"),
    [
        ("Org/Name-1.5_b", "Org/Name-1.5_b"),
        ("https://huggingface.co/Org/Name", "Org/Name"),
        ("https://huggingface.co/Org/Name/tree/main", "Org/Name"),
        ("hf.co/Org/Name:Q4_K_M", "Org/Name"),
        ("Org/Name@main", "Org/Name"),
        ("Name", None),
        ("a/b/c", None),
        ("../etc/passwd", None),
        ("Org/Na me", None),
        ("Org/Name\n", "Org/Name"),
        ("-x/y", None),
        ("", None),
    ],
)
def test_what_is_a_name_on_the_hub(name, hub_id):
    assert hub_name(name) == hub_id


def test_exactly_one_way_to_name_models(check, lock):
    path = lock("models: [Qwen/Qwen2.5-7B-Instruct]")
    for models, options in (((), {}), (("qwen2.5-7b",), {"all": True}), ((), {"all": True, "lock": path})):
        with pytest.raises(RequestError) as caught:
            check(*models, **options)
        assert caught.value.code == "no-models"


def test_the_whole_catalog(check):
    answer = check(all=True, use="commercial", region="JP", use_region="JP")
    assert list(verdicts(answer)) == [model for model, *_ in MODELS]
    assert answer.to_dict()["verdict"] == "denied"
    alone = [
        check(model, use="commercial", region="JP", use_region="JP").to_dict()["results"][0] for model, *_ in MODELS
    ]
    assert answer.to_dict()["results"] == alone


def test_the_same_question_gives_the_same_bytes(check):
    first, second = (json.dumps(check(all=True, explain=True).to_dict(), ensure_ascii=False) for _ in range(2))
    assert first == second
    assert first.count("legal advice") == 1


def test_a_lock_file_dates_the_revision(check, lock):
    text = """\
version: 1
models:
  - hub_id: tiiuae/falcon-40b
    revision: {revision}
    date: {date}
  - someone/unknown-1b
"""
    old = check(lock=lock(text.format(revision="abc", date="2023-05-30")), use="commercial")
    first, second = old.to_dict()["results"]
    assert [entry["key"] for entry in first["licenses"]] == ["falcon-llm-1.0"]
    assert (first["revision"], first["facts"]["revision_date"]) == ("abc", "2023-05-30")
    assert second["verdict"] == "review"
    assert [one.place[1] for one in old.checked] == [3, 6]
    new = check(lock=lock(text.format(revision="def", date="2023-05-31")), use="commercial")
    assert [entry["key"] for entry in new.to_dict()["results"][0]["licenses"]] == ["apache-2.0"]


def test_a_lock_file_with_an_unknown_model(check, lock):
    path = lock("models:\n  - qwen2.5-7b\n  - qwen25-72\n")
    with pytest.raises(UnknownNameError) as caught:
        check(lock=path)
    assert caught.value.message.startswith(f"{path}:3: ")
    assert "qwen2.5-72b" in caught.value.candidates


def test_modalities_of_a_lock_file_decide_what_the_catalog_leaves_open(check, lock):
    answer = check(
        lock=lock("models: [{hub_id: deepseek-ai/DeepSeek-R1-Distill-Llama-70B, modalities: [text, image]}]")
    )
    assert answer.checked[0].verdict is not None
    assert answer.to_dict()["results"][0]["model"] == "r1-llama-70b"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("models: []", ":1: models: expected"),
        ("model: [a/b]", "unknown key model; did you mean models?"),
        ("version: 3\nmodels: [a/b]", ":1: version 3"),
        ("models:\n  - {hub: a/b}", "models[0].hub_id is missing"),
        ("models:\n  - {hub_id: a/b, date: soon}", ":2: models[0].date"),
        ("models:\n  - {hub_id: a/b, date: 2026-13-01}", "YYYY-MM-DD"),
        ("models:\n  - {hub_id: a/b, modalities: [smell]}", "smell is not one of text, image, audio, video"),
        ("models:\n  - {hub_id: a/b, license_files: [{path: L, sha256: 12}]}", "64 hex digits"),
        ("models:\n  - 3", "models[0]: expected"),
    ],
)
def test_every_defect_of_a_lock_file_is_named(check, lock, text, problem):
    path = lock(text)
    with pytest.raises(ConfigError) as caught:
        check(lock=path)
    assert (caught.value.code, caught.value.exit_code) == ("lock-invalid", ExitCode.USAGE)
    assert any(problem in one and one.startswith(path) for one in caught.value.problems), caught.value.problems


def test_files_that_cannot_be_read(check, lock, tmp_path):
    for path in (lock("models: [\n"), str(tmp_path / "missing.yaml")):
        with pytest.raises(ConfigError) as caught:
            check(lock=path)
        assert caught.value.code == "file-unreadable"
        assert path in caught.value.message


def test_a_policy_brings_facts_that_flags_override(check, policy):
    path = policy("facts: {use: commercial, mau: 200000000}\n")
    assert check("qwen2.5-72b", policy=path).exit_code == ExitCode.DENIED
    assert check("qwen2.5-72b", policy=path, mau="1000").exit_code == ExitCode.OK


def test_a_policy_accepts_duties_and_excuses_until_a_day(check, policy):
    text = """\
facts: {use: commercial}
policy: {require_accepted_obligations: true}
exceptions:
  - model: google/gemma-2-9b-it
    accepted: [aup]
    reason: template v3
    owner: legal@example.co.jp
    expires: 2026-12-31
"""
    path = policy(text)
    answer = check("gemma-2-9b", policy=path)
    result = answer.to_dict()["results"][0]["policy"]
    assert (answer.exit_code, result["reason"], result["accepted"]) == (ExitCode.OK, "excepted", ["aup"])
    late = check("gemma-2-9b", policy=path, as_of="2027-01-01")
    assert late.exit_code == ExitCode.CONDITIONS
    assert [w["code"] for w in late.to_dict()["policy"]["warnings"]] == ["exception-expired"]
    assert late.to_dict()["policy"]["warnings"][0]["line"] == 4
    assert "2026-12-31" in late.notices[0]
    assert check("gemma-2-9b", use="commercial", policy=policy("policy: {verdict_gate: allowed}")).exit_code == 12
    assert (
        check(
            "gemma-2-9b", use="commercial", gate="conditions", policy=policy("policy: {verdict_gate: allowed}")
        ).exit_code
        == 0
    )


def test_only_a_complete_check_knows_what_is_unused(check, policy):
    path = policy("policy: {allow: [apache-2.0, bsd-3-clause]}\n")
    assert check("qwen2.5-7b", use="commercial", policy=path).notices == ()
    codes = [w["code"] for w in check(all=True, use="commercial", policy=path).to_dict()["policy"]["warnings"]]
    assert codes == ["allow-unused"]
    quiet = policy("policy: {allow: [bsd-3-clause]}\nunused_exception: ignore\n")
    assert check(all=True, use="commercial", policy=quiet).to_dict()["policy"]["warnings"] == []


def test_a_clarification_is_proven_by_the_lock_file(check, lock, policy):
    sha = "ab" * 32
    rules = policy(
        f"facts: {{use: commercial}}\nclarify:\n  - model: Rakuten/RakutenAI-3.0\n    licenses: [apache-2.0]\n"
        f"    license_files: [{{path: LICENSE, sha256: {sha}}}]\n"
    )
    entry = "models:\n  - hub_id: Rakuten/RakutenAI-3.0\n    license_files: [{path: LICENSE, sha256: %s}]\n"
    proven = check(lock=lock(entry % sha), policy=rules)
    assert (proven.exit_code, verdicts(proven)) == (ExitCode.OK, {"rakutenai-3.0": "allowed"})
    changed = check(lock=lock(entry % ("cd" * 32)), policy=rules)
    assert changed.exit_code == ExitCode.REVIEW
    assert [w["code"] for w in changed.to_dict()["policy"]["warnings"]] == ["clarify-void"]


def test_a_policy_in_pyproject(check, policy):
    path = policy('[tool.osllm.license.facts]\nuse = "commercial"\nmau = 2e8\n', "pyproject.toml")
    assert check("qwen2.5-72b", policy=path).exit_code == ExitCode.DENIED
    with pytest.raises(ConfigError) as caught:
        check("qwen2.5-72b", policy=policy("[tool.other]\n", "pyproject.toml"))
    assert caught.value.code == "file-unreadable"


def test_a_policy_with_a_typo(check, policy):
    path = policy("version: 1\npolicy:\n  alow: [mit]\n")
    with pytest.raises(ConfigError) as caught:
        check("qwen2.5-7b", policy=path)
    assert caught.value.problems == [f"{path}:3: unknown key policy.alow; did you mean allow?"]


@pytest.mark.parametrize(
    "facts",
    [
        {"dau": 10, "mau": 9},
        {"product_revenue_usd": 11, "revenue_usd": 10},
        {"monthly_revenue_usd": 11, "revenue_usd": 10},
        {"revenue_usd": 1e6, "revenue_jpy": 1.1e9},
        {"revenue_usd": 1e6, "revenue_jpy": 9e6},
    ],
)
def test_figures_that_cannot_both_be_true(check, facts):
    with pytest.raises(RequestError) as caught:
        check("qwen2.5-7b", **facts)
    assert caught.value.code == "contradictory-facts"
    assert caught.value.exit_code == ExitCode.USAGE
    assert all("--" + name.replace("_", "-") in caught.value.message for name in facts)


def test_facts_that_may_agree_are_taken_as_said(check):
    assert check("qwen2.5-7b", use="commercial", mau=9, dau=9, revenue_usd=1e6, revenue_jpy=1.5e8).notices == ()
    notices = check("qwen2.5-7b", use="internal", host_as_service=True).notices
    assert len(notices) == 1
    assert "--use internal" in notices[0]
    assert "--host-as-service" in notices[0]


def test_an_option_that_does_not_exist(check):
    with pytest.raises(RequestError) as caught:
        check("qwen2.5-7b", mua=3)
    assert caught.value.candidates[0] == "mau"


def test_explain_shows_the_path_from_facts_to_verdict(check):
    result = check("qwen2.5-72b", use="commercial", mau="2e8", explain=True).to_dict()["results"][0]
    steps = result["steps"]
    assert steps[0]["facts"] == {"keys": ["qwen-2024"], "evidence": "primary"}
    limit = next(step for step in steps if step["rule"] == "threshold-exceeded")
    assert limit["facts"] == {"use": "commercial", "mau": 200_000_000}
    assert (limit["license"], limit["clause"], limit["severity"]) == ("qwen-2024", "4", "denied")
    assert [step["rule"] for step in steps[-2:]] == ["worst-of-licence", "worst-of-all"]
    assert steps[-1]["severity"] == result["verdict"]
    assert "steps" not in check("qwen2.5-72b").to_dict()["results"][0]


def test_japanese_texts_and_english_keys(check):
    document = check("qwen2.5-72b", use="commercial", mau="2e8", lang="ja").to_dict()
    finding = next(f for f in document["results"][0]["licenses"][0]["findings"] if f["severity"] == "denied")
    assert "上限" in finding["text"]
    assert document["verdict"] == "denied"
    assert "法的助言" in document["disclaimer"]


def test_reports(check):
    answer = check("qwen2.5-3b", use="commercial")
    assert json.loads(answer.report("sarif"))["runs"][0]["results"][0]["level"] == "error"
    assert answer.report("junit").startswith("<?xml")
    assert answer.report("checklist").startswith("# Licence checklist")
    with pytest.raises(RequestError):
        answer.report("pdf")


def page(answer, lang="en", **more):
    return render(answer.to_dict(), "table", lang, Screen(120), **more)


def test_a_page_explains_step_by_step(check):
    text = page(check("qwen2.5-72b", use="commercial", mau="2e8", explain=True))
    assert "threshold-exceeded [qwen-2024 4] (use=commercial, mau=200,000,000) denied: Above the limit" in " ".join(
        text.split()
    )
    assert text.count("Above the limit") == 1
    assert text.count("legal advice") == 1


def test_many_models_are_a_table_and_few_are_told_in_full(check, monkeypatch):
    answer = check(all=True, use="commercial")
    assert "Alibaba Cloud" in page(answer)
    monkeypatch.setattr("osllm.render.views.license_check.FEW", 3)
    assert "Alibaba Cloud" not in page(answer)
    assert "Alibaba Cloud" in page(answer, verbose=True)
