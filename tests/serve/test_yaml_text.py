"""The YAML that is written without a YAML library, read back by one."""

from __future__ import annotations

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from osllm.serve.yamltext import dump, dump_all, scalar

TEXT = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
    ["yes", "No", "null", "~", "1e3", "0x10", "2026-11-22", "12:30", "a: b", "- a", "# no", "*x", "&x", "!tag", "%d", "@a", "`", "|", ">", "a\nb\n", " a\nb",
     "a\n\nb", "$(rm -rf /)", "${HOME}", "'", '"', "\\", "\t", "\r\n", "\x85", "\u2028", "\ufeff", "日本語", "😀", "", " ", "a ", "=", "<<", "{}", "[]", "a\n"]
)  # fmt: skip
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300)
@given(DATA)
def test_everything_comes_back(data):
    assert yaml.safe_load(dump(data)) == data


@given(st.lists(st.dictionaries(TEXT, TEXT, min_size=1, max_size=3), min_size=1, max_size=3))
def test_several_documents_come_back(documents):
    assert list(yaml.safe_load_all(dump_all(documents))) == documents


def test_plain_words_stay_plain_and_the_rest_is_quoted():
    assert dump({"image": "nginx", "path": "/models", "on": "yes", "n": 1, "none": None, "list": ["a", {"b": []}]}) == (
        'image: nginx\npath: /models\n"on": "yes"\n"n": 1\n"none": null\nlist:\n  - a\n  - b: []\n'
    )
    assert scalar("a: b") == '"a: b"'


def test_text_of_several_lines_is_a_block():
    assert dump({"a": "x {\n  y;\n}\n"}) == "a: |\n  x {\n    y;\n  }\n"
