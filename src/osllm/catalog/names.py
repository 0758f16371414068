"""Names: from what people type to what the catalog calls it. Never a guess.

Every name is matched after NFKC, case folding and dropping spaces, hyphens and underscores, so `ＲＴＸ　４０９０`, `RTX 4090`
and `rtx4090` are one name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.errors import AmbiguousNameError, UnknownNameError
from osllm.i18n import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from osllm.catalog.store import Catalog

_DROPPED: Final = str.maketrans("", "", " -_\t\u3000")
SUFFIXES: Final = ("instruct", "chat", "it")  # what a short name may leave out
ENGINE_ALIASES: Final = {
    "llamaserver": "llama.cpp", "llamacpp": "llama.cpp", "llama": "llama.cpp", "gguf": "llama.cpp",
    "trtllm": "tensorrt-llm", "trtllmserve": "tensorrt-llm", "tensorrtllm": "tensorrt-llm",
    "textgenerationinference": "tgi", "hf": "transformers", "mlxlm": "mlx", "lms": "lmstudio",
}  # fmt: skip


def normalise(name: str) -> str:
    """The form in which names are compared."""
    if name.isascii():
        return name.lower().translate(_DROPPED)
    from unicodedata import normalize

    # Once more behind: letters and marks that stood apart may have come together.
    return normalize("NFKC", normalize("NFKC", name).casefold().translate(_DROPPED))


def unknown(kind: str, name: str, known: Iterable[str], lang: str = "en", hint: str | None = None) -> UnknownNameError:
    """The error for a name that nothing carries, with the nearest names. `kind` becomes the code `unknown-<kind>`."""
    return _unknown(kind, name, {normalise(candidate): candidate for candidate in known}, lang, hint)


def _unknown(kind: str, name: str, forms: Mapping[str, str], lang: str, hint: str | None = None) -> UnknownNameError:
    """The same from every name in its normal form with what it stands for."""
    from difflib import get_close_matches

    wanted = normalise(name)
    inside = sorted((f for f in forms if len(wanted) >= 3 and wanted in f), key=len)[:5]
    near = list(dict.fromkeys(forms[f] for f in (*get_close_matches(wanted, forms, 8, 0.6), *inside)))
    shown = name if len(name) <= 80 else name[:77] + "…"
    message = text(f"errors.unknown-{kind}", lang, name=shown)
    return UnknownNameError(f"unknown-{kind}", message, hint=hint, candidates=near[:5])


def resolve_model(catalog: Catalog, name: str, lang: str = "en") -> tuple[str, str | None]:
    """The id of the model that `name` means, and a notice when one of several was chosen.

    `name` may be an id, an alias, a hub id, an Ollama tag (also `hf.co/ORG/NAME:QUANT`) or a short name without
    `-instruct`, `-chat`, `-it`, date or version; the newest is meant then. Raises UnknownNameError or AmbiguousNameError.
    """
    names: dict[str, str | list[str | None]] = catalog.section("names")
    found = names.get(normalise(name)) or names.get(normalise(_from_hub(name)))
    if isinstance(found, str):
        return found, None
    if found is not None:
        return _newest(name, found, lang)
    meant = {form: one if isinstance(one, str) else next(filter(None, one)) for form, one in names.items()}
    raise _unknown("model", name, meant, lang, text("errors.hint-list-models", lang))


def _from_hub(name: str) -> str:
    """A hub id out of an address or an `hf.co/ORG/NAME:QUANT` tag."""
    for prefix in ("https://huggingface.co/", "huggingface.co/", "https://hf.co/", "hf.co/"):
        if name.lower().startswith(prefix):
            name = name[len(prefix) :]
    owner, slash, rest = name.partition("/")
    return f"{owner}/{rest.partition(':')[0].partition('/')[0]}" if slash else name


def _newest(name: str, found: list[str | None], lang: str) -> tuple[str, str]:
    """The first of several models, which the compiler put in order; `None` in front: nothing tells which is newest."""
    newest, *others = found
    if newest is None:
        message = text("errors.ambiguous-model", lang, name=name)
        raise AmbiguousNameError("ambiguous-model", message, candidates=[other for other in others if other])
    return newest, text("notes.name-newest", lang, name=name, id=newest, others=", ".join(map(str, others)))


def _resolve(kind: str, name: str, keys: Mapping[str, str], lang: str = "en") -> str:
    key = keys.get(normalise(name))
    if key is None:
        raise _unknown(kind, name, keys, lang)
    return key


def resolve_use_case(catalog: Catalog, name: str, lang: str = "en") -> str:
    """The key of a use case, by key, title or alias."""
    cases = catalog.use_cases()
    if name in cases:
        return name
    keys = {normalise(n): u.key for u in cases.values() for n in (u.key, *u.title.values(), *u.aliases)}
    if normalise(name) not in keys:
        raise _unknown("use-case", name, keys, lang, "osllm use-cases list")
    return keys[normalise(name)]


def resolve_engine(catalog: Catalog, name: str, lang: str = "en") -> str:
    """The key of an engine, by key, name or alias."""
    engines = catalog.engines()
    if name in engines:
        return name
    keys = {normalise(n): key for key, e in engines.items() for n in (key, e.get("name") or key, *e.get("aliases", ()))}
    for alias, key in ENGINE_ALIASES.items():
        if key in engines:
            keys.setdefault(alias, key)
    return _resolve("engine", name, keys, lang)


def resolve_format(catalog: Catalog, name: str, lang: str = "en") -> str:
    """The key of a weight format, by key or name."""
    formats = catalog.formats()
    if name in formats:
        return name
    return _resolve(
        "quantization", name, {normalise(n): f.key for f in formats.values() for n in (f.key, f.name)}, lang
    )


def resolve_license(catalog: Catalog, name: str, lang: str = "en") -> str:
    """The key of a licence, by key, SPDX id or name."""
    keys: dict[str, str] = {}
    for key, record in catalog.licenses().items():
        for other in (record.get("name"), record.get("spdx_id"), key):
            if other:
                keys[normalise(str(other))] = key
    return _resolve("license", name, keys, lang)


def resolve_gpu_name(catalog: Catalog, name: str) -> list[str]:
    """The keys of the accelerators that carry a name: none, one, or several variants."""
    names: dict[str, str | list[str]] = catalog.section("gpu_names")
    found = names.get(normalise(name))
    if found is None:
        return []
    return [found] if isinstance(found, str) else list(found)
