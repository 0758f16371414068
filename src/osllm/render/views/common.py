"""What several pages show in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, cell
from osllm.render.units import gib, rate, rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from osllm.render.words import Words

Values = dict[str, Any]

VERDICT_TONES: Final = {"allowed": "good", "conditions": "warn", "review": "warn", "denied": "bad"}
EFFECT_MARKS: Final = {"prefer": "+", "penalise": "-", "note": "*", "unknown": "?", "veto": "x"}
EFFECT_TONES: Final = {"prefer": "good", "penalise": "warn", "unknown": "warn", "veto": "bad"}


def part(values: Mapping[str, Any], *path: str) -> Any:  # noqa: ANN401 - a value of any document
    """Return a nested value, None where any step of the way is missing or null."""
    found: Any = values
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    return found


def verdict(word: str | None, words: Words, use: str | None = None) -> Cell:
    """Return a licence verdict in a word; for a commercial use a yes says so."""
    if word is None:
        return cell(None)
    named = words("commercial-ok") if word == "allowed" and use == "commercial" else words.known("verdict", word)
    return Cell(named, VERDICT_TONES.get(word, ""))


def quality(block: Mapping[str, Any] | None, words: Words) -> Cell:
    """Return quality with its interval and grade: `0.68 (0.61-0.74) A`; without a measurement: not rated."""
    if not block:
        return Cell(words("unrated"), "dim")
    span = words("interval", low=f"{block['low']:.2f}", high=f"{block['high']:.2f}")
    return Cell(f"{block['value']:.2f} ({span}) {block['grade']}", "good" if block["grade"] == "A" else "")


def short_quality(block: Mapping[str, Any] | None, words: Words) -> Cell:
    """Return quality for a column: `0.68±0.06 A`, half the interval's width behind the sign."""
    if not block:
        return quality(None, words)
    half = (block["high"] - block["low"]) / 2
    return quality(block, words)._replace(text=f"{block['value']:.2f}±{half:.2f} {block['grade']}")


def fits(value: bool | None, words: Words) -> Cell:
    """Return whether something fits."""
    if value is None:
        return cell(None)
    return Cell(words("fits"), "good") if value else Cell(words("does-not-fit"), "bad")


def yes_no(value: bool | None, words: Words) -> Cell:
    """Return a known or unknown truth."""
    return Cell(words("unknown"), "dim") if value is None else Cell(words("yes" if value else "no"))


def tokens(count: int | None, words: Words, chars: int | None = None) -> str | None:
    """Return a context length, and how much Japanese that is: `8,192 tokens (about 12,000 Japanese characters)`."""
    if count is None:
        return None
    about = words("about-chars", chars=rounded(chars)) if chars else None
    return words.bracket(words("tokens", count=f"{count:,}"), about)


def longest_context(document: Mapping[str, Any], words: Words) -> str | None:
    """Return the longest context that fits, and from where on the model was not trained for it."""
    count = part(document, "context", "max_tokens_that_fit")
    told = tokens(count, words, ja_chars(document, count))
    native = part(document, "model", "context_native")
    if told is None or not native or count <= native:
        return told
    return words.joined([told, words("beyond-native", count=f"{native:,}")])


def ja_chars(row: Mapping[str, Any], count: int | None) -> int | None:
    """Return the Japanese characters that `count` tokens hold, by what the row says of its own context."""
    known, held = part(row, "context", "tokens"), part(row, "context", "ja_chars")
    return None if not known or not held or count is None else int(count * held / known)


def trains(block: Mapping[str, Any] | None) -> bool:
    """Return whether a speed is that of training."""
    return block is not None and block.get("decode_tps") is None and block.get("total_tps") is not None


def pace(block: Mapping[str, Any]) -> float | None:
    """Return the tokens per second that a user waits for: decoded, or of a plan that trains, trained."""
    decoded = block.get("decode_tps")
    return block.get("total_tps") if decoded is None else decoded


def speed(block: Mapping[str, Any] | None, words: Words) -> str | None:
    """Return the speed in tokens and Japanese characters per second, with its range."""
    if not block or pace(block) is None:
        return None
    span = None
    if block.get("low") is not None and block.get("high") is not None:
        span = words("interval", low=rate(block["low"]), high=rate(block["high"]))
    name = "trains-tps" if trains(block) else "tps"
    told = words.bracket(words(name, rate=rate(pace(block))), span)
    if block.get("ja_chars_per_s") is None:
        return told
    return words.joined([told, words("cps", rate=rate(block["ja_chars_per_s"]))])


def machine(block: Mapping[str, Any], words: Words) -> str:
    """Return the machine as the answer understood it."""
    parts = [_gpus(gpu, words) for gpu in block.get("gpus") or ()] or [words("no-gpu")]
    if block.get("ram_bytes") is not None and not any(gpu.get("unified") for gpu in block.get("gpus") or ()):
        parts.append(words("ram", size=gib(block["ram_bytes"])))
    return words.bracket(" + ".join(parts), words.known("source", block.get("source")) if block.get("source") else None)


def _gpus(gpu: Mapping[str, Any], words: Words) -> str:
    several = gpu.get("count", 1) != 1
    number = f"{gpu['count']} x " if several else ""
    name = "memory-usable-each" if several else "memory-usable"
    size = words(name, memory=gib(gpu.get("memory_bytes")), usable=gib(gpu.get("usable_bytes")))
    return words.bracket(f"{number}{gpu.get('name') or gpu.get('key')}", size)


def reasons(blocks: Iterable[Mapping[str, Any]]) -> list[Cell]:
    """Return reasons as sentences, each with the mark of its effect and its rule."""
    return [
        Cell(f"[{EFFECT_MARKS.get(r['effect'], '*')}] {r['text']} [{r['rule']}]", EFFECT_TONES.get(r["effect"], ""))
        for r in blocks
    ]


def sentences(blocks: Iterable[Mapping[str, Any] | str]) -> list[str]:
    """Return the texts of warnings, notices or notes."""
    return [str(block.get("text") or block.get("code")) if isinstance(block, dict) else str(block) for block in blocks]


def test_name(row: Mapping[str, Any], words: Words) -> str:
    """Return what a result was measured with: the benchmark, its version and its judge."""
    about = [row.get("version"), row.get("judge") and words("judged-by", judge=row["judge"])]
    return words.bracket(str(row.get("benchmark")), words.joined(str(word) for word in about if word))


def sources_of(evidence: Iterable[Mapping[str, Any]], words: Words) -> list[str]:
    """Return the rows behind a quality value: benchmark, version, judge, value, who measured, when."""
    lines = []
    for row in evidence:
        name = test_name(row, words)
        value = row.get("value")
        number = f"{value:g}" if isinstance(value, int | float) else str(value)
        by = words.joined(str(row[key]) for key in ("evaluated_by", "as_of") if row.get(key))
        lines.append(words.bracket(f"{name}: {number}", by))
    return lines
