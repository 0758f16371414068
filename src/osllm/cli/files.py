"""Write the files of an answer where the user says, all or none of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from osllm.errors import RequestError
from osllm.i18n import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.cli.session import Session


def save(session: Session, path: str, content: str, *, force: bool) -> None:
    """Write one text file (UTF-8) and say so on stderr; errors as `save_all`."""
    folder, name = os.path.split(path)
    save_all(session, folder or ".", {name: content}, force=force)


def save_all(session: Session, folder: str, files: Mapping[str, str], *, force: bool) -> None:
    """Write `files` (relative path -> text) below `folder` and say so on stderr.

    RequestError: `no-files` when there is nothing to write, `bad-path` for a path that leaves the folder, `file-exists`
    when one is there and `force` is not set (nothing is written then), `cannot-write` when the system refuses.
    """
    lang = session.lang
    if not files:
        raise RequestError("no-files", text("errors.no-files", lang), hint=text("errors.no-files-hint", lang))
    root = os.path.realpath(folder)
    places = {name: os.path.realpath(os.path.join(root, name)) for name in files}  # noqa: PTH118
    for name, place in places.items():
        if place == root or os.path.commonpath((root, place)) != root:
            raise RequestError("bad-path", text("errors.bad-path", lang, path=name))
        if os.path.lexists(place) and not force:
            hint = text("errors.file-exists-hint", lang)
            raise RequestError("file-exists", text("errors.file-exists", lang, path=place), hint=hint)
    _write_all({places[name]: content for name, content in files.items()}, lang)
    for name in files:
        session.note(text("cli.wrote", lang, path=os.path.join(folder, name)))  # noqa: PTH118


def _write_all(contents: Mapping[str, str], lang: str) -> None:
    """Write every file beside its place first, then put all of them in place: a full disk leaves nothing half done."""
    import tempfile

    waiting: dict[str, str] = {}  # where a file is for now -> its place
    place = ""
    try:
        for place, content in contents.items():
            os.makedirs(os.path.dirname(place), exist_ok=True)  # noqa: PTH103, PTH120
            handle, waits = tempfile.mkstemp(dir=os.path.dirname(place), suffix=".tmp")  # noqa: PTH120
            waiting[waits] = place
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(content)
            os.chmod(waits, 0o666 & ~_umask())  # noqa: PTH101 - mkstemp keeps files private
        for waits, place in waiting.items():
            os.replace(waits, place)  # noqa: PTH105
    except OSError as error:
        for waits in waiting:
            if os.path.exists(waits):  # noqa: PTH110
                os.unlink(waits)  # noqa: PTH108
        message = text("errors.cannot-write", lang, path=place, why=error.strerror)
        raise RequestError("cannot-write", message) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
