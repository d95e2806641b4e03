"""``junit.xml``: one test case a rule and side, for CI servers."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from typing import Any

from reports.finding import steps

#: Characters that XML 1.0 cannot hold; what came off the wire may be full of them.
_UNFIT = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 8_000


def fit(text: str) -> str:
    """Return text that XML can hold, cut to a bearable length."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}... ({len(text)} characters)"
    return _UNFIT.sub("\ufffd", cut)


def junit(report: Mapping[str, Any]) -> str:
    """Return the XML of a report (see ``reports.summary``): a suite a family, a case a side.

    Unsupported and not judged sides are skipped, inconclusive ones and errors are errors. What an
    ``info`` rule found is skipped too: it decides nothing.
    """
    root = ET.Element("testsuites", name=fit(f"CreateModel on {report['target']['name']}"))
    families: dict[str, ET.Element] = {}
    for rule in report["rules"]:
        family = re.split("[/:]", rule["id"])[0]
        if family not in families:
            families[family] = ET.SubElement(
                root, "testsuite", name=family, timestamp=report["started"]
            )
        for side, judged in rule["sides"].items():
            _case(families[family], rule, side, judged)
    for suite in root:
        counts = {"tests": len(suite), "failures": 0, "errors": 0, "skipped": 0}
        for case in suite:
            for child, counted in (
                ("failure", "failures"),
                ("error", "errors"),
                ("skipped", "skipped"),
            ):
                counts[counted] += case.find(child) is not None
        for key, value in counts.items():
            suite.set(key, str(value))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, rule: Mapping[str, Any], side: str, judged: Mapping[str, Any]) -> None:
    case = ET.SubElement(suite, "testcase", classname=fit(rule["id"]), name=side, time="0")
    verdict = judged["verdict"]
    if verdict == "pass":
        return
    finding = next(
        (f for f in (rule["finding"], rule["other_finding"]) if f and f["side"] == side), None
    )
    if verdict == "fail" and rule["level"] == "must" and finding:
        failure = ET.SubElement(
            case, "failure", type=rule["constraint"], message=fit(finding["why"])
        )
        failure.text = fit(_text(rule, finding))
    elif (verdict in ("inconclusive", "error") and rule["level"] == "must") or verdict == "error":
        ET.SubElement(case, "error", type=verdict, message=fit(judged["note"]))
    else:
        why = finding["why"] if finding else judged["note"] or verdict
        ET.SubElement(case, "skipped", message=fit(f"{rule['level']}: {why}"))


def _text(rule: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    reply = finding["reply"] or {}
    return "\n".join(
        (
            f"Expected: {finding['expected']}",
            f"Source: {'; '.join(rule['source'])}",
            f"Sent ({finding['case']['label']}): " + "\n  ".join(steps(finding)),
            f"Answer: {reply.get('status')} {reply.get('body', '')}",
            f"Reproduce: {finding['curl']}",
        )
    )
