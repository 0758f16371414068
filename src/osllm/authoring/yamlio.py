"""YAML, strictly: one document, plain values, no surprises.

YAML 1.1 turns `no` into False, `2024-09-19` into a date, `1_000` into a number, and takes the last of two equal keys in
silence. Here a plain scalar is true, false, null, an integer, a decimal number or text; keys are text and unique; anchors,
aliases and tags are refused (so no document can grow when it is read); text holds no control characters. Every value
remembers its line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any, Final

import yaml

from osllm.i18n import lookup, text
from osllm.tuples import NamedTuple

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 30  # of an integer
_INT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_FLOAT: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?\Z")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
# What YAML itself makes of plain values; every other tag was written by somebody.
_TAGS: Final = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value", "seq", "map")
)
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}

Path_ = tuple[str | int, ...]


class Problem(NamedTuple):
    """One defect of a file; the sentence is made in `i18n` from `code` and `params`."""

    file: str
    line: int
    field: str
    code: str
    params: Mapping[str, object] = {}

    def text(self, lang: str = "en") -> str:
        """The sentence without the place; a problem that brings its own wording has it as `message`."""
        if lookup(f"lint.{self.code}", lang) is None:
            return str(self.params.get("message", self.code))
        return text(f"lint.{self.code}", lang, **self.params)

    def line_text(self, lang: str = "en") -> str:
        """The whole line: file, line, field, sentence and code."""
        return f"{self.file}:{self.line}: {self.field or '-'}: {self.text(lang)} [{self.code}]"

    def __str__(self) -> str:
        return self.line_text()


class Document(NamedTuple):
    """A parsed file: plain values, and the line of each by its path."""

    file: str
    data: dict[str, Any]
    lines: dict[Path_, int]

    def line(self, path: Path_) -> int:
        """The line of a value, or of its nearest ancestor that has one."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class YamlError(Exception):
    """A file that cannot be read as YAML of this kind."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def dotted(path: Path_) -> str:
    """A path as people write it: `models[3].params.total`."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else (f".{part}" if out else part)
    return out


def load(path: Path, name: str | None = None) -> Document:
    """Read one file. Raises YamlError with every problem that could be found in one pass."""
    shown = name or path.as_posix()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise YamlError([Problem(shown, 1, "", "unreadable", {"why": error.strerror or str(error)})]) from None
    return loads(raw, shown)


def loads(raw: bytes, name: str) -> Document:
    """Parse bytes. Raises YamlError with every problem that could be found in one pass."""
    if len(raw) > MAX_BYTES:
        raise YamlError([Problem(name, 1, "", "too-large", {"bytes": len(raw), "most": MAX_BYTES})])
    try:
        content = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise YamlError([Problem(name, line, "", "not-utf-8")]) from None
    try:
        node = yaml.compose(content, Loader=_Loader)
    except yaml.YAMLError as error:
        raise YamlError([_syntax(name, content, error)]) from None
    except RecursionError:
        raise YamlError([Problem(name, 1, "", "too-deep", {"most": MAX_DEPTH})]) from None
    reader = _Reader(name)
    data = reader.value(node, ()) if node is not None else {}
    if not isinstance(data, dict):
        reader.problem(1, (), "no-mapping")
    if reader.problems:
        raise YamlError(reader.problems)
    return Document(name, data, reader.lines)


def _syntax(name: str, content: str, error: yaml.YAMLError) -> Problem:
    mark = getattr(error, "problem_mark", None)
    unprintable = yaml.reader.Reader.NON_PRINTABLE.search(content)
    if mark is None and unprintable is not None:
        line = content.count("\n", 0, unprintable.start()) + 1
    else:
        line = 1 if mark is None else mark.line + 1
    lines = content.splitlines()
    if 0 < line <= len(lines) and "\t" in lines[line - 1]:
        return Problem(name, line, "", "tab")
    what = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Problem(name, line, "", "syntax", {"what": str(what)})


class _Reader:
    """Walks the node tree once, collecting values, lines and problems."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path_, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def problem(self, line: int, path: Path_, code: str, **params: object) -> None:
        self.problems.append(Problem(self.name, line, dotted(path), code, params))

    def value(self, node: yaml.Node, path: Path_) -> Any:  # noqa: ANN401 - whatever stands in the file
        line = node.start_mark.line + 1
        self.lines[path] = line
        if id(node) in self._seen:
            self.problem(line, path, "alias")
            return None
        if len(path) > MAX_DEPTH:
            self.problem(line, path, "too-deep", most=MAX_DEPTH)
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path, line)
        if node.tag not in _TAGS:
            self.problem(line, path, "tag", tag=node.tag)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, (*path, i)) for i, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, child in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(line, path, "key")
                continue
            key = key_node.value
            if key in result:
                self.problem(line, (*path, key), "duplicate-key", key=key)
            if _CONTROL.search(key):
                self.problem(line, path, "control-character")
            result[key] = self.value(child, (*path, key))
        return result

    def _scalar(self, node: yaml.ScalarNode, path: Path_, line: int) -> Any:  # noqa: ANN401
        content: str = node.value
        if node.tag not in _TAGS:
            self.problem(line, path, "tag", tag=node.tag)
        if not node.style:  # None or "": plain
            if content in _WORDS:
                return _WORDS[content]
            if _INT.match(content) and len(content) <= MAX_DIGITS:
                return int(content)
            if _FLOAT.match(content):
                number = float(content)
                if not isfinite(number) or _INT.match(content):
                    self.problem(line, path, "number")
                return number
        if _CONTROL.search(content):
            self.problem(line, path, "control-character")
        return content
