"""Comparisons for tests of what is made of them: any there is, hostile ones, one of every kind."""

from __future__ import annotations

from typing import Any

from fakes.records import HOSTILE, finding, footer, header, judged, lines, row, run_of, two_runs
from hypothesis import strategies as st

from reports.compare import compare
from reports.comparison import Comparison
from reports.record import RunRecord
from reports.summary import report

Events = list[dict[str, Any]]

NEW, FIXED, CHANGED, FLAKY, UNSETTLED, GONE, STILL, PASSING = (
    f"CreateModel/{each}"
    for each in (
        "ModelName:max-length",
        "ModelName:pattern",
        "ModelName:type",
        "Tags[].Key:pattern",
        "Tags[].Key:max-length",
        "Tags[].Value:pattern",
        "Tags:max-items",
        "VpcConfig.Subnets:max-items",
    )
)


def of(events: Events) -> dict[str, Any]:
    """The report of a run with these events."""
    return report(RunRecord.from_lines(lines(events)))


def compared(old: Events, new: Events) -> Comparison:
    """The comparison of two runs."""
    return compare(of(old), of(new))


def comparisons() -> st.SearchStrategy[Comparison]:
    """Comparisons of any two runs with rules in common."""
    return two_runs().map(lambda pair: compared(*pair))


def one_of_each(harm: str = "") -> Comparison:
    """A comparison with a change of every kind; ``harm`` is all that the target says."""
    old = {NEW: "pass", FIXED: "fail", CHANGED: "fail", FLAKY: "pass", UNSETTLED: "pass"}
    new = {NEW: "fail", FIXED: "pass", CHANGED: "fail", FLAKY: "fail", UNSETTLED: "inconclusive"}
    both = {STILL: "fail", PASSING: "pass"}
    before = run_of({**old, **both, GONE: "pass"})
    after = run_of({**new, **both})
    for event in after:
        if event.get("rule") == CHANGED:
            event["finding"] = finding(way="server-fault")
        if event.get("rule") == FLAKY:
            event["finding"] = finding(flaky=True)
        if harm and event.get("finding"):
            reply = {"n": 1, "status": 200, "headers": [[harm, harm]], "body": harm}
            case = {"reason": "x", "label": harm}
            event["finding"] |= {"why": harm, "expected": harm, "reply": reply, "case": case}
            event["finding"] |= {"request": {harm[:200]: harm}, "also": [harm]}
        if harm and event.get("note"):
            event["note"] = harm
    if harm:
        for run in (before, after):
            fingerprint = {"kind": harm, "version": harm}
            run[0]["target"] = {**run[0]["target"], "name": harm, "fingerprint": fingerprint}
    return compared(before, after)


def hostile() -> Comparison:
    """A comparison in which the target says everything that could do harm somewhere."""
    return one_of_each(
        f"{HOSTILE}</div></script><script>alert(1)</script><img src=x onerror=alert(2)>"
        "```` ``` [x](http://e) @team ![i](http://e/i) |cell| `code`"
    )


def all_failing(rules: list[str]) -> Comparison:
    """A comparison in which every one of these rules is new."""
    events = [header([row(each) for each in rules])]
    for rule in rules:
        for side in row(rule)["sides"]:
            events.append(judged(rule, side, "pass"))
    return compared([*events, footer()], run_of(dict.fromkeys(rules, "fail")))
