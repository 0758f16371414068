"""The list of all rules, by code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from osllm.tuples import NamedTuple

Params = Mapping[str, Any]


class Rule(NamedTuple):
    """One rule and what is known about it. The sentences for `code` live in `i18n/rules_*.py`."""

    code: str
    name: str  # kebab-case, reads well after "rejected by"
    stage: str  # model | fit | plan
    effect: str  # veto | prefer | penalise | note | unknown
    check: Callable[..., Params | None]
    asked: Callable[..., bool]  # whether the request makes the rule apply at all
    doc: str


def _always(_question: object) -> bool:
    return True


_RULES: Final[dict[str, Rule]] = {}


def rule(
    code: str, name: str, *, stage: str, effect: str, asked: Callable[..., bool] = _always
) -> Callable[[Callable[..., Params | None]], Callable[..., Params | None]]:
    """Register a rule. The function returns the parameters of its sentence when the rule speaks, else None."""

    def register(check: Callable[..., Params | None]) -> Callable[..., Params | None]:
        if code in _RULES:
            message = f"rule code {code} is used twice"
            raise ValueError(message)
        _RULES[code] = Rule(code, name, stage, effect, check, asked, check.__doc__ or "")
        return check

    return register


def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the fixed order in which vetoes are tried."""
    from osllm.rules import fit, model, plan, terms  # registered by import, in this order

    del fit, model, plan, terms
    return tuple(sorted(_RULES.values(), key=lambda r: _STAGES.index(r.stage)))


_STAGES: Final = ("model", "fit", "plan")


def by_stage(stage: str) -> tuple[Rule, ...]:
    """The rules of one stage, in order."""
    return tuple(r for r in all_rules() if r.stage == stage)


def get(code: str) -> Rule:
    """The rule with this code; KeyError if there is none."""
    all_rules()
    return _RULES[code]
