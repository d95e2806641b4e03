"""One side of a rule held against a list: it agrees with what a whole run makes of that list."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.records import few, lines, runs
from hypothesis import given
from hypothesis import strategies as st

from conformance.oracle.catalogue import rule_by_id
from conformance.suite.known import standing
from reports.known.entries import entries
from reports.known.writing import written
from reports.record import RunRecord
from reports.summary import report

LENGTH, DAY = "CreateModel/ModelName:max-length", "2026-01-01"


def known(text: str) -> dict[str, Any]:
    """A list as the header of a record keeps it."""
    return {"file": "known.yaml", "entries": [each.as_data() for each in entries(text)]}


@few
@given(runs(), st.data())
def test_items_and_whole_runs_agree_on_what_is_new(
    events: list[dict[str, Any]], data: st.DataObject
) -> None:
    """Whatever was taken out of the list: a rule is new where one of its sides fails unlisted."""
    plain = report(RunRecord.from_lines(lines(events)))
    listed = known(written(plain))
    listed["entries"] = [each for each in listed["entries"] if data.draw(st.booleans())]
    head = {**events[0], "known": listed}
    document = report(RunRecord.from_lines(lines([head, *events[1:]])))
    failing = {
        (rule["id"], side): standing(listed, rule_by_id(rule["id"]), side, "fail", DAY)[0]
        for rule in plain["rules"]
        for side, judged in rule["sides"].items()
        if rule["level"] == "must" and judged["verdict"] == "fail"
    }
    assert {rule for (rule, _), kind in failing.items() if kind != "known"} == set(
        document["known"]["new"]
    )


@given(st.sampled_from(["pass", "fail", "inconclusive", "unsupported", "not-run", "error"]))
def test_what_is_not_listed_stands_in_no_relation(verdict: str) -> None:
    """No entry, no word; an error of the suite's is never known."""
    assert standing(known("known: []\n"), rule_by_id(LENGTH), "rejects", verdict, DAY) == ("", "")
    listed = known(f"known:\n  - rule: {LENGTH}\n    reason: x\n")
    assert standing(listed, rule_by_id(LENGTH), "rejects", "error", DAY) == ("", "")


@pytest.mark.parametrize(
    ("more", "verdict", "kind"),
    [
        ("", "fail", "known"),
        ("", "pass", ""),
        ("    side: rejects\n", "pass", "stale"),
        ("    side: accepts\n", "pass", ""),
        ("    side: accepts\n", "fail", ""),
        ("    side: rejects\n    flaky: true\n", "pass", ""),
        ("    side: rejects\n    expires: 2025-12-31\n", "pass", "stale"),
        ("    expires: 2025-12-31\n", "fail", "expired"),
        ("    expires: 2026-01-01\n", "fail", "known"),
        ("    verdict: inconclusive\n", "fail", ""),
        ("    verdict: inconclusive\n", "inconclusive", "known"),
    ],
)
def test_the_entry_for_this_side_decides(more: str, verdict: str, kind: str) -> None:
    """Side, day and verdict of the entry count as they do for a run."""
    listed = known(f"known:\n  - rule: {LENGTH}\n    reason: x\n{more}")
    assert standing(listed, rule_by_id(LENGTH), "rejects", verdict, DAY)[0] == kind
