"""Lists that are written and pruned: nothing is lost but what is stale."""

from __future__ import annotations

from typing import Any

import pytest
from fakes.records import few, finding, lines, row, run_of, runs
from hypothesis import given
from hypothesis import strategies as st

from reports.known.entries import entries
from reports.known.writing import CannotPrune, pruned, written
from reports.record import RunRecord
from reports.summary import report

LENGTH, PATTERN, TYPE = (f"CreateModel/ModelName:{k}" for k in ("max-length", "pattern", "type"))


def of(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The report of a run."""
    return report(RunRecord.from_lines(lines(events)))


@few
@given(runs())
def test_a_written_list_can_be_read_and_lists_all_that_does_not_pass(
    events: list[dict[str, Any]],
) -> None:
    """Whatever a target sent: what fails or is open is listed, nothing else is."""
    document = of(events)
    wanted = {
        rule["id"]
        for rule in document["rules"]
        if rule["level"] == "must"
        and (rule["finding"] or rule["verdict"] in ("fail", "inconclusive", "not-run"))
    }
    assert {each.rule for each in entries(written(document))} == wanted


def test_sides_that_pass_are_not_listed() -> None:
    """A rule of which one side passes keeps that side watched."""
    (entry,) = entries(written(of(run_of({LENGTH: {"accepts": "pass", "rejects": "fail"}}))))
    assert (entry.rule, entry.side) == (LENGTH, "rejects")
    (entry,) = entries(written(of(run_of({LENGTH: "fail"}))))
    assert (entry.rule, entry.side) == (LENGTH, None)


def test_a_flaky_finding_is_written_as_one() -> None:
    """So that a run in which it passes does not fail for it."""
    events = run_of({row(PATTERN)["id"]: {"rejects": "fail", "accepts": "pass"}})
    for event in events:
        if event.get("finding"):
            event["finding"] = finding(flaky=True)
    (entry,) = entries(written(of(events)))
    assert entry.flaky


LIST = f"""\
# kept: about all
known:
  # kept: about the length
  - rule: {LENGTH}
    # kept: inside
    reason: names are long
  # kept: about the rest
  - rule: "CreateModel/ModelName:p*"  # goes with its line
    reason: "a: colon"
    expires: 2030-01-01
# kept: at the end
"""


def gone(rule: str, line: int, *, passing: tuple[str, ...] = (), whole: bool = True) -> Any:
    """A stale entry as a report has it."""
    return {"line": line, "rule": rule, "rules": list(passing or (rule,)), "whole": whole}


def test_pruning_takes_out_the_entry_and_keeps_every_comment_line() -> None:
    """What is left is byte for byte what it was."""
    remaining = pruned(LIST, entries(LIST), [gone(LENGTH, 4)])
    assert [each.rule for each in entries(remaining)] == ["CreateModel/ModelName:p*"]
    assert remaining == LIST.replace(f"  - rule: {LENGTH}\n", "").replace(
        "    reason: names are long\n", ""
    )


def test_a_glob_that_is_stale_in_part_is_narrowed() -> None:
    """The rules that still fail get an entry each, with all that the glob's said."""
    text = (
        LIST.replace("ModelName:p*", "ModelName:*")
        .replace(f"  - rule: {LENGTH}\n", "")
        .replace("    # kept: inside\n    reason: names are long\n", "")
    )
    (glob,) = entries(text)
    left = [each for each in glob.covers if each != PATTERN]
    remaining = pruned(
        text, [glob], [gone(glob.rule, glob.lines[0], passing=(PATTERN,), whole=False)]
    )
    found = entries(remaining)
    assert [each.rule for each in found] == left
    assert {(each.reason, each.expires) for each in found} == {("a: colon", glob.expires)}


def test_a_list_that_is_empty_afterwards_can_still_be_read() -> None:
    """``known: []`` with the comments."""
    text = f"# why\nknown:\n  - rule: {LENGTH}\n    reason: r\n"
    remaining = pruned(text, entries(text), [gone(LENGTH, 3)])
    assert entries(remaining) == ()
    assert remaining.startswith("# why\n")


def test_entries_that_share_a_line_are_left_alone() -> None:
    """Better no pruning than a list that says something else."""
    text = f"known: [{{rule: {LENGTH}, reason: r}}, {{rule: {PATTERN}, reason: r}}]\n"
    with pytest.raises(CannotPrune):
        pruned(text, entries(text), [gone(LENGTH, 1)])


@few
@given(st.data())
def test_pruning_leaves_exactly_the_entries_that_are_not_stale(data: st.DataObject) -> None:
    """Whatever is between them, and whichever are stale."""
    ids = data.draw(st.lists(st.sampled_from([LENGTH, PATTERN, TYPE]), unique=True, min_size=1))
    text = "known:\n"
    for rule in ids:
        text += data.draw(st.sampled_from(["", "\n", "  # word\n", "# word\n\n"]))
        reason = data.draw(st.sampled_from(["r", "|\n      a\n      b", "'x # y'", ">-\n      a"]))
        text += f"  - rule: {rule}\n    reason: {reason}\n"
    listed = entries(text)
    stale = data.draw(st.sets(st.sampled_from(ids)))
    remaining = pruned(text, listed, [gone(e.rule, e.lines[0]) for e in listed if e.rule in stale])
    kept = {each.rule: each.reason for each in listed if each.rule not in stale}
    assert {each.rule: each.reason for each in entries(remaining)} == kept
    assert remaining.count("word") == text.count("word")


def test_a_list_of_one_line_that_is_stale_is_left_alone() -> None:
    """Without its line nothing is left that says that it is a list."""
    text = f"known: [{{rule: {LENGTH}, reason: r}}]\n"
    stale = [{"line": 1, "whole": True, "rules": [LENGTH]}]
    with pytest.raises(CannotPrune):
        pruned(text, entries(text), stale)
