"""The oracle held against how AWS was seen to answer CreateModel (tests/data)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from conformance.oracle.verdicts import is_about_resources
from conformance.oracle.violations import expectation
from conformance.wire import Reply, read

DATA = Path(__file__).parents[2] / "data" / "aws_observed_createmodel.json"
OBSERVED = json.loads(DATA.read_text("utf-8"))["observations"]
IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/name:tag"

each_observation = pytest.mark.parametrize("seen", OBSERVED, ids=lambda seen: seen["id"])


def _filled(value: Any) -> Any:
    """Return a value of the data with its abbreviations written out."""
    if isinstance(value, dict):
        if value.keys() == {"repeat", "times"}:
            return value["repeat"] * value["times"]
        return {key: _filled(held) for key, held in value.items()}
    if isinstance(value, list):
        return [_filled(held) for held in value]
    return IMAGE if value == "IMAGE" else value


def request_of(seen: dict[str, Any]) -> dict[str, Any]:
    """Return the observed fragment inside the plainest request that holds it."""
    fragment = _filled(seen["request"])
    plain: dict[str, Any] = {
        "ModelName": "example-model",
        "ExecutionRoleArn": "arn:aws:iam::123456789012:role/ExampleRole",
        **fragment,
    }
    if "Containers" not in plain:
        plain["PrimaryContainer"] = {"Image": IMAGE, **fragment.get("PrimaryContainer", {})}
    return plain


def reply_of(seen: dict[str, Any]) -> Reply:
    """Return the reply that was observed, with status 400 where the capture has none."""
    body = json.dumps({"__type": seen["code"], "message": seen["says"]}).encode()
    return Reply(seen["status"] or 400, (("Content-Type", "application/x-amz-json-1.1"),), body)


@each_observation
def test_oracle_expects_what_aws_was_seen_to_do(seen: dict[str, Any]) -> None:
    """The outcome is the observed one, and the violated rules are those that AWS named."""
    expected = expectation(request_of(seen))
    assert (expected.outcome, sorted(expected.ids())) == (seen["outcome"], seen["rules"])


@each_observation
def test_explain_tells_the_same_by_its_exit_code(seen: dict[str, Any]) -> None:
    """The command line's explain ends with 0 for accept, 1 for reject and 3 for unknown."""
    from conformance.cli.explain import command

    ended = CliRunner().invoke(command, ["--json"], input=json.dumps(request_of(seen)))
    told = json.loads(ended.stdout)
    assert told["outcome"] == seen["outcome"]
    assert [violation["rule"] for violation in told["violations"]] == seen["rules"]
    assert ended.exit_code == {"accept": 0, "reject": 1, "unknown": 3}[seen["outcome"]]


@each_observation
def test_only_answers_about_resources_are_taken_for_such(seen: dict[str, Any]) -> None:
    """A rejection that speaks of a missing resource is told from one that speaks of the form."""
    assert is_about_resources(read(reply_of(seen))) == (seen["shows"] == "resource")


def test_every_observation_that_matters_is_carried_over() -> None:
    """The data has the constraint, cross-field, resource and accepted entries of CreateModel."""
    by_kind: dict[str, set[str]] = {}
    for seen in OBSERVED:
        by_kind.setdefault(seen["shows"], set()).add(seen["id"])
    assert by_kind == {
        "constraint": {"A2", "A3", "A4"},
        "cross-field": {"E1", "E6", "E10"},
        "resource": {"D1", "E2", "E3", "E4", "E5", "E7", "E11", "E12", "E13", "E14", "E15"},
        "accepted": {"F4", "G1"},
    }
