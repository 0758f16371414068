"""How open a model is, derived from its licences and its published parts; nobody types a tier by hand.

- open-weights: the weights can be downloaded, under whatever licence;
- open-licence: every licence of the weights is approved by the Open Source Initiative;
- open-data-and-code: class II or better of the Model Openness Framework, with the training data or full
  information about it.

The framework's classes are those of version 1.0 (https://arxiv.org/abs/2403.13784, https://isitopen.ai). A tier is not
a statement about the Open Source AI Definition, which asks for data information that licences do not show.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from osllm.domain.model import LicenseBinding
from osllm.tuples import NamedTuple

TIERS: Final = ("open-weights", "open-licence", "open-data-and-code")  # less to more open

# Components that each class adds. A technical report may be replaced by a research paper.
MOF_COMPONENTS: Final[Mapping[int, tuple[str, ...]]] = {
    3: ("architecture_code", "final_params", "tech_report", "eval_results", "model_card", "data_card"),
    2: ("training_code", "inference_code", "eval_code", "eval_data"),
    1: ("datasets", "data_preprocessing_code", "intermediate_params", "research_paper"),
}
DATA_INFORMATION: Final = "data_information"  # beside the framework's parts: `full` where it stands in for the data
COMPONENTS: Final = tuple(name for names in MOF_COMPONENTS.values() for name in names)
_CODE: Final = frozenset(
    {"architecture_code", "training_code", "inference_code", "eval_code", "data_preprocessing_code"}
)
_CONTENT_LICENSES: Final = frozenset(
    {"cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "cdla-permissive-1.0", "cdla-permissive-2.0", "odc-by", "openmdw-1.0"}
)
_OSI: Final = frozenset({"apache-2.0", "mit", "bsd-3-clause", "bsd-2-clause", "gpl-3.0", "lgpl-3.0", "mpl-2.0"})
ABSENT: Final = "absent"


class Openness(NamedTuple):
    """The tier with what it rests on. None is: not known."""

    tier: str | None  # None: no weights to download, or no licence was found
    weights_licence_osi: bool | None
    mof_class: int | None  # 1 to 3; 0: below class III; None: components not checked
    missing: tuple[str, ...] = ()  # components that keep it from the next class
    unchecked: tuple[str, ...] = ()


def tier(binding: LicenseBinding, licenses: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Return the openness tier of a model; None without weights to download or a licence."""
    return derive(binding, licenses).tier


def derive(binding: LicenseBinding, licenses: Mapping[str, Mapping[str, Any]]) -> Openness:
    """Derive how open a model is.

    Args:
        binding: its licences and, where somebody checked them, its published parts with the licence of each (or
            `absent`). A conflict between sources or a restriction on the card keeps it from `open-licence`.
        licenses: licence key -> entry of `catalog/licenses/`.
    """
    entries = [licenses.get(key) for key in binding.keys]
    if not entries or any(entry is not None and entry.get("kind") == "proprietary-api" for entry in entries):
        return Openness(None, None, None)
    approved = [None if entry is None else bool(entry.get("osi_approved")) for entry in entries]
    osi = None if None in approved and False not in approved else False not in approved
    contested = binding.conflict is not None or binding.card_restriction is not None
    level = "open-licence" if osi and not contested else "open-weights"
    components = dict(binding.components)
    if not components:
        return Openness(level, osi, None)
    mof, missing = _mof_class(components)
    unchecked = tuple(name for name in COMPONENTS if name not in components)
    data = _open(components, "datasets") or components.get(DATA_INFORMATION) == "full"
    if level == "open-licence" and mof in (1, 2) and data:
        level = "open-data-and-code"
    return Openness(level, osi, mof, missing, unchecked)


def at_least(have: str | None, wanted: str) -> bool:
    """Tell whether a tier is as open as the wanted one."""
    return have is not None and TIERS.index(have) >= TIERS.index(wanted)


def _mof_class(components: Mapping[str, str]) -> tuple[int, tuple[str, ...]]:
    """Return the class reached (0: none) and what is missing for the next one."""
    reached = 0
    for level in (3, 2, 1):
        lacking = tuple(name for name in MOF_COMPONENTS[level] if not _open(components, name))
        if lacking:
            return reached, lacking
        reached = level
    return reached, ()


def _open(components: Mapping[str, str], name: str) -> bool:
    if name == "tech_report" and components.get(name) in (None, ABSENT):
        name = "research_paper"
    license_key = components.get(name)
    if license_key is None or license_key == ABSENT:
        return False
    return license_key in _OSI or (name not in _CODE and license_key in _CONTENT_LICENSES)
