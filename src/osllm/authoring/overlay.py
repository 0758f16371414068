"""Catalog folders to compiled bytes: the whole catalog, or a user's folders over the catalog that osllm carries."""

from __future__ import annotations

from pathlib import Path

from osllm.authoring import files
from osllm.authoring.compile import compile_files


def compile_folder(folder: str) -> bytes:
    """Compile a complete catalog. CatalogError (`catalog-invalid`) with every problem."""
    return compile_files(files.read(Path(folder)))
