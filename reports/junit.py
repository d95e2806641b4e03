"""``junit.xml``: one test case a rule, for CI servers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from reports.finding import steps
from reports.known.marks import standing

#: Characters that XML 1.0 cannot hold; what came off the wire may be full of them.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 8_000


def fit(text: str) -> str:
    """Return text that XML can hold, cut to a bearable length."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
    return _UNFIT.sub("\ufffd", cut)


def junit(report: Mapping[str, Any]) -> str:
    """Return the XML of a report (see ``reports.summary``): a suite a family, a case a rule.

    Unsupported and not judged rules are skipped, inconclusive ones and errors are errors. What an
    ``info`` rule found is skipped too: it decides nothing; so is what is known, but an entry of
    the list of known findings that is stale is a failure. A run that was cut off is an error of
    its own: rules that it did not reach are merely skipped. The form is the strictest that is in
    use, that of Apache Ant's report.
    """
    root = ET.Element("testsuites")
    families: dict[str, ET.Element] = {}
    for rule in report["rules"]:
        family = re.split("[/:]", rule["id"])[0]
        if family not in families:
            families[family] = _suite(root, family, report, len(families))
        _case(families[family], family, rule, *standing(report, rule["id"]))
    if not report["complete"]:
        families["run"] = _suite(root, "run", report, len(families))
        _partial(families["run"])
    for suite in families.values():
        cases = suite.findall("testcase")
        suite.set("tests", str(len(cases)))
        for child, counted in (
            ("failure", "failures"),
            ("error", "errors"),
            ("skipped", "skipped"),
        ):
            suite.set(counted, str(sum(case.find(child) is not None for case in cases)))
        ET.SubElement(suite, "system-out")
        ET.SubElement(suite, "system-err")
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(root: ET.Element, family: str, report: Mapping[str, Any], number: int) -> ET.Element:
    suite = ET.SubElement(
        root,
        "testsuite",
        id=str(number),
        name=family,
        package="createmodel-conformance",
        hostname="localhost",
        timestamp=fit(report["started"])[:19],
        time="0",
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in (
        ("target", report["target"]["name"]),
        ("version", report["target"]["fingerprint"].get("version", "")),
        ("verdict", report["verdict"]),
    ):
        ET.SubElement(properties, "property", name=name, value=fit(str(value)))
    return suite


def _partial(suite: ET.Element) -> None:
    case = ET.SubElement(suite, "testcase", classname="run", name="goes to its end", time="0")
    message = "This run is partial: it says nothing about what it did not reach."
    ET.SubElement(case, "error", type="partial", message=message)


def _case(
    suite: ET.Element, family: str, rule: Mapping[str, Any], standing: str, word: str
) -> None:
    case = ET.SubElement(suite, "testcase", classname=family, name=fit(rule["id"]), time="0")
    verdict = rule["verdict"]
    if standing == "stale":
        ET.SubElement(case, "failure", type="stale", message=fit(word))
    elif standing == "known":
        ET.SubElement(case, "skipped", message=fit(f"known: {word}"))
    elif verdict != "pass":
        _not_passed(case, rule, verdict)


def _not_passed(case: ET.Element, rule: Mapping[str, Any], verdict: str) -> None:
    findings = [each for each in (rule["finding"], rule["other_finding"]) if each]
    note = next((side["note"] for side in rule["sides"].values() if side["note"]), "") or verdict
    if verdict == "fail" and rule["level"] == "must" and findings:
        why = " ".join(finding["why"] for finding in findings)
        failure = ET.SubElement(case, "failure", type=rule["constraint"], message=fit(why))
        failure.text = fit("\n\n".join(_text(rule, finding) for finding in findings))
    elif (verdict in ("inconclusive", "error") and rule["level"] == "must") or verdict == "error":
        ET.SubElement(case, "error", type=verdict, message=fit(note))
    else:
        why = findings[0]["why"] if findings else note
        ET.SubElement(case, "skipped", message=fit(f"{rule['level']}: {why}"))


def _text(rule: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    reply = finding["reply"] or {}
    return "\n".join(
        (
            f"{finding['side']}: {finding['expected']}",
            f"Source: {'; '.join(rule['source'])}",
            f"Sent ({finding['case']['label']}): " + "\n  ".join(steps(finding)),
            f"Answer: {reply.get('status')} {reply.get('body', '')}",
            f"Reproduce: {finding['curl']}",
        )
    )
