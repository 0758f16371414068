"""Numbers as people read them. Memory is in GiB (2^30 bytes), a file to download in GB (10^9), and it says so."""

from __future__ import annotations

from shlex import join, quote
from typing import TYPE_CHECKING

from osllm.render.width import width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GIB = 1 << 30


def gib(size: float | None) -> str | None:
    """Return bytes as GiB: `18.2 GiB`."""
    return None if size is None else f"{size / GIB:.1f} GiB"


def used_of(total: float | None, capacity: float | None) -> str | None:
    """Return used and usable memory in GiB, without the unit: `18.2/22.4`."""
    if total is None or capacity is None:
        return None
    return f"{total / GIB:.1f}/{capacity / GIB:.1f}"


def gigabytes(size: float | None) -> str | None:
    """Return the size of a download in GB: `16.5 GB`."""
    return None if size is None else f"{size / 1e9:.1f} GB"


def billions(count: float | None) -> str | None:
    """Return a parameter count: `27.4B`, `0.49B`."""
    if count is None:
        return None
    return f"{count / 1e9:.2f}B" if count < 1e9 else f"{count / 1e9:.1f}B"


def rate(per_second: float | None) -> str | None:
    """Return tokens or characters per second with the digits that an estimate deserves: `8.4`, `41`, `1,230`."""
    if per_second is None:
        return None
    return f"{per_second:,.1f}" if per_second < 10 else f"{per_second:,.0f}"


def rounded(count: float) -> str:
    """Return a count to two significant digits: `12,000`."""
    return f"{float(f'{count:.2g}'):,.0f}"


def command_lines(command: Sequence[str], columns: int = 76) -> tuple[str, ...]:
    """Return an argv as shell text, one option a line where it is longer than `columns`; pasting it runs it."""
    whole = join(command)
    if width(whole) <= columns:
        return (whole,)
    groups: list[list[str]] = [[]]
    for word in command:
        if word.startswith("--") and groups[-1]:
            groups.append([])
        groups[-1].append(word)
    lines: list[str] = []
    for group in groups:
        part = join(group)
        if lines and width(lines[-1]) + 1 + width(part) <= columns - 2:
            lines[-1] += " " + part
        else:
            lines.append(part if not lines else "  " + part)
    return tuple(line + (" \\" if number < len(lines) - 1 else "") for number, line in enumerate(lines))


def export_lines(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return environment variables as shell text, one a line."""
    return tuple(f"export {name}={quote(str(value))}" for name, value in environment.items())
