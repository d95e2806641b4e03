"""junit.xml: well-formed whatever the target sent, with one case for each rule and side."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

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


def cases(root: ET.Element) -> dict[tuple[str, str], ET.Element]:
    """Every test case by rule and side."""
    return {(c.attrib["classname"], c.attrib["name"]): c for c in root.iter("testcase")}


@few
@given(runs())
def test_any_run_gives_well_formed_xml_with_a_case_for_each_side(
    events: list[dict[str, Any]],
) -> None:
    """No text of a target can break the document or hide a case."""
    sides = {(rule["id"], side) for rule in events[0]["rules"] for side in rule["sides"]}
    assert set(cases(of(events))) == sides


@few
@given(runs())
def test_the_counts_of_suites_are_those_of_their_cases(events: list[dict[str, Any]]) -> None:
    """tests, failures, errors and skipped add up, in each suite and over all."""
    root = of(events)
    for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        for suite in root:
            found = [case for case in suite if case.find(tag) is not None]
            assert int(suite.attrib[attribute]) == len(found)
    for attribute in ("tests", "failures", "errors"):
        assert int(root.attrib[attribute]) == sum(int(suite.attrib[attribute]) for suite in root)


@few
@given(runs())
def test_each_case_says_what_its_verdict_means(events: list[dict[str, Any]]) -> None:
    """Failures are failed must sides; undecided must sides are errors; info never fails."""
    found = cases(of(events))
    levels = {rule["id"]: rule["level"] for rule in events[0]["rules"]}
    verdicts = {
        (event["rule"], event["side"]): event["verdict"]
        for event in events
        if event["event"] == "judged"
    }
    for key, case in found.items():
        verdict, decides = verdicts.get(key, "not-run"), levels[key[0]] == "must"
        if verdict == "pass":
            expected = []
        elif verdict == "fail" and decides:
            expected = ["failure"]
        elif verdict == "error" or (verdict == "inconclusive" and decides):
            expected = ["error"]
        else:
            expected = ["skipped"]
        assert [child.tag for child in case] == expected


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
    assert len(list(root.iter("testcase"))) == 2


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


def test_both_sides_of_a_rule_keep_their_own_finding() -> None:
    """When both sides fail each case tells of its own request."""
    events = [
        header([row(RULE)]),
        judged(RULE, "accepts", "fail", finding=finding(why="first")),
        judged(RULE, "rejects", "fail", finding=finding(why="second")),
    ]
    found = cases(of(events))
    messages = {side: found[RULE, side][0].attrib["message"] for side in ("accepts", "rejects")}
    assert messages == {"accepts": "first", "rejects": "second"}
