"""Catalog folders to compiled bytes: the whole catalog, or a user's folders over the catalog that osllm carries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from osllm.authoring import compile as compiler
from osllm.authoring import files, lint
from osllm.authoring.expand import Entry
from osllm.authoring.files import Files
from osllm.authoring.lint.world import Known
from osllm.authoring.namebook import own_names
from osllm.authoring.yamlio import Document, Problem, YamlError, load
from osllm.catalog.names import normalise
from osllm.catalog.store import Catalog
from osllm.domain.model import Model
from osllm.errors import CatalogError
from osllm.i18n import text


def compile_folder(folder: str, lang: str = "en") -> bytes:
    """Compile a complete catalog. CatalogError (`catalog-invalid`) with every problem."""
    read = files.read(Path(folder))
    refuse(lint.check(read), lang)
    return compiler.compile_files(read)


def compile_over(base: Catalog, folders: Sequence[str], lang: str = "en") -> bytes:
    """Lay folders over a compiled catalog by id, each over those before it.

    Raises CatalogError: `catalog-invalid` with every problem of all of them, `catalog-missing` for one that is no folder.
    """
    whole = compiler.unpack(base)
    known = known_of(whole)
    overlays = [read_path(folder, lang) for folder in folders]
    refuse([problem for overlay in overlays for problem in lint.check(overlay, known)], lang)
    below = {key: Entry(key, dict(facts), Document("", {}, {}), 0) for key, facts in known.models.items()}
    formats = [key for key, value in whole.formats.items() if value.engines]
    for overlay in overlays:
        whole = whole.under(compiler.parts(overlay, below, formats))
    return compiler.pack(whole)


def read_path(path: str, lang: str = "en") -> Files:
    """Parse a catalog folder, or one file of one. CatalogError (`catalog-missing`) for what is neither."""
    place = Path(path)
    if place.is_dir():
        return files.read(place, f"{path.rstrip('/')}/")
    if not place.is_file():
        raise CatalogError("catalog-missing", text("lint.no-such-path", lang, path=path))
    whole = place.absolute().parts
    kind = next((k for n in range(3, 0, -1) if (k := files.kind_of(Path(*whole[-n:]))) is not None), None)
    if kind is None:
        return Files({}, [Problem(path, 1, "", "unknown-file")])
    try:
        return Files({kind: [load(place, path)]}, [])
    except YamlError as error:
        return Files({}, error.problems)


def known_of(parts: compiler.Parts) -> Known:
    """What the files of an overlay may name of the catalog under it."""
    return Known(
        models={key: _facts(model, parts.provenance[key].get("architecture")) for key, model in parts.models.items()},
        names={normalise(name): model.id for model in parts.models.values() for _, name in own_names(model)},
        licenses=frozenset(parts.licenses),
        gpus=frozenset(parts.gpus),
        engines=frozenset(parts.engines),
        formats=frozenset(parts.formats),
        tokenizers=frozenset(parts.tokenizers),
        benchmarks=parts.benchmarks,
    )


def _facts(model: Model, shape: object) -> dict[str, object]:
    return {
        "hub_id": model.hub_id,
        "released": model.released,
        "superseded_by": model.superseded_by,
        "architecture": shape,
    }


def refuse(problems: Iterable[Problem], lang: str = "en") -> None:
    """Raise CatalogError (`catalog-invalid`) where there are problems."""
    lines = [problem.line_text(lang) for problem in problems]
    if lines:
        raise CatalogError("catalog-invalid", text("lint.invalid", lang, count=len(lines)), problems=lines)
