"""Every licence answer is what its schema says, and nothing beside it."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator
from license_catalog import opened

import osllm.api
from osllm.api.licenses import (
    check_license,
    license_diff,
    license_list,
    license_policy_check,
    license_policy_init,
    license_show,
)
from osllm.api.schemas.dsl import closed
from osllm.api.schemas.licences import SCHEMAS
from osllm.api.schemas.license_files import SCHEMAS as FILES
from osllm.authoring.yamlio import loads
from osllm.errors import ConfigError
from osllm.licensing.lockfile import parse_lock
from osllm.licensing.policy import parse_policy

POLICY = """\
facts: {use: commercial, field: [medical]}
policy: {allow: [mit], require_accepted_obligations: true}
exceptions:
  - {model: google/gemma-2-9b-it, accepted: [aup], reason: r, owner: o, expires: 2026-12-01}
"""


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    catalog = opened(tmp_path_factory.mktemp("catalog"))
    yield catalog
    catalog.close()


def valid(answer, name):
    document = answer.to_dict()
    Draft202012Validator(closed(SCHEMAS[name])).validate(document)
    assert document["schema"] == f"osllm/{name}@1"
    return document


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_schemas(name):
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_checks(catalog, tmp_path, lang):
    path = tmp_path / "osllm-policy.yaml"
    path.write_text(POLICY)
    valid(check_license(catalog, (), {"all": True, "explain": True, "lang": lang}), "license-check")
    document = valid(check_license(catalog, (), {"all": True, "policy": str(path), "lang": lang}), "license-check")
    assert document["policy"]["warnings"]
    assert any(result["policy"]["outstanding"] for result in document["results"])
    valid(check_license(catalog, ("a/b",), {"lang": lang}), "license-check")


def test_every_licence_shown(catalog):
    for key in catalog.licenses():
        valid(license_show(catalog, key, {"lang": "ja"}), "license")


def test_lists_and_differences(catalog):
    assert valid(license_list(catalog, {}), "licenses")["licenses"]
    assert valid(license_diff(catalog, "mit", "llama-4"), "license-diff")["changes"]


def test_policies(catalog, tmp_path, monkeypatch):
    monkeypatch.setattr(osllm.api, "load_catalog", lambda _overlays=None: catalog)
    path = tmp_path / "osllm-policy.yaml"
    path.write_text(POLICY)
    assert valid(license_policy_check(str(path)), "policy-check")["warnings"]
    assert valid(license_policy_init({"use": "internal"}), "policy-template")["text"]


READERS = {"policy": parse_policy, "lock": parse_lock}
HASH = "0f" * 32


@pytest.mark.parametrize(
    ("kind", "text", "good"),
    [
        ("policy", POLICY, True),
        ("policy", "version: 1", True),
        ("policy", "facts: {use_region: [JP], mau: 3, maas: true, region: null}", True),
        ("policy", f"clarify: [{{model: a/b, licenses: mit, license_files: [{{path: L, sha256: {HASH}}}]}}]", True),
        ("policy", "version: 2", False),
        ("policy", "polcy: {}", False),
        ("policy", "policy: {alow: []}", False),
        ("policy", "policy: {allow_kinds: [free]}", False),
        ("policy", "policy: {on_review: ignore}", False),
        ("policy", "policy: {min_evidence: not_seen}", False),
        ("policy", "facts: {use: sale}", False),
        ("policy", "facts: {mau: -1}", False),
        ("policy", "facts: {maas: 1}", False),
        ("policy", "facts: {colour: red}", False),
        ("policy", "exceptions: [{model: a/b, reason: r}]", False),
        ("policy", "exceptions: [{model: a/b, reason: r, owner: o, expires: soon}]", False),
        ("policy", "clarify: [{model: a/b, license_files: []}]", False),
        ("policy", "unused_exception: fail", False),
        ("lock", "models: [a/b, {hub_id: c/d, revision: x, date: 2026-01-01, modalities: [text]}]", True),
        ("lock", "models: []", False),
        ("lock", "models: [{hub: a/b}]", False),
        ("lock", "models: [{hub_id: a/b, date: soon}]", False),
        ("lock", "models: [{hub_id: a/b, modalities: [smell]}]", False),
        ("lock", "models: [{hub_id: a/b, license_files: [{path: L, sha256: 12}]}]", False),
    ],
)
def test_the_schemas_of_files_say_what_the_readers_say(kind, text, good):
    data = loads(text.encode(), kind).data
    assert Draft202012Validator(FILES[kind]).is_valid(data) == good
    if good:
        READERS[kind](data)
    else:
        with pytest.raises(ConfigError):
            READERS[kind](data)


def test_the_template_is_valid_under_its_schema():
    text = license_policy_init({"use": "internal", "mau": 5}).to_dict()["text"]
    Draft202012Validator(FILES["policy"]).validate(loads(text.encode(), "policy").data)
