"""Playback: answers from a record, in its order, and says where that and the suite part."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conformance.certification.playback import Playback
from conformance.engine.judge import Bench
from conformance.targets.reference import reference
from conformance.wire import TransportFault, encode
from conformance.wire.signing import Signer

FIRST, SECOND = {"ModelName": "a"}, {"ModelName": "b"}


def recorded(*bodies: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of calls to the reference, read back as from a file."""
    target = reference("reference")
    talk = Bench.at(target, account=target.account).talk
    for body in bodies:
        talk.ask("DescribeModel", body, purpose="look")
    found: list[dict[str, Any]] = json.loads(json.dumps(talk.drain()))
    return found


def call(body: dict[str, Any]) -> Any:
    """A signed call, as the suite sends it."""
    return Signer("us-east-1").signed(encode("DescribeModel", body))


def test_calls_are_answered_as_recorded() -> None:
    """Status, headers, body and times are the recorded ones, whatever signs the call now."""
    said = recorded(FIRST, SECOND)
    target = Playback("http://localhost/")
    target.load(said)
    for body, exchange in zip((FIRST, SECOND), said, strict=True):
        reply = target.send(call(body))
        assert (reply.status, reply.body.decode()) == (exchange["status"], exchange["body"])
        assert reply.times == (exchange["began"], exchange["ended"])
    assert (target.wrong, target.left) == ("", 0)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ([SECOND], "exchange 1 is a DescribeModel that the suite does not send there"),
        ([FIRST, SECOND, FIRST], "a DescribeModel is missing that the suite sends"),
    ],
)
def test_a_call_that_was_not_recorded_next_is_said(asked: list[Any], says: str) -> None:
    """In another order, or beyond the end: the sentence says which exchange."""
    target = Playback("http://localhost/")
    target.load(recorded(FIRST, SECOND))
    *before, last = asked
    for body in before:
        target.send(call(body))
    with pytest.raises(TransportFault):
        target.send(call(last))
    assert target.wrong == says


def test_an_unsigned_call_is_not_a_signed_one() -> None:
    """What a record leaves out is the signature alone, not that there was one."""
    target = Playback("http://localhost/")
    target.load(recorded(FIRST))
    with pytest.raises(TransportFault):
        target.send(encode("DescribeModel", FIRST))


def test_recorded_faults_come_again() -> None:
    """A call that got no reply gets none."""
    target = Playback("http://localhost/")
    said = {**recorded(FIRST)[0], "fault": {"kind": "timeout", "detail": "late"}}
    target.load([said])
    with pytest.raises(TransportFault, match="late"):
        target.send(call(FIRST))
    assert target.wrong == ""
