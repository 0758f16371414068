"""The licence files themselves, and the checks that hold them: one vocabulary, both languages, a source for every reading."""

from __future__ import annotations

import copy

import pytest
from license_support import LICENSES, read_licenses

from osllm.authoring.schema.license import LicenseFile
from osllm.authoring.yamlio import load
from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.licensing.engine import check
from osllm.licensing.lean import lean
from osllm.licensing.lint import binding_problems, license_problems

PATHS = sorted(LICENSES.glob("*.yaml"))
ENTRIES = {path.stem: load(path).data for path in PATHS}
QWEN = ENTRIES["qwen-2024"]


def test_files_are_named_after_their_keys():
    assert [entry["key"] for entry in ENTRIES.values()] == [path.stem for path in PATHS]
    assert len(ENTRIES) >= 100


@pytest.mark.parametrize("key", ENTRIES)
def test_every_file_passes_the_checks(key):
    LicenseFile.model_validate(ENTRIES[key])
    assert license_problems(ENTRIES[key]) == []


def test_the_catalogs_reader_and_the_tests_agree():
    assert read_licenses() == ENTRIES


def put(*path, value):
    """An edit: the value at a path, or what a function makes of it."""

    def edit(entry):
        *parents, last = path
        place = entry
        for part in parents:
            place = place[part]
        if value is None:
            del place[last]
        else:
            place[last] = value(place[last]) if callable(value) else value

    return edit


@pytest.mark.parametrize(
    ("edit", "path", "code"),
    [
        (put("source", value=None), ("source",), "no-source"),
        (put("grants", "modify", "c", value=None), ("grants", "modify", "c"), "no-clause"),
        (put("grants", "commercial", "by", value=["exclusions"]), ("grants", "commercial", "by", 0), "nothing-behind"),
        (put("grants", "commercial", "v", value="yes"), ("grants", "commercial", "by", 0), "nothing-behind"),
        (put("grants", "commercial", "n", "ja", value="free"), ("grants", "commercial", "n", "ja"), "not-japanese"),
        (put("thresholds", 0, "op", value=None), ("thresholds", 0), "no-test"),
        (lambda e: e["thresholds"][0].update(any_of=["maas"]), ("thresholds", 0), "no-test"),
        (put("thresholds", 0, "clause", value=None), ("thresholds", 0, "clause"), "no-clause"),
        (put("thresholds", value=lambda old: [*old, *old]), ("thresholds", 1, "id"), "twice"),
        (put("obligations", value=lambda old: [*old, old[0]]), ("obligations", 5, "id"), "twice"),
        (put("obligations", 0, "clause", value=None), ("obligations", 0, "clause"), "no-clause"),
        (lambda e: e["obligations"][0].update(above=["dau"]), ("obligations", 0, "above", 0), "unknown-threshold"),
        (put("obligations", 2, "notice", value="Qwen?"), ("obligations", 2, "notice"), "not-quoted"),
        (lambda e: e.update(fields={"military": {"v": "no"}}), ("fields", "military", "c"), "no-clause"),
    ],
)
def test_every_check_can_fail(edit, path, code):
    entry = copy.deepcopy(QWEN)
    edit(entry)
    assert (path, code) in [problem[:2] for problem in license_problems(entry)]


def test_nothing_is_granted_or_withheld_by_an_unread_text():
    entry = copy.deepcopy(QWEN)
    entry["seen"] = "not_seen"
    found = {problem.path[1] for problem in license_problems(entry) if problem.code == "unread-grant"}
    assert found == {right for right, grant in QWEN["grants"].items() if grant["v"] != "unstated"}


def test_a_limit_known_second_hand_says_so():
    entry = copy.deepcopy(QWEN)
    entry["seen"] = "secondary"
    assert (("thresholds", 0, "evidence"), "no-evidence") in [problem[:2] for problem in license_problems(entry)]


@pytest.mark.parametrize(
    ("binding", "codes"),
    [
        ({"keys": ["mit"], "evidence": "primary", "source": ["card"]}, []),
        ({"keys": [], "evidence": "not_seen"}, []),
        ({"keys": [], "evidence": "primary"}, ["evidence-of-nothing"]),
        ({"keys": ["mitt"], "evidence": "primary"}, ["unknown-licence"]),
        ({"keys": ["mit", "mit"], "evidence": "primary"}, ["twice"]),
        ({"keys": ["mit"], "revisions": [{"before": "2025", "keys": ["x"]}]}, ["unknown-licence"]),
        (
            {"keys": ["mit"], "revisions": [{"before": day, "keys": ["mit"]} for day in ("2025", "2024")]},
            ["not-in-order"],
        ),
    ],
)
def test_the_licence_block_of_a_model(binding, codes):
    assert [problem.code for problem in binding_problems(binding, {"mit"})] == codes


@pytest.mark.parametrize("key", ENTRIES)
def test_without_prose_the_verdict_is_the_same(ask, licenses, key):
    for facts in ({}, {"use": "commercial", "redistribute": True, "fine_tune": True, "host_as_service": True}):
        full = ask(key, lang=None, **facts)
        bare = check(
            LicenseBinding((key,), "primary"), {key: lean(licenses[key])}, LicenseFacts(**facts), ("text",), None
        )
        assert (bare.verdict, bare.per_use, bare.asks) == (full.verdict, full.per_use, full.asks)
        assert [duty.id for duty in bare.obligations] == [duty.id for duty in full.obligations]
