"""The compiler: catalog files to the one file that answers are read from.

Two steps. `parts` turns documents into finished records by kind and key; `pack` lays records out as the file that
`osllm.catalog.store` reads. An overlay joins between the two. Equal input gives equal bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from osllm.authoring import accelerators, namebook, provenance
from osllm.authoring.bounds import bounds
from osllm.authoring.expand import Entry, architecture, entries, model, resolved_shape
from osllm.authoring.files import Files
from osllm.catalog import records
from osllm.catalog.index import IndexRow
from osllm.catalog.index import pack as pack_rows
from osllm.catalog.store import Catalog
from osllm.domain.architecture import Architecture
from osllm.domain.hardware import Gpu
from osllm.domain.model import LicenseBinding, Model, QuantizationFormat
from osllm.domain.request import LicenseFacts
from osllm.domain.usecase import UseCase
from osllm.estimate import footprint as footprints
from osllm.estimate.footprint import Footprint
from osllm.licensing.engine import check
from osllm.licensing.lean import lean
from osllm.quality.build import QualitySections, build_quality
from osllm.quality.habits import answer_lengths, language_shares
from osllm.quality.observe import ModelFacts
from osllm.tuples import NamedTuple


class Parts(NamedTuple):
    """A catalog in pieces: finished values by key, ready to be laid over another's and packed."""

    date: str  # the newest date on which a source was seen
    models: Mapping[str, Model] = {}
    footprints: Mapping[str, Footprint] = {}
    provenance: Mapping[str, dict[str, Any]] = {}
    licenses: Mapping[str, dict[str, Any]] = {}
    gpus: Mapping[str, Gpu] = {}
    gpu_names: Mapping[str, str | list[str]] = {}
    gpu_options: Mapping[str, dict[str, Any]] = {}
    cpus: Mapping[str, dict[str, Any]] = {}
    clouds: Mapping[str, dict[str, Any]] = {}  # by provider and instance
    engines: Mapping[str, dict[str, Any]] = {}
    formats: Mapping[str, QuantizationFormat] = {}
    use_cases: Mapping[str, UseCase] = {}
    tokenizers: Mapping[str, dict[str, Any]] = {}
    embeddings: Mapping[str, dict[str, Any]] = {}
    benchmarks: Mapping[str, dict[str, Any]] = {}
    tables: Mapping[str, dict[str, Any]] = {}

    def under(self, over: Parts) -> Parts:
        """These pieces with another's laid over them by key."""
        pairs = zip(self[1:], over[1:], strict=True)
        return Parts._make([max(self.date, over.date), *({**below, **above} for below, above in pairs)])


def compile_files(files: Files) -> bytes:
    """Compile checked files. Call `lint.check` first: what it reports may raise anything here."""
    return pack(parts(files))


def parts(files: Files, below: Mapping[str, Entry] | None = None, formats: Collection[str] = ()) -> Parts:
    """Documents to finished values.

    `below` are the models of the catalog under an overlay, whose shapes its entries may take over, and `formats` the keys of
    that catalog's weight formats.
    """
    found = entries(files.of("model"))
    by_id = {**(below or {}), **{entry.id: entry for entry in found}}
    own = {f.key: f for f in map(_format, _listed(files, "quantization", "quantizations"))}
    usable = [*formats, *(key for key, f in own.items() if f.engines and key not in formats)]
    models: dict[str, Model] = {}
    prints: dict[str, Footprint] = {}
    shapes: dict[Architecture, Footprint] = {}
    proofs: dict[str, dict[str, Any]] = {}
    for entry in found:
        arch = architecture(entry, by_id)
        value = model(entry, arch)
        if arch is not None:
            measured = shapes.get(arch) or shapes.setdefault(arch, footprints.build(arch, usable))
            prints[entry.id] = measured
            value = counted(value, measured)
        models[entry.id] = value
        proofs[entry.id] = provenance.record(entry, resolved_shape(entry, by_id))
    accelerator_entries = _listed(files, "gpu", "accelerators")
    return Parts(
        date=max(_dates(files), default="1970-01-01"),
        models=models,
        footprints=prints,
        provenance=proofs,
        licenses=_by_key(d.data for d in files.of("license")),
        gpus={e["key"]: accelerators.gpu(e) for e in accelerator_entries},
        gpu_names=accelerators.names(accelerator_entries),
        gpu_options={e["key"]: o for e in accelerator_entries if (o := accelerators.options(e))},
        cpus=_by_key(_listed(files, "cpu", "cpus")),
        clouds={f"{e['provider']}/{e['instance']}": e for e in _listed(files, "cloud", "instances")},
        engines=_by_key(d.data for d in files.of("engine")),
        formats=own,
        use_cases={d.data["key"]: _use_case(d.data) for d in files.of("use-case")},
        tokenizers=_by_key(_listed(files, "tokenizer", "tokenizers")),
        embeddings=_by_key(_listed(files, "embedding", "models"), "id"),
        benchmarks={k: v for d in files.of("benchmark") for k, v in d.data["benchmarks"].items()},
        tables=_by_key((d.data for d in files.of("evidence")), "id"),
    )


def unpack(catalog: Catalog) -> Parts:
    """A compiled catalog in pieces again, to lay an overlay over it."""
    shaped = catalog.section("directory/footprint")
    return Parts(
        date=catalog.version.replace(".", "-"),
        models={key: catalog.model(key) for key in catalog.model_ids()},
        footprints={key: catalog.footprint(key) for key in shaped},
        provenance={key: catalog.provenance(key) for key in catalog.model_ids()},
        licenses=dict(catalog.licenses()),
        gpus=dict(catalog.gpus()),
        gpu_names=catalog.section("gpu_names"),
        gpu_options=catalog.section("gpu_options"),
        cpus=catalog.cpus(),
        clouds={f"{e['provider']}/{e['instance']}": e for e in catalog.clouds()},
        engines=dict(catalog.engines()),
        formats=catalog.formats(),
        use_cases=dict(catalog.use_cases()),
        tokenizers=catalog.tokenizers(),
        embeddings=_by_key(catalog.embeddings(), "id"),
        benchmarks=catalog.benchmarks(),
        tables=catalog.section("tables"),
    )


def quality(parts: Parts) -> QualitySections:
    """What the tables and the owners' own results say of every model."""
    return build_quality(
        parts.benchmarks,
        parts.tables.values(),
        [ModelFacts(*(getattr(m, name) for name in ModelFacts._fields)) for m in parts.models.values()],
        {key: case._asdict() for key, case in parts.use_cases.items()},
        {key: provenance.reported(proof) for key, proof in parts.provenance.items() if proof["benchmarks"]},
    )


def _by_key(items: Iterable[dict[str, Any]], key: str = "key") -> dict[str, dict[str, Any]]:
    return {item[key]: item for item in items}


def counted(value: Model, measured: Footprint) -> Model:
    """The model with the counts that its owner does not publish taken from its tensors."""
    total = value.params_total or measured.params_total
    active = value.params_active or (measured.params_active if measured.moe_layers else total)
    return value._replace(params_total=total, params_active=active)


def _dates(files: Files) -> Iterator[str]:
    """When the sources of the files were read; a licence says `collected`, because its `seen` is a degree."""
    for kind, documents in files.documents.items():
        name = "collected" if kind == "license" else "seen"
        yield from (str(d.data[name]) for d in documents if d.data.get(name))


def _listed(files: Files, kind: str, key: str) -> list[dict[str, Any]]:
    return [item for document in files.of(kind) for item in document.data.get(key) or ()]


def _format(entry: Mapping[str, Any]) -> QuantizationFormat:
    plain = {name: entry.get(name) for name in QuantizationFormat._fields}
    plain |= {"engines": tuple(entry.get("engines") or ()), "vendors": tuple(entry.get("vendors") or ())}
    return QuantizationFormat(**plain)  # type: ignore[arg-type]


def _use_case(entry: Mapping[str, Any]) -> UseCase:
    plain = {name: entry.get(name) for name in UseCase._fields}
    for name in ("aliases", "kinds", "modalities", "domains", "engines", "companions"):
        plain[name] = tuple(entry.get(name) or ())
    plain["skills"] = tuple((entry.get("skills") or {}).items())
    return UseCase(**plain)  # type: ignore[arg-type]


def pack(parts: Parts, found: QualitySections | None = None) -> bytes:
    """Finished values to the compiled file. What ranking reads comes first. Without `found` quality is worked out here."""
    writer, settings, found = _Writer(), records.Settings(), found or quality(parts)
    models = [parts.models[key] for key in sorted(parts.models)]
    bindings = list(dict.fromkeys(m.license for m in models))
    numbers = {binding: number for number, binding in enumerate(bindings)}
    writer.section("index", pack_rows([_row(m, numbers, parts) for m in models]))
    writer.section("bindings", [[*b] for b in bindings])
    slim = {key: lean(value) for key, value in sorted(parts.licenses.items())}
    writer.records("license/lean", slim)
    writer.section("verdicts", unsaid_verdicts(bindings, slim))
    writer.section("names", namebook.build(models))
    writer.section("formats", {key: [*value] for key, value in parts.formats.items()})
    for kind, values in (("use_case", parts.use_cases), ("gpu", parts.gpus)):
        writer.records(kind, {key: [*value] for key, value in sorted(values.items())})
    for kind, whole in (("engine", parts.engines), ("license", parts.licenses)):
        writer.records(kind, dict(sorted(whole.items())))
    for name in ("gpu_names", "gpu_options", "cpus", "tokenizers", "benchmarks", "tables"):
        writer.section(name, dict(sorted(getattr(parts, name).items())))
    writer.section("clouds", list(parts.clouds.values()))
    writer.section("embeddings", list(parts.embeddings.values()))
    for key, measured in sorted(found.use_cases.items()):
        writer.section(f"quality/{key}", records.qualities_to_json(measured, settings))
    for language, shares in sorted(language_shares(parts.tables.values()).items()):
        writer.section(f"language_share/{language}", shares)
    writer.section("answer_lengths", answer_lengths(parts.tables.values(), {m.id: m.reasoning for m in models}))
    writer.records("footprint", {k: footprints.to_json(v) for k, v in parts.footprints.items()})
    writer.records("model", {m.id: records.model_to_json(m) for m in models})
    writer.records("provenance", parts.provenance)
    writer.records("skills", _by_model(found.skills))
    writer.section("settings", settings.rows)
    # Apart, because ranking never asks for all that is known of a model.
    told = records.Settings()
    writer.records("evidence", {k: records.evidence_to_json(v, told) for k, v in sorted(found.evidence.items())})
    writer.section("evidence-settings", told.rows)
    return writer.finish(parts.date, len(models))


def unsaid_verdicts(bindings: Sequence[LicenseBinding], licenses: Mapping[str, dict[str, Any]]) -> list[list[str]]:
    """The verdict on each binding where nothing is said about the use: on a text model, on one that takes more than text."""
    facts = LicenseFacts()
    inputs = (("text",), ("text", "image"))
    return [[check(binding, licenses, facts, kinds, None).verdict for kinds in inputs] for binding in bindings]


def _row(model: Model, numbers: Mapping[LicenseBinding, int], parts: Parts) -> IndexRow:
    plain = {name: getattr(model, name) for name in IndexRow._fields if name in Model._fields}
    plain["license"] = numbers[model.license]
    plain["published"] = f" {' '.join(sorted({a.format for a in model.artifacts}))} "
    plain |= bounds(parts.footprints.get(model.id), model, parts.formats)
    return IndexRow(**plain)


def _by_model(skills: Mapping[str, Mapping[str, Sequence[object]]]) -> dict[str, dict[str, list[object]]]:
    found: dict[str, dict[str, list[object]]] = {}
    for skill, values in skills.items():
        for model_id, value in values.items():
            found.setdefault(model_id, {})[skill] = [*value]
    return found


class _Writer:
    """Collects sections and remembers where each begins."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._offset = 0
        self._sections: dict[str, list[int]] = {}
        self._known: dict[bytes, list[int]] = {}

    def _add(self, value: object) -> list[int]:
        """Write a document, or find it where an equal one stands: many models share one shape."""
        data = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        position = self._known.get(data)
        if position is None:
            position = self._known[data] = [self._offset, len(data)]
            self._chunks.append(data)
            self._offset += len(data) + 1
        return position

    def section(self, name: str, value: object) -> None:
        """One document that is read whole."""
        self._sections[name] = self._add(value)

    def records(self, kind: str, values: Mapping[str, object]) -> None:
        """Documents that are read one by one, and the directory that finds them."""
        directory = {key: self._add(value) for key, value in sorted(values.items())}
        self.section(f"directory/{kind}", directory)

    def finish(self, date: str, models: int) -> bytes:
        """The whole file: the directory line, then every chunk on a line of its own."""
        body = b"\n".join([*self._chunks, b""])
        head = {
            "format": records.FORMAT,
            "version": date.replace("-", "."),
            "sha256": hashlib.sha256(body).hexdigest(),
            "models": models,
            "sections": self._sections,
        }
        return json.dumps(head, separators=(",", ":")).encode() + b"\n" + body
