"""Vetoes that need numbers: they are found while plans are made, and stand here with their code and reason."""

from __future__ import annotations

from osllm.rules.registry import Params, rule


@rule("ENG101", "no-engine", stage="fit", effect="veto")
def no_engine(engines: tuple[str, ...], formats: tuple[str, ...], found: int) -> Params | None:
    """None of the engines in question runs the model on this machine in any of the formats in question.

    Why: each engine knows certain architectures, platforms and weight formats.
    What would change it: another `--engine` or `--quant`.
    """
    return None if found else {"engines": list(engines), "formats": list(formats)}


@rule("MEM101", "does-not-fit", stage="fit", effect="veto")
def does_not_fit(needed_bytes: int, usable_bytes: int, fmt: str) -> Params | None:
    """Even the smallest format in question needs more memory than the machine has.

    Why: what does not fit does not start, or crawls through swapping.
    What would change it: a lower quantization, a shorter context, an 8-bit cache, one more GPU, offloading to RAM.
    """
    if needed_bytes <= usable_bytes:
        return None
    return {"needed_bytes": needed_bytes, "usable_bytes": usable_bytes, "format": fmt}


@rule("SPD101", "too-slow", stage="fit", effect="veto")
def too_slow(decode_tps: float | None, min_tps: float | None) -> Params | None:
    """No plan that fits reaches the speed that the use case or `--min-tps` asks for.

    Why: below it people stop waiting. An unknown speed passes, with a note.
    What would change it: a lower `--min-tps`, a smaller format, faster memory.
    """
    if decode_tps is None or min_tps is None or decode_tps >= min_tps:
        return None
    return {"decode_tps": round(decode_tps, 1), "min_tps": min_tps}
