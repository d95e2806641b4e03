"""Causes: one fault of a target is one finding, however many rules show it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fakes.records import few, finding, header, judged, lines, row, rows, run_of, runs
from hypothesis import given

from conformance.engine.record import described
from conformance.oracle.catalogue import all_rules
from reports.causes import causes
from reports.record import RunRecord
from reports.summary import report


def of(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The causes of a run with these events."""
    found: list[dict[str, Any]] = report(RunRecord.from_lines(lines(events)))["causes"]
    return found


def ids(kind: str, *, within: str = "CreateModel/PrimaryContainer") -> list[str]:
    """Ids of must rules of one kind of constraint below a member."""
    return [r["id"] for r in rows() if r["constraint"] == kind and r["id"].startswith(within)]


@few
@given(runs())
def test_every_finding_of_a_must_rule_is_in_exactly_one_cause(
    events: list[dict[str, Any]],
) -> None:
    """Nothing is counted twice, nothing is lost, and info findings are no causes."""
    document = report(RunRecord.from_lines(lines(events)))
    explained = [rule for cause in document["causes"] for rule in cause["rules"]]
    found = [r["id"] for r in document["rules"] if r["level"] == "must" and r["finding"]]
    assert sorted(explained) == sorted(found)


@few
@given(runs())
def test_causes_stand_worst_first_and_name_one_of_their_own_rules(
    events: list[dict[str, Any]],
) -> None:
    """The cause with most rules is first; its example is one of its rules; titles are filled."""
    found = of(events)
    sizes = [len(cause["rules"]) for cause in found]
    assert sizes == sorted(sizes, reverse=True)
    for cause in found:
        assert cause["example"]["rule"] in cause["rules"]
        assert 1 <= cause["members"] <= len(cause["rules"])
        assert cause["title"]


def test_the_same_limit_ignored_everywhere_is_one_cause() -> None:
    """A target that checks no maximum length at all has one fault."""
    (cause,) = of(run_of(dict.fromkeys(ids("max-length"), "fail")))
    assert cause["title"] == "max-length is not enforced"
    assert sorted(cause["rules"]) == sorted(ids("max-length"))


def test_one_shape_in_both_container_forms_is_one_cause() -> None:
    """PrimaryContainer.Image and Containers[].Image are one shape, so one fault breaks both."""
    both = [f"CreateModel/{form}.Image:pattern" for form in ("PrimaryContainer", "Containers[]")]
    other = "CreateModel/ModelName:pattern"
    (cause,) = of(run_of({**dict.fromkeys(both, "fail"), other: "pass"}))
    assert cause["title"] == "pattern is not enforced for Image"
    assert cause["rules"] == both


def test_two_limits_ignored_for_two_shapes_are_two_causes() -> None:
    """Shapes that fail alone are named, each for itself."""
    verdicts = dict.fromkeys(ids("max-length", within="CreateModel"), "pass")
    some = ["CreateModel/ModelName:max-length", "CreateModel/Tags[].Key:max-length"]
    found = of(run_of({**verdicts, **dict.fromkeys(some, "fail")}))
    assert [cause["rules"] for cause in found] == [[some[0]], [some[1]]]


def test_the_same_rule_broken_in_two_ways_is_two_causes() -> None:
    """A target that accepts some illegal types and crashes on others has two faults."""
    accepted, crashed = ids("type")[:5], ids("type")[5:11]
    events = [header([row(rule) for rule in accepted + crashed])]
    for rule in accepted + crashed:
        way = "accepted" if rule in accepted else "server-fault"
        events.append(judged(rule, "rejects", "fail", finding=finding(way=way)))
    found = of(events)
    assert [(cause["way"], len(cause["rules"])) for cause in found] == [
        ("server-fault", 6),
        ("accepted", 5),
    ]


def test_a_run_without_findings_has_no_causes() -> None:
    """Passes and undecided sides need no explanation."""
    assert causes([]) == []
    assert of(run_of({"CreateModel/ModelName:pattern": "inconclusive"})) == []


FAULTS = {
    "model-name-max-length-64": ("max-length", "max-length is not enforced for ModelName"),
    "container-image-max-length-256": ("max-length", "max-length is not enforced for Image"),
    "container-mode-enum-open": ("enum", "enum is not enforced for Mode"),
    "containers-max-items-16": ("max-items", "max-items is not enforced for Containers"),
    "checks-no-types": ("type", "type is not enforced"),
    "error-code-validation-error": ("errors", "The error code is ValidationError"),
    "error-content-type-html": ("errors", "The Content-Type"),
    "arn-missing": ("response", "The answer is no JSON object with a string ModelArn"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_of_a_real_target_is_one_cause(
    fault: str, judged: Callable[..., Any], make_reference: Callable[..., Any]
) -> None:
    """Judged on a whole family, the reference service with one fault has one cause, well named."""
    word, title = FAULTS[fault]
    rules = [rule for rule in all_rules() if word in (rule.constraint, rule.family)]
    run = judged(make_reference(fault), rules)
    head = header([described(rule) for rule in rules], name=f"reference:{fault}")
    (cause,) = of([head, *(each.as_event() for each in run.judgements)])
    assert cause["title"].startswith(title)
