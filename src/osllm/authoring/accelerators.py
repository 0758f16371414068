"""Accelerator files to domain values, and the names that people and drivers use for them.

A chip that is sold with several memory sizes or core counts is one entry; `options` says which, and
`osllm.hardware.variants` applies them to what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from osllm.catalog.names import normalise
from osllm.domain.hardware import Gpu
from osllm.domain.units import GIB, MIB

OPTIONS: Final = ("memory_options_gb", "core_options")


def gpu(entry: Mapping[str, Any]) -> Gpu:
    """One accelerator. Its memory is what the driver reports where that was seen, else the marketing size, meant as GiB."""
    plain = {name: entry.get(name) for name in Gpu._fields}
    plain["memory_bytes"] = entry["memory_mib"] * MIB if entry.get("memory_mib") else entry["memory_gb"] * GIB
    plain["supports"] = tuple(entry.get("supports") or ())
    plain["unified"] = bool(entry.get("unified"))
    return Gpu(**plain)  # type: ignore[arg-type]


def options(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The memory sizes and core counts that a chip is sold with; empty where there is one only."""
    return {name: entry[name] for name in OPTIONS if entry.get(name)}


def names(entries: Iterable[Mapping[str, Any]]) -> dict[str, str | list[str]]:
    """Normalised name -> key, or several keys where a name fits several and no entry is the default for it."""
    own: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for entry in entries:
        own |= {normalise(name): entry["key"] for name in (entry["key"], *(entry.get("default_for") or ()))}
        for name in (entry["name"], *(entry.get("aliases") or ())):
            keys = found.setdefault(normalise(name), [])
            if entry["key"] not in keys:
                keys.append(entry["key"])
    shared = {name: keys[0] if len(keys) == 1 else sorted(keys) for name, keys in found.items()}
    return dict(sorted((shared | own).items()))
