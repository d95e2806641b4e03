"""The pytest plugin with a list of known findings, used in pytest runs of their own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fakes import plugin_runs
from fakes.plugin_runs import FAULTY, NAMES, Runs
from jsonschema import Draft202012Validator

from reports.record import RunRecord
from reports.schemas import schema

SUITE = (*plugin_runs.SUITE, *NAMES)
KNOWN = (*SUITE, "--createmodel-target", FAULTY, "--createmodel-known", "known.yaml", "-rxf")
LENGTH, PATTERN, TYPE, REQUIRED = (
    f"CreateModel/ModelName:{kind}" for kind in ("max-length", "pattern", "type", "required")
)


def write(folder: Path, *entries: dict[str, str]) -> None:
    """A list of known findings; an entry's reason is ``why`` unless it has one."""
    lines = ["known:"]
    for entry in entries:
        members = {"reason": "why", **entry}
        lines += [f"  - rule: {members.pop('rule')}"]
        lines += [f"    {key}: {value}" for key, value in members.items()]
    (folder / "known.yaml").write_text("\n".join(lines) + "\n", "utf-8")


REJECTS = [{"rule": rule, "side": "rejects"} for rule in (PATTERN, TYPE, REQUIRED)]


@pytest.mark.parametrize(
    "workers",
    [pytest.param((), marks=pytest.mark.proof), ("-n", "2")],
    ids=["one process", "xdist"],
)
def test_what_is_listed_is_an_expected_failure_and_the_rest_fails(
    workers: tuple[str, ...], runs: Runs, pytester: pytest.Pytester
) -> None:
    """The reason and the issue are shown with the line of the entry; the run fails for news; and
    the record holds the list, as that of ``run --known``, with reports that speak of it.
    """
    write(pytester.path, *REJECTS[:2], {**REJECTS[2], "issue": "https://example.com/7"})
    options = ("--createmodel-out", "out", "--createmodel-flaky-retries", "1")
    result = runs(*KNOWN, *options, *workers)
    result.assert_outcomes(passed=4, xfailed=3, failed=1)
    text = result.stdout.str()
    assert "known.yaml, line 2: why" in text
    assert "known.yaml, line 8: why (https://example.com/7)" in text
    assert f"FAILED {LENGTH}" in text or f"[{LENGTH}-rejects]" in text
    assert result.ret == 1
    holds_the_list(pytester.path / "out")


def holds_the_list(folder: Path) -> None:
    """A record knows what is known and what is new, under the published schemas."""
    head = RunRecord.load(folder).header
    assert head["known"]["file"] == "known.yaml"
    assert [each["rule"] for each in head["known"]["entries"]] == [PATTERN, TYPE, REQUIRED]
    assert head["options"]["flaky_retries"] == 1
    document: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    Draft202012Validator(schema("report")).validate(document)
    assert document["known"]["new"] == [LENGTH]
    assert set(document["known"]["known"]) == {PATTERN, TYPE, REQUIRED}


def test_a_run_in_which_nothing_is_new_passes(runs_here: Runs, pytester: pytest.Pytester) -> None:
    """All four are listed, one of them for both its sides: exit code 0."""
    write(pytester.path, *REJECTS, {"rule": LENGTH})
    result = runs_here(*KNOWN)
    result.assert_outcomes(passed=4, xfailed=4)
    assert result.ret == 0


def test_what_is_listed_and_passes_fails_with_the_line_to_delete(
    runs_here: Runs, pytester: pytest.Pytester
) -> None:
    """An entry for just this side is stale; a flaky one, or one for both sides, is not."""
    write(
        pytester.path,
        {"rule": LENGTH, "side": "accepts"},
        {"rule": PATTERN, "side": "accepts", "flaky": "true"},
        {"rule": TYPE},
    )
    result = runs_here(*KNOWN, "-k", "accepts")
    result.assert_outcomes(passed=3, failed=1, deselected=4)
    assert f"known.yaml, line 2: {LENGTH} (accepts) passes now: delete this entry" in (
        result.stdout.str()
    )


def test_a_rule_of_one_side_needs_no_side_and_a_glob_is_named(
    runs_here: Runs, pytester: pytest.Pytester
) -> None:
    """An entry of a behaviour rule is stale without a side; one of many rules is not to delete."""
    write(pytester.path, {"rule": "response/status"}, {"rule": "lifecycle/describe-*"})
    result = runs_here(
        "--pyargs", "conformance.suite", "--createmodel-target", "reference",
        "--createmodel-known", "known.yaml", "--createmodel-select", "response/status",
        "--createmodel-select", "lifecycle/describe-name",
    )  # fmt: skip
    result.assert_outcomes(failed=2)
    text = result.stdout.str()
    assert "known.yaml, line 2: response/status passes now: delete this entry" in text
    assert "line 4: lifecycle/describe-* covers what passes now: lifecycle/describe-name" in text


@pytest.mark.parametrize(
    ("how", "workers"),
    [
        ("runs_here", ()),
        pytest.param("runs", (), marks=pytest.mark.proof),
        pytest.param("runs", ("-n", "2"), marks=pytest.mark.proof),
    ],
    ids=["this process", "one process", "xdist"],
)
def test_an_expired_entry_counts_as_not_listed_and_says_so(
    how: str,
    workers: tuple[str, ...],
    request: pytest.FixtureRequest,
    pytester: pytest.Pytester,
) -> None:
    """The finding is shown as that of any failure, with one sentence about the entry."""
    old = {"rule": LENGTH, "side": "rejects", "expires": "2025-12-31"}
    write(pytester.path, *REJECTS, old)
    result = request.getfixturevalue(how)(*KNOWN, *workers)
    result.assert_outcomes(passed=4, xfailed=3, failed=1)
    text = result.stdout.str()
    assert "sent:     64 characters" in text
    assert f"known.yaml, line 11: {LENGTH} was known until 2025-12-31: mend it, or" in text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("known:\n  - rule: errors\n", "--createmodel-known: known.yaml, line 2: an entry without"),
        ("known:\n  - rule: nope\n    reason: x\n", "known.yaml, line 2: no rule matches 'nope'"),
        ("known:\n  - [\n", "known.yaml, line 3: not YAML"),
        (None, "--createmodel-known: known.yaml cannot be read: No such file or directory"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_usage_error_with_the_line(
    text: str | None, says: str, runs_here: Runs, pytester: pytest.Pytester
) -> None:
    """Said once and before anything is judged."""
    if text is not None:
        (pytester.path / "known.yaml").write_text(text, "utf-8")
    result = runs_here(*KNOWN)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    said = result.stdout.str() + result.stderr.str()
    assert said.count(says) == 1
    assert "Traceback" not in said


MUTE = '''
from conformance.wire import Reply

class Mute:
    """Refuses everything: nothing can be judged."""
    def send(self, call):
        body = b'{"__type": "AccessDeniedException", "message": "no"}'
        return Reply(400, (("Content-Type", "application/x-amz-json-1.1"),), body)
'''


def test_what_could_not_be_judged_is_expected_where_it_is_listed(
    runs_here: Runs, pytester: pytest.Pytester
) -> None:
    """Inconclusive items that are listed do not trouble the run; the others do."""
    pytester.makepyfile(mute=MUTE)
    pytester.syspathinsert()
    write(pytester.path, {"rule": LENGTH, "verdict": "inconclusive"}, {"rule": PATTERN})
    known = ("--createmodel-known", "known.yaml")
    result = runs_here(*SUITE, "--createmodel-target", "python:mute:Mute", *known)
    result.assert_outcomes(xfailed=4, errors=4)


FORGETFUL = """
import json
from conformance.targets.reference import reference

class Forgetful:
    def __init__(self):
        self.faulty = reference("reference:model-name-max-length-64")
        self.sound, self.turns = reference("reference"), 2

    def send(self, call):
        body = json.loads(call.body)
        if call.operation == "CreateModel" and len(str(body.get("ModelName"))) > 63:
            self.turns -= 1
            if self.turns < 0:
                return self.sound.send(call)
        return self.faulty.send(call)
"""


@pytest.mark.parametrize(("retries", "flaky"), [("0", False), ("1", True)])
def test_an_answer_that_changes_is_marked_flaky(
    retries: str, flaky: bool, runs_here: Runs, pytester: pytest.Pytester
) -> None:
    """--createmodel-flaky-retries asks again; the item fails all the same."""
    pytester.makepyfile(forgetful=FORGETFUL)
    pytester.syspathinsert()
    result = runs_here(
        *SUITE, "--createmodel-target", "python:forgetful:Forgetful", "-k", "length and rejects",
        "--createmodel-flaky-retries", retries, "--createmodel-out", "out",
    )  # fmt: skip
    result.assert_outcomes(failed=1, deselected=7)
    (judged,) = RunRecord.load(pytester.path / "out").judged
    assert judged["finding"]["flaky"] is flaky


@pytest.mark.parametrize("number", ["-1", "101", "x", "\u0663"])
def test_a_number_of_retries_that_cannot_be_meant_is_refused(number: str, runs_here: Runs) -> None:
    """One sentence, as for every option."""
    result = runs_here(*SUITE, f"--createmodel-flaky-retries={number}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "a number from 0 to 100 is wanted" in result.stderr.str()
