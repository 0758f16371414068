"""What must hold for a file of `catalog/licenses/`, and for the `license` block of a model.

Both arrive as plain data; a problem is the path of the value, a code and a sentence, so that whoever read the file can
add its line. Wrong types are found before (`TypeError` and `KeyError` are not caught here): required are `key`, `name`,
`kind`, `seen`, `osi_approved` (true or false) and `grants` with all eight rights.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

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

Path = tuple[str | int, ...]
Data = Mapping[str, Any]

KEYS: Final = frozenset(
    (
        "key", "spdx_id", "name", "version", "date", "text_url", "owner", "hf_tag", "osi_approved", "kind", "seen",
        "collected", "source", "grants", "thresholds", "obligations", "fields", "exclusions", "internal_use",
        "acceptable_use_policy", "termination", "governing_law", "applies_to_derivatives", "revocable", "notes",
    )
)  # fmt: skip
_GRANT: Final = frozenset(("v", "c", "n", "by", "nc"))
_THRESHOLD: Final = frozenset(
    (
        "id", "metric", "op", "value", "any_of", "only_if", "only_when", "exempt_if", "exempt", "applies_to",
        "consequence", "if_unknown", "clause", "scope", "measured", "text", "evidence", "contested_at",
    )
)  # fmt: skip
_DUTY: Final = frozenset(("id", "when", "clause", "text", "above", "notice", "display", "prefix"))
_EXCLUSION: Final = frozenset(("territories", "only", "test", "exempt_if", "clause", "effect"))
_FIELD: Final = frozenset(("v", "c", "n"))
_BINDING: Final = frozenset(("keys", "evidence", "source", "conflict", "card_restriction", "revisions", "note"))


class Problem(NamedTuple):
    """One defect."""

    path: Path
    code: str
    message: str


def license_problems(entry: Data) -> list[Problem]:
    """List what is wrong with a licence file: vocabulary, clauses, both languages, what may be said of an unread text."""
    return [
        *_unknown(entry, KEYS, ()),
        *_word(entry, "kind", KINDS, ()),
        *_word(entry, "seen", EVIDENCE, ()),
        *_word(entry, "internal_use", ("unclear", "permitted", None), ()),
        *_source(entry),
        *_grants(entry),
        *(problem for i, one in _listed(entry, "thresholds") for problem in _threshold(entry, one, ("thresholds", i))),
        *(problem for i, one in _listed(entry, "obligations") for problem in _duty(entry, one, ("obligations", i))),
        *(problem for i, one in _listed(entry, "exclusions") for problem in _exclusion(entry, one, ("exclusions", i))),
        *(
            problem
            for name, one in (entry.get("fields") or {}).items()
            for problem in _field(entry, one, ("fields", name))
        ),
        *_twice(entry, "thresholds"),
        *_twice(entry, "obligations"),
        *_languages(entry, ()),
    ]


def binding_problems(binding: Data, licenses: Collection[str]) -> list[Problem]:
    """List what is wrong with the `license` block of a model, given the keys of the licences that there are."""
    found = [*_unknown(binding, _BINDING, ()), *_word(binding, "evidence", EVIDENCE, ())]
    found += _known(binding.get("keys") or (), licenses, ("keys",))
    for i, revision in enumerate(binding.get("revisions") or ()):
        found += _unknown(revision, frozenset(("before", "keys", "source", "note")), ("revisions", i))
        found += _known(revision.get("keys") or (), licenses, ("revisions", i, "keys"))
    if not binding.get("keys") and binding.get("evidence") not in ("not_seen", None):
        found.append(Problem(("evidence",), "evidence-of-nothing", "without a licence the evidence is not_seen"))
    if len(set(binding.get("keys") or ())) != len(binding.get("keys") or ()):
        found.append(Problem(("keys",), "twice", "a licence stands twice"))
    return found


def _listed(entry: Data, name: str) -> Iterator[tuple[int, Data]]:
    yield from enumerate(entry.get(name) or ())


def _unknown(data: Data, keys: Collection[str], at: Path) -> list[Problem]:
    return [Problem((*at, key), "unknown-key", f"unknown key {key}") for key in data if key not in keys]


def _word(data: Data, name: str, words: Sequence[str | None], at: Path) -> list[Problem]:
    value = data.get(name)
    if value in words:
        return []
    choices = ", ".join(str(word) for word in words if word)
    return [Problem((*at, name), "bad-value", f"{value!r} is not one of {choices}")]


def _known(names: Sequence[str], known: Collection[str], at: Path) -> list[Problem]:
    return [
        Problem((*at, i), "unknown-name", f"there is no {name!r}") for i, name in enumerate(names) if name not in known
    ]


def _source(entry: Data) -> Iterator[Problem]:
    if entry["seen"] == "not_seen":
        return
    if not entry.get("source"):
        yield Problem(("source",), "no-source", "a reading has a source")
    for i, url in enumerate(entry.get("source") or ()):
        if not str(url).startswith("https://"):
            yield Problem(("source", i), "bad-source", "a source is an address that begins with https://")


def _clause(entry: Data, clause: object, at: Path) -> list[Problem]:
    """A text that was read has clauses; of one known in part or second-hand the number may not be known."""
    if clause or entry["seen"] != "primary":
        return []
    return [Problem(at, "no-clause", "the clause is missing, though the text was read")]


def _grants(entry: Data) -> Iterator[Problem]:
    for right in RIGHTS:
        if right not in entry["grants"]:
            yield Problem(("grants", right), "missing", f"the right {right} is missing")
    for right, grant in entry["grants"].items():
        at: Path = ("grants", right)
        if right not in RIGHTS:
            yield Problem(at, "unknown-key", f"there is no right {right}")
            continue
        yield from _unknown(grant, _GRANT, at)
        yield from _word(grant, "v", GRANT_VALUES, at)
        yield from _word(grant, "nc", ("conditional", "yes", None), at)
        value = grant.get("v")
        if value in ("yes", "conditional", "no"):
            yield from _clause(entry, grant.get("c"), (*at, "c"))
        if value in ("yes", "conditional") and entry["seen"] == "not_seen":
            yield Problem((*at, "v"), "unread-grant", "a right cannot be granted by a text that nobody has read")
        # weights that nobody can have need no text to withhold them
        if value == "no" and entry["seen"] == "not_seen" and entry["kind"] != "proprietary-api":
            yield Problem((*at, "v"), "unread-grant", "a right cannot be withheld by a text that nobody has read")
        for i, part in enumerate(grant.get("by") or ()):
            if value != "conditional" or not entry.get(part):
                yield Problem((*at, "by", i), "nothing-behind", f"`by` names {part}, which says nothing")


def _threshold(entry: Data, one: Data, at: Path) -> Iterator[Problem]:
    yield from _unknown(one, _THRESHOLD, at)
    yield from _word(one, "consequence", CONSEQUENCES, at)
    yield from _word(one, "applies_to", ("any_use", "commercial_use"), at)
    yield from _word(one, "if_unknown", ("assume_below", "review"), at)
    yield from _word(one, "only_when", (*TRIGGERS, None), at)
    yield from _known(one.get("exempt_if") or (), (*SWITCHES, *USES), (*at, "exempt_if"))
    yield from _known(one.get("only_if") or (), SWITCHES, (*at, "only_if"))
    yield from _clause(entry, one.get("clause"), (*at, "clause"))
    if "any_of" in one:
        yield from _known(one["any_of"], SWITCHES, (*at, "any_of"))
    else:
        yield from _word(one, "metric", METRICS, at)
        yield from _word(one, "op", ("gt", "gte"), at)
        value = one.get("value")
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            yield Problem((*at, "value"), "bad-value", "a limit is a number above zero")
    second_hand = entry["seen"] == "secondary" and one.get("consequence") != "display_model_name_on_ui"
    if second_hand and not one.get("evidence") and one.get("if_unknown") != "review":
        yield Problem((*at, "evidence"), "no-evidence", "a limit known second-hand says how well it is known")


def _duty(entry: Data, one: Data, at: Path) -> Iterator[Problem]:
    yield from _unknown(one, _DUTY, at)
    yield from _known(one.get("when") or (), TRIGGERS, (*at, "when"))
    if not one.get("when"):
        yield Problem((*at, "when"), "missing", "when the duty begins is missing")
    if not one.get("text"):
        yield Problem((*at, "text"), "missing", "what the duty asks is missing")
    limits = {threshold["id"] for threshold in entry.get("thresholds") or ()}
    yield from _known(one.get("above") or (), limits, (*at, "above"))
    yield from _clause(entry, one.get("clause"), (*at, "clause"))
    for form in ("notice", "display", "prefix"):
        if form in one and not all(one[form] in str(text) for text in (one.get("text") or {}).values()):
            yield Problem((*at, form), "not-quoted", "prescribed wording must stand in the text of both languages")


def _exclusion(entry: Data, one: Data, at: Path) -> Iterator[Problem]:
    yield from _unknown(one, _EXCLUSION, at)
    yield from _word(one, "test", ("licensee", "use_place"), at)
    yield from _word(one, "only", ("multimodal", None), at)
    yield from _clause(entry, one.get("clause"), (*at, "clause"))
    if not one.get("territories"):
        yield Problem((*at, "territories"), "missing", "the territories are missing")


def _field(entry: Data, one: Data, at: Path) -> Iterator[Problem]:
    yield from _unknown(one, _FIELD, at)
    yield from _word(one, "v", ("no", "conditional"), at)
    yield from _clause(entry, one.get("c"), (*at, "c"))


def _twice(entry: Data, name: str) -> Iterator[Problem]:
    ids: set[str] = set()
    for i, one in _listed(entry, name):
        if one["id"] in ids:
            yield Problem((name, i, "id"), "twice", f"the id {one['id']!r} stands twice")
        ids.add(one["id"])


def _languages(value: object, at: Path) -> Iterator[Problem]:
    """Every paraphrase stands in both languages, and the Japanese one is Japanese unless it is only a name."""
    if isinstance(value, Mapping) and ("en" in value or "ja" in value):
        for lang in ("en", "ja"):
            if not str(value.get(lang) or "").strip():
                yield Problem((*at, lang), "one-language", f"the text in {lang} is missing")
        japanese = str(value.get("ja") or "")
        if any(c.islower() for c in japanese) and not any("\u3040" <= c <= "\u9fff" for c in japanese):
            yield Problem((*at, "ja"), "not-japanese", "the Japanese text is not Japanese")
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from _languages(one, (*at, key))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _languages(one, (*at, i))
