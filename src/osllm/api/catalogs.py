"""Opening the catalog, and what `osllm catalog validate|stats|path` answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from osllm.catalog.store import COMPILED_NAME, Catalog
from osllm.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Sequence

# Packages whose code decides what is compiled from the same files.
_MAKERS: Final = ("authoring", "catalog", "domain", "estimate", "licensing", "quality")
_HOME: Final = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - pathlib costs start-up


def shipped_file() -> str:
    """Where an installed osllm has its compiled catalog."""
    return os.path.join(_HOME, "_data", COMPILED_NAME)  # noqa: PTH118


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

        return compile_over(base, overlays)

    return cached(signature(overlays, base.sha256 + _code()), laid_over, os.environ)


def _base() -> Catalog:
    shipped = shipped_file()
    if os.path.exists(shipped):  # noqa: PTH110
        return Catalog(shipped)
    folder = source_folder()
    if folder is None:
        raise CatalogError("catalog-missing", f"{shipped}: not there", hint="pip install --force-reinstall osllm")
    from osllm.catalog.cache import cached, signature

    def compiled() -> bytes:
        from osllm.authoring.overlay import compile_folder

        return compile_folder(folder)

    return cached(signature([folder], _code()), compiled, os.environ)


def _code() -> str:
    from osllm.catalog.cache import signature

    return signature(os.path.join(_HOME, name) for name in _MAKERS)  # noqa: PTH118
