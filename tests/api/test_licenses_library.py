"""license show, list, diff and policy: the documents and their filters."""

from __future__ import annotations

import json

import pytest
from license_catalog import opened

import osllm.api
from osllm.api.licenses import license_diff, license_list, license_policy_check, license_policy_init, license_show
from osllm.errors import ConfigError, RequestError, UnknownNameError
from osllm.exitcodes import ExitCode


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    catalog = opened(tmp_path_factory.mktemp("catalog"))
    yield catalog
    catalog.close()


@pytest.fixture
def policy(tmp_path, catalog, monkeypatch):
    monkeypatch.setattr(osllm.api, "load_catalog", lambda _overlays=None: catalog)

    def write(text):
        path = tmp_path / "osllm-policy.yaml"
        path.write_text(text, "utf-8")
        return str(path)

    return write


def keys(answer):
    return [row["key"] for row in answer.to_dict()["licenses"]]


@pytest.mark.parametrize("name", ["llama-3.3", "LLAMA 3.3", "Llama 3.3 Community License Agreement"])
def test_show_by_key_or_name(catalog, name):
    document = license_show(catalog, name, {"lang": "ja"}).to_dict()
    assert (document["schema"], document["key"]) == ("osllm/license@1", "llama-3.3")
    assert document["used_by"] == ["r1-llama-70b"]
    assert document["grants"]["commercial"]["name"] == "商用利用"
    assert '"ja":' not in json.dumps(document)


def test_show_an_unknown_licence(catalog):
    with pytest.raises(UnknownNameError) as caught:
        license_show(catalog, "llama-33")
    assert caught.value.exit_code == ExitCode.USAGE
    assert "llama-3.3" in caught.value.candidates


def test_list_counts_models_and_filters(catalog):
    rows = {row["key"]: row for row in license_list(catalog, {}).to_dict()["licenses"]}
    assert rows["apache-2.0"]["models"] == 3
    assert rows["llama-2"]["models"] == 0
    approved = keys(license_list(catalog, {"osi_approved": True}))
    assert {"apache-2.0", "mit"} <= set(approved) < set(rows)
    assert set(keys(license_list(catalog, {"osi_approved": False}))) == set(rows) - set(approved)
    assert all(rows[key]["kind"] == "non-commercial" for key in keys(license_list(catalog, {"kind": "non-commercial"})))
    assert "qwen-2024" in keys(license_list(catalog, {"commercial": "conditional", "search": "qwen"}))
    assert keys(license_list(catalog, {"evidence": "not_seen", "search": "gemma"})) == []
    assert license_list(catalog, {"search": "nothing of the kind"}).exit_code == ExitCode.NO


@pytest.mark.parametrize("options", [{"kind": "free"}, {"commercial": "maybe"}, {"evidence": "seen"}, {"kinds": "x"}])
def test_list_refuses_what_is_no_filter(catalog, options):
    with pytest.raises(RequestError):
        license_list(catalog, options)


def test_diff_in_both_directions(catalog):
    there = license_diff(catalog, "llama-3", "Llama-3.1", {"lang": "en"}).to_dict()
    back = license_diff(catalog, "llama-3.1", "llama-3").to_dict()
    assert (there["a"]["key"], there["b"]["key"]) == ("llama-3", "llama-3.1")
    effects = {change["part"]: change["effect"] for change in there["changes"]}
    assert effects["obligations.no-train-other-llm"] == "looser"
    assert {change["part"] for change in back["changes"]} == set(effects)


def test_policy_init_writes_what_policy_check_accepts(policy):
    document = license_policy_init({"use": "internal", "mau": "1万", "region": "jp", "lang": "ja"}).to_dict()
    assert document["schema"] == "osllm/policy-template@1"
    answer = license_policy_check(policy(document["text"])).to_dict()
    assert (answer["schema"], answer["valid"], answer["warnings"]) == ("osllm/policy-check@1", True, [])
    assert answer["policy"]["facts"] == {"use": "internal", "mau": 10_000, "region": "JP"}


def test_policy_check_knows_the_catalog(policy):
    path = policy(
        "policy:\n  allow: [apache-2.0, llama-33]\n  accepted: [aupp]\n"
        "exceptions:\n  - {model: a/b, licenses: [gemma], reason: r, owner: o}\n"
        f"clarify:\n  - {{model: a/b, licenses: [mitt], license_files: [{{path: L, sha256: {'0a' * 32}}}]}}\n"
    )
    with pytest.raises(ConfigError) as caught:
        license_policy_check(path)
    lines = [problem.removeprefix(path).partition(" ")[0] for problem in caught.value.problems]
    assert lines == [":2:", ":3:", ":5:", ":7:"]
    assert "llama-3.3" in caught.value.problems[0]


def test_policy_check_warns_of_what_expires(policy):
    entry = "exceptions:\n  - {model: a/b, reason: r, owner: o, expires: %s}\n"
    for day, codes in (
        ("2026-11-21", ["exception-expired"]),
        ("2026-12-20", ["exception-expires-soon"]),
        ("2027-03-01", []),
    ):
        answer = license_policy_check(policy(entry % day))
        assert [warning["code"] for warning in answer.to_dict()["warnings"]] == codes
        assert len(answer.notices) == len(codes)
    assert license_policy_check(policy(entry % "2027-03-01"), {"as_of": "2027-03-02"}).notices
