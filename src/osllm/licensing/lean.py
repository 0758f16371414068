"""A licence without its prose: all that decides a verdict, in a quarter of the bytes.

Ranking reads every licence of the catalog; only what is shown in the end needs paraphrases.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

_PROSE: Final = frozenset(
    {
        "n",
        "text",
        "scope",
        "measured",
        "exempt",
        "effect",
        "notice",
        "display",
        "prefix",
        "termination",
        "governing_law",
        "applies_to_derivatives",
        "acceptable_use_policy",
        "notes",
        "source",
        "spdx_id",
        "name",
        "version",
        "date",
        "text_url",
        "owner",
        "hf_tag",
        "collected",
        "revocable",
        "modify",
        "sublicense",
    }
)


def lean(license_: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry without prose; `engine.check` gives the same verdict for it, with shorter texts."""
    return {name: _lean(value) for name, value in license_.items() if name not in _PROSE}


def _lean(value: Any) -> Any:  # noqa: ANN401 - walks plain data
    if isinstance(value, Mapping):
        return lean(value)
    if isinstance(value, list | tuple):
        return [_lean(one) for one in value]
    return value
