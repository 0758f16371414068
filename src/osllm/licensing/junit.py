"""Licence findings as JUnit XML: a suite per model, a case per right that was asked about.

Format: the schema that Jenkins and GitLab read (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from osllm.domain.verdict import LicenseFinding, worst

if TYPE_CHECKING:
    from osllm.licensing.report import Checked

_ELEMENT = {"denied": "failure", "review": "error"}


def junit_xml(checked: Sequence[Checked]) -> str:
    """Build the XML: denied is a failure, review an error (skipped where a policy lets it pass), duties are output."""
    suites = [_suite(one) for one in checked]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="osllm license check">\n'
        + "".join(suites)
        + "</testsuites>\n"
    )


def _suite(one: Checked) -> str:
    from xml.sax.saxutils import escape, quoteattr

    cases = _cases(one)
    excused = one.approval is not None and one.approval.exit_code == 0
    counts = {"failure": 0, "error": 0, "skipped": 0}
    body = []
    for name, findings in cases:
        severity = worst(tuple(finding.severity for _, finding in findings))
        element = _ELEMENT.get(severity)
        if element and excused:
            element = "skipped"
        text = "\n".join(_line(key, finding) for key, finding in findings)
        case = f"    <testcase classname={quoteattr(one.model)} name={quoteattr(name)}>\n"
        if element:
            counts[element] += 1
            message = next(finding.text for _, finding in findings if finding.severity == severity)
            case += f"      <{element} message={quoteattr(message)}>{escape(text)}</{element}>\n"
        body.append(case + "    </testcase>\n")
    duties = "\n".join(f"[ ] {duty.license} {duty.clause or ''}: {duty.text}" for duty in one.verdict.obligations)
    return (
        f"  <testsuite name={quoteattr(one.model)} tests={quoteattr(str(len(cases)))} "
        f'failures="{counts["failure"]}" errors="{counts["error"]}" skipped="{counts["skipped"]}">\n'
        + "".join(body)
        + f"    <system-out>{escape(duties)}</system-out>\n  </testsuite>\n"
    )


def _cases(one: Checked) -> list[tuple[str, list[tuple[str, LicenseFinding]]]]:
    """Group the findings by right; what speaks about the model as a whole is a case of its own."""
    grouped: dict[str, list[tuple[str, LicenseFinding]]] = {}
    for key, finding in one.verdict.findings:
        if finding.severity == "note":
            continue
        grouped.setdefault(finding.right or "licence", []).append((key, finding))
    return list(grouped.items()) or [("licence", [("", LicenseFinding("allowed", None, None, "allowed", ""))])]


def _line(key: str, finding: LicenseFinding) -> str:
    return f"{finding.severity}: {key or 'model'} {finding.clause or ''} {finding.rule}: {finding.text}"
