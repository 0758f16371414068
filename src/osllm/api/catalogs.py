"""Opening the catalog, and what `osllm catalog validate|stats|path` answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

from osllm.catalog.store import COMPILED_NAME, Catalog
from osllm.errors import CatalogError
from osllm.i18n import pick_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from osllm.api.result import Result

# Packages whose code decides what is compiled from the same files.
_MAKERS: Final = ("authoring", "catalog", "domain", "estimate", "licensing", "quality")
NAMED_BY: Final = "OSLLM_CATALOG_FILE"
_HOME: Final = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib costs start-up


def shipped_file() -> str:
    """Where an installed osllm has its compiled catalog. OSLLM_CATALOG_FILE names another one to read in its place."""
    return os.environ.get(NAMED_BY) or os.path.join(_HOME, "_data", COMPILED_NAME)  # noqa: PTH118


def source_folder() -> str | None:
    """The catalog's YAML in a source checkout; None where osllm is installed."""
    folder = os.path.join(os.path.dirname(os.path.dirname(_HOME)), "catalog")  # noqa: PTH118, PTH120
    return folder if os.path.isdir(os.path.join(folder, "models")) else None  # noqa: PTH112, PTH118


def load_catalog(overlays: Sequence[str] = ()) -> Catalog:
    """Open the catalog with overlays laid over it by id, the last one on top.

    An installed osllm reads the compiled catalog of its wheel. A checkout compiles its YAML once into the user's cache, and
    so does every combination of overlays. Raises CatalogError: `catalog-missing`, `catalog-corrupt`,
    `catalog-unreadable`, or `catalog-invalid` with every problem of the files.
    """
    base = _base()
    if not overlays:
        return base
    from osllm.catalog.cache import cached, signature

    def laid_over() -> bytes:
        from osllm.authoring.overlay import compile_over

        return compile_over(base, overlays, pick_language(os.environ))

    return cached(signature(overlays, base.sha256 + _code()), laid_over, os.environ)


def _base() -> Catalog:
    shipped = shipped_file()
    if os.environ.get(NAMED_BY) or os.path.exists(shipped):  # noqa: PTH110
        return Catalog(shipped)
    folder = source_folder()
    if folder is None:
        raise CatalogError("catalog-missing", f"{shipped}: not there", hint="pip install --force-reinstall osllm")
    from osllm.catalog.cache import cached, signature

    def compiled() -> bytes:
        from osllm.authoring.overlay import compile_folder

        return compile_folder(folder, pick_language(os.environ))

    return cached(signature([folder], _code()), compiled, os.environ)


def _code() -> str:
    from osllm.catalog.cache import signature

    return signature(os.path.join(_HOME, name) for name in _MAKERS)  # noqa: PTH118


def catalog_validate(paths: Sequence[str], options: Mapping[str, Any]) -> Result:
    """Check catalog files: `osllm/catalog-validation@1` with every problem; exit code DATA where there are any.

    Without a path a checkout checks its own catalog. A folder or a file of one is checked over the catalog that osllm
    carries, whose entries it may name. CatalogError (`catalog-missing`) for a path that is not there.
    """
    from osllm.api.result import Result
    from osllm.api.values import many
    from osllm.exitcodes import ExitCode

    lang = options.get("lang") or pick_language(os.environ)
    own = source_folder()
    named = [*paths, *many(options.get("catalog"))] or ([own] if own else [])
    problems = [problem for path in named for problem in _problems(path, own, lang)]
    document = {
        "schema": "osllm/catalog-validation@1",
        "valid": not problems,
        "checked": named or [shipped_file()],
        "problems": [
            {"file": p.file, "line": p.line, "field": p.field or None, "code": p.code, "text": p.text(lang)}
            for p in problems
        ],
    }
    if not named:
        document["valid"] = Catalog(shipped_file()).sound()
    return Result(document, ExitCode.OK if document["valid"] else ExitCode.DATA)


def _problems(path: str, own: str | None, lang: str) -> list[Any]:
    from pathlib import Path

    from osllm.authoring import compile as compiler
    from osllm.authoring import files, lint
    from osllm.authoring.overlay import known_of, read_path

    if own is not None and os.path.realpath(path) == os.path.realpath(own):
        return lint.check(files.read(Path(own), "catalog/"))
    read = read_path(path, lang)
    return lint.check(read, known_of(compiler.unpack(_base())))


def catalog_stats(catalog: Catalog, options: Mapping[str, Any]) -> Result:  # noqa: ARG001 - every command takes options
    """Count what the catalog holds: `osllm/catalog-stats@1`."""
    from osllm.api.documents import catalog_stamp
    from osllm.api.result import Result

    rows = catalog.index()
    stats = {
        "models": len(rows),
        "recommendable": sum(row.recommendable for row in rows),
        "superseded": sum(row.superseded_by is not None for row in rows),
        "families": len({row.family for row in rows}),
        "developers": len({row.developer for row in rows}),
        "measured": len(catalog.section("directory/evidence")),
        "shapes": len({tuple(position) for position in catalog.section("directory/footprint").values()}),
        "kinds": _counts(row.kind for row in rows),
        "origins": _counts(row.origin or "unknown" for row in rows),
        "licenses": len(catalog.lean_licenses()),
        "formats": len(catalog.formats()),
        "engines": len(catalog.engines()),
        "gpus": len(catalog.gpus()),
        "cloud_instances": len(catalog.clouds()),
        "use_cases": len(catalog.use_cases()),
        "benchmarks": len(catalog.benchmarks()),
        "tables": len(catalog.section("tables")),
        "tokenizers": len(catalog.tokenizers()),
        "embeddings": len(catalog.embeddings()),
        "bytes": catalog.size(),
    }
    return Result({"schema": "osllm/catalog-stats@1", "catalog": catalog_stamp(catalog), "stats": stats})


def _counts(words: Any) -> dict[str, int]:  # noqa: ANN401 - any iterable of words
    from collections import Counter

    return dict(sorted(Counter(words).items(), key=lambda item: (-item[1], item[0])))


def catalog_path(catalog: Catalog, options: Mapping[str, Any]) -> Result:  # noqa: ARG001 - every command takes options
    """Say which compiled catalog is read and what it was made from: `osllm/catalog-path@1`."""
    from osllm.api.documents import catalog_stamp
    from osllm.api.result import Result

    shipped = os.path.exists(shipped_file())  # noqa: PTH110
    return Result(
        {
            "schema": "osllm/catalog-path@1",
            "catalog": catalog_stamp(catalog),
            "path": catalog.path,
            "source": shipped_file() if shipped else source_folder(),
        }
    )
