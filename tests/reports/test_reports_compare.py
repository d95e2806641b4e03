"""Comparing two runs: new, fixed, still, and what cannot be told."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.records import VERDICTS, few, header, lines, row, rows, run_of, runs
from hypothesis import given

from reports.compare import compare
from reports.record import RunRecord
from reports.summary import report

RULE = "CreateModel/ModelName:max-length"
INFO = next(rule["id"] for rule in rows() if rule["level"] == "info")


def of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of a run with these events."""
    return report(RunRecord.from_lines(lines(events)))


def must(document: dict[str, Any], verdict: str) -> set[str]:
    """Ids of the must rules with a verdict."""
    return {r["id"] for r in document["rules"] if r["level"] == "must" and r["verdict"] == verdict}


@few
@given(runs(), runs())
def test_every_failure_of_either_run_is_in_exactly_one_list(
    old: list[dict[str, Any]], new: list[dict[str, Any]]
) -> None:
    """New, Still and First judged fail now; Fixed, Still and Unclear failed before."""
    before, after = of(old), of(new)
    found = compare(before, after)
    assert sorted((*found.new, *found.still, *found.first_judged)) == sorted(must(after, "fail"))
    assert sorted((*found.fixed, *found.still, *found.unclear)) == sorted(must(before, "fail"))
    assert set(found.fixed) <= must(after, "pass")


@few
@given(runs())
def test_a_run_compared_with_itself_has_nothing_new(events: list[dict[str, Any]]) -> None:
    """Only Still can hold anything."""
    found = compare(of(events), of(events))
    assert (found.new, found.fixed, found.unclear, found.not_comparable) == ((), (), (), "")


@pytest.mark.parametrize("before", VERDICTS)
@pytest.mark.parametrize("after", VERDICTS)
def test_each_pair_of_verdicts_has_its_place(before: str, after: str) -> None:
    """New only where it was judged before; Fixed only by a pass; the rest is silence."""
    found = compare(of(run_of({RULE: before})), of(run_of({RULE: after})))
    where = [
        title
        for title in ("new", "fixed", "still", "first_judged", "unclear")
        if getattr(found, title) == (RULE,)
    ]
    if after == "fail":
        expected = {"fail": ["still"], "not-run": ["first_judged"]}.get(before, ["new"])
    elif before == "fail":
        expected = ["fixed"] if after == "pass" else ["unclear"]
    else:
        expected = []
    assert where == expected


def test_a_rule_that_the_new_run_left_out_is_unclear_not_fixed() -> None:
    """Deselecting a failing rule does not mend it."""
    old = of(run_of({RULE: "fail"}))
    new = of(run_of({"CreateModel/ModelName:pattern": "pass"}))
    assert compare(old, new).unclear == (RULE,)


def test_a_rule_that_the_old_run_left_out_is_first_judged_not_new() -> None:
    """Selecting more rules is no regression of the target."""
    old = of(run_of({"CreateModel/ModelName:pattern": "pass"}))
    found = compare(old, of(run_of({RULE: "fail"})))
    assert (found.new, found.first_judged) == ((), (RULE,))


def test_a_failure_that_only_a_cut_off_run_did_not_reach_is_unclear() -> None:
    """A partial new run cannot fix what it never judged."""
    new = of([header([row(RULE)])])
    assert compare(of(run_of({RULE: "fail"})), new).unclear == (RULE,)


def test_info_rules_are_never_new() -> None:
    """What decides nothing is no regression."""
    found = compare(of(run_of({INFO: "pass"})), of(run_of({INFO: "fail"})))
    assert found.new == ()


def test_runs_against_different_specifications_are_said_to_differ() -> None:
    """A sentence warns that the two runs were not judged by the same rules."""
    other = run_of({RULE: "pass"})
    other[0]["spec"] = {**other[0]["spec"], "digest": "sha256:" + "1" * 64}
    assert compare(of(run_of({RULE: "pass"})), of(other)).not_comparable
