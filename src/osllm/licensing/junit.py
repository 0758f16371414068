"""Licence findings as JUnit XML: a suite per model, a case per right that was asked about.

Valid under both schemas in use: Apache Ant's (https://github.com/windyroad/JUnit-Schema), which demands times and a
host, and the one that Jenkins and GitLab read (https://github.com/jenkinsci/xunit-plugin, junit-10.xsd). So that the
same question gives the same bytes, the times are zero and the date is that of the catalog.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from osllm.domain.verdict import LicenseFinding, worst

if TYPE_CHECKING:
    from osllm.licensing.report import Checked

Case = tuple[str, list[tuple[str, LicenseFinding]]]

_ELEMENT: Final = {"denied": "failure", "review": "error"}
# XML 1.0 has no place for these, not even as character references
_ILLEGAL: Final = dict.fromkeys(
    (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0xFFFE, 0xFFFF), "\N{REPLACEMENT CHARACTER}"
)


def junit_xml(checked: Sequence[Checked], day: str) -> str:
    """Build the XML: denied is a failure, review an error (both skipped where a policy lets them pass).

    Duties are output; duties that a policy asks to be accepted and nobody has are a failure of the case `duties`.

    Args:
        checked: the checked models.
        day: date of the data, YYYY-MM-DD.
    """
    suites = "".join(_suite(number, one, day) for number, one in enumerate(checked))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n{suites}</testsuites>\n'


def _suite(number: int, one: Checked, day: str) -> str:
    cases, counts = [], {"failure": 0, "error": 0, "skipped": 0}
    for case in _cases(one):
        xml, element = _case(one, case)
        cases.append(xml)
        if element:
            counts[element] += 1
    duties = "\n".join(f"[ ] {duty.license} {duty.clause or ''}: {duty.text}" for duty in one.verdict.obligations)
    return (
        f'  <testsuite id="{number}" name={_quoted(one.model)} package="osllm.license" timestamp="{day}T00:00:00" '
        f'hostname="localhost" tests="{len(cases)}" failures="{counts["failure"]}" errors="{counts["error"]}" '
        f'skipped="{counts["skipped"]}" time="0">\n'
        f'    <properties><property name="verdict" value={_quoted(one.verdict.verdict)}/></properties>\n'
        + "".join(cases)
        + f"    <system-out>{_escaped(duties)}</system-out>\n    <system-err></system-err>\n  </testsuite>\n"
    )


def _case(one: Checked, case: Case) -> tuple[str, str | None]:
    """Return a case as XML, and which element says that it did not simply pass."""
    name, findings = case
    severity = worst(tuple(finding.severity for _, finding in findings))
    element = _ELEMENT.get(severity)
    if element and one.approval is not None and one.approval.exit_code == 0:
        element = "skipped"
    xml = f'    <testcase classname={_quoted(one.model)} name={_quoted(name)} time="0">'
    if element:
        message = next(finding.text for _, finding in findings if finding.severity == severity)
        text = "\n".join(
            f"{found.severity}: {key or 'model'} {found.clause or ''} {found.rule}: {found.text}"
            for key, found in findings
        )
        kind = "" if element == "skipped" else f' type="{severity}"'  # Ant's schema knows no type of it
        xml += f"<{element}{kind} message={_quoted(message)}>{_escaped(text)}</{element}>"
    return xml + "</testcase>\n", element


def _cases(one: Checked) -> list[Case]:
    """Group the findings by right; what speaks about the model as a whole is a case of its own."""
    grouped: dict[str, list[tuple[str, LicenseFinding]]] = {}
    for key, finding in one.verdict.findings:
        if finding.severity != "note":
            grouped.setdefault(finding.right or "licence", []).append((key, finding))
    if one.approval is not None and one.approval.outstanding:
        unmet = LicenseFinding(f"policy-{one.approval.reason}", None, None, "denied", one.approval.text)
        grouped["duties"] = [("", unmet)]
    return list(grouped.items()) or [("licence", [("", LicenseFinding("allowed", None, None, "allowed", ""))])]


def _quoted(text: str) -> str:
    from xml.sax.saxutils import quoteattr

    return quoteattr(text.translate(_ILLEGAL))


def _escaped(text: str) -> str:
    from xml.sax.saxutils import escape

    return escape(text.translate(_ILLEGAL))
