"""Which open-weight LLM to run, for this use, on this hardware, under this licence.

    import osllm

    answer = osllm.recommend(use_case="ja-chat", gpu="rtx4090", context=8192)
    answer.to_dict()["recommendations"][0]["model"]["id"]

The functions are those of `osllm.api`, one per command; nothing is imported before it is used.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from osllm._version import __version__

if TYPE_CHECKING:
    from osllm.api import (
        check_license,
        compare,
        estimate,
        explain,
        list_models,
        load_catalog,
        quants,
        recommend,
        serve,
        show_model,
    )
    from osllm.errors import (
        AmbiguousNameError,
        CatalogError,
        ConfigError,
        OsllmError,
        RequestError,
        ServiceError,
        UnknownNameError,
    )

__all__ = [
    "AmbiguousNameError",
    "CatalogError",
    "ConfigError",
    "OsllmError",
    "RequestError",
    "ServiceError",
    "UnknownNameError",
    "__version__",
    "check_license",
    "compare",
    "estimate",
    "explain",
    "list_models",
    "load_catalog",
    "quants",
    "recommend",
    "serve",
    "show_model",
]

_HOME: Final = {name: "osllm.errors" if name.endswith("Error") else "osllm.api" for name in __all__}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    if name not in _HOME:
        raise AttributeError(f"module 'osllm' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)


class _Package(ModuleType):
    """Keeps `osllm.estimate` and `osllm.serve` the functions, also once the packages of these names are imported."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in _HOME or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
