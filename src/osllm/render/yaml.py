"""Documents as YAML that every reader, of version 1.1 or 1.2, reads back as the same values."""

from __future__ import annotations

import re
from typing import Any, Final

# Plain only where no YAML version could see anything but text: a word that starts with a letter and is no keyword.
_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./()-]*\Z")
_KEYWORDS: Final = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"))


def dump(document: dict[str, Any]) -> str:
    """Return the document as one YAML text, keys in their order."""
    import yaml

    from osllm.render.json import dump as dump_json

    class Dumper(yaml.SafeDumper):
        def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - a value that occurs twice is written twice
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
            super().increase_indent(flow, indentless=False)

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        plain = _PLAIN.match(value) and value.lower() not in _KEYWORDS
        block = "\n" in value and all(line.isprintable() for line in value.split("\n"))
        style = None if plain else "|" if block else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    try:
        return yaml.dump(document, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=1 << 20)
    except UnicodeEncodeError:  # half a character from an undecodable command line; JSON is YAML, and escapes it
        return dump_json(document, indent=True)
