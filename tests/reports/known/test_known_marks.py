"""A run held against a list: known, new, stale, expired, and the exit code that follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fakes.records import few, lines, run_of, runs
from hypothesis import given
from hypothesis import strategies as st

from reports.junit import junit
from reports.known.entries import entries
from reports.known.marks import causes_of_news, news, standing
from reports.known.writing import written
from reports.markdown import markdown
from reports.pages.run_page import run_page
from reports.record import RunRecord
from reports.summary import exit_code, report

LENGTH, PATTERN, TYPE = (f"CreateModel/ModelName:{k}" for k in ("max-length", "pattern", "type"))
Events = list[dict[str, Any]]


def held(events: Events, listed: str) -> dict[str, Any]:
    """The report of a run that was held against a list."""
    known = {"file": "known.yaml", "entries": [each.as_data() for each in entries(listed)]}
    return report(RunRecord.from_lines(lines([{**events[0], "known": known}, *events[1:]])))


def entry(rule: str, **more: str | bool | date) -> str:
    """The lines of one entry."""
    members = {"rule": rule, "reason": "why", **more}
    text = [f"    {k}: {str(v).lower() if v is True else v}\n" for k, v in members.items()]
    return "  -" + "".join(text)[3:]


@pytest.mark.parametrize(
    ("verdicts", "listed", "code", "kind"),
    [
        ({LENGTH: "fail"}, entry(LENGTH), 0, "known"),
        ({LENGTH: "fail"}, entry(PATTERN), 1, "new"),
        ({LENGTH: "pass"}, entry(LENGTH), 1, "stale"),
        ({LENGTH: "pass"}, entry(LENGTH, flaky=True), 0, ""),
        ({LENGTH: "fail"}, entry(LENGTH, expires="2026-01-01"), 0, "known"),
        ({LENGTH: "fail"}, entry(LENGTH, expires="2025-12-31"), 1, "expired"),
        ({LENGTH: {"accepts": "pass", "rejects": "fail"}}, entry(LENGTH), 0, "known"),
        ({LENGTH: {"accepts": "fail", "rejects": "fail"}}, entry(LENGTH, side="rejects"), 1, "new"),
        ({LENGTH: {"accepts": "fail", "rejects": "pass"}}, entry(LENGTH, side="rejects"), 1, "new"),
        ({LENGTH: "inconclusive", PATTERN: "fail"}, entry(LENGTH), 1, "known"),
        ({LENGTH: "inconclusive", PATTERN: "pass"}, entry(LENGTH), 0, "known"),
        ({LENGTH: "inconclusive"}, entry(LENGTH), 3, "known"),
        ({LENGTH: "inconclusive", PATTERN: "pass"}, entry(PATTERN, flaky=True), 3, ""),
        ({LENGTH: "fail"}, entry(LENGTH, verdict="inconclusive"), 1, "new"),
        ({LENGTH: "error"}, entry(LENGTH), 4, ""),
        ({LENGTH: {"accepts": "pass"}}, entry(LENGTH), 3, "known"),
        (
            {LENGTH: "fail", PATTERN: "fail", TYPE: "fail"},
            entry("CreateModel/ModelName"),
            0,
            "known",
        ),
    ],
)
def test_only_news_decides(verdicts: dict[str, Any], listed: str, code: int, kind: str) -> None:
    """Listed and failing is known (0); unlisted, stale or expired is 1; an open rule is 3."""
    document = held(run_of(verdicts), f"known:\n{listed}")
    assert (exit_code(document), standing(document, LENGTH)[0]) == (code, kind)


def test_a_glob_that_covers_what_passes_is_stale_in_part() -> None:
    """It would hide the next failure of that rule; the sentence names it and the line."""
    document = held(
        run_of({LENGTH: "fail", PATTERN: "pass"}), "known:\n" + entry("CreateModel/ModelName:*")
    )
    assert list(news(document["known"])) == [
        f"known.yaml, line 2: CreateModel/ModelName:* covers what passes now: {PATTERN}"
    ]
    assert exit_code(document) == 1


def test_what_was_not_judged_makes_no_entry_stale() -> None:
    """A run of other rules says nothing about this one."""
    assert exit_code(held(run_of({PATTERN: "pass"}), "known:\n" + entry(LENGTH))) == 0


@few
@given(runs())
def test_a_run_held_against_its_own_list_has_no_news(events: Events) -> None:
    """``known RUN`` and then ``run --known``: exit code 0, or 3 where nothing was judged."""
    plain = report(RunRecord.from_lines(lines(events)))
    document = held(events, written(plain))
    known = document["known"]
    assert known is not None
    assert (known["new"], known["stale"], known["open"]) == ([], [], [])
    judged = plain["totals"]["pass"] + plain["totals"]["fail"]
    assert exit_code(document) == (4 if plain["verdict"] == "error" else 0 if judged else 3)
    assert document["verdict"] == plain["verdict"]


@few
@given(runs(), st.data())
def test_an_entry_less_is_one_new_finding(events: Events, data: st.DataObject) -> None:
    """Whichever failing rule is taken out of the list, it and no other is new."""
    plain = report(RunRecord.from_lines(lines(events)))
    failing = [r["id"] for r in plain["rules"] if r["level"] == "must" and r["verdict"] == "fail"]
    if not failing:
        return
    gone = data.draw(st.sampled_from(failing))
    known = [each.as_data() for each in entries(written(plain)) if each.rule != gone]
    head = {**events[0], "known": {"file": "known.yaml", "entries": known}}
    document = report(RunRecord.from_lines(lines([head, *events[1:]])))
    assert document["known"] is not None
    assert document["known"]["new"] == [gone]


def test_reports_say_what_is_new_and_what_is_stale() -> None:
    """JUnit fails on both and skips what is known; Markdown and HTML name them."""
    document = held(
        run_of({LENGTH: "fail", PATTERN: "pass", TYPE: "fail"}),
        "known:\n" + entry(LENGTH) + entry(PATTERN),
    )
    xml = junit(document)
    assert xml.count("<failure ") == 2
    assert 'type="stale"' in xml
    assert 'message="known: why"' in xml
    assert "- **New**: <code>" in markdown(document)
    assert "<li>new: <a href=" in run_page(document)
    for text in (markdown(document), run_page(document)):
        assert "passes now" in text


def test_only_causes_of_what_is_new_are_shown_where_there_is_a_list() -> None:
    """Two hundred known findings must not bury the new one; without a list all are shown."""
    events = run_of({LENGTH: "fail", PATTERN: "fail"})
    listed = causes_of_news(held(events, "known:\n" + entry(LENGTH)))
    assert [each["rules"] for each in listed] == [[PATTERN]]
    assert len(causes_of_news(report(RunRecord.from_lines(lines(events))))) == 2
