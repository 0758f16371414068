"""license check, show, list, diff and policy: may a model be used so, and what does its licence say?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.api.request import GATES, LICENSE_COUNTS, LICENSE_FLAGS, check_names, license_facts
from osllm.api.result import Result
from osllm.api.values import choice, date
from osllm.errors import RequestError
from osllm.exitcodes import ExitCode
from osllm.licensing.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from osllm.api.license_subjects import Subject
    from osllm.catalog.store import Catalog
    from osllm.domain.model import LicenseBinding
    from osllm.domain.request import LicenseFacts
    from osllm.domain.verdict import LicenseVerdict
    from osllm.licensing.approval import Desk
    from osllm.licensing.policy import Policy
    from osllm.licensing.report import Checked

FACTS: Final = frozenset((*LICENSE_FLAGS, *LICENSE_COUNTS, "use", "field", "region", "use_region", "revision_date"))
CHECK_OPTIONS: Final = FACTS | {"policy", "gate", "lock", "all", "as_of", "explain", "exit_zero", "lang", "verbose"}
LIST_OPTIONS: Final = frozenset(("kind", "commercial", "osi_approved", "evidence", "search", "lang"))
REPORTS: Final = ("sarif", "junit", "checklist")


class LicenseAnswer(Result):
    """The answer of a licence check, which can also be had as a report for other tools."""

    def __init__(self, checked: Sequence[Checked], catalog: Catalog, lang: str, *result: Any) -> None:  # noqa: ANN401 - as Result
        super().__init__(*result)
        self.checked = checked
        self.catalog = catalog
        self.lang = lang

    def report(self, fmt: str) -> str:
        """Return the answer as SARIF 2.1.0, JUnit XML or a Markdown checklist. RequestError for another format."""
        licenses = self.catalog.licenses()
        if fmt == "sarif":
            import json

            from osllm._version import __version__
            from osllm.licensing.sarif import sarif_document

            return json.dumps(sarif_document(self.checked, licenses, __version__, self.lang), ensure_ascii=False) + "\n"
        if fmt == "junit":
            from osllm.licensing.junit import junit_xml

            return junit_xml(self.checked, day(self.catalog))
        if fmt == "checklist":
            from osllm.licensing.checklist import checklist_markdown

            return checklist_markdown(self.checked, licenses, self.lang)
        raise RequestError("bad-value", say("report.unknown", self.lang, format=fmt), candidates=REPORTS)


def check_license(catalog: Catalog, models: Sequence[str], options: Mapping[str, Any]) -> LicenseAnswer:
    """Judge a use under every licence of every model: `osllm/license-check@1`.

    Args:
        catalog: the catalog.
        models: names; none with `lock` (a lock file) or `all` (every model of the catalog).
        options: facts about the use, `policy`, `gate`, `as_of` (the day against which exceptions expire; the
            catalog's own without it), `explain`, `exit_zero`.

    Raises:
        UnknownNameError: a name that is no ORG/NAME and that the catalog does not have.
        ConfigError: a policy or a lock file that is wrong.
        RequestError: `no-models`, `contradictory-facts`, `bad-value`.
    """
    from osllm.api.license_subjects import gather
    from osllm.licensing.approval import Desk
    from osllm.licensing.contradictions import doubtful, refuse_impossible
    from osllm.licensing.report import check_document, exit_code

    check_names(options, CHECK_OPTIONS)
    lang = options.get("lang") or "en"
    policy = _policy(options, lang)
    facts = _facts(options, policy)
    refuse_impossible(facts, lang)
    gate = choice(options, "gate", GATES) or (policy.gate if policy else "conditions")
    subjects, notices = gather(catalog, models, options, lang)
    today = date(options, "as_of") or day(catalog)
    licenses = catalog.licenses()
    desk = None if policy is None else Desk(policy._replace(gate=gate), licenses, today, lang)
    checked = _check(subjects, licenses, facts, desk, lang)
    warnings = () if desk is None else desk.warnings(complete=bool(options.get("all") or options.get("lock")))
    document = check_document(
        checked,
        licenses,
        lang=lang,
        gate=gate,
        policy_path=None if policy is None else policy.path,
        warnings=warnings,
        explain=bool(options.get("explain")),
    )
    code = ExitCode.OK if options.get("exit_zero") else exit_code(checked, gate)
    said = (*notices, *doubtful(facts, lang), *(warning.text for warning in warnings))
    return LicenseAnswer(checked, catalog, lang, document, code, said)


def day(catalog: Catalog) -> str:
    """Return the catalog's own date, YYYY-MM-DD: what "today" means, so that answers are reproducible."""
    return catalog.version.replace(".", "-")


def _policy(options: Mapping[str, Any], lang: str) -> Policy | None:
    if options.get("policy") is None:
        return None
    from osllm.api.license_files import read_policy

    return read_policy(options["policy"], lang)


def _facts(options: Mapping[str, Any], policy: Policy | None) -> LicenseFacts:
    from osllm.licensing.facts import normalise
    from osllm.licensing.policy import with_facts

    facts = normalise(license_facts(options))
    return facts if policy is None else with_facts(policy, facts)


def _check(
    subjects: Iterable[Subject],
    licenses: Mapping[str, Mapping[str, Any]],
    facts: LicenseFacts,
    desk: Desk | None,
    lang: str,
) -> list[Checked]:
    """Judge every subject; those that share licences, modalities and revision share the work."""
    from osllm.licensing.engine import check
    from osllm.licensing.report import Checked

    verdicts: dict[tuple[object, ...], LicenseVerdict] = {}
    checked = []
    for one in subjects:
        names = tuple(name for name in (one.model, one.hub_id, one.name) if name)
        binding = one.binding if desk is None else desk.clarify(names, one.binding, one.hashes)
        own = facts if one.date is None else facts._replace(revision_date=one.date)
        question = (_frozen(binding), one.modalities, one.date)
        verdict = verdicts.get(question)
        if verdict is None:
            verdict = verdicts[question] = check(binding, licenses, own, one.modalities, lang)
        approval = None if desk is None else desk.approve(names, binding, verdict)
        checked.append(
            Checked(one.model, binding, verdict, one.name, one.hub_id, approval, own, one.revision, one.place)
        )
    return checked


def _frozen(binding: LicenseBinding) -> LicenseBinding:
    return binding._replace(revisions=tuple((before, tuple(keys)) for before, keys in binding.revisions))


def license_show(catalog: Catalog, key: str, options: Mapping[str, Any] | None = None) -> Result:
    """Show all rights and duties of one licence version, in words: `osllm/license@1`."""
    from osllm.catalog.names import resolve_license
    from osllm.licensing.library import license_document

    lang = _lang(options)
    key = resolve_license(catalog, key, lang)
    bindings = catalog.license_bindings()
    used_by = [row.id for row in catalog.index() if key in bindings[row.license].keys]
    return Result(license_document(catalog.licenses()[key], lang, used_by))


def license_list(catalog: Catalog, options: Mapping[str, Any]) -> Result:
    """List the licence versions that pass the filters: `osllm/licenses@1`. Exit code NO where there is none."""
    from osllm.catalog.names import normalise
    from osllm.licensing.facts import EVIDENCE, GRANT_VALUES, KINDS
    from osllm.licensing.library import licenses_document

    check_names(options, LIST_OPTIONS)
    kind = choice(options, "kind", KINDS)
    commercial = choice(options, "commercial", tuple(v for v in GRANT_VALUES if v))
    evidence = choice(options, "evidence", EVIDENCE)
    approved, wanted = options.get("osi_approved"), normalise(options.get("search") or "")
    bindings = catalog.license_bindings()
    counts: dict[str, int] = {}
    for row in catalog.index():
        for key in bindings[row.license].keys:
            counts[key] = counts.get(key, 0) + 1
    document = licenses_document(catalog.licenses(), counts)
    document["licenses"] = [
        row
        for row in document["licenses"]
        if kind in (None, row["kind"])
        and commercial in (None, row["commercial"])
        and evidence in (None, row["evidence"])
        and approved in (None, row["osi_approved"])
        and wanted in normalise(f"{row['key']}{row['name']}")
    ]
    return Result(document, ExitCode.OK if document["licenses"] else ExitCode.NO)


def license_diff(catalog: Catalog, first: str, second: str, options: Mapping[str, Any] | None = None) -> Result:
    """Show what differs between two licences, and for whom it became stricter: `osllm/license-diff@1`."""
    from osllm.catalog.names import resolve_license
    from osllm.licensing.compare import diff_document

    lang, licenses = _lang(options), catalog.licenses()
    old, new = (licenses[resolve_license(catalog, key, lang)] for key in (first, second))
    return Result(diff_document(old, new, lang))


def license_policy_init(options: Mapping[str, Any] | None = None) -> Result:
    """Write a commented policy that holds the facts given: `osllm/policy-template@1` with the file as `text`."""
    from osllm.licensing.policy_template import policy_template

    check_names(options or {}, FACTS | {"lang"})
    text = policy_template(_facts(options or {}, None), _lang(options))
    return Result({"schema": "osllm/policy-template@1", "text": text})


def license_policy_check(file: str, options: Mapping[str, Any] | None = None) -> Result:
    """Check a policy file, and its licence keys and duty ids against the catalog: `osllm/policy-check@1`.

    Raises ConfigError: `file-unreadable`, `policy-invalid` with every problem.
    """
    from osllm.api import load_catalog
    from osllm.api.license_files import read_policy
    from osllm.licensing.approval import expiries
    from osllm.licensing.policy import invalid
    from osllm.licensing.policy_names import unknown_names
    from osllm.licensing.report import policy_document

    said = options or {}
    check_names(said, frozenset(("catalog", "as_of", "lang")))
    lang = _lang(options)
    policy = read_policy(file, lang)
    catalog = load_catalog(said.get("catalog"))
    problems = unknown_names(policy, catalog.licenses(), lang)
    if problems:
        raise invalid(file, problems, lang)
    warnings = expiries(policy, date(said, "as_of") or day(catalog), lang)
    return Result(policy_document(policy, warnings), ExitCode.OK, tuple(warning.text for warning in warnings))


def _lang(options: Mapping[str, Any] | None) -> str:
    return str((options or {}).get("lang") or "en")
