"""Domain values as compact JSON lists, and back. Field order is the type's own; format 1 of the compiled catalog."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, overload

from osllm.domain.architecture import Architecture, Attention, Dense, Experts, LatentAttention, LayerRun, Recurrent
from osllm.domain.hardware import Gpu
from osllm.domain.model import Artifact, LicenseBinding, Model, Quality, QuantizationFormat
from osllm.domain.usecase import UseCase

FORMAT: Final = 9
_MIXERS: Final = {"a": Attention, "l": LatentAttention, "r": Recurrent}
_FFNS: Final = {"d": Dense, "e": Experts}
_TAGS: Final = {Attention: "a", LatentAttention: "l", Recurrent: "r", Dense: "d", Experts: "e"}


def _tagged(part: Any) -> list[Any]:  # noqa: ANN401 - plain JSON
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
    keys, *plain, revisions, components = data
    earlier = tuple((before, tuple(then)) for before, then in revisions)
    return LicenseBinding._make((tuple(keys), *plain, earlier, tuple(map(tuple, components))))


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
    UseCase._fields.index(name) for name in ("aliases", "kinds", "modalities", "domains", "engines", "companions")
)
_SKILLS: Final = UseCase._fields.index("skills")


def use_case_from_json(data: list[Any]) -> UseCase:
    """A use case from its list."""
    for position in _USE_CASE_TUPLES:
        data[position] = tuple(data[position])
    data[_SKILLS] = tuple((skill, weight) for skill, weight in data[_SKILLS])
    return UseCase._make(data)


# What stands behind a published value: everything but the value itself.
_VALUE: Final = 3  # where the value stands in a row of `Quality.evidence`


class Settings:
    """The distinct settings of published values (benchmark, judge, evaluator, date, source …), numbered as they come."""

    def __init__(self) -> None:
        self.rows: list[list[object]] = []
        self._numbers: dict[tuple[object, ...], int] = {}

    def number(self, setting: tuple[object, ...]) -> int:
        """The number of a setting."""
        if setting not in self._numbers:
            self._numbers[setting] = len(self.rows)
            self.rows.append([*setting])
        return self._numbers[setting]


def qualities_to_json(values: Mapping[str, Quality], settings: Settings) -> list[list[Any]]:
    """Quality by model as columns: id, value, low, high, grade, evidence as [setting, value, setting, value …]."""
    evidence = []
    for quality in (values[key] for key in sorted(values)):
        flat: list[Any] = []
        for row in quality.evidence:
            flat += (settings.number((*row[:_VALUE], *row[_VALUE + 1 :])), row[_VALUE])
        evidence.append(flat)
    columns = [[getattr(values[key], name) for key in sorted(values)] for name in ("value", "low", "high", "grade")]
    return [sorted(values), *columns, evidence]


def qualities_from_json(data: list[list[Any]], settings: Callable[[], list[list[Any]]]) -> dict[str, Quality]:
    """The reverse of `qualities_to_json`; `settings` is called when evidence is first looked at."""
    *columns, evidence = data
    return {
        key: Quality(value, low, high, grade, Rows(flat, settings))
        for key, value, low, high, grade, flat in zip(*columns, evidence, strict=True)
    }


class Rows(Sequence[tuple[object, ...]]):
    """The evidence of one quality value; read when it is looked at, because only a few of hundreds are shown."""

    __slots__ = ("_flat", "_settings")

    def __init__(self, flat: list[Any], settings: Callable[[], list[list[Any]]]) -> None:
        self._flat = flat
        self._settings = settings

    def __len__(self) -> int:
        return len(self._flat) // 2

    @overload
    def __getitem__(self, at: int) -> tuple[object, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[tuple[object, ...]]: ...
    def __getitem__(self, at: int | slice) -> tuple[object, ...] | Sequence[tuple[object, ...]]:
        chosen = range(len(self))[at]
        return self._row(chosen) if isinstance(chosen, int) else [self._row(position) for position in chosen]

    def _row(self, position: int) -> tuple[object, ...]:
        number, value = self._flat[2 * position : 2 * position + 2]
        setting = self._settings()[number]
        return (*setting[:_VALUE], value, *setting[_VALUE:])


def evidence_to_json(rows: Sequence[Mapping[str, Any]], settings: Settings) -> list[list[Any]]:
    """Published values of one model as [setting, value]; a setting is the row's other items."""
    return [
        [settings.number(tuple(item for pair in row.items() if pair[0] != "value" for item in pair)), row["value"]]
        for row in rows
    ]


def evidence_from_json(data: list[list[Any]], settings: list[list[Any]]) -> list[dict[str, Any]]:
    """The reverse of `evidence_to_json`; `value` stands first."""
    return [{"value": value, **dict(zip(settings[n][::2], settings[n][1::2], strict=True))} for n, value in data]
