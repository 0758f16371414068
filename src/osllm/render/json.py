"""Documents as JSON: the same document gives the same bytes."""

from __future__ import annotations

import json
from typing import Any


def dump(document: dict[str, Any], *, indent: bool = False) -> str:
    """Return the document as one JSON text with a line end.

    Without `indent` it is one line, `json.dumps(document, ensure_ascii=False)` to the byte, written by the C encoder;
    with it, it is laid out for a person at a terminal. A half character from an undecodable command line is escaped.
    """
    content = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2 if indent else None)
    try:
        content.encode()
    except UnicodeEncodeError:
        content = json.dumps(document, allow_nan=False, indent=2 if indent else None)
    return content + "\n"
