"""What would change a standing, and where compared models differ, in English."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    "change-with": "with {option} {value} it would stand at rank {rank}",
    "change-without": "without {option} it would stand at rank {rank}",
    "if-measured": "with independent, current results that confirm the low end of its quality it would stand at rank {rank}",
    "better-quality": "better quality: {models}",
    "better-decode_tps": "faster: {models}",
    "better-ja_chars_per_s": "more Japanese characters per second: {models}",
    "better-total_bytes": "needs less memory: {models}",
    "better-bits_per_weight": "more bits per weight fit: {models}",
    "better-max_tokens_that_fit": "more context fits: {models}",
    "better-context_max": "made for more context: {models}",
    "better-license": "milder licence verdict: {models}",
}
