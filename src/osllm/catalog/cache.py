"""Compiled catalogs in the user's cache: found by what they were made from, written whole or not at all.

A source checkout and every combination of overlays is compiled once. The cache is a convenience: a folder that cannot
be written, or a file that is broken, costs time and nothing else.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from osllm.catalog.store import Catalog
from osllm.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

KEPT: Final = 6  # compiled catalogs, of a few megabytes each
_READ: Final = (".yaml", ".yml", ".py")


def signature(roots: Iterable[str], salt: str = "") -> str:
    """A key for the contents of some folders or files: the names, sizes and times of change of their YAML and Python files.

    Reading half a thousand files to hash them takes longer than the rest of an answer; a change that leaves both size and
    time (in nanoseconds) as they were is not noticed. CatalogError (`catalog-unreadable`) for a folder that cannot be read.
    """
    from hashlib import sha256

    digest = sha256(salt.encode())
    for root in roots:
        digest.update(b"\0\0")
        for name, size, changed in sorted(_files(root)):
            digest.update(f"{name}\0{size}\0{changed}\0".encode(errors="surrogateescape"))
    return digest.hexdigest()[:32]


def _files(root: str) -> Iterator[tuple[str, int, int]]:
    if os.path.isfile(root):  # noqa: PTH113
        facts = os.stat(root)  # noqa: PTH116
        yield "", facts.st_size, facts.st_mtime_ns
        return
    folders = [root]
    while folders:
        try:
            with os.scandir(folders.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                    elif entry.name.endswith(_READ):
                        facts = entry.stat()
                        yield entry.path[len(root) :], facts.st_size, facts.st_mtime_ns
        except OSError as error:
            raise CatalogError("catalog-unreadable", f"{error.filename or root}: {error.strerror}") from None


def folder(env: Mapping[str, str]) -> str:
    """Where compiled catalogs are kept: OSLLM_CACHE_DIR, else the platform's cache folder of the user."""
    named = env.get("OSLLM_CACHE_DIR")
    if named:
        return named
    from platformdirs import user_cache_dir

    return user_cache_dir("osllm", appauthor=False)


def cached(key: str, make: Callable[[], bytes], env: Mapping[str, str]) -> Catalog:
    """The compiled catalog of a key, made and kept when the cache has none that is sound."""
    path = os.path.join(folder(env), f"catalog-{key}.jsonl")  # noqa: PTH118 - pathlib costs start-up
    try:
        catalog = Catalog(path)
        if catalog.sound():
            return catalog
        catalog.close()
    except CatalogError:
        pass
    data = make()
    if not _write(path, data):
        return Catalog.from_bytes(data, path)
    _prune(os.path.dirname(path), path)  # noqa: PTH120
    return Catalog(path)


def _prune(place: str, newest: str) -> None:
    """Remove the compiled catalogs that were made longest ago, but for a few: every change of a file makes another one."""
    try:
        with os.scandir(place) as entries:
            ours = [e for e in entries if e.name.startswith("catalog-") and e.name.endswith(".jsonl")]
            ours.sort(key=lambda e: e.stat().st_mtime_ns, reverse=True)
    except OSError:
        return
    for entry in ours[KEPT:]:
        if entry.path != newest:
            _remove(entry.path)


def _write(path: str, data: bytes) -> bool:
    """Put a file in its place in one step; False where that is not possible."""
    import tempfile

    place = os.path.dirname(path)  # noqa: PTH120
    temporary = ""
    try:
        os.makedirs(place, exist_ok=True)  # noqa: PTH103
        handle, temporary = tempfile.mkstemp(dir=place, suffix=".tmp")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(temporary, path)  # noqa: PTH105
    except OSError:
        if temporary:
            _remove(temporary)
        return False
    return True


def _remove(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        return
