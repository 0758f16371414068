"""Models that work beside the language model: for retrieval an embedding model and a reranker.

They are chosen once per request, by one published benchmark of the language, among those whose licence does not withhold the
use and whose weights take a small part of the memory. What they take is kept free when language models are planned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.domain.model import LicenseBinding
from osllm.domain.verdict import Companion
from osllm.licensing.engine import check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from osllm.catalog.store import Catalog
    from osllm.domain.hardware import Machine
    from osllm.domain.request import Request
    from osllm.domain.usecase import UseCase

# The benchmark that orders each kind: (name, version). JMTEB v2 has the newest Japanese embeddings, JQaRA the rerankers;
# for other languages the multilingual tables that Qwen3-Embedding's and its reranker's README publish.
BENCHMARKS: Final[Mapping[tuple[str, str], tuple[str, str | None]]] = {
    ("embedding", "ja"): ("JMTEB retrieval", "v2"),
    ("reranker", "ja"): ("JQaRA nDCG@10", "2025-01-20"),
    ("embedding", "*"): ("MMTEB retrieval", None),
    ("reranker", "*"): ("MTEB-R (English v2 retrieval)", None),
}
# At most this part of the memory: the language model decides the quality of the answer and needs the rest.
MOST_OF_MEMORY: Final = 0.1


def choose(catalog: Catalog, request: Request, use_case: UseCase) -> tuple[Companion, ...]:
    """The best companion of each kind that the use case wants; a kind without a measured, affordable one is left out."""
    if not use_case.companions:
        return ()
    room = int(MOST_OF_MEMORY * (request.machine.usable_bytes or request.machine.ram_usable_bytes or 0))
    language = request.filters.language or use_case.language or "*"
    found = []
    for kind in use_case.companions:
        benchmark = BENCHMARKS.get((kind, language)) or BENCHMARKS[kind, "*"]
        rows = [c for e in catalog.embeddings() if (c := _companion(catalog, request, e, kind, benchmark)) is not None]
        affordable = [c for c in rows if c.memory_bytes <= room]
        if affordable:
            found.append(min(affordable, key=lambda c: (-c.value, c.memory_bytes, c.id)))
    return tuple(found)


def _companion(
    catalog: Catalog, request: Request, entry: Mapping[str, Any], kind: str, benchmark: tuple[str, str | None]
) -> Companion | None:
    if entry["kind"] != kind or entry.get("memory_bytes") is None:
        return None
    scores = [s["value"] for s in entry.get("scores") or () if (s["benchmark"], s.get("version")) == benchmark]
    if not scores:
        return None
    block = entry.get("license") or {}
    keys = tuple(block.get("keys") or ())
    binding = LicenseBinding(
        keys, block.get("evidence") or "not_seen", block.get("conflict"), block.get("card_restriction")
    )
    verdict = check(binding, catalog.lean_licenses(), request.license_facts, lang=None).verdict
    if verdict == "denied":
        return None
    return Companion(kind, entry["id"], entry["hub_id"], keys, verdict, entry["memory_bytes"], benchmark[0], scores[0])


def within(machine: Machine, budget_bytes: int | None) -> Machine:
    """The machine as a use case with a budget of memory sees it: one accelerator, or the RAM, of at most so many bytes."""
    if budget_bytes is None:
        return machine
    if not machine.groups:
        usable = machine.ram_usable_bytes
        return machine._replace(ram_usable_bytes=None if usable is None else min(usable, budget_bytes))
    roomiest = max(machine.groups, key=lambda group: group.usable_bytes)
    one = roomiest._replace(number=1, usable_bytes=min(roomiest.usable_bytes, budget_bytes))
    return machine._replace(groups=(one,))


def without(machine: Machine, companions: tuple[Companion, ...]) -> Machine:
    """The machine with the companions' memory taken: from the first accelerator, from RAM where there is none."""
    taken = sum(c.memory_bytes for c in companions)
    if not taken:
        return machine
    if not machine.groups:
        usable = machine.ram_usable_bytes
        return machine._replace(ram_usable_bytes=None if usable is None else max(0, usable - taken))
    first, *others = machine.groups
    if first.number == 1:
        return machine._replace(groups=(first._replace(usable_bytes=first.usable_bytes - taken), *others))
    # Of several equal cards one gives the room: it becomes a group of its own.
    alone = first._replace(number=1, usable_bytes=first.usable_bytes - taken)
    return machine._replace(groups=(first._replace(number=first.number - 1), alone, *others))
