"""The summary in a terminal: harmless, short, and in agreement with the report."""

from __future__ import annotations

import io
import re
import unicodedata
from typing import Any

import pytest
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
from rich.cells import cell_len
from rich.console import Console

from reports.finding import told, whole
from reports.record import RunRecord
from reports.safe import safe
from reports.summary import report
from reports.terminal import print_summary

RULE = "CreateModel/ModelName:max-length"
BEHAVIOUR = "errors/content-type"
SCREENFUL = 45


def printed(events: list[dict[str, Any]], **how: Any) -> str:
    """What is printed at the end of a run with these events."""
    out = io.StringIO()
    console = Console(file=out, highlight=False, width=120, **how)
    print_summary(report(RunRecord.from_lines(lines(events))), console)
    return out.getvalue()


def harmless(text: str) -> bool:
    """Whether a text can be written to a terminal: no control characters, no surrogates."""
    return not any(unicodedata.category(c) in ("Cc", "Cs") for c in text if c != "\n")


@few
@given(runs())
def test_any_rule_printed_whole_is_harmless_and_bounded(events: list[dict[str, Any]]) -> None:
    """``show`` writes nothing that a terminal acts on, and no more than a finding needs."""
    for rule in report(RunRecord.from_lines(lines(events)))["rules"]:
        text = whole(rule)
        assert harmless(text)
        assert len(text) < 40_000


@few
@given(runs())
def test_any_summary_is_harmless_and_at_most_a_screenful(events: list[dict[str, Any]]) -> None:
    """Whatever the target sent, the summary is short plain text that any UTF-8 terminal takes."""
    text = printed(events)
    assert harmless(text)
    assert text.count("\n") <= SCREENFUL
    assert max(map(cell_len, text.split("\n"))) <= 120


@few
@given(runs())
def test_the_summary_gives_verdict_and_figures_of_the_report(events: list[dict[str, Any]]) -> None:
    """Verdict, number of failures and the word partial are those of the report."""
    document = report(RunRecord.from_lines(lines(events)))
    text = " ".join(printed(events).split())
    whole = sum(document["totals"].values())
    assert f": {document['verdict']}" in text
    assert f"({document['totals']['fail']} of {whole} must rules fail)" in text
    assert ("partial" in text.partition("divergence")[0]) >= (not document["complete"])


@few
@given(runs())
def test_the_rows_of_the_families_add_up_to_the_totals(events: list[dict[str, Any]]) -> None:
    """Every must rule is in one row of the table, under its verdict."""
    document = report(RunRecord.from_lines(lines(events)))
    families = {re.split("[/:]", rule["id"])[0] + "/" for rule in document["rules"]}
    columns = ("pass", "fail", "inconclusive", "unsupported", "not-run", "error")
    sums = dict.fromkeys(columns, 0)
    for line in printed(events).splitlines():
        cells = line.split()
        if cells and cells[0] in families and len(cells) == 8:
            for column, cell in zip(columns, cells[1:], strict=False):
                sums[column] += int(cell.replace("-", "0"))
    assert sums == document["totals"]


def test_a_thousand_findings_are_at_most_a_screenful() -> None:
    """Every rule failing in every way still fits: causes are gathered and the rest counted."""
    events = [header([dict(each) for each in rows()])]
    for number, each in enumerate(rows()):
        for side in each["sides"]:
            bad = finding(way=f"way-{number}", why="w" * 900)
            events.append(judged(each["id"], side, "fail", finding=bad))
    text = printed([*events, footer()])
    assert text.count("\n") <= SCREENFUL
    assert "more" in text


def test_an_endless_answer_does_not_flood_the_terminal() -> None:
    """What a behaviour rule found may quote the target, but only so far."""
    bad = finding(why="The content type is " + "x" * 100_000, way=BEHAVIOUR)
    notes = judged(RULE, "accepts", "inconclusive", note="y" * 100_000)
    events = [
        header([row(BEHAVIOUR), row(RULE)], name="z" * 5_000),
        judged(BEHAVIOUR, "holds", "fail", finding=bad),
        notes,
    ]
    assert printed(events).count("\n") <= SCREENFUL


def test_markup_in_what_the_target_sent_is_shown_as_it_is() -> None:
    """Square brackets are text, not colours and not errors."""
    bad = finding(why="[green]x[/green] [/y]", way=BEHAVIOUR)
    events = [
        header([row(BEHAVIOUR)], name="[bold red]x[/bold red][/]"),
        judged(BEHAVIOUR, "holds", "fail", finding=bad),
    ]
    text = printed(events, force_terminal=True)
    assert "[bold red]x[/bold red][/]" in text
    assert "[green]x[/green] [/y]" in text


def test_escape_codes_of_the_target_do_not_reach_a_terminal() -> None:
    """With colours switched on, the only escape codes are our own colours."""
    events = [
        header([row(BEHAVIOUR)], name=HOSTILE, fingerprint={"kind": "x", "version": HOSTILE}),
        judged(BEHAVIOUR, "holds", "fail", finding=finding(why=HOSTILE, way=BEHAVIOUR)),
        footer(leftovers=2),
    ]
    text = printed(events, force_terminal=True, color_system="standard", legacy_windows=False)
    assert "\x1b[31mred" not in text
    ours = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert harmless(ours)
    assert "2 model(s) of this run could not be deleted." in ours


def test_a_partial_run_says_so_in_its_first_line() -> None:
    """A run without footer is not shown as if it were whole."""
    text = printed(run_of({RULE: "pass"})[:-1])
    assert "partial" in text.splitlines()[0]


def test_the_summary_says_why_rules_could_not_be_judged() -> None:
    """The commonest reasons stand below the table, each with the number of its rules."""
    text = printed(run_of({RULE: "inconclusive"}))
    assert "1 rule(s) could not be judged: Why it is inconclusive." in text


@given(wire_texts())
def test_safe_text_is_harmless_and_keeps_every_other_character(text: str) -> None:
    """Each dangerous character becomes one replacement character, the others stay."""
    cleaned = safe(text)
    assert harmless(cleaned)
    assert "\n" not in cleaned
    assert len(cleaned) == len(text)
    assert all(new in (old, "\ufffd") for old, new in zip(text, cleaned, strict=True))


@few
@given(runs())
def test_a_finding_told_in_words_is_harmless(events: list[dict[str, Any]]) -> None:
    """What pytest prints of a finding holds no control characters or surrogates."""
    for event in events:
        if event.get("finding"):
            assert harmless(told(event))
            assert event["rule"] in told(event)


@pytest.mark.parametrize("size", [10, 1_000_000])
def test_a_finding_told_in_words_is_bearably_short(size: int) -> None:
    """A long request or answer is cut and its length is given."""
    reply = {"n": 1, "status": 200, "headers": [], "body": "x" * size}
    event = judged(RULE, "rejects", "fail", finding=finding(reply=reply, request="y" * size))
    text = told(event)
    length, says_so = len(text), "characters)" in text
    assert length < 5_000
    assert says_so == (size > 1_500)
