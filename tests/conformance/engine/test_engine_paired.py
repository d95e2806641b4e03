"""Pairs: a recorded request that got worse is found; what proves nothing is held against nobody."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fakes.conformant import Conformant, Refused
from fakes.vices import (
    DeniesAlways,
    DiesAfter,
    FailsAlways,
    RejectsButStores,
    RejectsEverything,
    ThrottlesAlways,
)

from conformance.engine.conversation import TargetGone
from conformance.engine.judge import Bench, judge_side
from conformance.engine.paired import Paired, Recorded, RecordedSide, judge_pairs
from conformance.oracle.catalogue import rule_by_id
from conformance.targets.reference import reference
from conformance.wire import Call, Reply

LENGTH = "CreateModel/ModelName:max-length"
ROLE = "CreateModel/ExecutionRoleArn:pattern"
SIDES = [(LENGTH, "accepts"), (LENGTH, "rejects"), (ROLE, "accepts"), (ROLE, "rejects"),
         ("request/image-or-model-package", "rejects"), ("CreateModel/Tags:max-items", "rejects"),
         ("CreateModel/PrimaryContainer.Mode:enum", "accepts")]  # fmt: skip
FAULT = "reference:model-name-max-length-64"


def recorded(rule: str, side: str, spec: str | Any = "reference") -> RecordedSide:
    """What a target said when a side was judged."""
    target = reference(spec) if isinstance(spec, str) else spec
    judgement = judge_side(rule_by_id(rule), side, Bench.at(target, account="123456789012"))
    said: dict[str, list[Recorded]] = {"case": [], "control": []}
    for each in judgement.exchanges:
        if each["operation"] == "CreateModel" and each["purpose"] in said:
            headers = tuple((name, value) for name, value in each["headers"])
            reply = Reply(each["status"], headers, each["body"].encode())
            said[each["purpose"]].append(Recorded(each["n"], json.loads(each["request"]), reply))
    return RecordedSide(rule, side, judgement.verdict, tuple(said["case"]), tuple(said["control"]))


def paired(side: RecordedSide, spec: str | Any) -> Paired:
    """What becomes of recorded requests in front of a target; nothing of ours stays there."""
    target = reference(spec) if isinstance(spec, str) else spec
    return judge_pairs(side, Bench.at(target, account="123456789012"))


@pytest.mark.parametrize(("rule", "side"), SIDES)
def test_the_same_service_answers_as_before(rule: str, side: str) -> None:
    """Every pair is judged, none is worse, and nothing is left behind."""
    before = recorded(rule, side)
    target = reference("reference")
    done = paired(before, target)
    assert done.stands
    assert (done.as_before, done.mended, done.note) == (len(before.cases), 0, "")
    assert not Bench.at(target, account="123456789012").talk.listed()


def test_an_illegal_request_that_is_accepted_now_is_a_regression() -> None:
    """With the request as it was sent, both answers and the control that was accepted again."""
    done = paired(recorded(LENGTH, "rejects"), FAULT)
    assert not done.stands
    assert done.finding is not None
    assert done.was is not None
    assert (done.finding["way"], done.finding["reply"]["status"]) == ("accepted", 200)
    assert len(done.finding["request"]["ModelName"]) == 64
    assert done.finding["control"]["reply"]["status"] == 200
    assert done.was.reply.status == 400
    assert "should be rejected with 400" in done.finding["expected"]


class FearsOneRole(Conformant):
    """Refuses one legal role that is as long as roles may be."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        members = super().checked(operation, body)
        if len(members.get("ExecutionRoleArn", "")) > 1_000:
            raise Refused("ValidationException", "1 validation error detected: too long")
        return members


def test_a_legal_request_that_is_refused_now_is_a_regression() -> None:
    """The other side: what was accepted must go on being accepted."""
    rule = "CreateModel/ExecutionRoleArn:max-length"
    done = paired(recorded(rule, "accepts", Conformant()), FearsOneRole())
    assert done.finding is not None
    assert done.finding["way"] == "refused"


def test_what_was_wrong_before_is_no_regression() -> None:
    """Still wrong is as before, right now is mended."""
    before = recorded(LENGTH, "rejects", FAULT)
    assert before.verdict == "fail"
    same, better = paired(before, FAULT), paired(before, "reference")
    assert (same.finding, same.mended) == (None, 0)
    assert (better.finding, better.mended) == (None, 1)


@pytest.mark.parametrize("vice", [ThrottlesAlways, DeniesAlways, RejectsEverything])
def test_a_side_whose_control_is_refused_proves_nothing(vice: type[Conformant]) -> None:
    """Neither a regression nor as before."""
    done = paired(recorded(LENGTH, "rejects"), vice())
    assert (done.finding, done.as_before, done.stands) == (None, 0, False)
    assert done.unproven > 0
    assert done.note


@pytest.mark.parametrize("vice", [ThrottlesAlways, DeniesAlways])
def test_who_is_busy_or_refuses_the_caller_proves_nothing(vice: type[Conformant]) -> None:
    """A legal request that is not let through says nothing of its rule."""
    done = paired(recorded(LENGTH, "accepts"), vice())
    assert (done.finding, done.as_before) == (None, 0)
    assert done.unproven == len(recorded(LENGTH, "accepts").cases)


class RejectsAtLast(Conformant):
    """Is conformant for so many creations; then every one is invalid."""

    def __init__(self, creations: int) -> None:
        super().__init__()
        self.left = creations

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        self.left -= 1
        if self.left < 0:
            raise Refused("ValidationException", "1 validation error detected")
        return super().create(members)


def test_a_target_that_broke_on_the_way_proved_nothing_by_rejecting() -> None:
    """The control is sent again in the end, as it is when a side is judged."""
    before = recorded(ROLE, "rejects", Conformant())
    done = paired(before, RejectsAtLast(len(before.controls)))
    assert (done.stands, done.as_before, done.finding) == (False, 0, None)


class FailsOnce(Conformant):
    """Answers one CreateModel with a server fault, and everything after it well."""

    failed = False

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        if not self.failed:
            self.failed = True
            raise Refused("InternalFailure", "oops", 500)
        return super().create(members)


def test_a_fault_that_does_not_come_again_proves_nothing() -> None:
    """But one that does is a regression."""
    before = recorded(LENGTH, "accepts", Conformant())
    once, always = paired(before, FailsOnce()), paired(before, FailsAlways())
    assert (once.finding, once.unproven) == (None, 1)
    assert once.note == "the target does not answer the same every time"
    assert always.finding is not None
    assert always.finding["way"] == "server-fault"


def test_a_request_that_is_rejected_and_stored_now_is_a_regression() -> None:
    """An answer that is right beside a model that should not be there is not right."""
    done = paired(recorded(ROLE, "rejects", Conformant()), RejectsButStores())
    assert done.finding is not None
    assert done.finding["way"] == "stored"


class PrefersOther(Conformant):
    """Takes one of two legal values of Mode at a time."""

    def __init__(self, refused: str) -> None:
        super().__init__()
        self.refused = refused

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        if members["PrimaryContainer"].get("Mode") == self.refused:
            raise Refused("ValidationException", "1 validation error detected")
        return super().create(members)


def test_a_side_that_rests_on_alternatives_rests_on_any_of_them() -> None:
    """It passed because one of two was accepted; the other being accepted now is no regression."""
    image = "123456789012.dkr.ecr.us-east-1.amazonaws.com/i:1"
    modes = {"SingleModel": "m.tar.gz", "MultiModel": "models/"}
    bodies = [
        {"ModelName": f"cmcabcdefghija-00000{n}",
         "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
         "PrimaryContainer": {"Image": image, "Mode": mode, "ModelDataUrl": f"s3://bucket/{key}"}}
        for n, (mode, key) in enumerate(modes.items())
    ]  # fmt: skip
    replies = [Reply(400, (), b'{"__type": "ValidationException"}'), Reply(200, (), b"{}")]
    cases = tuple(map(Recorded, (1, 2), bodies, replies))
    rule = "CreateModel/PrimaryContainer.Mode:type"
    side = RecordedSide(rule, "accepts", "pass", cases, ())
    done = paired(side, PrefersOther("MultiModel"))
    assert (done.finding, done.mended, done.unproven) == (None, 1, 1)
    failed = RecordedSide(rule, "accepts", "fail", cases, ())
    assert paired(failed, PrefersOther("MultiModel")).finding is not None


def test_a_request_that_this_version_reads_differently_proves_nothing() -> None:
    """What is right is said anew of the request as it is sent, whatever the record calls it."""
    before = recorded(LENGTH, "accepts")
    strange = RecordedSide(LENGTH, "rejects", "pass", before.cases, before.cases)
    done = paired(strange, "reference")
    assert (done.as_before, done.finding) == (0, None)


def test_without_a_recorded_control_nothing_is_proven() -> None:
    """A rejection alone says nothing, today as then."""
    before = recorded(LENGTH, "rejects")
    done = paired(RecordedSide(LENGTH, "rejects", "pass", before.cases, ()), "reference")
    assert (done.stands, done.note) == (False, "no accepted control was recorded")


def test_a_target_that_is_gone_is_gone() -> None:
    """Whoever calls says so in one sentence."""
    with pytest.raises(TargetGone):
        paired(recorded(LENGTH, "accepts"), DiesAfter(1))


class Listens:
    """The reference service, remembering under which names models are created."""

    def __init__(self) -> None:
        self._inner = reference("reference")
        self.name, self.endpoint = self._inner.name, self._inner.endpoint
        self.account = self._inner.account
        self.names: list[str] = []

    def send(self, call: Call) -> Reply:
        if call.operation == "CreateModel":
            self.names.append(json.loads(call.body)["ModelName"])
        return self._inner.send(call)

    def fingerprint(self) -> dict[str, str]:
        return {"kind": "test"}

    def close(self) -> None: ...


def test_requests_are_sent_under_names_never_used_before() -> None:
    """Twice on one target: no name of the record, none of the first time."""
    target, before = Listens(), recorded(ROLE, "accepts")
    assert paired(before, target).stands
    first, target.names = target.names, []
    assert paired(before, target).stands
    recorded_names = {each.request["ModelName"] for each in before.cases}
    assert not {*first} & {*target.names}
    assert not recorded_names & {*first, *target.names}
