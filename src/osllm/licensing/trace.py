"""The path to a verdict: which rule read which facts, in order, and what each made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from osllm.licensing.facts import stated

if TYPE_CHECKING:
    from osllm.domain.verdict import LicenseFinding, Obligation
    from osllm.licensing.report import Checked

License = Mapping[str, Any]
Step = dict[str, Any]

_READ_BY_RIGHT: Final[Mapping[str, tuple[str, ...]]] = {
    "commercial": ("use",),
    "use": ("use",),
    "patent_grant": ("use",),
    "redistribute": ("redistribute", "publish_model"),
    "host_as_service": ("host_as_service",),
    "fine_tune": ("fine_tune", "publish_model"),
    "train_other_models_on_outputs": ("train_on_outputs",),
}
_READ_BY_RULE: Final[Mapping[str, tuple[str, ...]]] = {
    "field-excluded": ("field",),
    "field-conditional": ("field",),
    "field-unaddressed": ("field",),
    "territory-excluded": ("region", "use_region"),
    "territory-unknown": ("region", "use_region"),
    "modality-unknown": ("region", "use_region"),
    "depends-on-use": ("use",),
    "depends-on-hosting": ("host_as_service",),
    "assume-revision": ("revision_date",),
    "revision-applied": ("revision_date",),
}
_READ_BY_TRIGGER: Final[Mapping[str, tuple[str, ...]]] = {
    "commercial": ("use",),
    "product": ("use", "host_as_service", "redistribute"),
    "distribute": ("redistribute", "publish_model"),
    "host": ("host_as_service",),
    "derivative": ("fine_tune", "publish_model"),
    "publish_model": ("publish_model", "fine_tune"),
    "train_on_outputs": ("train_on_outputs",),
}


def steps(one: Checked, licenses: Mapping[str, License]) -> list[Step]:
    """List the steps from facts and clauses to a verdict.

    Each step names the licence (None: the model as a whole), the rule, the clause, what the rule read (`facts`: name ->
    value, None where nothing was said), the verdict that it calls for and why. The last steps are the verdict of each
    licence, of the model, and what a policy makes of it.
    """
    verdict, said = one.verdict, stated(one.facts)
    found = [_finding(key, finding, licenses.get(key), said) for key, finding in verdict.findings]
    found += [_duty(duty, licenses.get(duty.license), said) for duty in verdict.obligations]
    known = {"keys": list(one.binding.keys), "evidence": one.binding.evidence}
    listed = [_step("licences-of-the-model", None, "note", ", ".join(verdict.keys) or "-", facts=known), *found]
    listed += [_step("worst-of-licence", key, level, "") for key, level in verdict.per_license]
    listed.append(_step("worst-of-all", None, verdict.verdict, ""))
    if one.approval is not None:
        listed.append(_step(f"policy-{one.approval.reason}", None, verdict.verdict, one.approval.text))
    return listed


def _step(
    rule: str,
    key: str | None,
    severity: str,
    text: str,
    *,
    facts: Mapping[str, Any] | None = None,
    clause: str | None = None,
) -> Step:
    read = dict(facts or {})
    return {"rule": rule, "license": key, "clause": clause, "facts": read, "severity": severity, "text": text}


def _finding(key: str, finding: LicenseFinding, license_: License | None, said: Mapping[str, Any]) -> Step:
    names = _READ_BY_RULE.get(finding.rule)
    if names is None:
        names = _read_by_threshold(license_, finding.params.get("threshold"))
    if names is None:
        names = _READ_BY_RIGHT.get(finding.right or "", ())
    read = {name: said.get(name) for name in names}
    if "use" in finding.params:
        read["use"] = finding.params["use"]
    return _step(finding.rule, key or None, finding.severity, finding.text, facts=read, clause=finding.clause)


def _read_by_threshold(license_: License | None, name: str | None) -> tuple[str, ...] | None:
    if license_ is None or name is None:
        return None
    threshold = next(one for one in license_["thresholds"] if one["id"] == name)
    measured = threshold.get("any_of") or (threshold["metric"],)
    return ("use", *measured, *(threshold.get("only_if") or ()), *_people(threshold))


def _people(threshold: Mapping[str, Any]) -> tuple[str, ...]:
    from osllm.licensing.facts import SWITCHES

    return tuple(who for who in threshold.get("exempt_if") or () if who in SWITCHES)


def _duty(duty: Obligation, license_: License | None, said: Mapping[str, Any]) -> Step:
    names = [name for when in duty.when for name in _READ_BY_TRIGGER.get(when, ())]
    entry: Mapping[str, Any] = next(
        (one for one in (license_ or {}).get("obligations") or () if one["id"] == duty.id), {}
    )
    for above in entry.get("above") or ():
        names += _read_by_threshold(license_, above) or ()
    read = {name: said.get(name) for name in dict.fromkeys(names)}
    return _step(f"duty-{duty.id}", duty.license, "conditions", duty.text, facts=read, clause=duty.clause)
