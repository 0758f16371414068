"""One module per kind of document: what of it a page shows, and in which order.

A view is `view(document, words, verbose, columns)` and yields blocks; `KEYS` are the top-level keys that it has seen
to. What a newer document holds beside them is shown key by key at the end, so that nothing is hidden.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from osllm.render.rows import name_of
from osllm.render.views.generic import generic
from osllm.render.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.blocks import Block

# Document -> (module, function).
VIEWS: Final = {
    "recommendation": ("recommendation", "recommendation"),
    "explanation": ("explanation", "explanation"),
    "comparison": ("comparison", "comparison"),
    "estimate": ("estimate", "estimate"),
    "quants": ("quants", "quants"),
    "models": ("models", "models"),
    "model": ("model", "model"),
    "license-check": ("license_check", "license_check"),
    "license": ("license", "license_page"),
    "licenses": ("license", "licenses"),
    "license-diff": ("license", "license_diff"),
    "policy-template": ("files", "policy_template"),
    "policy-check": ("files", "policy_check"),
    "serve": ("serve", "serve"),
    "gpu": ("gpus", "gpu"),
    "gpus": ("gpus", "gpus"),
    "use-cases": ("use_cases", "use_cases"),
    "catalog-stats": ("catalog", "stats"),
    "catalog-validation": ("catalog", "validation"),
    "catalog-path": ("catalog", "place"),
    "config": ("config", "config"),
    "version": ("config", "version"),
    "schemas": ("config", "schemas"),
}
_ALWAYS: Final = frozenset(("schema", "catalog"))


def page(document: dict[str, Any], lang: str, *, verbose: bool = False, columns: int = 80) -> Iterator[Block]:
    """Yield the blocks of a document."""
    words = Words(lang)
    known = VIEWS.get(name_of(document))
    if known is None:
        yield from generic({key: value for key, value in document.items() if key not in _ALWAYS}, words)
        return
    module = import_module(f"{__name__}.{known[0]}")
    yield from getattr(module, known[1])(document, words, verbose=verbose, columns=columns)
    seen = _ALWAYS | module.KEYS
    yield from generic({k: v for k, v in document.items() if k not in seen and v not in (None, [], {})}, words)
