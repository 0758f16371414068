"""The compiled catalog: one UTF-8 file of JSON lines, read by position.

Line 1 is the directory: {"format", "version", "sha256" of everything behind it, "models", "sections": {name: [offset,
length]}}; offsets count from the end of line 1. A section is one JSON document. Records of one kind (`model/<id>` …) are
found through the section `directory/<kind>`. Only what a question needs is decoded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

from osllm.catalog import records
from osllm.catalog.index import IndexRow, unpack
from osllm.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from osllm.domain.hardware import Gpu
    from osllm.domain.model import LicenseBinding, Model, Quality, QuantizationFormat
    from osllm.domain.usecase import UseCase
    from osllm.estimate.footprint import Footprint

COMPILED_NAME: Final = "catalog.jsonl"


T = TypeVar("T")


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - plain JSON
    return value


class Shelf(Mapping[str, T]):
    """Records by key, decoded one by one: an answer needs a few licences of a hundred, one use case, one accelerator."""

    def __init__(
        self, read: Callable[[list[int]], Any], positions: dict[str, list[int]], make: Callable[[Any], T]
    ) -> None:
        self._read = read
        self._positions = positions
        self._make = make
        self._known: dict[str, T] = {}

    def __getitem__(self, key: str) -> T:
        if key not in self._known:
            self._known[key] = self._make(self._read(self._positions[key]))
        return self._known[key]

    def __contains__(self, key: object) -> bool:
        return key in self._positions

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)


class Catalog:
    """A compiled catalog that is open for reading. Values are decoded on first use and kept."""

    def __init__(self, path: str) -> None:
        """Open the file at `path`. CatalogError: `catalog-missing`, `catalog-corrupt`, `catalog-format`."""
        try:
            file = open(path, "rb")  # noqa: SIM115, PTH123 - stays open; pathlib costs start-up
        except OSError as error:
            raise CatalogError(
                "catalog-missing", f"{path}: {error.strerror}", hint="pip install --force-reinstall osllm"
            ) from None
        self._open(path, file)

    @classmethod
    def from_bytes(cls, data: bytes, path: str = "") -> Catalog:
        """A compiled catalog that is no file; `path` is what it calls itself in messages."""
        from io import BytesIO

        catalog = cls.__new__(cls)
        catalog._open(path, BytesIO(data))  # noqa: SLF001 - its own
        return catalog

    def _open(self, path: str, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        head = self._file.readline()
        self._start = len(head)
        self._cache: dict[str, Any] = {}
        try:
            directory = json.loads(head)
            self.format: int = directory["format"]
            self.version: str = directory["version"]
            self.sha256: str = directory["sha256"]
            self.model_count: int = directory["models"]
            self._sections: dict[str, list[int]] = directory["sections"]
        except (ValueError, KeyError, TypeError):
            self._file.close()
            raise CatalogError("catalog-corrupt", f"{path}: unreadable directory line") from None
        if self.format != records.FORMAT:
            self._file.close()
            raise CatalogError("catalog-format", f"{path}: format {self.format}, this osllm reads {records.FORMAT}")

    def sound(self) -> bool:
        """Whether everything behind the directory line is as it was written."""
        from hashlib import sha256

        self._file.seek(self._start)
        return sha256(self._file.read()).hexdigest() == self.sha256

    def size(self) -> int:
        """Bytes of the whole file."""
        return self._file.seek(0, 2)

    def close(self) -> None:
        """Close the file; decoded values stay usable."""
        self._file.close()

    def __del__(self) -> None:
        # Answers open catalogs and let go of them; the file goes with the last one who reads it.
        if hasattr(self, "_file"):
            self._file.close()

    def _read(self, position: list[int]) -> Any:  # noqa: ANN401 - plain JSON
        self._file.seek(self._start + position[0])
        try:
            return json.loads(self._file.read(position[1]))
        except ValueError:
            raise CatalogError("catalog-corrupt", f"{self.path}: unreadable at {position[0]}") from None

    def section(self, name: str) -> Any:  # noqa: ANN401
        """One decoded section; CatalogError (`catalog-corrupt`) if the file has none of that name."""
        if name not in self._cache:
            position = self._sections.get(name)
            if position is None:
                raise CatalogError("catalog-corrupt", f"{self.path}: no section {name!r}")
            self._cache[name] = self._read(position)
        return self._cache[name]

    def has(self, name: str) -> bool:
        """Whether the file has a section."""
        return name in self._sections

    def record(self, kind: str, key: str) -> Any:  # noqa: ANN401
        """One decoded record of a kind; KeyError if there is none."""
        return self._read(self.section(f"directory/{kind}")[key])

    def index(self) -> list[IndexRow]:
        """Every model's gating facts, in id order."""
        if "*index" not in self._cache:
            self._cache["*index"] = unpack(self.section("index"))
        rows: list[IndexRow] = self._cache["*index"]
        return rows

    def row(self, model_id: str) -> IndexRow:
        """One model's index row; KeyError if there is none."""
        if "*rows" not in self._cache:
            self._cache["*rows"] = {row.id: row for row in self.index()}
        row: IndexRow = self._cache["*rows"][model_id]
        return row

    def model_ids(self) -> list[str]:
        """All ids, sorted."""
        return [row.id for row in self.index()]

    def model(self, model_id: str) -> Model:
        """One model; KeyError if there is none."""
        key = f"*model/{model_id}"
        if key not in self._cache:
            self._cache[key] = records.model_from_json(self.record("model", model_id))
        model: Model = self._cache[key]
        return model

    def footprint(self, model_id: str) -> Footprint:
        """What memory and speed need of one model; KeyError for listed-only models."""
        from osllm.estimate.footprint import from_json

        position = self.section("directory/footprint")[model_id]
        key = f"*footprint/{position[0]}"  # models of one shape share one footprint
        if key not in self._cache:
            self._cache[key] = from_json(self._read(position))
        footprint: Footprint = self._cache[key]
        return footprint

    def _mapping(self, name: str, make: Any) -> dict[str, Any]:  # noqa: ANN401
        key = f"*{name}"
        if key not in self._cache:
            self._cache[key] = {k: make(v) for k, v in self.section(name).items()}
        mapping: dict[str, Any] = self._cache[key]
        return mapping

    def shelf(self, kind: str, make: Callable[[Any], T] = _as_it_is) -> Shelf[T]:
        """The records of a kind by key, each decoded when it is taken down."""
        key = f"*shelf/{kind}"
        if key not in self._cache:
            self._cache[key] = Shelf(self._read, self.section(f"directory/{kind}"), make)
        shelf: Shelf[T] = self._cache[key]
        return shelf

    def gpus(self) -> Mapping[str, Gpu]:
        """Accelerators by key."""
        return self.shelf("gpu", records.gpu_from_json)

    def gpu(self, key: str) -> Gpu:
        """One accelerator; KeyError if there is none."""
        return self.gpus()[key]

    def cpus(self) -> dict[str, dict[str, Any]]:
        """Memory bandwidth of typical processors by key."""
        cpus: dict[str, dict[str, Any]] = self.section("cpus")
        return cpus

    def clouds(self) -> list[dict[str, Any]]:
        """Cloud instances with accelerators."""
        clouds: list[dict[str, Any]] = self.section("clouds")
        return clouds

    def benchmarks(self) -> dict[str, dict[str, Any]]:
        """Benchmark versions by key."""
        benchmarks: dict[str, dict[str, Any]] = self.section("benchmarks")
        return benchmarks

    def formats(self) -> dict[str, QuantizationFormat]:
        """Weight formats by key."""
        return self._mapping("formats", records.format_from_json)

    def use_cases(self) -> Mapping[str, UseCase]:
        """Use cases by key."""
        return self.shelf("use_case", records.use_case_from_json)

    def quality(self, use_case: str) -> dict[str, Quality]:
        """Quality of every measured model for one use case; empty if nothing was measured."""
        name = f"quality/{use_case}"
        if f"*{name}" not in self._cache:
            columns = self.section(name) if self.has(name) else [[]] * 6
            self._cache[f"*{name}"] = records.qualities_from_json(columns, partial(self.section, "settings"))
        values: dict[str, Quality] = self._cache[f"*{name}"]
        return values

    def license_bindings(self) -> list[LicenseBinding]:
        """The distinct licence bindings; index rows hold their numbers."""
        if "*bindings" not in self._cache:
            self._cache["*bindings"] = [records.binding_from_json(b) for b in self.section("bindings")]
        bindings: list[LicenseBinding] = self._cache["*bindings"]
        return bindings

    def lean_licenses(self) -> Mapping[str, dict[str, Any]]:
        """Licence records without prose, by key: enough for every verdict, in a quarter of the bytes."""
        return self.shelf("license/lean")

    def unsaid_verdicts(self) -> list[list[str]]:
        """By binding number the licence verdict where nothing is said about the use: on a text model, on a multimodal one."""
        verdicts: list[list[str]] = self.section("verdicts")
        return verdicts

    def licenses(self) -> Mapping[str, dict[str, Any]]:
        """Licence records by key."""
        return self.shelf("license")

    def engines(self) -> Mapping[str, dict[str, Any]]:
        """Engine records by key."""
        return self.shelf("engine")

    def tokenizers(self) -> dict[str, dict[str, Any]]:
        """Tokenizer families by key."""
        tokenizers: dict[str, dict[str, Any]] = self.section("tokenizers")
        return tokenizers

    def embeddings(self) -> list[dict[str, Any]]:
        """Embedding models and rerankers."""
        embeddings: list[dict[str, Any]] = self.section("embeddings")
        return embeddings

    def provenance(self, model_id: str) -> dict[str, Any]:
        """Sources, notes and prose of one model: `show` reads them, ranking never does."""
        provenance: dict[str, Any] = self.record("provenance", model_id)
        return provenance

    def evidence(self, model_id: str) -> list[dict[str, Any]]:
        """Published measurements of one model; empty if there are none."""
        if model_id not in self.section("directory/evidence"):
            return []
        return records.evidence_from_json(self.record("evidence", model_id), self.section("evidence-settings"))

    def skills(self, model_id: str) -> dict[str, list[Any]]:
        """Skill -> value, low, high, grade of one model; empty if nothing was measured."""
        known = model_id in self.section("directory/skills")
        skills: dict[str, list[Any]] = self.record("skills", model_id) if known else {}
        return skills


def open_catalog(path: str) -> Catalog:
    """Open a compiled catalog file."""
    return Catalog(path)
