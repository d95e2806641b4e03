"""The coverage grid: every constraint rule has its cell, and only one."""

from __future__ import annotations

from collections import Counter

from fakes.records import lines, rows, run_of

from reports.pages.grid import COLUMNS, grid
from reports.record import RunRecord
from reports.summary import report


def test_every_constraint_rule_is_in_exactly_one_cell() -> None:
    """No limit of the specification is left out of the grid, none is counted twice."""
    constraints = [row["id"] for row in rows() if row["id"].startswith("CreateModel")]
    run = RunRecord.from_lines(lines(run_of(dict.fromkeys([r["id"] for r in rows()], "pass"))))
    marks = [mark for row in grid(report(run)["rules"]) for cell in row.cells for mark in cell]
    assert Counter(mark.rule for mark in marks) == Counter(constraints)


def test_a_cell_tells_the_end_of_a_length_and_the_verdict() -> None:
    """Minimum and maximum stand side by side in the column of lengths."""
    verdicts = {
        "CreateModel/Tags[].Key:max-length": "fail",
        "CreateModel/Tags[].Key:min-length": "pass",
        "errors/code": "pass",
    }
    (row,) = grid(report(RunRecord.from_lines(lines(run_of(dict(verdicts)))))["rules"])
    assert row.member == "Tags[].Key"
    cell = row.cells[COLUMNS.index("length")]
    assert [(mark.end, mark.verdict) for mark in cell] == [("max", "fail"), ("min", "pass")]
