"""The score of the self-test: what is counted, and the table of what each engine catches."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reports.mutation import score_lines, score_page

ENGINES = ("schemathesis/coverage", "schemathesis/fuzzing")
BASELINE = {"failed": [], "requests": 100}


def row(name: str, outcome: str = "caught", **more: Any) -> dict[str, Any]:
    """Return a trial of a fault that one rule concerns."""
    return {
        "fault": name, "family": "limits", "expect": "fail", "expected": ["a/b"],
        "failed": ["a/b"] if outcome == "caught" else [], "outcome": outcome,
        "requests": 3, "seconds": 0.1, "also_caught_by": None, **more,
    }  # fmt: skip


def page(rows: list[dict[str, Any]]) -> str:
    """Return the published page of some trials."""
    facts = {
        "summaries": {each["fault"]: "what it does" for each in rows},
        "reasons": {}, "not_judged": 0, "not_separable": [],
    }  # fmt: skip
    return score_page(BASELINE, rows, facts)


def test_a_survivor_is_counted_and_named() -> None:
    """One of two faults caught is 50 %, and the other is named: the score can fall."""
    lines = score_lines(BASELINE, [row("seen"), row("unseen", "survived")])
    assert lines[0] == "1 of 2 faults caught by a rule that concerns them (50.0%)"
    assert lines[-1] == "survived: unseen"


def test_without_the_other_engines_nothing_is_said_of_them() -> None:
    """No line and no table where they were not tried; zero would be a claim."""
    rows = [row("seen")]
    assert "Schemathesis" not in "\n".join(score_lines(BASELINE, rows))
    assert "## What each engine" not in page(rows)


def test_each_fault_says_which_other_engines_catch_it() -> None:
    """The last cell of a fault's line names the phases."""
    found = page([row("seen", also_caught_by=ENGINES)])
    assert re.search(r"^\| `seen` .*\| coverage, fuzzing \|$", found, re.MULTILINE)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["limits", "tags", "wire"]),
            st.booleans(),
            st.sets(st.sampled_from(ENGINES)),
        ),
        min_size=1,
    )
)
def test_the_kill_table_adds_up(drawn: list[tuple[str, bool, set[str]]]) -> None:
    """Families sum to the last line, and what is caught together is what any engine catches."""
    rows = [
        row(f"f{n}", "caught" if ours else "survived", family=family, also_caught_by=sorted(others))
        for n, (family, ours, others) in enumerate(drawn)
    ]
    rows.append(row("quiet", "silent", expect="tolerated", family="tags", also_caught_by=[]))
    cells = {
        line.split("|")[1].strip(): [int(each) for each in line.split("|")[2:-1]]
        for line in page(rows).splitlines()
        if re.match(r"\| (limits|tags|wire|\*\*all\*\*) \|", line)
    }
    total = cells.pop("**all**")
    assert total == [sum(column) for column in zip(*cells.values(), strict=True)]
    assert total == [
        len(drawn),
        sum(ours for _, ours, _ in drawn),
        *(sum(engine in others for _, _, others in drawn) for engine in ENGINES),
        sum(ours or bool(others) for _, ours, others in drawn),
    ]
