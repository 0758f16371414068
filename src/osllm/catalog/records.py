"""Domain values as compact JSON lists, and back. Field order is the type's own; format 1 of the compiled catalog."""

from __future__ import annotations

from typing import Any, Final

from osllm.domain.architecture import Architecture, Attention, Dense, Experts, LatentAttention, LayerRun, Recurrent
from osllm.domain.hardware import Gpu
from osllm.domain.model import Artifact, LicenseBinding, Model, Quality, QuantizationFormat
from osllm.domain.usecase import UseCase

FORMAT: Final = 1
_MIXERS: Final = {"a": Attention, "l": LatentAttention, "r": Recurrent}
_FFNS: Final = {"d": Dense, "e": Experts}
_TAGS: Final = {Attention: "a", LatentAttention: "l", Recurrent: "r", Dense: "d", Experts: "e"}


def _tagged(part: Any) -> list[Any]:
    return [_TAGS[type(part)], *part]


def architecture_to_json(arch: Architecture | None) -> list[Any] | None:
    """An architecture as nested lists; every block begins with a letter that names its type."""
    if arch is None:
        return None
    runs = [[r.repeat, [_tagged(m) for m in r.mixers], [_tagged(f) for f in r.ffns]] for r in arch.runs]
    return [*arch._replace(runs=runs)]  # type: ignore[arg-type]


def architecture_from_json(data: list[Any] | None) -> Architecture | None:
    """The reverse of `architecture_to_json`."""
    if data is None:
        return None
    fields = list(data)
    position = Architecture._fields.index("runs")
    fields[position] = tuple(
        LayerRun(
            repeat,
            tuple(_MIXERS[m[0]]._make(m[1:]) for m in mixers),  # type: ignore[attr-defined]
            tuple(_FFNS[f[0]]._make(f[1:]) for f in ffns),  # type: ignore[attr-defined]
        )
        for repeat, mixers, ffns in fields[position]
    )
    return Architecture._make(fields)


_MODEL_TUPLES: Final = tuple(
    Model._fields.index(name) for name in ("modalities", "languages", "domains", "aliases", "ollama", "gaps")
)
_LICENSE: Final = Model._fields.index("license")
_ARCHITECTURE: Final = Model._fields.index("architecture")
_ARTIFACTS: Final = Model._fields.index("artifacts")


def model_to_json(model: Model) -> list[Any]:
    """A model as a list in field order."""
    return [
        *model._replace(
            license=[*model.license],  # type: ignore[arg-type]
            architecture=architecture_to_json(model.architecture),  # type: ignore[arg-type]
            artifacts=[[*a] for a in model.artifacts],  # type: ignore[arg-type]
        )
    ]


def model_from_json(data: list[Any]) -> Model:
    """The reverse of `model_to_json`."""
    for position in _MODEL_TUPLES:
        data[position] = tuple(data[position])
    data[_LICENSE] = binding_from_json(data[_LICENSE])
    data[_ARCHITECTURE] = architecture_from_json(data[_ARCHITECTURE])
    data[_ARTIFACTS] = tuple(map(Artifact._make, data[_ARTIFACTS]))
    return Model._make(data)


def binding_from_json(data: list[Any]) -> LicenseBinding:
    """A licence binding from its list."""
    return LicenseBinding(tuple(data[0]), *data[1:])


_SUPPORTS: Final = Gpu._fields.index("supports")


def gpu_from_json(data: list[Any]) -> Gpu:
    """An accelerator from its list."""
    data[_SUPPORTS] = tuple(data[_SUPPORTS])
    return Gpu._make(data)


_ENGINES: Final = QuantizationFormat._fields.index("engines")
_VENDORS: Final = QuantizationFormat._fields.index("vendors")


def format_from_json(data: list[Any]) -> QuantizationFormat:
    """A weight format from its list."""
    data[_ENGINES], data[_VENDORS] = tuple(data[_ENGINES]), tuple(data[_VENDORS])
    return QuantizationFormat._make(data)


_USE_CASE_TUPLES: Final = tuple(
    UseCase._fields.index(name) for name in ("aliases", "kinds", "modalities", "domains", "companions")
)
_SKILLS: Final = UseCase._fields.index("skills")


def use_case_from_json(data: list[Any]) -> UseCase:
    """A use case from its list."""
    for position in _USE_CASE_TUPLES:
        data[position] = tuple(data[position])
    data[_SKILLS] = tuple((skill, weight) for skill, weight in data[_SKILLS])
    return UseCase._make(data)


def quality_from_json(data: list[Any]) -> Quality:
    """A quality value: value, low, high, grade, evidence rows."""
    return Quality(*data[:4], tuple(tuple(row) for row in data[4]))
