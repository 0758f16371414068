"""The values of options as they are typed: read, or refused in the asker's language with the option's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osllm.domain.quantities import parse_bytes, parse_count, parse_tokens
from osllm.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    Options = Mapping[str, Any]


def many(value: object) -> tuple[str, ...]:
    """A repeatable option as a tuple: None, one string, or several; commas separate inside a string."""
    if value is None:
        return ()
    items: Iterable[Any] = [value] if isinstance(value, str) else value  # type: ignore[assignment]
    return tuple(part.strip() for item in items for part in str(item).split(",") if part.strip())


def refused(
    options: Options, name: str, value: object, code: str, *, hint: str | None = None, candidates: Sequence[str] = ()
) -> RequestError:
    """The error for a value that an option does not take."""
    from osllm.i18n import text

    shown = str(value)
    flag = f"--{name.replace('_', '-')}"
    said = shown if len(shown) <= 80 else f"{shown[:79]}…"
    message = text("errors.bad-value", options.get("lang") or "en", option=flag, value=said)
    return RequestError(code, message, hint=hint, candidates=candidates)


def choice(options: Options, name: str, allowed: tuple[str, ...]) -> str | None:
    """A word out of a closed list; RequestError (`bad-value`) names the list."""
    value: str | None = options.get(name)
    return None if value is None else word(options, name, value, allowed)


def word(options: Options, name: str, value: str, allowed: tuple[str, ...]) -> str:
    """One value of an option that takes words out of a closed list."""
    if value in allowed:
        return value
    raise refused(options, name, value, "bad-value", candidates=allowed)


def date(options: Options, name: str) -> str | None:
    """A day, a month or a year as text; RequestError (`bad-date`) otherwise."""
    value = options.get(name)
    if value is None:
        return None
    parts = str(value).split("-")
    widths = (4, 2, 2)
    valid = len(parts) <= 3 and all(
        p.isascii() and p.isdigit() and len(p) == w for p, w in zip(parts, widths, strict=False)
    )
    if valid and (len(parts) < 2 or 1 <= int(parts[1]) <= 12) and (len(parts) < 3 or 1 <= int(parts[2]) <= 31):
        return str(value)
    raise refused(options, name, value, "bad-date", hint="YYYY-MM-DD")


def number(options: Options, name: str, minimum: float) -> float | None:
    """A count or an amount of at least `minimum`; RequestError (`bad-number`, `bad-value`) otherwise."""
    found = _quantity(options, name, parse_count)
    if found is not None and found < minimum:
        raise refused(options, name, options[name], "bad-value", hint=f">= {minimum:g}")
    return found


def size(options: Options, name: str) -> int | None:
    """Bytes; RequestError (`bad-size`) otherwise."""
    found = _quantity(options, name, parse_bytes)
    return None if found is None else int(found)


def tokens(options: Options, name: str) -> int | None:
    """A number of tokens, at least 1; RequestError (`bad-tokens`) otherwise."""
    found = _quantity(options, name, parse_tokens)
    return None if found is None else int(found)


def _quantity(options: Options, name: str, parse: Callable[[object], float]) -> float | None:
    value = options.get(name)
    if value is None:
        return None
    try:
        return parse(value)
    except RequestError as error:
        raise refused(options, name, value, error.code, hint=error.hint) from None
