"""What the evidence says of models, skill by skill, and the tests that several of them took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.quality.skills import SKILLS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from osllm.catalog.store import Catalog
    from osllm.domain.model import Model

Document = dict[str, Any]

_TEST: Final = ("benchmark", "version", "judge", "skill", "lower_better")
_RESULT: Final = ("value", "mode", "evaluated_by", "as_of", "source")


def skills_block(catalog: Catalog, model: Model) -> list[Document]:
    """A model's estimated abilities, one a skill: value, 80 % interval, grade. Empty where nothing was measured.

    Images are left out for a model that takes none: what its relatives see says nothing of it.
    """
    known = catalog.skills(model.id)
    names = (skill for skill in SKILLS if skill in known and (skill != "vision" or "image" in model.modalities))
    return [
        {"skill": skill, **dict(zip(("value", "low", "high", "grade"), known[skill], strict=True))} for skill in names
    ]


def shared_tests(catalog: Catalog, models: Sequence[str], skills: Sequence[str]) -> list[Document]:
    """Results of one test that at least two of the models have: independent ones first, in the order of `skills`.

    Where a model was measured both ways, the run that thinks stands; a `mode` says how a run was made where its source does.
    """
    tests: dict[tuple[Any, ...], dict[str, Document]] = {}
    for model_id in models:
        for row in catalog.evidence(model_id):
            if row["skill"] in skills:
                key = tuple(row[name] for name in _TEST)
                held = tests.setdefault(key, {}).get(model_id)
                if held is None or held["mode"] == "non-thinking":
                    tests[key][model_id] = row
    found = [
        {
            **dict(zip(_TEST, key, strict=True)),
            "independent": all(row["independent"] for row in rows.values()),
            "values": {model_id: {name: row[name] for name in _RESULT} for model_id, row in rows.items()},
        }
        for key, rows in tests.items()
        if len(rows) > 1
    ]
    return sorted(
        found, key=lambda t: (not t["independent"], skills.index(t["skill"]), -len(t["values"]), t["benchmark"])
    )
