"""The NOTICE file: whose published results the catalog quotes, by the licence of their data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from osllm.authoring.yamlio import load

ROOT: Final = Path(__file__).resolve().parent.parent
HEAD: Final = """\
osllm
Copyright 2026 the osllm authors

The code is licensed under the Apache License 2.0 (LICENSE), the data under CC BY 4.0 (LICENSE-DATA).

Published results
-----------------
The catalog quotes results that others measured and published (catalog/evidence/*.yaml names file, commit and date of each).
Values were copied as they stand, closed models and unlisted ones were left out, and osllm's own ratings are computed from
them; that is a change in the sense of the licences below, and no author of a table endorses it.
"""
TAIL: Final = """\
Facts about models, accelerators, engines and licences
------------------------------------------------------
Each file of the catalog names its sources. Licence terms are paraphrased in osllm's own words with the clause; the binding
text is the licensor's. Names of models and products are trademarks of their owners.
"""
UNSAID: Final = "No licence stated for the figures where they were read; only figures were taken"
# How a table's `license` begins -> the heading it stands under; the first that fits.
GROUPS: Final = (
    ("CC BY 4.0", "CC BY 4.0"),
    ("CC-BY-4.0", "CC BY 4.0"),
    ("Apache-2.0", "Apache-2.0"),
    ("MIT", "MIT"),
    ("LFM Open License v1.0", "LFM Open License v1.0"),
)


def notice(folder: Path = ROOT / "catalog" / "evidence") -> str:
    """The whole file."""
    groups: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for path in sorted(folder.glob("*.yaml")):
        table = load(path).data
        groups[group(str(table["license"]))].add(
            (str(table.get("attribution") or table["evaluated_by"]), place(table["source"]))
        )
    parts = [HEAD]
    for name in sorted(groups, key=lambda n: (n == UNSAID, n)):
        lines = [f"  - {who}\n    {where}" for who, where in sorted(groups[name], key=lambda e: (e[1].lower(), e[0]))]
        parts.append("\n".join([f"{name}:", *lines, ""]))
    return "\n".join([*parts, TAIL])


def group(license_text: str) -> str:
    """The heading that a table stands under."""
    if "not stated" in license_text and not license_text.startswith("MIT"):
        return UNSAID
    return next((name for start, name in GROUPS if license_text.startswith(start)), license_text)


def place(source: Mapping[str, Any]) -> str:
    """Where a table was read: the repository, not the file."""
    if "repo" in source:
        return f"https://github.com/{source['repo']}"
    return f"https://huggingface.co/{source['hub']}" if "hub" in source else str(source["url"])
