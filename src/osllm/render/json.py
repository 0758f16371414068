"""Documents as JSON: the same document gives the same bytes."""

from __future__ import annotations

import json
from typing import Any, Final

# DEL and the C1 controls: JSON allows them raw, some terminals obey them.
_CONTROLS: Final = tuple(map(chr, range(0x7F, 0xA0)))


def dump(document: dict[str, Any], *, indent: bool = False) -> str:
    """Return the document as one JSON text with a line end.

    Without `indent` it is one line, `json.dumps(document, ensure_ascii=False)` to the byte, written by the C encoder;
    with it, it is laid out for a person at a terminal. Control characters and half a character from an undecodable
    command line are escaped.
    """
    content = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2 if indent else None)
    try:
        content.encode("utf-8")
    except UnicodeEncodeError:
        content = json.dumps(document, allow_nan=False, indent=2 if indent else None)
    for control in _CONTROLS:
        if control in content:
            content = content.replace(control, f"\\u{ord(control):04x}")
    return content + "\n"
