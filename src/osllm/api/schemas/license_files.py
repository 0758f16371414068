"""Schemas of the files that people write for licence checks: the policy and the lock file. For editors.

The reader of each file (`osllm.licensing.policy_reader`, `osllm.licensing.lockfile`) decides; a test holds the two together.
"""

from __future__ import annotations

from typing import Final

from osllm.api.schemas.dsl import ANY, FLAG, NUMBER, TEXT, Schema, closed, many, maybe, one_of, record, says
from osllm.domain.request import LicenseFacts
from osllm.licensing.facts import EVIDENCE, KINDS, METRICS, USES
from osllm.licensing.lockfile import MODALITIES
from osllm.licensing.policy import GATES, ON_REVIEW, ON_UNUSED
from osllm.licensing.policy_reader import FLAGS

_DAY: Final[Schema] = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_HASH: Final[Schema] = {"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}
_WORDS: Final[Schema] = {"anyOf": [TEXT, many(TEXT)]}
_FILES: Final = many(record(path=TEXT, sha256=_HASH))


def _fact(name: str) -> Schema:
    if name == "use":
        return one_of(*USES)
    if name in METRICS:
        return {**NUMBER, "minimum": 0}
    if name in FLAGS:
        return FLAG
    return _WORDS if name in ("field", "use_region") else TEXT


def _file(name: str, sentence: str, optional: tuple[str, ...], **fields: Schema) -> Schema:
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"osllm/{name}@1", "title": name}
    body: Schema = closed(record(optional, **fields))
    return {**head, "description": sentence, **body}


_FACTS: Final = {name: maybe(_fact(name)) for name in LicenseFacts._fields}

SCHEMAS: Final[dict[str, Schema]] = {
    "policy": _file(
        "policy",
        "What an organisation accepts (osllm-policy.yaml, or [tool.osllm.license] of pyproject.toml).",
        ("version", "facts", "policy", "exceptions", "clarify", "unused_exception"),
        version={"const": 1},
        facts=says(record(tuple(_FACTS), **_FACTS), "who you are and what you do; options override it"),
        policy=record(
            (
                "allow", "allow_kinds", "verdict_gate", "on_review", "min_evidence", "require_accepted_obligations",
                "accepted",
            ),
            allow=says(_WORDS, "licences that pass with their duties, unless the use is denied"),
            allow_kinds={"anyOf": [one_of(*KINDS), many(one_of(*KINDS))]},
            verdict_gate=says(one_of(*GATES), "worst verdict that passes"),
            on_review=one_of(*ON_REVIEW),
            min_evidence=one_of(*EVIDENCE[1:]),
            require_accepted_obligations=FLAG,
            accepted=says(_WORDS, "ids of duties that are accepted for every model"),
        ),
        exceptions=many(
            record(
                ("licenses", "accepted", "expires", "agreement"),
                model=TEXT,
                licenses=says(_WORDS, "without it: whichever the model has"),
                accepted=_WORDS,
                reason=TEXT,
                owner=TEXT,
                expires=says(_DAY, "the last day on which it holds"),
                agreement=says(TEXT, "a separate licence that you have signed: the only thing that lifts a denial"),
            )
        ),
        clarify=many(
            record(("licenses",), model=TEXT, licenses=_WORDS, license_files={**_FILES, "minItems": 1}),
            "which licences a model has, bound to the files that were read",
        ),
        unused_exception=one_of(*ON_UNUSED),
    ),
    "lock": _file(
        "lock",
        "The models that a project uses (osllm.lock.yaml).",
        ("version",),
        version={"const": 1},
        models={
            "type": "array",
            "minItems": 1,
            "items": {
                "anyOf": [
                    TEXT,
                    closed(
                        record(
                            ("hub_id", "model", "revision", "date", "modalities", "license_files"),
                            hub_id=says(TEXT, "any name that osllm knows"),
                            model=says(TEXT, "the same as hub_id"),
                            revision=says(ANY, "commit or tag on the Hub"),
                            date=says(_DAY, "of the revision: decides which licence came with it"),
                            modalities=many(one_of(*MODALITIES)),
                            license_files=_FILES,
                        )
                    ),
                ]
            },
        },
    ),
}  # fmt: skip
