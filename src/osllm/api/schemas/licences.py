"""Schemas of the licence answers: check, show, list, diff, policies."""

from __future__ import annotations

from typing import Final

from osllm.api.schemas.dsl import (
    ANY,
    COUNT,
    DATE,
    FLAG,
    INTEGER,
    TEXT,
    Schema,
    document,
    many,
    maybe,
    one_of,
    record,
    says,
    table,
)
from osllm.api.schemas.parts import VERDICT
from osllm.licensing.facts import EVIDENCE, KINDS, RIGHTS
from osllm.licensing.openness import TIERS

SEVERITY: Final = one_of("note", "allowed", "conditions", "review", "denied")
GRANT: Final = says(
    maybe(one_of("yes", "conditional", "no", "unstated")), "null: the text was not read; unstated: it is silent"
)
EVIDENCE_LEVEL: Final = says(one_of(*EVIDENCE), "how much of the text, or of what binds it to the model, was read")
DISCLAIMER: Final = says(TEXT, "that this is not legal advice")

FINDING: Final = record(
    ("use",),
    rule=says(TEXT, "stable code"),
    right=maybe(TEXT, "the right in question"),
    clause=maybe(TEXT, "of the licence text"),
    text=TEXT,
    severity=SEVERITY,
    use=says(TEXT, "where no use was said: the one that brings this up"),
)
DUTY: Final = record(
    id=says(TEXT, "what a policy accepts it by"),
    license=TEXT,
    when=many(TEXT, "what sets it off"),
    clause=maybe(TEXT),
    text=TEXT,
)
STEP: Final = record(
    rule=TEXT,
    license=maybe(TEXT, "null: the model as a whole"),
    clause=maybe(TEXT),
    facts=table(ANY, "what the rule read; null where nothing was said"),
    severity=SEVERITY,
    text=TEXT,
)
WARNING: Final = record(code=TEXT, text=TEXT, line=maybe(INTEGER, "in the policy file"))

RESULT: Final = record(
    ("steps",),
    model=says(TEXT, "catalog id, or the hub id of a model that the catalog does not know"),
    name=maybe(TEXT),
    hub_id=maybe(TEXT),
    revision=maybe(TEXT, "as the lock file names it"),
    verdict=VERDICT,
    per_use=maybe(table(VERDICT), "where no use was said: the verdict for each of two"),
    evidence=EVIDENCE_LEVEL,
    openness=record(
        tier=maybe(one_of(*TIERS), "null: no weights to download, or no licence was found"),
        weights_licence_osi=maybe(FLAG, "whether every licence of the weights is approved by the OSI"),
        mof_class=maybe(INTEGER, "of the Model Openness Framework, 1 to 3; 0 below class III; null: not checked"),
        missing=many(TEXT, "parts that keep it from the next class"),
        unchecked=many(TEXT),
    ),
    licenses=many(
        record(
            key=TEXT,
            name=maybe(TEXT),
            spdx_id=maybe(TEXT),
            text_url=maybe(TEXT),
            text_date=maybe(TEXT),
            evidence=EVIDENCE_LEVEL,
            collected=maybe(DATE, "when the text was read"),
            verdict=VERDICT,
            findings=many(FINDING),
        )
    ),
    findings=many(FINDING, "about the model as a whole"),
    obligations=many(DUTY, "duties that begin now"),
    latent_obligations=many(DUTY, "duties that begin if something left out turns out to be true"),
    assumptions=many(TEXT),
    asks=many(TEXT, "options whose values would settle what was assumed or left open"),
    fix=maybe(TEXT, "what to do about it"),
    facts=table(ANY, "what was said about the use"),
    policy=maybe(
        record(
            passed=FLAG,
            reason=says(TEXT, "stable code"),
            text=TEXT,
            accepted=many(TEXT, "duties that the policy accepts"),
            outstanding=many(TEXT, "duties that it does not"),
        )
    ),
    steps=many(STEP, "with --explain: the path from facts and clauses to the verdict"),
)

_GRANT: Final = record(
    ("by", "nc"),
    value=GRANT,
    clause=maybe(TEXT),
    text=maybe(TEXT, "paraphrase"),
    name=says(TEXT, "what the right is called"),
    by=many(TEXT, "parts of the document that spell the conditions out"),
    nc=says(GRANT, "for use that is not commercial, where it differs"),
)
_LIMIT: Final = record(
    (
        "metric", "op", "value", "any_of", "only_if", "only_when", "exempt_if", "exempt", "scope", "measured", "evidence",
        "contested_at", "clause",
    ),
    id=TEXT,
    text=says(TEXT, "all of it in words"),
    metric=TEXT,
    op=one_of("gt", "gte"),
    value=INTEGER,
    any_of=many(TEXT, "kinds of business, in place of a metric"),
    only_if=many(TEXT),
    only_when=TEXT,
    exempt_if=many(TEXT),
    exempt=TEXT,
    scope=TEXT,
    measured=TEXT,
    applies_to=one_of("any_use", "commercial_use"),
    consequence=TEXT,
    if_unknown=one_of("assume_below", "review"),
    evidence=EVIDENCE_LEVEL,
    contested_at=says(FLAG, "the text words the exact value both ways"),
    clause=TEXT,
)  # fmt: skip
_EXCLUSION: Final = record(
    ("only", "exempt_if", "effect"),
    territories=many(TEXT),
    test=one_of("licensee", "use_place"),
    only=TEXT,
    exempt_if=many(TEXT),
    clause=TEXT,
    effect=TEXT,
    text=says(TEXT, "all of it in words"),
)
_DUTY_OF_TEXT: Final = record(
    ("clause", "above", "notice", "display", "prefix"),
    id=TEXT,
    when=many(TEXT),
    clause=TEXT,
    text=TEXT,
    above=many(TEXT, "limits above which it begins"),
    notice=says(TEXT, "wording prescribed for a notice file"),
    display=says(TEXT, "wording prescribed for display"),
    prefix=says(TEXT, "how names of derived models must begin"),
)

SCHEMAS: Final[dict[str, Schema]] = {
    "license-check": document(
        "license-check",
        "Whether a use is allowed under every licence of every model.",
        verdict=says(VERDICT, "the worst over all models"),
        gate=says(one_of("allowed", "conditions", "review"), "the worst verdict that passes"),
        passed=FLAG,
        results=many(RESULT),
        policy=maybe(record(path=TEXT, warnings=many(WARNING))),
        disclaimer=DISCLAIMER,
    ),
    "license": document(
        "license",
        "All rights and duties of one licence version, in words.",
        ("spdx_id",),
        key=TEXT,
        spdx_id=TEXT,
        name=TEXT,
        version=maybe(TEXT),
        date=maybe(TEXT),
        text_url=maybe(TEXT),
        owner=maybe(TEXT),
        hf_tag=maybe(TEXT, "what the Hugging Face Hub calls it"),
        osi_approved=FLAG,
        kind=one_of(*KINDS),
        seen=EVIDENCE_LEVEL,
        collected=DATE,
        source=many(TEXT),
        grants=record(**dict.fromkeys(RIGHTS, _GRANT)),
        thresholds=many(_LIMIT),
        obligations=many(_DUTY_OF_TEXT),
        exclusions=many(_EXCLUSION),
        fields=table(
            record(("clause", "text"), value=one_of("no", "conditional"), clause=TEXT, text=TEXT), "fields of use"
        ),
        internal_use=maybe(TEXT, "whether a company's own use counts as non-commercial"),
        acceptable_use_policy=maybe(TEXT),
        termination=maybe(TEXT),
        governing_law=maybe(TEXT),
        applies_to_derivatives=maybe(TEXT),
        revocable=maybe(FLAG),
        notes=maybe(TEXT),
        used_by=many(TEXT, "models that carry it"),
        disclaimer=DISCLAIMER,
    ),
    "licenses": document(
        "licenses",
        "The licence versions of the catalog.",
        licenses=many(
            record(
                key=TEXT,
                name=maybe(TEXT),
                version=maybe(TEXT),
                date=maybe(TEXT),
                kind=one_of(*KINDS),
                osi_approved=FLAG,
                commercial=GRANT,
                evidence=EVIDENCE_LEVEL,
                text_url=maybe(TEXT),
                models=says(COUNT, "models that carry it"),
            )
        ),
    ),
    "license-diff": document(
        "license-diff",
        "What differs from one licence version to another.",
        **dict.fromkeys(
            ("a", "b"),
            record(
                key=TEXT,
                name=TEXT,
                version=maybe(TEXT),
                date=maybe(TEXT),
                text_url=maybe(TEXT),
                seen=EVIDENCE_LEVEL,
            ),
        ),
        changes=many(
            record(
                part=says(TEXT, "such as grants.commercial, obligations.aup"),
                a=says(ANY, "null: not there"),
                b=says(ANY, "null: not there"),
                effect=one_of("stricter", "looser", "changed"),
            )
        ),
        disclaimer=DISCLAIMER,
    ),
    "policy-template": document("policy-template", "A commented policy file.", text=says(TEXT, "the file")),
    "policy-check": document(
        "policy-check",
        "A policy file that is valid, as it was understood; one that is not is an error.",
        path=TEXT,
        valid={"const": True},
        policy=record(
            facts=table(ANY),
            allow=many(TEXT),
            allow_kinds=many(one_of(*KINDS)),
            verdict_gate=TEXT,
            on_review=TEXT,
            min_evidence=EVIDENCE_LEVEL,
            require_accepted_obligations=FLAG,
            accepted=many(TEXT),
            exceptions=many(
                record(
                    model=TEXT,
                    licenses=many(TEXT),
                    accepted=many(TEXT),
                    reason=TEXT,
                    owner=TEXT,
                    expires=maybe(DATE, "the last day on which it holds"),
                    agreement=maybe(TEXT, "a separate licence that somebody has signed"),
                    line=maybe(INTEGER),
                )
            ),
            clarifications=many(record(model=TEXT, licenses=many(TEXT))),
            unused_exception=TEXT,
        ),
        warnings=many(WARNING),
    ),
}
