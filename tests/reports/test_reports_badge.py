"""Badges: what shields.io and a README show."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from fakes.records import few, lines, run_of, runs
from hypothesis import given
from jsonschema import Draft202012Validator

from reports.badge import badge_json, badge_svg
from reports.record import RunRecord
from reports.schemas import schema
from reports.summary import report

RULE = "CreateModel/ModelName:max-length"


def of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of these events."""
    return report(RunRecord.from_lines(lines(events)))


@few
@given(runs())
def test_any_badge_is_valid_and_says_the_same_in_both_forms(events: list[dict[str, Any]]) -> None:
    """The endpoint's JSON follows its schema; the picture is XML with the same words."""
    document = of(events)
    endpoint = json.loads(badge_json(document))
    Draft202012Validator(schema("badge")).validate(endpoint)
    picture = ET.fromstring(badge_svg(document))
    assert picture.attrib["aria-label"] == f"{endpoint['label']}: {endpoint['message']}"


@pytest.mark.parametrize(
    ("verdict", "colour", "message"),
    [
        ("pass", "brightgreen", "conforming"),
        ("fail", "red", "100.0% divergent"),
        ("inconclusive", "yellow", "inconclusive"),
        ("error", "lightgrey", "error"),
    ],
)
def test_colour_and_words_follow_the_verdict(verdict: str, colour: str, message: str) -> None:
    """Green means conforming, and nothing else does."""
    endpoint = json.loads(badge_json(of(run_of({RULE: verdict}))))
    assert (endpoint["color"], endpoint["message"]) == (colour, message)


def test_a_run_that_was_cut_off_is_never_plainly_conforming() -> None:
    """A badge of a partial run says so."""
    endpoint = json.loads(badge_json(of(run_of({RULE: "pass"})[:-1])))
    assert endpoint["message"] == "conforming, partial"
