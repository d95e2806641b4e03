"""``explain``: what the specification says of one request."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fakes.processes import command
from fakes.records import json_values
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from conformance.cli.explain import command as explain_command
from reports.schemas import schema
from strategies import create_model_requests

EXPLAIN = Draft202012Validator(schema("explain"))
LEGAL = {
    "ModelName": "model",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/role",
    "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/name:1"},
}
ILLEGAL = {**LEGAL, "ModelName": "a" * 64}
UNKNOWN = {**LEGAL, "Tags": [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]}
CASES = [(LEGAL, 0, "accept"), (ILLEGAL, 1, "reject"), (UNKNOWN, 3, "unknown")]


def explain(data: bytes, *options: str) -> Result:
    """Explain what is on standard input, in this process."""
    return CliRunner().invoke(explain_command, ["-", *options], input=data, color=True)


@pytest.mark.parametrize(("request_body", "code", "outcome"), CASES)
@pytest.mark.parametrize("source", ["file", "-", "nothing"])
def test_the_exit_code_is_the_outcome(
    request_body: Any, code: int, outcome: str, source: str, tmp_path: Path
) -> None:
    """0 accepted, 1 rejected, 3 unknown; from a file, from - and from standard input alike."""
    data = json.dumps(request_body).encode()
    (tmp_path / "request.json").write_bytes(data)
    where = {"file": ["request.json"], "-": ["-"], "nothing": []}[source]
    done = command("explain", *where, "--json", stdin=data, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (code, "")
    document = json.loads(done.stdout)
    EXPLAIN.validate(document)
    assert document["outcome"] == outcome


def test_in_words_every_broken_rule_is_named_with_place_and_source(tmp_path: Path) -> None:
    """Id, level, place, statement and source of each violation, in specification order."""
    body = {**ILLEGAL, "Tags": [{"Key": "", "Value": "v"}]}
    done = command("explain", stdin=json.dumps(body).encode(), cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 1
    assert lines[0] == "should be rejected"
    rules = [line for line in lines if "(must)" in line]
    assert rules == [
        "CreateModel/ModelName:max-length  (must)",
        "CreateModel/Tags[].Key:min-length  (must)",
    ]
    assert sum("source: Amazon SageMaker API Reference" in line for line in lines) >= 1
    assert any("Tags[0].Key" in line for line in lines)


def test_a_legal_request_is_one_line(tmp_path: Path) -> None:
    """Nothing more is said than that it breaks no rule."""
    done = command("explain", stdin=json.dumps(LEGAL).encode(), cwd=tmp_path)
    assert done.stdout == "should be accepted: it breaks no rule\n"


NO_JSON = {
    "NaN": b'{"ModelName": NaN}',
    "Infinity": b"[Infinity, -Infinity]",
    "not JSON": b"ModelName: x",
    "nothing": b"",
    "two values": b"{} {}",
    "a trailing comma": b'{"a": 1,}',
    "single quotes": b"{'a': 1}",
    "not text": b"\xff\xfe{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "deep nesting": b"[" * 200_000 + b"]" * 200_000,
    "a number of many digits": b"1" * 5_000,
}


@pytest.mark.parametrize("what", NO_JSON)
def test_input_that_is_no_json_is_refused_in_one_sentence(what: str, tmp_path: Path) -> None:
    """Exit code 2, one line that names the source, no traceback, nothing on standard output."""
    done = command("explain", "-", stdin=NO_JSON[what], cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: standard input is not JSON: ")


@pytest.mark.parametrize(
    ("name", "says"),
    [("missing.json", "No such file"), (".", "Is a directory"), ("x" * 300, "name too long")],
)
def test_a_file_that_cannot_be_read_is_refused_by_name(
    name: str, says: str, tmp_path: Path
) -> None:
    """Exit code 2 and one line with the reason of the operating system."""
    done = command("explain", name, cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Error: {name} cannot be read: ")
    assert says in line


def test_a_byte_order_mark_is_no_part_of_the_request(tmp_path: Path) -> None:
    """Files from editors that write one are read like all others."""
    data = b"\xef\xbb\xbf" + json.dumps(LEGAL).encode()
    assert command("explain", stdin=data, cwd=tmp_path).returncode == 0


def test_nesting_that_json_takes_is_explained(tmp_path: Path) -> None:
    """A value nested some hundred levels is an illegal request like another."""
    deep = b'{"ModelName": ' + b"[" * 300 + b"]" * 300 + b"}"
    assert command("explain", stdin=deep, cwd=tmp_path).returncode == 1


def test_text_of_the_request_does_not_reach_the_terminal_as_control_characters() -> None:
    """Keys of a map are part of the place; their escape codes are replaced."""
    container = {**LEGAL["PrimaryContainer"], "Environment": {"\x1b[31m\ud800 k": "v"}}
    done = explain(json.dumps({**LEGAL, "PrimaryContainer": container}).encode())
    assert done.exit_code == 1
    assert "\x1b" not in done.stdout
    assert "\x1b" not in explain(json.dumps(container).encode(), "--json").stdout


@given(json_values())
@settings(deadline=None)
def test_any_json_value_is_explained(value: Any) -> None:
    """Whatever the value, there is an outcome that keeps to the schema; it never raises."""
    done = explain(json.dumps(value).encode(), "--json")
    document = json.loads(done.stdout)
    EXPLAIN.validate(document)
    assert done.exit_code == {"accept": 0, "reject": 1, "unknown": 3}[document["outcome"]]


@given(create_model_requests())
@settings(max_examples=40, deadline=None)
def test_what_the_strategies_call_legal_is_explained_as_legal(body: Any) -> None:
    """The command and the strategies agree on what should be accepted."""
    done = explain(json.dumps(body).encode())
    assert done.exit_code == 0, done.stdout


@given(st.binary(max_size=40))
@settings(deadline=None)
def test_any_bytes_are_explained_or_refused(data: bytes) -> None:
    """Four exit codes and nothing else, whatever comes in."""
    done = explain(data)
    assert done.exit_code in (0, 1, 2, 3)
    assert done.exception is None or isinstance(done.exception, SystemExit)
