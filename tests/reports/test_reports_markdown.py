"""summary.md: short, and nothing of a target's can be markup in it."""

from __future__ import annotations

import re
from typing import Any

from fakes.records import HOSTILE, few, finding, footer, header, judged, lines, row, rows, run_of
from fakes.records import runs as any_runs
from hypothesis import given

from reports.markdown import markdown
from reports.record import RunRecord
from reports.summary import report

RULE = "CreateModel/ModelName:max-length"


def of(events: list[dict[str, Any]]) -> str:
    """The summary of these events."""
    return markdown(report(RunRecord.from_lines(lines(events))))


@few
@given(any_runs())
def test_any_summary_is_short_and_says_the_verdict(events: list[dict[str, Any]]) -> None:
    """Less than 64 kB, tables with as many cells in each row as in their head."""
    text = of(events)
    assert len(text.encode("utf-8", "replace")) < 64_000
    verdict = report(RunRecord.from_lines(lines(events)))["verdict"]
    assert verdict in text.split("\n")[0]
    for block in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        counts = {line.count("|") for line in block.strip().split("\n")}
        assert len(counts) == 1, block


def test_a_hostile_target_makes_no_link_mention_or_element() -> None:
    """Markup, mentions, images and table cells of a target's are text."""
    bad = HOSTILE + "[x](http://e) @team ![i](http://e/i) |cell| `code` <script>"
    found = finding(why=bad, case={"reason": "x", "label": bad})
    events = [
        header([row(RULE)], name=bad),
        judged(RULE, "rejects", "fail", finding=found),
        footer(),
    ]
    outside = re.sub(r"`{3,}sh.*?`{3,}", "", of(events), flags=re.DOTALL)
    for harm in ("](", "@team", "<script", "\x1b", "|cell"):
        assert harm not in outside


def test_every_rule_failing_still_fits() -> None:
    """The worst run there is stays under 64 kB and says that there is more."""
    text = of(run_of({each["id"]: "fail" for each in rows()}))
    assert len(text.encode()) < 64_000
    assert " more |" in text


def test_the_first_cause_comes_with_the_line_that_reproduces_it() -> None:
    """A reader has something to paste."""
    text = of(run_of({RULE: {"accepts": "pass", "rejects": "fail"}}))
    assert "```sh\ncurl -gsS" in text
    assert "nonconforming" in text
