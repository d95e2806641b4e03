"""Labelled requests for other tools: every label holds on the reference, every line is stable."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

import pytest
from fakes.processes import command
from jsonschema import Draft202012Validator

from conformance.corpus import lines
from conformance.engine.selection import selected
from conformance.targets.reference import reference
from conformance.wire import Call, read
from conformance.wire.signing import Signer
from reports.schemas import schema

LINE = Draft202012Validator(schema("cases"))
RULES = {rule.id: rule for rule in selected()}


def few() -> list[dict[str, Any]]:
    """All lines of some rules: a name, a list, a Boolean, what goes together, what is malformed."""
    globs = ("CreateModel/ModelName", "CreateModel/Tags*", "request", "wire", "*Isolation*")
    return list(lines({rule.id: rule for rule in selected(globs)}))


def test_every_label_holds_on_the_reference() -> None:
    """Sent as bytes and headers, and signed: accepted or rejected as the line says."""
    target, signer = reference("reference"), Signer("us-east-1")
    seen = {"accept": 0, "reject": 0, "unknown": 0}
    for line in few():
        LINE.validate(line)
        http = line["http"]
        body = base64.b64decode(http["body_base64"])
        call = Call(line["operation"], body, http["headers"], http["method"])
        said = read(target.send(signer.signed(call))).kind
        wanted = {"accept": "accepted", "reject": "rejected"}
        seen[line["expectation"]] += 1
        if line["expectation"] in wanted and not _is_step(line):
            assert said == wanted[line["expectation"]], line
        name = (line["request"] or {}).get("ModelName") if said == "accepted" else None
        if isinstance(name, str):
            look = json.dumps({"ModelName": name}).encode()
            headers = {**http["headers"], "X-Amz-Target": "SageMaker.DeleteModel"}
            target.send(signer.signed(Call("DeleteModel", look, headers)))
    assert seen["accept"] > 100
    assert seen["reject"] > 100
    assert seen["unknown"] > 10


def _is_step(line: dict[str, Any]) -> bool:
    """Whether a request is a further step of a play: a name that is taken by then is another."""
    return line["rule"].startswith("wire/") and line["operation"] == "CreateModel"


def test_malformed_requests_are_among_them() -> None:
    """What is no JSON, cut off or wrongly addressed is rejected by a must rule."""
    found = {line["rule"]: line for line in few() if line["side"] == "holds"}
    for rule in ("wire/malformed-json", "wire/truncated-json", "wire/target-missing"):
        assert found[rule]["expectation"] == "reject"
        assert found[rule]["request"] is None


def test_the_same_seed_gives_the_same_lines_and_another_one_other_names() -> None:
    """Nothing but the names hangs on the seed."""
    rules = {each: RULES[each] for each in ("CreateModel/Tags:max-items", "wire/null-members")}
    first, again, other = (list(lines(rules, seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert [(e["rule"], e["label"]) for e in first] == [(e["rule"], e["label"]) for e in other]


def test_the_same_seed_gives_the_same_lines_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No line holds the moment at which it was made: that of the packed body did; found."""
    rules = {each: RULES[each] for each in RULES if each.startswith("wire/")}
    first = list(lines(rules))
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now + 60)  # not too late for a signature
    assert list(lines(rules)) == first


@pytest.mark.parametrize("side", ["valid", "violating"])
def test_the_command_prints_one_side(side: str, tmp_path: Path) -> None:
    """A line of JSON for each, every one with the label that was asked for."""
    done = command("cases", "--side", side, "--select", "CreateModel/ModelName", cwd=tmp_path)
    assert done.returncode == 0
    labels = {json.loads(line)["expectation"] for line in done.stdout.splitlines()}
    assert labels == {"valid": {"accept"}, "violating": {"reject"}}[side]


@pytest.mark.parametrize(
    ("options", "says"),
    [(("--select", "no/such"), "no rule matches"), (("--account", "1"), "is not an account")],
)
def test_what_cannot_be_meant_is_refused(
    options: tuple[str, ...], says: str, tmp_path: Path
) -> None:
    """Exit code 2 and one sentence."""
    done = command("cases", *options, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
