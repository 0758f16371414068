"""What must hold for a file of `catalog/licenses/` and for the `license` block of a model beyond their schemas.

Schemas say which keys and words there are (`osllm.authoring.schema`); here stands what one part of a file asks of
another. Both arrive as plain data that has passed its schema. A problem is the path of the value, a code and a
sentence, so that whoever read the file can add its line.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from osllm.tuples import NamedTuple

Path = tuple[str | int, ...]
Data = Mapping[str, Any]


class Problem(NamedTuple):
    """One defect."""

    path: Path
    code: str
    message: str


def license_problems(entry: Data) -> list[Problem]:
    """List what is wrong with a licence file: clauses, sources, what may be said of an unread text, both languages."""
    return [
        *_source(entry),
        *_grants(entry),
        *(problem for i, one in _listed(entry, "thresholds") for problem in _threshold(entry, one, ("thresholds", i))),
        *(problem for i, one in _listed(entry, "obligations") for problem in _duty(entry, one, ("obligations", i))),
        *(
            problem
            for name, one in (entry.get("fields") or {}).items()
            for problem in _clause(entry, one.get("c"), ("fields", name, "c"))
        ),
        *_twice(entry, "thresholds"),
        *_twice(entry, "obligations"),
        *_japanese(entry, ()),
    ]


def binding_problems(binding: Data, licenses: Collection[str]) -> list[Problem]:
    """List what is wrong with the `license` block of a model, given the keys of the licences that there are."""
    keys = binding.get("keys") or ()
    revisions = binding.get("revisions") or ()
    named: list[tuple[Path, str]] = [(("keys", i), key) for i, key in enumerate(keys)]
    named += [
        (("revisions", i, "keys", j), key) for i, old in enumerate(revisions) for j, key in enumerate(old["keys"])
    ]
    found = [Problem(at, "unknown-licence", f"there is no licence {key!r}") for at, key in named if key not in licenses]
    if not keys and binding.get("evidence") not in ("not_seen", None):
        found.append(Problem(("evidence",), "evidence-of-nothing", "without a licence the evidence is not_seen"))
    if len(set(keys)) != len(keys):
        found.append(Problem(("keys",), "twice", "a licence stands twice"))
    if [old["before"] for old in revisions] != sorted(old["before"] for old in revisions):
        found.append(Problem(("revisions",), "not-in-order", "the oldest revision comes first"))
    return found


def _listed(entry: Data, name: str) -> Iterator[tuple[int, Data]]:
    yield from enumerate(entry.get(name) or ())


def _source(entry: Data) -> Iterator[Problem]:
    if entry["seen"] != "not_seen" and not entry.get("source"):
        yield Problem(("source",), "no-source", "a reading has a source")


def _clause(entry: Data, clause: object, at: Path) -> Iterator[Problem]:
    """A text that was read has clauses; of one known in part or second-hand the number may not be known."""
    if not clause and entry["seen"] == "primary":
        yield Problem(at, "no-clause", "the clause is missing, though the text was read")


def _grants(entry: Data) -> Iterator[Problem]:
    for right, grant in entry["grants"].items():
        at: Path = ("grants", right)
        value = grant["v"]
        if value in ("yes", "conditional", "no"):
            yield from _clause(entry, grant.get("c"), (*at, "c"))
            # weights that nobody can have need no text to withhold them
            if entry["seen"] == "not_seen" and not (value == "no" and entry["kind"] == "proprietary-api"):
                yield Problem((*at, "v"), "unread-grant", "a text that nobody has read neither grants nor withholds")
        for i, part in enumerate(grant.get("by") or ()):
            if value != "conditional" or not entry.get(part):
                yield Problem((*at, "by", i), "nothing-behind", f"`by` names {part}, which says nothing")


def _threshold(entry: Data, one: Data, at: Path) -> Iterator[Problem]:
    yield from _clause(entry, one.get("clause"), (*at, "clause"))
    measured = all(one.get(name) is not None for name in ("metric", "op", "value"))
    if measured == bool(one.get("any_of")):
        yield Problem(at, "no-test", "either metric, op and value, or any_of")
    second_hand = entry["seen"] == "secondary" and one["consequence"] != "display_model_name_on_ui"
    if second_hand and not one.get("evidence") and one["if_unknown"] != "review":
        yield Problem((*at, "evidence"), "no-evidence", "a limit known second-hand says how well it is known")


def _duty(entry: Data, one: Data, at: Path) -> Iterator[Problem]:
    yield from _clause(entry, one.get("clause"), (*at, "clause"))
    limits = {threshold["id"] for threshold in entry.get("thresholds") or ()}
    for i, name in enumerate(one.get("above") or ()):
        if name not in limits:
            yield Problem((*at, "above", i), "unknown-threshold", f"there is no threshold {name!r}")
    for form in ("notice", "display", "prefix"):
        if form in one and not all(one[form] in text for text in one["text"].values()):
            yield Problem((*at, form), "not-quoted", "prescribed wording must stand in the text of both languages")


def _twice(entry: Data, name: str) -> Iterator[Problem]:
    ids: set[str] = set()
    for i, one in _listed(entry, name):
        if one["id"] in ids:
            yield Problem((name, i, "id"), "twice", f"the id {one['id']!r} stands twice")
        ids.add(one["id"])


def _japanese(value: object, at: Path) -> Iterator[Problem]:
    """Every Japanese paraphrase is Japanese, unless it is nothing but names and numbers."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key == "ja" and isinstance(one, str):
                if any(c.islower() for c in one) and not any("\u3040" <= c <= "\u9fff" for c in one):
                    yield Problem((*at, "ja"), "not-japanese", "the Japanese text is not Japanese")
            else:
                yield from _japanese(one, (*at, key))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from _japanese(one, (*at, i))
