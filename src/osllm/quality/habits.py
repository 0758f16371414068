"""What a model's answers are like besides good or bad: the language they are written in, and how long they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from math import exp, log
from statistics import median
from typing import Any, Final

DIGITS: Final = 3


def language_shares(tables: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, float]]:
    """By language and model: the share of that language's characters in the answers to prompts in it, 0 to 1.

    Where two tables measured the same model, the newer one stands.
    """
    found: dict[str, dict[str, float]] = {}
    for table in sorted(tables, key=lambda t: str(t["as_of"])):
        for language, shares in (table.get("language_share") or {}).items():
            found.setdefault(language, {}).update(shares)
    return found


def answer_lengths(tables: Iterable[Mapping[str, Any]], reasoning: Mapping[str, str | None]) -> dict[str, float]:
    """By model: how many times the tokens of a typical model its answers take where both think first.

    Typical is the median of the thinking models in the same column (one kind of question, one evaluator); columns ask
    questions of unlike difficulty and are never averaged as tokens. Ratios are averaged as logarithms, with one more column
    at 1, so that one column alone says half of what it measured.

    `reasoning`: model -> none | hybrid | always. A row counts where the run thought, by its mode or because the model always
    does; what does not think is left out.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for table in tables:
        for column in (table.get("answer_tokens") or {}).values():
            thinking: dict[str, float] = {}
            for row, tokens in column.items():
                model, _, mode = row.partition("@")
                if mode == "thinking" or (not mode and reasoning.get(model) == "always"):
                    thinking[model] = float(tokens)
            if thinking:
                typical = median(thinking.values())
                for model, tokens in thinking.items():
                    found[model].append(log(tokens / typical))
    return {model: round(exp(sum(logs) / (len(logs) + 1)), DIGITS) for model, logs in sorted(found.items())}
