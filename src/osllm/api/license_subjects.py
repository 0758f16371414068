"""Which models a licence check asks about: named, locked, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.domain.model import LicenseBinding
from osllm.errors import RequestError, UnknownNameError
from osllm.licensing.words import say
from osllm.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from osllm.catalog.index import IndexRow
    from osllm.catalog.store import Catalog
    from osllm.licensing.lockfile import Locked

NOT_KNOWN: Final = LicenseBinding((), "not_seen")  # of a model that the catalog does not have


class Subject(NamedTuple):
    """One model that a check asks about."""

    model: str  # id, or the hub id of a model that the catalog does not know
    name: str | None = None
    hub_id: str | None = None
    binding: LicenseBinding = NOT_KNOWN
    modalities: tuple[str, ...] = ()
    revision: str | None = None
    date: str | None = None  # of the revision
    hashes: Mapping[str, str] = {}  # licence file -> sha256
    place: tuple[str, int] | None = None  # file and line that name it


def gather(
    catalog: Catalog, models: Sequence[str], options: Mapping[str, Any], lang: str
) -> tuple[list[Subject], list[str]]:
    """Return the models that a check asks about, and notices about names of which one of several was meant.

    Exactly one of `models`, the option `lock` and the option `all` must be given: RequestError `no-models` otherwise.
    """
    lock = options.get("lock")
    if sum(map(bool, (models, lock, options.get("all")))) != 1:
        raise RequestError("no-models", say("check.which-models", lang), hint="osllm license check qwen2.5-7b")
    if options.get("all"):
        bindings = catalog.license_bindings()
        return [_of_row(row, bindings) for row in catalog.index()], []
    notices: list[str] = []
    if not lock:
        return [_named(catalog, name, notices, lang) for name in dict.fromkeys(models)], notices
    from osllm.api.license_files import read_lock

    return [_locked(catalog, entry, lock, notices, lang) for entry in read_lock(lock, lang)], notices


def _locked(catalog: Catalog, entry: Locked, path: str, notices: list[str], lang: str) -> Subject:
    try:
        subject = _named(catalog, entry.name, notices, lang)
    except UnknownNameError as error:
        message = f"{path}:{entry.line or 1}: {error.message}"
        raise UnknownNameError(error.code, message, hint=error.hint, candidates=error.candidates) from None
    return subject._replace(
        modalities=entry.modalities or subject.modalities,
        revision=entry.revision,
        date=entry.date,
        hashes=entry.hashes,
        place=(path, entry.line or 1),
    )


def _named(catalog: Catalog, name: str, notices: list[str], lang: str) -> Subject:
    """Return a model by name; one that is a well-formed ORG/NAME may be unknown to the catalog."""
    from osllm.catalog.names import resolve_model

    try:
        model_id, notice = resolve_model(catalog, name, lang)
    except UnknownNameError:
        hub_id = hub_name(name)
        if hub_id is None:
            raise
        return Subject(hub_id, None, hub_id)
    if notice:
        notices.append(notice)
    return _of_row(catalog.row(model_id), catalog.license_bindings())


def _of_row(row: IndexRow, bindings: Sequence[LicenseBinding]) -> Subject:
    return Subject(row.id, row.name, row.hub_id, bindings[row.license], tuple(row.modalities))


def hub_name(name: str) -> str | None:
    """Return the ORG/NAME in what people paste (an address, `hf.co/ORG/NAME:QUANT`), None where there is none."""
    import re

    bare = re.sub(r"^(https?://)?(www\.)?(huggingface\.co|hf\.co)/", "", name.strip(), flags=re.IGNORECASE)
    part = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
    found = re.match(rf"({part}/{part})(?:@[\w./-]+|:[\w.-]+|/(?:tree|blob|resolve)/.*|/)?\Z", bare)
    return found[1] if found else None
