"""Plain data as YAML text, without a YAML library: block style, every string that is not a plain word in double quotes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

_WORD: Final = re.compile(r"[A-Za-z_/][A-Za-z0-9_/-]*([.][A-Za-z0-9_/-]+)*")
# Words that YAML 1.1 reads as something else than text.
_NOT_TEXT: Final = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"))
# What YAML allows in quotes only as an escape: controls, line separators, byte order marks, surrogates.
_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def dump(value: object) -> str:
    """One YAML document for dicts, lists, strings, numbers, booleans and None."""
    return "\n".join(_lines(value)) + "\n"


def dump_all(documents: Iterable[object]) -> str:
    """Several documents in one file."""
    return "---\n".join(map(dump, documents))


def scalar(value: object) -> str:
    """One value on one line."""
    if isinstance(value, float):
        number = repr(value)  # YAML 1.1 takes `1e-9` for text, `1.0e-9` for a number
        return number.replace("e", ".0e") if "e" in number and "." not in number else number
    if value is None or isinstance(value, bool | int):
        return json.dumps(value)
    text = str(value)
    if _WORD.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    return _ESCAPED.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))


def _lines(value: object, indent: str = "") -> list[str]:
    if isinstance(value, dict) and value:
        return [line for key, item in value.items() for line in _entry(f"{indent}{scalar(key)}:", item, indent + "  ")]
    if isinstance(value, list | tuple) and value:
        return [line for item in value for line in _item(item, indent)]
    return [indent + _short(value)]


def _short(value: object) -> str:
    if isinstance(value, dict):
        return "{}"
    return "[]" if isinstance(value, list | tuple) else scalar(value)


def _entry(head: str, value: object, indent: str) -> list[str]:
    if isinstance(value, str) and "\n" in value and not _ESCAPED.search(value):
        block = _block(head, value, indent)
        if block is not None:
            return block
    if isinstance(value, dict | list | tuple) and value:
        return [head, *_lines(value, indent)]
    return [f"{head} {_short(value)}"]


def _block(head: str, text: str, indent: str) -> list[str] | None:
    """A literal block for text of several lines; None for text that a block would change."""
    lines = text.removesuffix("\n").split("\n")
    unsafe = any(c < " " for c in text if c != "\n") or lines[0][:1] in ("", " ") or text.endswith("\n\n")
    if unsafe:
        return None
    mark = "|" if text.endswith("\n") else "|-"
    return [f"{head} {mark}", *(indent + line if line else "" for line in lines)]


def _item(value: object, indent: str) -> list[str]:
    if isinstance(value, dict | list | tuple) and value:
        first, *rest = _lines(value, indent + "  ")
        return [f"{indent}- {first[len(indent) + 2 :]}", *rest]
    return [f"{indent}- {_short(value)}"]
