"""Workflow commands: what GitHub is told, and that a target cannot tell it anything."""

from __future__ import annotations

import re
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
    wire_texts,
)
from fakes.records import runs as any_runs
from hypothesis import given
from hypothesis import strategies as st

from reports.annotations import MOST_ERRORS, Command, workflow_commands
from reports.known.entries import entries
from reports.known.writing import written
from reports.record import RunRecord
from reports.summary import exit_code, report

LENGTH, PATTERN, TYPE = (f"CreateModel/ModelName:{k}" for k in ("max-length", "pattern", "type"))
Events = list[dict[str, Any]]

#: One command of ours as the runner sees it, to the last character of the line.
OURS = re.compile(r"::(error|warning|notice) ((?:file|line|title)=[^:,]*,?)+::.*")


def of(events: Events, listed: str | None = None, **how: Any) -> tuple[dict[str, Any], str]:
    """The report of a run, held against a list or not, and its commands."""
    head = events[0]
    if listed is not None:
        known = [each.as_data() for each in entries(listed)]
        head = {**head, "known": {"file": "known.yaml", "entries": known}}
    document = report(RunRecord.from_lines(lines([head, *events[1:]])))
    return document, workflow_commands(document, **how)


def parsed(line: str) -> tuple[str, dict[str, str], str]:
    """A line as GitHub's runner reads it (ActionCommand.TryParseV2)."""
    assert line.startswith("::")
    end = line.index("::", 2)
    name, _, given = line[2:end].partition(" ")
    properties = dict(each.split("=", 1) for each in given.strip().split(",") if each)
    table = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))

    def undone(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
        for escape, character in pairs:
            text = text.replace(escape, character)
        return text

    data = undone(line[end + 2 :], (table[0], table[1], table[4]))
    return name, {key: undone(value, table) for key, value in properties.items()}, data


def commands(text: str, kind: str | None = None) -> list[tuple[dict[str, str], str]]:
    """Properties and text of the commands of one kind, or of all."""
    read = [parsed(line) for line in text.splitlines()]
    return [(given, data) for name, given, data in read if kind in (None, name)]


def listing(*rules: str, **more: str) -> str:
    """A list of known findings."""
    extra = "".join(f"    {key}: {value}\n" for key, value in more.items())
    return "known:\n" + "".join(f"  - rule: {rule}\n    reason: why\n{extra}" for rule in rules)


@few
@given(any_runs(), st.data())
def test_whatever_a_target_sent_every_line_is_a_command_of_ours(
    events: Events, data: st.DataObject
) -> None:
    """No text of a target's begins a line or ends a command; no line is without bound."""
    whole = written(report(RunRecord.from_lines(lines(events))))
    listed = data.draw(st.none() | st.just("known: []\n") | st.just(whole))
    path = data.draw(st.none() | wire_texts(min_size=1))
    _, text = of(events, listed, known_path=path)
    assert text == "" or text.endswith("\n")
    for line in text.splitlines():
        assert OURS.fullmatch(line)
        assert set(re.findall("%(..)", line)) <= {"25", "0A", "3A", "2C"}
        assert len(line) < 10_000
    # What str.splitlines takes for an end of line is more than the runner does: none is left.
    assert text.count("\n") == len(text.splitlines())
    assert len(commands(text, "error")) <= MOST_ERRORS
    text.encode()


@given(st.sampled_from(["error", "warning", "notice"]), st.text(), st.text(), st.text(min_size=1))
def test_what_the_runner_reads_is_what_was_meant(kind: str, title: str, text: str, file: str):
    """The runner undoes our escapes exactly: percent signs, colons and commas come back."""
    from reports.safe import safe

    line = Command(kind, title, text, {"file": file, "line": 7}).line()
    name, given, data = parsed(line)
    assert name == kind
    # the runner trims the properties: the last one loses spaces at its end
    assert given["file"] == safe(file)
    assert given["line"] == "7"
    assert given["title"] == safe(title).rstrip()
    assert data == "\n".join(safe(part) for part in text.split("\n"))


@few
@given(any_runs())
def test_a_run_that_fails_is_annotated_and_one_that_conforms_is_not(events: Events) -> None:
    """An error stands for exit code 1 and 4, a warning at least for 3, nothing for 0."""
    document, text = of(events)
    code = exit_code(document)
    assert bool(commands(text, "error")) == (code in (1, 4))
    if code == 0:
        assert [given["title"] for given, _ in commands(text)] in ([], ["This run is partial"])


def test_without_a_list_there_is_one_error_for_each_cause() -> None:
    """Two hundred rules that fail for one reason are one error that says how many they are."""
    document, text = of(run_of({each["id"]: "fail" for each in rows()[:60]}))
    causes = document["causes"]
    assert len(causes) > 1
    errors = commands(text, "error")
    assert [given["title"] for given, _ in errors] == [c["title"] for c in causes[:MOST_ERRORS]]
    count = len(causes[0]["rules"])
    assert errors[0][1].startswith(f"{count} rule(s): {causes[0]['rules'][0]}, ")
    assert f"and {count - 5} more. For instance\n" in errors[0][1]
    assert "  expected: It should be rejected." in errors[0][1]


def test_what_github_would_drop_is_counted() -> None:
    """Errors beyond the tenth become one notice."""
    failing = {each["id"]: "fail" for each in rows() if each["level"] == "must"}
    document, text = of(run_of(failing), "known: []\n")
    assert len(document["known"]["new"]) == len(failing)
    assert len(commands(text, "error")) == MOST_ERRORS
    ((given, said),) = commands(text, "notice")
    assert given["title"] == f"{len(failing) - MOST_ERRORS} more not shown here"
    assert "report.html" in said


def test_ten_errors_need_no_notice() -> None:
    """At the limit nothing is hidden."""
    ids = [each["id"] for each in rows() if each["level"] == "must"][:MOST_ERRORS]
    _, text = of(run_of(dict.fromkeys(ids, "fail")), "known: []\n")
    assert len(commands(text)) == MOST_ERRORS


def test_with_a_list_only_news_is_annotated() -> None:
    """What is known says nothing; what is new says what was sent and what came back."""
    events = run_of({LENGTH: "fail", PATTERN: "fail"})
    _, text = of(events, listing(LENGTH))
    ((given, said),) = commands(text)
    assert given == {"title": f"New: {PATTERN}"}
    assert "  sent:     64 characters" in said
    assert "  answer:   200 {}" in said
    assert of(events, listing(LENGTH, PATTERN))[1] == ""


def test_the_news_of_a_rule_whose_other_side_is_known_is_the_side_that_is_not() -> None:
    """The finding that is shown is the one that nobody knew."""
    events = run_of({LENGTH: "fail"})
    _, text = of(events, listing(LENGTH, side="accepts"))
    ((_, said),) = commands(text)
    assert said.startswith(f"{LENGTH} (rejects)")


@pytest.mark.parametrize("path", [None, "ci/known: 100%, all.yaml"])
def test_entries_to_change_are_annotated_where_they_stand(path: str | None) -> None:
    """The file as the repository has it, else as the record names it; the line of the entry."""
    events = run_of({LENGTH: "pass", PATTERN: "fail"})
    listed = listing(LENGTH) + "  - rule: " + PATTERN + "\n    reason: x\n    expires: 2025-01-01\n"
    _, text = of(events, listed, known_path=path)
    stale, expired = commands(text)
    wanted = path or "known.yaml"
    assert stale[0] == {"file": wanted, "line": "2", "title": f"Stale entry: {LENGTH}"}
    assert stale[1].endswith("passes now: delete this entry")
    assert expired[0] == {"file": wanted, "line": "4", "title": f"Expired entry: {PATTERN}"}
    assert "was known until 2025-01-01" in expired[1]
    if path:
        assert "file=ci/known%3A 100%25%2C all.yaml,line=2," in text


def test_a_hostile_target_starts_no_command_and_floods_no_log() -> None:
    """Commands of a target's, old form and new, stay text within ours, and short."""
    bad = f"::add-mask::x\n::stop-commands::y\r\n##[command]z%0A::set-env name=A::b{HOSTILE}" * 999
    found = finding(why=bad, expected=bad, case={"reason": "x", "label": bad})
    events = [header([row(LENGTH)]), judged(LENGTH, "rejects", "fail", finding=found), footer()]
    for listed in (None, "known: []\n"):
        _, text = of(events, listed)
        assert len(text) < 6_000
        assert all(OURS.fullmatch(line) for line in text.splitlines())
        assert "%250A" in text  # what the target escaped for us is no escape


def test_what_could_not_be_judged_and_faults_of_ours_are_told_apart() -> None:
    """A warning with the first reason; an error that takes the blame."""
    _, text = of(run_of({LENGTH: "inconclusive", PATTERN: "error"}))
    ((given, said),) = commands(text, "warning")
    assert given["title"] == "1 rule(s) could not be judged"
    assert said == f"{LENGTH}\nWhy it is inconclusive."
    ((given, said),) = commands(text, "error")
    assert given["title"] == "1 rule(s) met a fault of this suite"
    assert said == f"{PATTERN}\nWhy it is error."
    assert of(run_of({LENGTH: "inconclusive"}), listing(LENGTH))[1] == ""
