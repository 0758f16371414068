"""The skills that evidence is sorted into, and which of them belong together."""

from __future__ import annotations

JAPANESE: tuple[str, ...] = (
    "japanese-chat",
    "japanese-writing",
    "japanese-knowledge",
    "japanese-reasoning",
    "japanese-instruction-following",
    "translation-ja",
)
GENERAL: tuple[str, ...] = (
    "general-knowledge",
    "reasoning",
    "math",
    "coding",
    "agentic-coding",
    "instruction-following",
    "tool-use",
    "long-context",
    "vision",
    "chat",
    "creative-writing",
    "faithfulness",  # inventing nothing in a summary
    "grounded-answers",  # answering a question from the passages given with it, as in RAG
    "translation",
)
BASE, BASE_JA = "base-quality", "base-quality-ja"
SKILLS: tuple[str, ...] = (*JAPANESE, *GENERAL, BASE, BASE_JA)

# Skills that rise and fall together beyond general ability. Only the starting point: the data correct it.
CLUSTERS: tuple[frozenset[str], ...] = (
    frozenset((*JAPANESE, BASE_JA)),
    frozenset(("japanese-reasoning", "reasoning", "math", "coding", "agentic-coding", "tool-use", "general-knowledge")),
    frozenset(("japanese-chat", "japanese-writing", "chat", "creative-writing")),
    frozenset(("japanese-instruction-following", "instruction-following")),
    frozenset(("translation-ja", "translation")),
    frozenset((BASE, BASE_JA, "general-knowledge")),
    frozenset(("grounded-answers", "long-context", "general-knowledge")),
)


# Asked in Japanese, but what decides is reckoning and logic: in base models they follow mathematics, not what is known of Japan.
# (A base trained on Japanese from the start knows Japan well and may calculate poorly.)
OF_NO_COUNTRY: frozenset[str] = frozenset(("japanese-reasoning",))


def skill_of(benchmark_skill: str, kind: str) -> str:
    """The skill that a result speaks for: a base model's results all speak for what can be made of it."""
    if kind != "base":
        return benchmark_skill
    return BASE_JA if benchmark_skill in JAPANESE and benchmark_skill not in OF_NO_COUNTRY else BASE
