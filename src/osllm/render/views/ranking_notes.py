"""What stands below a ranking: how to read it, which ranks are level, which rows are the best at something or in doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from osllm.render.words import Words

# What rows are marked for in the notes, by the rule that says it.
_MARKED: Final = {"QNT203": "to-be-made", "QNT202": "few-bits", "MEM202": "tight-rows", "SPD204": "slow-rows"}


def ranking_notes(rows: list[dict[str, Any]], words: Words) -> Iterator[str]:
    """Yield what helps to read the ranking: the engine, the grades, equals, bests, folded versions."""
    engines = {row["engine"] for row in rows}
    if len(engines) == 1:
        yield words("one-engine", engine=engines.pop())
    if any(row["quality"] for row in rows):
        yield words("legend")
    if any(row["license"]["verdict"] != "allowed" for row in rows):
        yield words("verdict-legend")
        if len(rows) > 1:
            yield words("order")
    equals = [words("ranks", first=run[0], last=run[-1]) for run in runs_of_equals(rows)]
    if equals:
        yield words("equals", ranks=words.joined(equals))
    if len(rows) > 1:
        best = [(row["model"]["id"], [words.known("mark", m) for m in row.get("marks") or ()]) for row in rows]
        yield words.joined(words.bracket(name, words.joined(marks)) for name, marks in best if marks)
    for rule, word in _MARKED.items():
        ranks = [row["rank"] for row in rows if any(reason["rule"] == rule for reason in row["reasons"])]
        if ranks:
            yield words(word, ranks=words.joined(_ranges(ranks, words)))
    also = [f"{row['model']['id']} <- {words.joined(row['also'])}" for row in rows[1:] if row["also"]]
    if also:
        yield words("also-folded", models=words.joined(also))


def _ranges(ranks: list[int], words: Words) -> Iterator[str]:
    """Yield ranks, three and more in a row as a range."""
    while ranks:
        length = next((n for n in range(len(ranks)) if ranks[n] != ranks[0] + n), len(ranks))
        if length > 2:
            yield words("range", first=ranks[0], last=ranks[length - 1])
        else:
            yield from map(str, ranks[:length])
        ranks = ranks[length:]


def runs_of_equals(rows: list[dict[str, Any]]) -> list[list[int]]:
    """Return the runs of ranks whose qualities the evidence cannot tell apart: all of a run overlap each other."""
    runs: list[list[int]] = []
    low, high = 0.0, 0.0  # what all intervals of the run have in common
    for row in rows:
        quality = row["quality"]
        if row.get("ties_with_above") and quality["low"] <= high and low <= quality["high"]:
            runs[-1].append(row["rank"])
            low, high = max(low, quality["low"]), min(high, quality["high"])
        else:
            runs.append([row["rank"]])
            low, high = (quality["low"], quality["high"]) if quality else (0.0, 0.0)
    return [run for run in runs if len(run) > 1]
