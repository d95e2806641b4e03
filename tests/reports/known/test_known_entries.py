"""Lists of known findings: what they may say, and with which line what is wrong is refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.known.entries import NotAKnownList, entries

LENGTH = "CreateModel/ModelName:max-length"


def test_an_entry_keeps_all_that_it_says_and_where_it_stands() -> None:
    """Rule, side, reason, issue, day, verdict, flaky, and the lines from 1, comments left out."""
    (first, second) = entries(
        "# why\nknown:\n"
        f"  - rule: {LENGTH}\n    side: rejects\n    # a comment\n    reason: not yet\n"
        "    issue: https://example.com/1\n    expires: 2027-06-30\n"
        "  # about the next\n"
        "  - rule: lifecycle/duplicate-name-is-rejected\n    reason: |\n      two\n      lines\n"
        "    verdict: inconclusive\n    flaky: true\n"
    )
    assert (first.rule, first.side, first.reason) == (LENGTH, "rejects", "not yet")
    assert (first.issue, first.expires) == ("https://example.com/1", date(2027, 6, 30))
    assert (first.verdict, first.flaky, first.lines) == ("fail", False, (3, 8))
    assert (second.reason, second.verdict, second.flaky) == ("two\nlines", "inconclusive", True)
    assert (second.side, second.lines) == (None, (10, 15))


def test_a_glob_covers_the_must_rules_that_it_matches_and_no_info_rule() -> None:
    """Brackets are plain, as everywhere in this suite."""
    (entry,) = entries("known: [{rule: 'CreateModel/Containers[].Image:*', reason: r}]")
    assert "CreateModel/Containers[].Image:pattern" in entry.covers
    assert all(each.startswith("CreateModel/Containers[].Image:") for each in entry.covers)
    (entry,) = entries("known: [{rule: 'wire/*', reason: r}]")
    assert "wire/malformed-json" in entry.covers
    assert "wire/trailing-text" not in entry.covers


ONE = f"known:\n  - rule: {LENGTH}\n    reason: r\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: the list is empty"),
        ("- rule: x\n", "line 1: a list of known findings has the form"),
        ("known: yes\n", "line 1: `known:` with a list of entries is missing"),
        ("known:\n", "line 1: `known:` with a list of entries is missing"),
        ("other: []\n", "line 1: a list of known findings has no 'other'"),
        ("known:\n  - a\n", "line 2: an entry has the form"),
        ("known:\n  - rule: x\n", "line 2: an entry without a reason"),
        ("known:\n  - reason: x\n", "line 2: an entry without a rule"),
        (f"known:\n  - rule: {LENGTH}\n    reason: ''\n", "line 2: an entry without a reason"),
        (f"known:\n  - rule: {LENGTH}\n    reason:\n", "line 3: reason is a text"),
        ("known:\n\n  - rule: no/such\n    reason: r\n", "line 3: no rule matches 'no/such'"),
        (ONE + "    side: holds\n", f"line 4: {LENGTH} has no side 'holds'"),
        (ONE + "    expires: soon\n", "line 4: expires is a day"),
        (ONE + "    flaky: maybe\n", "line 4: flaky is true or false"),
        (ONE + "    verdict: pass\n", "line 4: the verdict is fail or inconclusive"),
        (ONE + "    when: now\n", "line 4: an entry has no 'when'"),
        (ONE + "    reason: s\n", "line 4: 'reason' is given twice"),
        (ONE + f"  - rule: {LENGTH}\n    reason: s\n", "line 4: .* listed already in line 2"),
        (ONE + "  - rule: CreateModel/*\n    reason: s\n", "line 4: .* listed already in line 2"),
        ("known: [{rule: 'errors/several-violations', reason: r}]", "line 1: .* is an info rule"),
        ("known:\n  - rule: [\n", "line 3: not YAML"),
        ('known: [{rule: "\\UFFFFFFFF"}]', "line 1: not YAML: an escape stands for no character"),
        ('known: [{rule: "\\U00110000"}]', "line 1: not YAML: an escape stands for no character"),
        ("known:\n  " + "[" * 9 + "]" * 9, "line 2: not a list: it is nested too deeply"),
        ("#" * 500_001, "line 1: a list has at most 500000 characters, this has 500001"),
        ("known: \x00", "line 1: not YAML"),
        ("[" * 5_000, "line 1: not a list: it is nested too deeply"),
        ("known: &a [*a]", "line 1: not YAML|line 1: an entry"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(text: str, message: str) -> None:
    """One sentence that names the line, for every slip of the pen."""
    with pytest.raises(NotAKnownList, match=message):
        entries(text)


def test_two_sides_of_one_rule_are_two_entries() -> None:
    """They may have different reasons; only the same side twice is a contradiction."""
    sides = "".join(f"  - rule: {LENGTH}\n    side: {s}\n    reason: r\n" for s in SIDES)
    assert [each.side for each in entries(f"known:\n{sides}")] == list(SIDES)


SIDES = ("accepts", "rejects")


@settings(deadline=None)
@given(st.text(alphabet="known:-[]{}rule \n#&*!|>'\"reason,\t\x00\u2028é", max_size=200))
def test_any_text_is_a_list_or_is_refused(text: str) -> None:
    """Nothing that somebody may write raises anything else."""
    with suppress(NotAKnownList):
        entries(text)
