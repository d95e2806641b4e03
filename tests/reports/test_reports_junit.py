"""junit.xml: valid whatever the target sent, with one case for each rule."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import xmlschema
from fakes.records import (
    HOSTILE,
    few,
    finding,
    footer,
    header,
    judged,
    lines,
    row,
    rows,
    run_of,
    runs,
    wire_texts,
)
from hypothesis import given

from reports.junit import fit, junit
from reports.record import RunRecord
from reports.summary import report

RULE = "CreateModel/ModelName:max-length"
INFO = next(rule["id"] for rule in rows() if rule["level"] == "info")


def of(events: list[dict[str, Any]]) -> ET.Element:
    """The parsed XML of a run, as a CI server reads it: from UTF-8 bytes."""
    text = junit(report(RunRecord.from_lines(lines(events))))
    return ET.fromstring(text.encode())


def cases(root: ET.Element) -> dict[str, ET.Element]:
    """Every test case by its rule."""
    return {case.attrib["name"]: case for case in root.iter("testcase")}


#: The form of Apache Ant's report, the strictest that CI servers hold a file to.
FORM = xmlschema.XMLSchema(Path(__file__).parents[1] / "data" / "junit.xsd")


@few
@given(runs())
def test_any_run_gives_a_valid_document_with_a_case_for_each_rule(
    events: list[dict[str, Any]],
) -> None:
    """No text of a target can break the document or hide a case, nor that a run was cut off."""
    root = of(events)
    FORM.validate(ET.tostring(root, encoding="unicode"))
    is_whole = RunRecord.from_lines(lines(events)).complete
    rules = [rule["id"] for rule in events[0]["rules"]]
    assert sorted(cases(root)) == sorted([*rules, *([] if is_whole else ["goes to its end"])])


@few
@given(runs())
def test_the_counts_of_suites_are_those_of_their_cases(events: list[dict[str, Any]]) -> None:
    """tests, failures, errors and skipped add up, in each suite."""
    for suite in of(events):
        assert int(suite.attrib["tests"]) == len(suite.findall("testcase"))
        for tag, attribute in (
            ("failure", "failures"),
            ("error", "errors"),
            ("skipped", "skipped"),
        ):
            found = [case for case in suite if case.find(tag) is not None]
            assert int(suite.attrib[attribute]) == len(found)


@few
@given(runs())
def test_each_case_says_what_its_verdict_means(events: list[dict[str, Any]]) -> None:
    """Failures are failed must rules; undecided must rules are errors; info never fails."""
    document = report(RunRecord.from_lines(lines(events)))
    found = cases(of(events))
    for rule in document["rules"]:
        verdict, decides = rule["verdict"], rule["level"] == "must"
        if verdict == "pass":
            expected = []
        elif verdict == "fail" and decides:
            expected = ["failure"]
        elif verdict == "error" or (verdict == "inconclusive" and decides):
            expected = ["error"]
        else:
            expected = ["skipped"]
        assert [child.tag for child in found[rule["id"]]] == expected


@given(wire_texts())
def test_fitted_text_can_stand_in_xml_as_it_is(text: str) -> None:
    """Nothing that XML 1.0 cannot hold is left, and what it can hold is kept."""
    fitted = fit(text)
    element = ET.Element("x")
    element.text = fitted.replace("\r", "")
    assert ET.fromstring(ET.tostring(element, encoding="utf-8")).text in (element.text, None)
    assert len(fitted) == len(text)


def test_markup_and_escape_codes_of_a_target_are_text() -> None:
    """An answer full of markup makes no element; control characters are replaced."""
    reply = {"n": 1, "status": 200, "headers": [], "body": HOSTILE + "</failure></testcase>"}
    bad = finding(why=HOSTILE, reply=reply, request={HOSTILE: HOSTILE})
    root = of([header([row(RULE)]), judged(RULE, "rejects", "fail", finding=bad), footer()])
    (failure,) = root.iter("failure")
    assert "</failure></testcase>" in (failure.text or "")
    assert "\x1b" not in (failure.text or "") + failure.attrib["message"]
    assert len(list(root.iter("testcase"))) == 1


def test_endless_answers_are_cut() -> None:
    """A megabyte of answer does not make a megabyte of report."""
    reply = {"n": 1, "status": 200, "headers": [], "body": "x" * 1_000_000}
    root = of([header([row(RULE)]), judged(RULE, "rejects", "fail", finding=finding(reply=reply))])
    (failure,) = root.iter("failure")
    assert len(failure.text or "") < 10_000


def test_a_failure_says_what_was_expected_sent_and_answered() -> None:
    """The text holds the source, the request, the answer and the curl line."""
    (failure,) = of(run_of({RULE: {"rejects": "fail"}})).iter("failure")
    text = failure.text or ""
    for needle in ("should be rejected", "API Reference", "a" * 64, "200", "curl -gsS"):
        assert needle in text


def test_an_info_finding_is_skipped_with_its_reason() -> None:
    """What nobody has shown is noted, not failed."""
    (skipped,) = of(run_of({INFO: "fail"})).iter("skipped")
    assert skipped.attrib["message"].startswith("info: The target accepted")


def test_both_sides_of_a_rule_are_told_in_one_case() -> None:
    """When both sides fail the rule's case tells of both requests."""
    events = [
        header([row(RULE)]),
        judged(RULE, "accepts", "fail", finding=finding(why="first")),
        judged(RULE, "rejects", "fail", finding=finding(why="second")),
    ]
    (failure,) = of(events).iter("failure")
    assert failure.attrib["message"] == "first second"
    assert (failure.text or "").count("Reproduce: curl") == 2
