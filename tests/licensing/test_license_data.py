"""The licence files themselves: one vocabulary, both languages, a source for every reading."""

from __future__ import annotations

import pytest
import yaml
from license_support import LICENSES, PlainLoader

from osllm.licensing.facts import (
    CONSEQUENCES,
    EVIDENCE,
    GRANT_VALUES,
    KINDS,
    METRICS,
    RIGHTS,
    SWITCHES,
    TRIGGERS,
    USES,
)

PATHS = sorted(LICENSES.glob("*.yaml"))
ENTRIES = [yaml.load(path.read_text("utf-8"), PlainLoader) for path in PATHS]
KEYS = [entry["key"] for entry in ENTRIES]
each = pytest.mark.parametrize("entry", ENTRIES, ids=KEYS)

TOP = {
    "key", "spdx_id", "name", "version", "date", "text_url", "owner", "hf_tag", "osi_approved", "kind", "seen",
    "collected", "source", "grants", "thresholds", "obligations", "fields", "exclusions", "internal_use",
    "acceptable_use_policy", "termination", "governing_law", "applies_to_derivatives", "revocable", "notes",
}  # fmt: skip


def texts(value):
    """Every pair of paraphrases in a file."""
    if isinstance(value, dict):
        if "en" in value or "ja" in value:
            yield value
        else:
            for one in value.values():
                yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


def test_files_are_named_after_their_keys():
    assert [path.stem for path in PATHS] == KEYS
    assert len(set(KEYS)) == len(KEYS)
    assert len(KEYS) >= 100


@each
def test_keys_and_vocabulary(entry):
    assert set(entry) <= TOP
    assert entry["kind"] in KINDS
    assert entry["seen"] in EVIDENCE
    assert isinstance(entry["osi_approved"], bool)
    assert entry.get("internal_use") in (None, "unclear", "permitted")
    assert entry["name"]
    for name in ("date", "collected"):
        assert entry.get(name) is None or isinstance(entry[name], str)


@each
def test_grants(entry):
    assert tuple(entry["grants"]) == RIGHTS
    for grant in entry["grants"].values():
        assert set(grant) <= {"v", "c", "n", "by", "nc"}
        assert grant["v"] in GRANT_VALUES
        assert grant.get("nc") in (None, "conditional", "yes")
        if "by" in grant:  # what spells the conditions out must be there
            assert grant["v"] == "conditional"
            assert all(entry.get(part) for part in grant["by"])
    if entry["seen"] == "not_seen":
        assert {grant["v"] for grant in entry["grants"].values()} <= {None, "no"}


@each
def test_a_reading_has_a_source(entry):
    if entry["seen"] != "not_seen":
        assert entry["source"]
        assert all(url.startswith("https://") for url in entry["source"])


@each
def test_thresholds(entry):
    ids = [threshold["id"] for threshold in entry.get("thresholds") or ()]
    assert len(set(ids)) == len(ids)
    for threshold in entry.get("thresholds") or ():
        assert threshold["consequence"] in CONSEQUENCES
        assert threshold["applies_to"] in ("any_use", "commercial_use")
        assert threshold["if_unknown"] in ("assume_below", "review")
        assert set(threshold.get("exempt_if") or ()) <= {*SWITCHES, *USES}
        assert set(threshold.get("only_if") or ()) <= set(SWITCHES)
        assert threshold.get("only_when") in (None, *TRIGGERS)
        if "any_of" in threshold:
            assert set(threshold["any_of"]) <= set(SWITCHES)
        else:
            assert threshold["metric"] in METRICS
            assert threshold["op"] in ("gt", "gte")
            assert threshold["value"] > 0
        if entry["seen"] == "secondary" and threshold["consequence"] != "display_model_name_on_ui":
            assert threshold.get("evidence") or threshold["if_unknown"] == "review"


@each
def test_obligations(entry):
    ids = [duty["id"] for duty in entry.get("obligations") or ()]
    assert len(set(ids)) == len(ids)
    known = {threshold["id"] for threshold in entry.get("thresholds") or ()}
    for duty in entry.get("obligations") or ():
        assert set(duty) <= {"id", "when", "clause", "text", "above", "notice", "display", "prefix"}
        assert duty["when"]
        assert set(duty["when"]) <= set(TRIGGERS)
        assert set(duty.get("above") or ()) <= known
        for form in ("notice", "display", "prefix"):
            if form in duty:  # prescribed wording is quoted in both languages
                assert all(duty[form] in duty["text"][lang] for lang in ("en", "ja"))


@each
def test_exclusions_and_fields(entry):
    for exclusion in entry.get("exclusions") or ():
        assert exclusion["test"] in ("licensee", "use_place")
        assert exclusion.get("only") in (None, "multimodal")
        assert exclusion["territories"]
        assert exclusion["clause"]
    for field in (entry.get("fields") or {}).values():
        assert field["v"] in ("no", "conditional")


@each
def test_both_languages(entry):
    for text in texts(entry):
        assert set(text) == {"en", "ja"}
        assert text["en"].strip()
        assert text["ja"].strip()
        assert any("\u3040" <= letter <= "\u9fff" for letter in text["ja"]) or not any(c.islower() for c in text["ja"])
