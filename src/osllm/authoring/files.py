"""The files of a catalog folder: which kinds there are, and reading them all in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from osllm.authoring.yamlio import Document, Problem, YamlError, load
from osllm.tuples import NamedTuple

# Kind of a file -> where such files lie. Every other file in a catalog folder is a mistake.
PATTERNS: Final[Mapping[str, str]] = {
    "model": "models/*/*.yaml",
    "license": "licenses/*.yaml",
    "gpu": "gpus/*.yaml",
    "cpu": "cpus.yaml",
    "cloud": "clouds.yaml",
    "engine": "engines/*.yaml",
    "quantization": "quantizations.yaml",
    "quantization-loss": "quantization-loss.yaml",
    "tokenizer": "tokenizers.yaml",
    "embedding": "embeddings.yaml",
    "benchmark": "benchmarks.yaml",
    "evidence": "evidence/*.yaml",
    "use-case": "use-cases/*.yaml",
}
TEMPLATE: Final = "TEMPLATE.model.yaml"


class Files(NamedTuple):
    """What a catalog folder holds: parsed documents by kind, and the problems of those that could not be parsed."""

    documents: Mapping[str, list[Document]]
    problems: list[Problem]

    def of(self, kind: str) -> list[Document]:
        """The documents of one kind, in the order of their paths."""
        return self.documents.get(kind, [])


def kind_of(relative: Path) -> str | None:
    """The kind of a file by its path inside a catalog folder; None for a path that no kind has."""
    for kind, pattern in PATTERNS.items():
        if len(relative.parts) == len(Path(pattern).parts) and relative.match(pattern):
            return kind
    return "model" if relative == Path(TEMPLATE) else None


def paths(root: Path) -> Iterator[Path]:
    """The YAML files of a catalog folder, in a fixed order; hidden ones are skipped."""
    for path in sorted(p for suffix in ("yaml", "yml") for p in root.rglob(f"*.{suffix}")):
        if not any(part.startswith(".") for part in path.relative_to(root).parts):
            yield path


def read(root: Path, shown_root: str = "") -> Files:
    """Parse every file of a catalog folder. Names in problems are paths inside it, below `shown_root`."""
    documents: dict[str, list[Document]] = {}
    problems: list[Problem] = []
    for path in paths(root):
        relative = path.relative_to(root)
        if relative == Path(TEMPLATE):
            continue
        name = f"{shown_root}{relative.as_posix()}"
        kind = kind_of(relative)
        if kind is None:
            problems.append(Problem(name, 1, "", "unknown-file"))
            continue
        try:
            documents.setdefault(kind, []).append(load(path, name))
        except YamlError as error:
            problems += error.problems
    return Files(documents, problems)
