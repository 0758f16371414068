"""Vetoes that need nothing but the model's own facts. `row` is an `IndexRow` of the catalog, `q` a `Question`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.catalog.names import normalise
from osllm.domain.verdict import VERDICT_ORDER
from osllm.rules.registry import Params, rule

if TYPE_CHECKING:
    from osllm.catalog.index import IndexRow
    from osllm.rules.question import Question


def keys(row: IndexRow) -> frozenset[str]:
    """The normalised names by which `--exclude` and `--family` may mean a model."""
    return frozenset(normalise(name) for name in (row.id, row.family, row.hub_id or row.id))


OPENNESS: Final = ("open-weights", "open-licence", "open-data-and-code")


@rule("MDL101", "not-runnable", stage="model", effect="veto")
def not_runnable(row: IndexRow, _q: Question) -> Params | None:
    """The architecture is not known in full, or the weights were never published.

    Why: memory and speed cannot be computed, only guessed.
    What would change it: a source for the missing numbers (`osllm show MODEL` names the gaps).
    """
    return None if row.recommendable else {}


@rule("MDL102", "wrong-kind", stage="model", effect="veto")
def wrong_kind(row: IndexRow, q: Question) -> Params | None:
    """The checkpoint is of a kind that the use case does not ask for (a base model for a chat, say).

    Why: a pre-trained model does not follow instructions; an instruct model is a poor start for some fine-tuning.
    What would change it: another use case, or the model's own instruct version.
    """
    return None if row.kind in q.kinds else {"kind": row.kind, "wanted": sorted(q.kinds)}


@rule("MDL103", "special-purpose", stage="model", effect="veto")
def special_purpose(row: IndexRow, q: Question) -> Params | None:
    """The model is made for a special field that this use case is not about.

    Why: a medical or code model's scores in its field say little about another.
    What would change it: `--domain`, or a use case of that field.
    """
    foreign = [d for d in row.domains if d not in q.domains]
    return {"domains": foreign} if foreign else None


@rule("MDL104", "wrong-domain", stage="model", effect="veto", asked=lambda q: bool(q.request.filters.domains))
def wrong_domain(row: IndexRow, q: Question) -> Params | None:
    """`--domain` was given and the model is not of it.

    What would change it: leaving `--domain` out.
    """
    wanted = q.request.filters.domains
    return None if any(d in row.domains for d in wanted) else {"wanted": list(wanted)}


def last_day(date: str) -> str:
    """The last day that a year or a month may mean; days stay as they are."""
    return date + "-12-31"[len(date) - 4 :]


@rule("MDL105", "not-released-yet", stage="model", effect="veto", asked=lambda q: q.request.as_of is not None)
def not_released_yet(row: IndexRow, q: Question) -> Params | None:
    """On the day asked about (`--as-of`) the model did not exist yet, or may not have: its date is unknown or inexact.

    What would change it: a later `--as-of`, an exact date in the catalog.
    """
    as_of = q.request.as_of or q.today
    known = row.released is not None and last_day(row.released) <= last_day(as_of)
    return None if known else {"released": row.released, "as_of": as_of}


@rule("MDL106", "too-old", stage="model", effect="veto", asked=lambda q: q.request.filters.released_after is not None)
def too_old(row: IndexRow, q: Question) -> Params | None:
    """`--released-after` was given and the model is older, or its date is not known.

    What would change it: an earlier `--released-after`.
    """
    after = q.request.filters.released_after or ""
    if row.released is None:
        return {"released": None, "after": after}
    return None if row.released >= after[: len(row.released)] else {"released": row.released, "after": after}


@rule("MDL107", "too-large", stage="model", effect="veto", asked=lambda q: q.request.filters.max_params is not None)
def too_large(row: IndexRow, q: Question) -> Params | None:
    """`--max-params` was given and the model is larger.

    What would change it: a larger `--max-params`.
    """
    limit = q.request.filters.max_params or 0
    return {"params": row.params_total, "limit": limit} if (row.params_total or 0) > limit else None


@rule("MDL108", "excluded", stage="model", effect="veto", asked=lambda q: bool(q.excluded))
def excluded(row: IndexRow, q: Question) -> Params | None:
    """`--exclude` names the model or its family.

    What would change it: leaving `--exclude` out.
    """
    return {} if q.excluded & keys(row) else None


@rule("MDL109", "other-family", stage="model", effect="veto", asked=lambda q: bool(q.families))
def other_family(row: IndexRow, q: Question) -> Params | None:
    """`--family` was given and the model is of another one.

    What would change it: leaving `--family` out.
    """
    return None if q.families & keys(row) else {"family": row.family}


@rule("MDL110", "other-developer", stage="model", effect="veto", asked=lambda q: bool(q.developers))
def other_developer(row: IndexRow, q: Question) -> Params | None:
    """`--developer` was given and the model is somebody else's.

    What would change it: leaving `--developer` out.
    """
    return None if normalise(row.developer) in q.developers else {"developer": row.developer}


@rule("ORG101", "other-origin", stage="model", effect="veto", asked=lambda q: bool(q.origins))
def other_origin(row: IndexRow, q: Question) -> Params | None:
    """`--origin` was given, and the developer or the base model is from elsewhere or of unknown origin.

    Why: whoever asks for an origin means the weights too, and those come from the base model.
    What would change it: a wider `--origin`.
    """
    base = row.base_origin or row.origin
    inside = row.origin in q.origins and base in q.origins
    return None if inside else {"origin": row.origin, "base_origin": base}


@rule("ORG102", "excluded-origin", stage="model", effect="veto", asked=lambda q: bool(q.excluded_origins))
def excluded_origin(row: IndexRow, q: Question) -> Params | None:
    """`--exclude-origin` names the country of the developer or of the base model.

    What would change it: leaving that country out of `--exclude-origin`.
    """
    hit = row.origin in q.excluded_origins or row.base_origin in q.excluded_origins
    return {"origin": row.origin, "base_origin": row.base_origin} if hit else None


@rule("CAP101", "missing-modality", stage="model", effect="veto", asked=lambda q: bool(q.modalities))
def missing_modality(row: IndexRow, q: Question) -> Params | None:
    """The use case or `--vision` / `--modality` needs an input that the model does not take.

    What would change it: a multimodal model, or text alone.
    """
    missing = sorted(q.modalities.difference(row.modalities))
    return {"missing": missing} if missing else None


@rule("CAP102", "has-vision", stage="model", effect="veto", asked=lambda q: q.request.filters.vision is False)
def has_vision(row: IndexRow, _q: Question) -> Params | None:
    """`--no-vision` was given and the model takes images.

    What would change it: leaving `--no-vision` out.
    """
    return {} if "image" in row.modalities else None


@rule("CAP103", "no-tool-calling", stage="model", effect="veto", asked=lambda q: q.tools)
def no_tool_calling(row: IndexRow, _q: Question) -> Params | None:
    """Tool calling is needed, and the owner does not say that the model was trained for it.

    Why: without training, calls come out malformed. Unknown counts as no.
    What would change it: a source that says so.
    """
    return None if row.tools else {"known": row.tools is not None}


@rule("CAP104", "reasoning-mode", stage="model", effect="veto", asked=lambda q: q.reasoning is not None)
def reasoning_mode(row: IndexRow, q: Question) -> Params | None:
    """`--reasoning` asks for another thinking mode than the model has.

    A hybrid model answers `always` and `none` alike, since thinking can be switched.
    What would change it: another `--reasoning`.
    """
    if row.reasoning in (q.reasoning, "hybrid"):
        return None
    return {"has": row.reasoning, "wanted": q.reasoning}


@rule(
    "CAP105", "missing-language", stage="model", effect="veto", asked=lambda q: q.request.filters.language is not None
)
def missing_language(row: IndexRow, q: Question) -> Params | None:
    """`--language` was given, and the owner lists the languages without this one.

    Models that list no languages pass; the plan then carries a note.
    What would change it: leaving `--language` out.
    """
    wanted = q.request.filters.language
    if not row.languages or wanted in row.languages:
        return None
    return {"wanted": wanted, "languages": list(row.languages)}


@rule("CTX101", "context-too-long", stage="model", effect="veto")
def context_too_long(row: IndexRow, q: Question) -> Params | None:
    """The context asked for is longer than the model was made for.

    Why: beyond it answers fall apart.
    What would change it: a shorter `--context`.
    """
    limit = row.context_max
    if limit is None or limit >= q.request.context_tokens:
        return None
    return {"wanted": q.request.context_tokens, "max": limit}


@rule("LIC101", "licence-denied", stage="model", effect="veto", asked=lambda q: q.policy is None)
def licence_denied(row: IndexRow, q: Question) -> Params | None:
    """A licence of the model withholds this use.

    What would change it: another use, or a separate licence from the owner (`osllm license check MODEL --explain`).
    """
    verdict = q.license_of(row)
    return {"keys": list(verdict.keys)} if verdict.verdict == "denied" else None


@rule(
    "LIC102",
    "licence-gate",
    stage="model",
    effect="veto",
    asked=lambda q: q.policy is None and q.request.license_gate != "conditions",
)
def licence_gate(row: IndexRow, q: Question) -> Params | None:
    """`--gate allowed` accepts no licence with conditions or open questions.

    What would change it: a milder `--gate`.
    """
    verdict = q.license_of(row)
    limit = VERDICT_ORDER.index(q.request.license_gate)
    if VERDICT_ORDER.index(verdict.verdict) <= limit:
        return None
    return {"verdict": verdict.verdict, "gate": q.request.license_gate, "keys": list(verdict.keys)}


@rule("LIC104", "policy-refuses", stage="model", effect="veto", asked=lambda q: q.policy is not None)
def policy_refuses(row: IndexRow, q: Question) -> Params | None:
    """The team's policy (`--policy`) does not accept the model's licences for this use.

    What would change it: an exception, an accepted obligation or a milder gate in the policy.
    """
    reason = q.license_refusal(row)
    return None if reason is None else {"reason": reason, "keys": list(q.license_of(row).keys)}


@rule(
    "LIC103",
    "not-open-enough",
    stage="model",
    effect="veto",
    asked=lambda q: q.request.filters.open_source_only or q.request.filters.min_openness is not None,
)
def not_open_enough(row: IndexRow, q: Question) -> Params | None:
    """`--open-source-only` or `--min-openness` asks for more openness than the model has.

    Why: downloadable weights are not open source; the tier is derived from the licence and the published parts.
    What would change it: a lower `--min-openness`.
    """
    wanted = q.request.filters.min_openness or "open-licence"
    tier = q.openness_of(row.license)
    if tier is not None and OPENNESS.index(tier) >= OPENNESS.index(wanted):
        return None
    return {"tier": tier, "wanted": wanted}
