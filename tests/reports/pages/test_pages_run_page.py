"""report.html as text: whole for any run, safe for any target, bounded."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from fakes.records import HOSTILE, few, finding, footer, header, judged, lines, row, run_of, runs
from hypothesis import given, settings

from reports.pages.environment import anchor
from reports.pages.matrix_page import comparable, matrix_page
from reports.pages.run_page import run_page, violated
from reports.record import RunRecord
from reports.summary import report
from reports.trend import by_target, trend_page

RULE = "CreateModel/ModelName:max-length"
VOID = {"meta", "input", "br", "img"}


class Checked(HTMLParser):
    """Elements of a page; raises when one is closed that is not open."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.hrefs: list[str] = []
        self.scripts = 0
        self.handlers: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.hrefs.append(value or "")
            if name.startswith("on") or name == "style":
                self.handlers.append(name)
        self.scripts += tag == "script"

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of these events."""
    return report(RunRecord.from_lines(lines(events)))


@few
@given(runs())
def test_any_run_makes_a_sound_page_with_every_rule(events: list[dict[str, Any]]) -> None:
    """Elements are closed, ids are unique, links lead into the page, all script is ours."""
    page = Checked(run_page(of(events)))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert {anchor(rule["id"]) for rule in events[0]["rules"]} <= set(page.ids)
    assert all(href[0] == "#" and href[1:] in page.ids for href in page.hrefs)
    assert page.scripts == 1
    assert page.handlers == []


@few
@given(runs(), runs())
def test_any_runs_make_a_sound_matrix(one: list[dict[str, Any]], two: list[dict[str, Any]]) -> None:
    """The same for the comparison, whose second script is data."""
    page = Checked(matrix_page([of(one), of(two)]))
    assert page.open == []
    assert page.hrefs == page.handlers == []
    assert page.scripts == 2


@pytest.mark.filterwarnings("error")
@settings(max_examples=8, deadline=None)
@given(runs(), runs())
def test_any_runs_make_a_sound_trend(one: list[dict[str, Any]], two: list[dict[str, Any]]) -> None:
    """Names of targets are drawn and written whatever they are; the page has no script at all."""
    page = Checked(trend_page([of(one), of(two)]))
    assert page.open == []
    assert page.scripts == 0
    assert page.handlers == []
    assert [href[:26] for href in page.hrefs] == ["data:image/svg+xml;base64,"]


def test_what_came_off_the_wire_is_never_markup() -> None:
    """A target that answers with script elements and escape codes changes nothing of the page."""
    bad = f"{HOSTILE}</div></script><script>alert(1)</script><img src=x onerror=alert(1)>"
    reply = {"n": 1, "status": 200, "headers": [[bad, bad]], "body": bad}
    found = finding(why=bad, reply=reply, request={bad: bad}, also=[bad], control=None)
    events = [
        header([row(RULE)], name=bad, fingerprint={"version": bad}),
        judged(RULE, "rejects", "fail", finding=found),
        footer(),
    ]
    for html, scripts in ((run_page(of(events)), 1), (matrix_page([of(events)]), 2)):
        page = Checked(html)
        assert page.scripts == scripts
        assert page.handlers == []
        assert "\x1b" not in html
        assert "<img" not in html


def test_endless_strings_are_cut() -> None:
    """Five megabytes in every string a target can fill give a page of some hundred kilobytes."""
    long = "<b>\x1b" * 1_300_000
    reply = {"n": 1, "status": 200, "headers": [[long, long], *[["x", "y"]] * 80], "body": long}
    found = finding(why=long, reply=reply, also=[long])
    fingerprint = {"version": long}
    events = [
        header([row(RULE)], name=long, fingerprint=fingerprint),
        judged(RULE, "rejects", "fail", finding=found),
        footer(),
    ]
    assert len(run_page(of(events))) < 200_000
    assert len(matrix_page([of(events)])) < 100_000


@pytest.mark.parametrize(
    ("rule", "request_", "paths"),
    [
        (RULE, {"ModelName": "a" * 64}, [("ModelName",)]),
        ("CreateModel/ModelName:required", {}, [("ModelName",)]),
        (
            "CreateModel/Tags[].Key:min-length",
            {"ModelName": "a", "Tags": [{"Key": "k", "Value": ""}, {"Key": "", "Value": ""}]},
            [("Tags", 1, "Key")],
        ),
        ("lifecycle/echo:Containers[].Image", {"Containers": [{"Image": "a"}, {}]},
         [("Containers", 0, "Image")]),
    ],
)  # fmt: skip
def test_what_is_marked_breaks_the_rule(
    rule: str, request_: Any, paths: list[tuple[Any, ...]]
) -> None:
    """The oracle finds the violated place again; where nothing is violated it is the member."""
    assert violated(finding(request=request_), row(rule)) == paths


def test_runs_of_another_depth_or_specification_get_tables_of_their_own() -> None:
    """What is not comparable is never in one table."""
    deep = of(run_of({RULE: "pass"}))
    deep = {**deep, "options": {**deep["options"], "depth": "deep"}}
    other = {**of(run_of({RULE: "pass"})), "spec": {"digest": "sha256:" + "1" * 64}}
    plain = of(run_of({RULE: "fail"}))
    assert comparable([plain, deep, other, plain]) == [[plain, plain], [deep], [other]]
    page = matrix_page([plain, deep])
    assert page.count("<table") == 2
    assert "not all comparable" in page


def test_a_trend_keeps_apart_what_is_not_comparable() -> None:
    """Runs of one target at two depths are two lines, each in the order of time."""
    early = {**of(run_of({RULE: "pass"})), "started": "2025-01-01T00:00:00.000Z"}
    late = of(run_of({RULE: "fail"}))
    deep = {**late, "options": {**late["options"], "depth": "deep"}}
    groups = by_target([late, deep, early])
    assert [list(map(id, each)) for each in groups.values()] == [
        [id(early), id(late)],
        [id(deep)],
    ]
    assert all(re.match(r"moto \(depth (quick|deep), sha256:", name) for name in groups)
