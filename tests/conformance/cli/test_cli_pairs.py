"""Recorded requests read back: which are taken, and what is wrong with a file of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from fakes.records import rows, run_of

from conformance.cli import Refused
from conformance.cli.pairs import recorded_sides
from conformance.engine.paired import RecordedSide
from reports.record import RunRecord

LENGTH = "CreateModel/ModelName:max-length"
INFO = next(r["id"] for r in rows() if r["level"] == "info" and "holds" not in r["sides"])
BEHAVIOUR = "lifecycle/duplicate-name-is-rejected"


def line(**changes: Any) -> dict[str, Any]:
    """A line of a record's exchanges."""
    return {
        "rule": LENGTH,
        "side": "rejects",
        "n": 1,
        "purpose": "case",
        "operation": "CreateModel",
        "request": '{"ModelName":"a"}',
        "began": 0.0,
        "ended": 0.0,
        "status": 400,
        "headers": [["Server", "x"]],
        "body": "{}",
        "seconds": 0.0,
        **changes,
    }


def sides(folder: Path, said: list[Any], **verdicts: Any) -> list[RecordedSide]:
    """The sides of a run with these exchanges."""
    events = run_of(verdicts or {LENGTH: "pass"})
    (folder / "events.ndjson").write_text("\n".join(map(json.dumps, events)) + "\n", "utf-8")
    with gzip.open(folder / "exchanges.ndjson.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(each) + "\n" for each in said)
    return recorded_sides(folder, RunRecord.load(folder))


def test_cases_and_controls_are_told_apart(tmp_path: Path) -> None:
    """Each with its number, its request as a value and its reply."""
    (side,) = sides(tmp_path, [line(), line(n=2, purpose="control", status=200)])
    assert (side.rule, side.side, side.verdict) == (LENGTH, "rejects", "pass")
    (case,), (control,) = side.cases, side.controls
    assert (case.number, case.request, case.reply.status) == (1, {"ModelName": "a"}, 400)
    assert (control.number, control.reply.status) == (2, 200)


@pytest.mark.parametrize(
    "other",
    [
        line(purpose="check", operation="DescribeModel"),
        line(purpose="delete", operation="DeleteModel"),
        line(rule="no/such-rule", side="holds"),
        line(rule="", side="clean-up"),
        line(request_base64=True),
        line(http={"method": "GET", "headers": {}, "signed": True}),
        {k: v for k, v in line().items() if k not in ("status", "headers", "body", "seconds")},
        line(purpose=[]),
        [],
        5,
    ],
    ids=str,
)
def test_what_is_no_plain_answered_case_is_passed_over(other: Any, tmp_path: Path) -> None:
    """Looks, deletions, calls without answer and strange bytes prove nothing of a rule."""
    (side,) = sides(tmp_path, [line(), other])
    assert [each.number for each in side.cases] == [1]


@pytest.mark.parametrize("verdict", ["inconclusive", "not-run", "unsupported", "error"])
def test_a_side_that_was_not_judged_has_no_pairs(verdict: str, tmp_path: Path) -> None:
    """Nobody said whether its answers were right."""
    assert sides(tmp_path, [line()], **{LENGTH: verdict}) == []


@pytest.mark.parametrize("rule", [INFO, BEHAVIOUR])
def test_only_constraints_that_decide_have_pairs(rule: str, tmp_path: Path) -> None:
    """An info rule decides nothing, a behaviour is about more than one answer."""
    side = next(each["sides"][0] for each in rows() if each["id"] == rule)
    assert sides(tmp_path, [line(rule=rule, side=side)], **{rule: "pass"}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "400"},
        {"n": "1"},
        {"headers": 5},
        {"headers": [["a"]]},
        {"headers": [["a", 5]]},
        {"body": None},
        {"body": "\u00e9", "body_base64": True},
        {"request": "{"},
        {"request": 5},
    ],
    ids=str,
)
def test_a_line_that_is_wrong_inside_is_refused_in_one_sentence(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    """The sentence names the record and the line; nobody sees a traceback."""
    with pytest.raises(Refused) as refused:
        sides(tmp_path, [line(), line(**wrong)])
    assert refused.value.message == f"{tmp_path}: exchange 2 is not one of a run"


def test_a_folder_without_exchanges_is_refused(tmp_path: Path) -> None:
    """Whether the file is missing, empty, or no gzip file at all."""
    with pytest.raises(Refused, match="holds no exchanges"):
        sides(tmp_path, [])
    (tmp_path / "exchanges.ndjson.gz").write_bytes(b"no gzip")
    with pytest.raises(Refused, match="not every exchange can be read"):
        recorded_sides(tmp_path, RunRecord.load(tmp_path))
    (tmp_path / "exchanges.ndjson.gz").unlink()
    with pytest.raises(Refused, match="holds no exchanges"):
        recorded_sides(tmp_path / "events.ndjson", RunRecord.load(tmp_path))
