"""What must hold for catalog files: every problem of every file in one pass, with file, line, field and code.

A file is checked in three steps. What cannot be read as YAML is reported by `yamlio`; what is no file of its kind by the
strict schemas; what contradicts itself, another file or its own tensors by the checks here. An entry whose shape is wrong is
left out of the later checks, its neighbours are not.
"""

from __future__ import annotations

from osllm.authoring.files import Files
from osllm.authoring.lint import hardware, measurements, models, names, shapes, sources, vocabulary
from osllm.authoring.lint.world import Known, World
from osllm.authoring.yamlio import Problem

CHECKS = (
    models.check,
    names.check,
    sources.check,
    hardware.check,
    measurements.check,
    vocabulary.check,
)


def check(files: Files, base: Known | None = None) -> list[Problem]:
    """Every problem of some catalog files, in the order of files and lines.

    `base` is what is there besides: an overlay may name entries of the catalog that it lies over.
    """
    wrong = [
        problem for kind in files.documents for document in files.of(kind) for problem in shapes.check(kind, document)
    ]
    world = World(files, wrong, base or Known())
    found = [*files.problems, *wrong, *(problem for one in CHECKS for problem in one(world))]
    once = {(p.file, p.line, p.field, p.code, str(p.params)): p for p in found}
    return [once[key] for key in sorted(once)]
