"""Quantities as people type them: bytes, counts and tokens. NFKC first, so full-width digits are digits.

Accelerator memory is binary whatever the box says: a "24 GB" card has 24 GiB, and so do RAM modules. Hence `24gb` and
`24gib` are the same number of bytes here. In context lengths k is 1024 (an "8k" model has 8192 positions).
"""

from __future__ import annotations

import math
from typing import Final
from unicodedata import normalize

from osllm.domain.units import GIB, KIB, MIB
from osllm.errors import RequestError

_BYTES: Final = {"": 1, "b": 1, "kb": KIB, "kib": KIB, "k": KIB, "mb": MIB, "mib": MIB, "m": MIB}
_BYTES_LARGE: Final = {"gb": GIB, "gib": GIB, "g": GIB, "tb": GIB * KIB, "tib": GIB * KIB, "t": GIB * KIB}
_COUNTS: Final = {
    "": 1, "k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12,
    "thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "億": 10**8, "十億": 10**9, "兆": 10**12,
}  # fmt: skip
_TOKENS: Final = {"": 1, "k": KIB, "m": MIB, "万": 10**4}
_LONGEST: Final = 64  # characters; nothing longer is a quantity
_LARGEST: Final = 2.0**63  # what JSON readers take as an integer

BYTES_HINT: Final = "24gb, 24gib, 512mb"
COUNT_HINT: Final = "1000, 1,000, 1e6, 700m, 7億"
TOKENS_HINT: Final = "8k, 128k, 32768"


def parse_bytes(value: object) -> int:
    """Bytes from `24gb`, `24gib`, `512mb` or a plain number; RequestError (`bad-size`) for anything else."""
    return _whole(_read(value, _BYTES | _BYTES_LARGE, "bad-size", BYTES_HINT))


def parse_count(value: object) -> float:
    """A count or an amount from `1e6`, `700m`, `7億`, `1,000`; RequestError (`bad-number`) for anything else."""
    return _read(value, _COUNTS, "bad-number", COUNT_HINT)


def parse_tokens(value: object) -> int:
    """Tokens from `8k`, `128k`, `32768`; at least 1. RequestError (`bad-tokens`) for anything else."""
    tokens = _whole(_read(value, _TOKENS, "bad-tokens", TOKENS_HINT))
    if tokens < 1:
        raise _refuse(value, "bad-tokens", TOKENS_HINT)
    return tokens


def _whole(number: float) -> int:
    return round(number)


def _read(value: object, units: dict[str, int], code: str, hint: str) -> float:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _refuse(value, code, hint)
    if isinstance(value, str):
        number, unit = _split(value)
        factor = units.get(unit)
        if number is None or factor is None:
            raise _refuse(value, code, hint)
        result = number * factor
    else:
        # An integer too large for a float is out of range like any other large number.
        result = float(value) if abs(value) <= _LARGEST else math.inf
    if not 0 <= result < _LARGEST:
        raise _refuse(value, code, hint)
    return result


def _split(text: str) -> tuple[float | None, str]:
    """The number in front and the unit behind it; the number is None where there is none."""
    if len(text) > _LONGEST:
        return None, ""
    plain = normalize("NFKC", text).casefold().strip().replace("_", "")
    end = len(plain)
    # The longest prefix that is a number: `1e6` is one, `1e` is not.
    while end and not _is_number(plain[:end]):
        end -= 1
    if not end:
        return None, ""
    return float(plain[:end].replace(",", "")), plain[end:].strip()


def _is_number(text: str) -> bool:
    if not text.isascii() or text[-1] not in "0123456789." or text[0] not in "0123456789.":
        return False
    return _has_number_form(text) and _commas_group_thousands(text)


def _has_number_form(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


def _commas_group_thousands(text: str) -> bool:
    head, *groups = text.partition(".")[0].split(",")
    return "," not in text.partition(".")[2] and (
        not groups or (1 <= len(head) <= 3 and all(len(g) == 3 and g.isdigit() for g in groups))
    )


def _refuse(value: object, code: str, hint: str) -> RequestError:
    shown = str(value)
    return RequestError(code, repr(shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"), hint=hint)
