"""Model files to domain models: defaults merged, `same_as` followed, names gathered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from osllm.authoring.shapes import ShapeError, build, merge
from osllm.authoring.yamlio import Document
from osllm.domain.architecture import Architecture
from osllm.domain.model import Artifact, LicenseBinding, Model
from osllm.tuples import NamedTuple

# What the hub calls a format, and what the catalog calls it.
FORMAT_NAMES: Mapping[str, str] = {"GPTQ-INT4": "GPTQ-Int4", "GPTQ-INT8": "GPTQ-Int8", "F32": "FP32"}


# Checkpoints that their owners publish in few bits only: a wider format would be the same numbers in more bytes.
NATIVE_FORMATS: Final = ("MXFP4",)


class Entry(NamedTuple):
    """One model as written, with its defaults merged in, and where it stands."""

    id: str
    facts: dict[str, Any]
    document: Document
    position: int

    def line(self, *path: str | int) -> int:
        """The line of one of its fields."""
        return self.document.line(("models", self.position, *path))


def entries(documents: Iterable[Document]) -> list[Entry]:
    """Every model of some model files."""
    found = []
    for document in documents:
        shared = {str(k): document.data[k] for k in ("family", "developer", "origin") if k in document.data}
        defaults = merge(shared, document.data.get("defaults") or {})
        for position, facts in enumerate(document.data.get("models") or ()):
            if isinstance(facts, Mapping) and isinstance(facts.get("id"), str):
                found.append(Entry(facts["id"], merge(defaults, facts), document, position))
    return found


def resolved_shape(entry: Entry, by_id: Mapping[str, Entry], seen: tuple[str, ...] = ()) -> dict[str, Any] | None:
    """The architecture block with `same_as` followed; None without one. Raises ShapeError for a broken chain."""
    shape = entry.facts.get("architecture")
    if not isinstance(shape, Mapping):
        return None
    base_id = shape.get("same_as")
    if base_id is None:
        return dict(shape)
    if base_id in seen or base_id == entry.id:
        raise ShapeError(f"same_as goes in a circle through {base_id!r}")
    if base_id not in by_id:
        raise ShapeError(f"same_as names {base_id!r}, which is not in the catalog")
    base = resolved_shape(by_id[base_id], by_id, (*seen, entry.id))
    if base is None:
        raise ShapeError(f"same_as names {base_id!r}, which has no architecture")
    return merge(base, {k: v for k, v in shape.items() if k != "same_as"})


def architecture(entry: Entry, by_id: Mapping[str, Entry]) -> Architecture | None:
    """The shape of a model; None where it is missing or marked incomplete. Raises ShapeError where it is wrong."""
    shape = resolved_shape(entry, by_id)
    if shape is None or shape.get("incomplete"):
        return None
    return build(shape)


def binding(facts: Mapping[str, Any]) -> LicenseBinding:
    """The licences of a model; none named is an empty list, which the engine answers with review."""
    block = facts.get("license") or {}
    return LicenseBinding(
        tuple(block.get("keys") or ()),
        block.get("evidence") or "not_seen",
        block.get("conflict"),
        block.get("card_restriction"),
        tuple((r["before"], tuple(r["keys"])) for r in block.get("revisions") or ()),
        tuple(sorted((block.get("components") or {}).items())),
    )


def artifacts(facts: Mapping[str, Any]) -> tuple[Artifact, ...]:
    """Published weights, as listed."""
    found = []
    for item in facts.get("artifacts") or ():
        fmt = FORMAT_NAMES.get(item["format"], item["format"])
        found.append(
            Artifact(fmt, item["hub_id"], item.get("file"), item.get("bytes"), item.get("publisher") or "unknown")
        )
    return tuple(found)


def native_format(facts: Mapping[str, Any]) -> str | None:
    """The few-bit format of the owner's own checkpoint, the repository that the model is named by."""
    for artifact in artifacts(facts):
        if artifact.format in NATIVE_FORMATS and artifact.hub_id == facts.get("hub_id"):
            return artifact.format
    return None


def model(entry: Entry, arch: Architecture | None) -> Model:
    """The domain value of an entry."""
    facts = entry.facts
    params, context = facts.get("params") or {}, facts.get("context") or {}
    total = params.get("total")
    moe = arch is not None and any(type(f).__name__ == "Experts" for run in arch.runs for f in run.ffns)
    active = params.get("active") or (None if moe else total)
    weights = facts.get("weights", "published")
    status = facts.get("status") or "current"
    return Model(
        id=entry.id,
        hub_id=facts.get("hub_id"),
        name=facts.get("name") or entry.id,
        family=facts.get("family") or entry.id,
        developer=facts.get("developer") or "unknown",
        origin=facts.get("origin"),
        base_id=facts.get("base"),
        base_origin=facts.get("base_origin")
        or (facts.get("origin") if facts.get("base") or arch is not None else None),
        kind=facts.get("kind") or "other",
        released=_text(facts.get("released")),
        params_total=total,
        params_active=active,
        params_published=params.get("published"),
        context_native=context.get("native"),
        context_max=context.get("max") or context.get("native"),
        modalities=tuple(facts.get("modalities") or ("text",)),
        languages=tuple(facts.get("languages") or ()),
        tools=facts.get("tools"),
        reasoning=facts.get("reasoning"),
        domains=tuple(facts.get("domains") or ()),
        tokenizer=facts.get("tokenizer"),
        license=binding(facts),
        gated=facts.get("gated"),
        status=status,
        superseded_by=facts.get("superseded_by"),
        recommendable=arch is not None and weights != "none" and status != "withdrawn" and total is not None,
        native_format=native_format(facts),
        aliases=tuple(facts.get("aliases") or ()),
        ollama=tuple(facts.get("ollama") or ()),
        architecture=arch,
        artifacts=artifacts(facts),
        gaps=tuple(map(str, facts.get("gaps") or ())),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)
