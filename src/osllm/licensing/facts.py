"""What the user said about the intended use, in three values: yes, no, not said.

The vocabulary of the licence files is settled here too, so that the schema and the engine cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from osllm.domain.request import LicenseFacts

RIGHTS: Final = (
    "commercial",
    "modify",
    "redistribute",
    "sublicense",
    "patent_grant",
    "host_as_service",
    "fine_tune",
    "train_other_models_on_outputs",
)
GRANT_VALUES: Final = ("yes", "conditional", "no", "unstated", None)
KINDS: Final = (
    "permissive",
    "copyleft",
    "weak-restrictive",
    "community",
    "non-commercial",
    "research-only",
    "proprietary-api",
)
EVIDENCE: Final = ("not_seen", "secondary", "partial", "primary")  # weak to strong
TRIGGERS: Final = (
    "always",
    "commercial",
    "product",
    "distribute",
    "host",
    "derivative",
    "publish_model",
    "train_on_outputs",
    "publish_results",
)
INFORMATIONAL: Final = frozenset({"lawful-use", "export", "ethics"})  # duties that print and change no verdict
CONSEQUENCES: Final = (
    "denied",
    "denied_without_separate_license",
    "denied_without_security_review",
    "licence_terminates",
    "display_model_name_on_ui",
    "royalty",
)
DENYING: Final = frozenset(CONSEQUENCES[:4])
METRICS: Final = (
    "mau",
    "mau_at_release",
    "dau",
    "revenue_usd",
    "revenue_jpy",
    "monthly_revenue_usd",
    "product_revenue_usd",
    "arr_usd",
)
SWITCHES: Final = (
    "maas",
    "ai_work_assistant",
    "competes_with_licensor",
    "end_user",
    "nonprofit",
    "cloud_provider",
    "free_of_charge",
)
USES: Final = ("personal", "education", "research", "internal", "commercial")  # narrow to wide
FOR_PROFIT: Final = frozenset({"internal", "commercial"})
UNSAID_USES: Final = ("commercial", "personal")  # both are answered when nobody said which

# Member states of the European Union, ISO 3166-1: https://european-union.europa.eu/principles-countries-history/eu-countries_en
EU: Final = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)
_REGION_ALIASES: Final = {"UK": "GB", "EL": "GR", "WW": "WORLD", "GLOBAL": "WORLD", "*": "WORLD"}


def either(*values: bool | None) -> bool | None:
    """Return the three-valued `or`: true wins, then not known, then false."""
    if True in values:
        return True
    return None if None in values else False


def both(*values: bool | None) -> bool | None:
    """Return the three-valued `and`: false wins, then not known, then true."""
    if False in values:
        return False
    return None if None in values else True


def region_code(text: str) -> str:
    """Return an ISO 3166-1 code (or EU, WORLD) for a region as people write it."""
    code = text.strip().upper()
    return _REGION_ALIASES.get(code, code)


def overlaps(region: str, territories: Iterable[str]) -> bool:
    """Tell whether a region lies in, contains or equals one of some territories (EU stands for its members)."""
    here = region_code(region)
    for territory in territories:
        there = region_code(territory)
        if here in (there, "WORLD"):
            return True
        if (there == "EU" and here in EU) or (here == "EU" and there in EU):
            return True
    return False


def normalise(facts: LicenseFacts) -> LicenseFacts:
    """Return the facts with region codes and fields in one spelling; single words become one-element tuples."""
    return facts._replace(
        region=region_code(facts.region) if facts.region else None,
        use_region=tuple(region_code(code) for code in _several(facts.use_region)),
        field=tuple(word.strip().lower() for word in _several(facts.field)),
    )


def _several(value: object) -> Iterable[str]:
    """Return a word, a list or nothing as several words: callers from Python pass whichever is at hand."""
    if isinstance(value, str):
        return value.split(",")
    return value if isinstance(value, list | tuple) else ()


def stated(facts: LicenseFacts) -> dict[str, Any]:
    """Return what was said and nothing else, ready for JSON."""
    said = {}
    for name, value in zip(LicenseFacts._fields, facts, strict=True):
        if value is None or value == ():
            continue
        said[name] = list(value) if isinstance(value, tuple) else value
    return said


def option(fact: str) -> str:
    """Return the command-line option of a fact: `mau_at_release` is `--mau-at-release`."""
    return "--" + fact.replace("_", "-")


def activities(facts: LicenseFacts, use: str) -> dict[str, bool | None]:
    """Tell, for every trigger of the licence files, whether the use sets it off: yes, no, or not known.

    Args:
        facts: what was said.
        use: one of USES; `internal` means that nothing is offered to others, so what was not said about
            distribution and hosting is no.

    Returns:
        trigger -> True, False or None. `derivative` is a changed model that leaves the house, not every fine-tune.
    """
    unsaid = False if use == "internal" else None
    redistribute = unsaid if facts.redistribute is None else facts.redistribute
    publish = unsaid if facts.publish_model is None else facts.publish_model
    host = unsaid if facts.host_as_service is None else facts.host_as_service
    distribute = either(redistribute, publish)
    handed_out = either(distribute, host)
    if use == "commercial":
        product: bool | None = True
    elif host:
        product = True
    else:
        product = False if use == "internal" or handed_out is False else None
    return {
        "always": True,
        "commercial": use in FOR_PROFIT,
        "product": product,
        "distribute": distribute,
        "host": host,
        "derivative": either(publish, both(facts.fine_tune, handed_out)),
        "publish_model": either(publish, both(facts.fine_tune, redistribute)),
        "train_on_outputs": facts.train_on_outputs,
        "publish_results": None,
    }


def paraphrase(value: str | Mapping[str, str] | None, lang: str | None) -> str:
    """Return a text of the licence files in a language, else in English, else nothing."""
    if not value or lang is None:
        return ""
    if isinstance(value, str):
        return value
    return value.get(lang) or value.get("en") or ""
