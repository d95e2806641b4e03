"""report.json: figures, verdict and exit code, as the design has them."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from fakes.records import VERDICTS, few, lines, rows, run_of, runs
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reports.files import write_reports
from reports.record import RunRecord
from reports.schemas import schema
from reports.summary import exit_code, report

REPORT = Draft202012Validator(schema("report"))
MUST = [rule["id"] for rule in rows() if rule["level"] == "must" and len(rule["sides"]) == 2]
INFO = [rule["id"] for rule in rows() if rule["level"] == "info"]
ONE, OTHER = MUST[:2]


def of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of a run with these events."""
    return report(RunRecord.from_lines(lines(events)))


def worst(verdicts: list[str]) -> str:
    """The design's lattice, written down a second time: the later word wins."""
    for verdict in ("error", "fail", "inconclusive", "pass", "unsupported", "not-run"):
        if verdict in verdicts:
            return verdict
    raise AssertionError("a rule without sides")


@few
@given(runs())
def test_every_report_keeps_to_its_schema(events: list[dict[str, Any]]) -> None:
    """Whatever the run, its report validates against the published schema."""
    REPORT.validate(json.loads(json.dumps(of(events))))


@few
@given(runs())
def test_totals_add_up_to_the_rules(events: list[dict[str, Any]]) -> None:
    """Every must rule is counted once, under its verdict; info rules are counted apart."""
    document = of(events)
    for level, totals in (("must", "totals"), ("info", "info_totals")):
        counted = Counter(r["verdict"] for r in document["rules"] if r["level"] == level)
        assert {k: v for k, v in document[totals].items() if v} == dict(counted)
    assert [rule["id"] for rule in document["rules"]] == [rule["id"] for rule in events[0]["rules"]]


@few
@given(runs())
def test_the_two_figures_are_shares_of_the_must_rules(events: list[dict[str, Any]]) -> None:
    """Divergence is fail / all and coverage is (pass + fail) / all, 0 when there are none."""
    document = of(events)
    totals = document["totals"]
    whole = sum(totals.values())
    judged = totals["pass"] + totals["fail"]
    assert document["divergence"] == pytest.approx(totals["fail"] / max(whole, 1), abs=5e-5)
    assert document["coverage"] == pytest.approx(judged / max(whole, 1), abs=5e-5)
    assert 0 <= document["divergence"] <= document["coverage"] <= 1


@few
@given(runs())
def test_a_rule_has_the_worst_verdict_of_its_sides(events: list[dict[str, Any]]) -> None:
    """The lattice decides, but a pass with a side that never ran is not run, not a pass."""
    for rule in of(events)["rules"]:
        sides = [side["verdict"] for side in rule["sides"].values()]
        expected = worst(sides)
        if expected == "pass" and "not-run" in sides:
            expected = "not-run"
        assert rule["verdict"] == expected


@few
@given(runs())
def test_verdict_and_exit_code_agree_with_the_design(events: list[dict[str, Any]]) -> None:
    """Error 4, else nonconforming 1, else inconclusive or nothing judged 3, else conforming 0."""
    document = of(events)
    totals, info = document["totals"], document["info_totals"]
    if totals["error"] or info["error"]:
        expected = ("error", 4)
    elif totals["fail"]:
        expected = ("nonconforming", 1)
    elif totals["inconclusive"] or totals["not-run"] or not totals["pass"]:
        expected = ("inconclusive", 3)
    else:
        expected = ("conforming", 0)
    assert (document["verdict"], exit_code(document)) == expected


@few
@given(runs(), st.randoms(use_true_random=False))
def test_the_order_in_which_workers_finish_changes_nothing(
    events: list[dict[str, Any]], order: random.Random
) -> None:
    """A run in several processes gives the report of the same run in one."""
    sides = [event for event in events if event["event"] == "judged"]
    order.shuffle(sides)
    tail = [event for event in events if event["event"] == "end"]
    assert of([events[0], *sides, *tail]) == of(events)


@few
@given(runs())
def test_every_finding_is_shown_with_its_side_and_a_curl_line(
    events: list[dict[str, Any]],
) -> None:
    """What failed in the events is in the report, the first side's finding first."""
    failed = {
        (event["rule"], event["side"]): event["finding"] for event in events if event.get("finding")
    }
    shown = {}
    for rule in of(events)["rules"]:
        for finding in (rule["finding"], rule["other_finding"]):
            if finding:
                assert finding["curl"].startswith("curl ")
                plain = {k: v for k, v in finding.items() if k not in ("side", "curl")}
                shown[rule["id"], finding["side"]] = plain
        assert rule["finding"] or not rule["other_finding"]
    assert shown == failed


@pytest.mark.parametrize(
    ("verdicts", "verdict", "code"),
    [
        ({ONE: "pass", OTHER: "pass"}, "conforming", 0),
        ({ONE: "pass", OTHER: "unsupported"}, "conforming", 0),
        ({ONE: "pass", OTHER: "fail"}, "nonconforming", 1),
        ({ONE: "pass", OTHER: "inconclusive"}, "inconclusive", 3),
        ({ONE: "inconclusive", OTHER: "fail"}, "nonconforming", 1),
        ({ONE: "unsupported", OTHER: "unsupported"}, "inconclusive", 3),
        ({ONE: "not-run", OTHER: "pass"}, "inconclusive", 3),
        ({ONE: {"accepts": "pass"}}, "inconclusive", 3),
        ({ONE: {"rejects": "fail"}}, "nonconforming", 1),
        ({ONE: "error", OTHER: "fail"}, "error", 4),
        ({ONE: "pass", INFO[0]: "fail"}, "conforming", 0),
        ({ONE: "pass", INFO[0]: "inconclusive"}, "conforming", 0),
        ({INFO[0]: "pass"}, "inconclusive", 3),
        ({ONE: "pass", INFO[0]: "error"}, "error", 4),
    ],
)
def test_runs_have_the_verdict_of_the_design(
    verdicts: dict[str, Any], verdict: str, code: int
) -> None:
    """Only must rules decide; nothing judged is not conforming; error stands above all."""
    document = of(run_of(verdicts))
    assert (document["verdict"], exit_code(document)) == (verdict, code)


def test_totals_name_every_verdict_also_those_that_nobody_got() -> None:
    """A reader finds all six numbers, zeros included."""
    assert set(of(run_of({ONE: "pass"}))["totals"]) == set(VERDICTS)


def test_the_reports_on_disk_are_a_function_of_the_events(tmp_path: Path) -> None:
    """Written twice they are the same bytes, and the JSON is what ``report`` returns."""
    events = run_of({ONE: "fail", OTHER: "pass"})
    (tmp_path / "events.ndjson").write_text("\n".join(lines(events)) + "\n", "utf-8")
    document = write_reports(tmp_path)
    first = {name: (tmp_path / name).read_bytes() for name in ("report.json", "junit.xml")}
    write_reports(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in first} == first
    assert json.loads(first["report.json"]) == document == of(events)
