"""A comparison in a terminal: a line for each rule, what is new in full, nothing that acts."""

from __future__ import annotations

import re

from fakes import comparisons as fake
from fakes.records import few
from hypothesis import given

from reports.compare_text import outcome, text
from reports.comparison import COUNTED, KINDS, Comparison

TITLES = ["New", "Fixed", "Changed", "Flaky", "Unsettled", "Not comparable", "Still"]


@few
@given(fake.comparisons())
def test_any_comparison_has_a_title_and_a_count_for_each_kind(found: Comparison) -> None:
    """Titles stand in one order with as many rules below them as they say."""
    lines = text(found).split("\n")
    titles = [line.partition(":") for line in lines[:-2] if line[0] != " "]
    assert [title for title, _, _ in titles] == TITLES
    assert [int(count) for _, _, count in titles] == [found.counts[kind] for kind in KINDS]
    listed = [line for line in lines if re.match("  [^ ]", line)]
    assert len(listed) == len(found.changes) - sum(found.counts[kind] for kind in COUNTED)


@few
@given(fake.comparisons())
def test_nothing_that_came_off_the_wire_acts_on_the_terminal(found: Comparison) -> None:
    """Control characters, direction marks and halves of surrogate pairs are replaced."""
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", text(found))


def test_what_is_new_is_told_whole() -> None:
    """What was expected, sent and answered before and now, and the line that reproduces it."""
    said = text(fake.one_of_each())
    for needle in (
        f"New: 1\n  {fake.NEW}\n    The target accepted an illegal request (200).",
        "expected: It should be rejected.",
        "sent:     64 characters",
        "before:   pass",
        "now:      fail, 200 (accepted)",
        "    curl -gsS -i -X POST",
    ):
        assert needle in said


def test_each_other_kind_says_both_verdicts_and_why() -> None:
    """A reader sees what became of a rule without opening anything."""
    said = text(fake.one_of_each())
    for needle in (
        f"{fake.FIXED}\n    fail, 200 (accepted) -> pass",
        "    another answer: 200 (accepted), now 200 (server-fault)",
        "the new run's finding is flaky",
        "    it could not be judged any more\n    pass -> inconclusive",
        "    only the old run has this rule\n    pass -> not there",
        "1 rule newly failing; 1 pass in both.\n",
    ):
        assert needle in said


def test_the_outcome_is_said_in_a_few_words() -> None:
    """Worst first: something is new, something was lost, nothing."""
    new = fake.run_of({fake.NEW: "fail"})
    old = fake.run_of({fake.NEW: "pass"})
    lost = fake.run_of({fake.NEW: "inconclusive"})
    assert outcome(fake.compared(old, new)) == "1 rule newly failing"
    assert outcome(fake.compared(old, lost)).startswith("nothing new, but not all")
    assert outcome(fake.compared(new, old)) == "nothing new"
