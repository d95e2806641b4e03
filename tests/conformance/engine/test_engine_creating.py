"""Creates that were not accepted and made a model all the same, under names of anybody's."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from fakes.conformant import Conformant, Refused, creates

from conformance.engine.cleanup import settle
from conformance.engine.conversation import Conversation
from conformance.engine.creating import NameTaken
from conformance.engine.judge import Bench, judge_side
from conformance.engine.names import RunNames
from conformance.engine.run import introduce
from conformance.oracle.catalogue import rule_by_id
from conformance.wire import Call, Reply, TransportFault
from strategies.bases import minimal
from strategies.resources import Resources

OURS = Resources().role
THEIR_ROLE = "arn:aws:iam::123456789012:role/Theirs"


def conversation(target: Any) -> Conversation:
    """Return a conversation with a prefix that tests know."""
    return Conversation(target, prefix="cmcours", resources=Resources())


class RefusesAndStores(Conformant):
    """Refuses what ``is_stored`` names and stores it, under whatever name it makes of a value."""

    def __init__(
        self,
        is_stored: Callable[[Any], bool],
        status: int = 400,
        code: str = "ValidationException",
    ) -> None:
        super().__init__()
        self._is_stored, self._status, self._code = is_stored, status, code

    def answer(self, operation: str, body: Any) -> dict[str, Any]:
        name = body.get("ModelName")
        if operation == "DescribeModel" and name in self.models:
            return self.describe(body)
        if operation == "DeleteModel" and name in self.models:
            return self.delete(body)
        if operation == "CreateModel" and self._is_stored(name):
            stored = name if isinstance(name, str) else str(self.stored_name(name))
            self.models[stored], self.made[stored] = body, time.time()
            raise Refused(self._code, "1 validation error detected", self._status)
        return super().answer(operation, body)


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    ("rule", "side", "is_stored"),
    [
        ("pattern", "accepts", lambda name: isinstance(name, str) and len(name) == 1),
        ("type", "rejects", lambda name: name is not None and not isinstance(name, str)),
        ("required", "rejects", lambda name: name is None),
    ],
)
def test_a_refused_create_that_stored_a_name_without_our_prefix_is_undone(
    rule: str, side: str, is_stored: Callable[[Any], bool], status: int
) -> None:
    """The model is held against the target and deleted, though nothing else would ever find it."""
    target = RefusesAndStores(is_stored, status)
    bench = Bench.at(target)
    judgement = judge_side(rule_by_id(f"CreateModel/ModelName:{rule}"), side, bench)
    assert judgement.finding is not None
    is_told = judgement.finding["why"].endswith("but stored the model.")
    assert is_told == (side == "rejects")
    assert bench.talk.sweep() == 0  # of ["..."] somebody may make a name that bears the prefix
    assert target.models == {}


class SomebodyIsFaster(Conformant):
    """A model of somebody else's is made just before each create that is refused."""

    def __init__(self, code: str, message: str, theirs: dict[str, Any]) -> None:
        super().__init__()
        self._refused, self._theirs = Refused(code, message), theirs

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        self.models[members["ModelName"]] = self._theirs
        raise self._refused


@pytest.mark.parametrize(
    ("code", "message", "role"),
    [
        ("ValidationException", "Cannot create already existing model", Resources().role),
        ("ResourceInUse", "Model a is there", Resources().role),
        ("ConflictException", "no", Resources().role),
        ("ValidationException", "1 validation error detected", THEIR_ROLE),
        ("ValidationException", "1 validation error detected", None),
    ],
)
def test_a_model_that_somebody_else_made_meanwhile_is_left_alone(
    code: str, message: str, role: str | None
) -> None:
    """Where the target says that it exists, or where it is not what we sent, it is theirs."""
    theirs = {"ExecutionRoleArn": role, "PrimaryContainer": {"Image": "i"}}
    target = SomebodyIsFaster(code, message, theirs)
    talk = conversation(target)
    ours = {"ModelName": "a", "ExecutionRoleArn": Resources().role, "PrimaryContainer": {}}
    assert not talk.create(ours).accepted
    talk.tidy()
    talk.sweep()
    assert target.models == {"a": theirs}


class ShowsNoRole(RefusesAndStores):
    """Describes a model by its name and ARN alone."""

    def describe(self, members: dict[str, Any]) -> dict[str, Any]:
        return {"ModelName": self.found(members), "ModelArn": self.arn(members["ModelName"])}


def is_number(name: Any) -> bool:
    """Whether a name is no string, but a number."""
    return isinstance(name, int)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        (ShowsNoRole(is_number), "its role is not shown"),
        (RefusesAndStores(is_number, code="ConflictException"), "somebody may have been faster"),
        (RefusesAndStores(is_number, status=409), "somebody may have been faster"),
    ],
    ids=["no role", "conflict", "409"],
)
def test_where_nobody_knows_whose_a_model_is_it_is_named_and_left(
    target: RefusesAndStores, why: str
) -> None:
    """That the request was refused is then no pass, and nothing is deleted."""
    bench = Bench.at(target)
    rule = rule_by_id("CreateModel/ModelName:type")
    found = judge_side(rule, "rejects", bench)
    assert found.verdict == "inconclusive", why
    assert "which was free before, is there after the refusal" in found.note
    assert bench.talk.ledger.doubtful == set(target.models) != set()
    assert not bench.talk.ledger.is_settled
    assert bench.talk.sweep() == len(target.models)  # none is passed over in silence
    assert bench.talk.ledger.doubtful == set(target.models)


def test_a_model_without_a_name_is_deleted_too() -> None:
    """Some store a missing name as an empty one."""

    class NamesItNothing(RefusesAndStores):
        def stored_name(self, name: Any) -> Any:
            return name or ""

    target = NamesItNothing(lambda name: not name)
    judgement = judge_side(
        rule_by_id("CreateModel/ModelName:required"), "rejects", Bench.at(target)
    )
    assert judgement.verdict == "fail"
    assert target.models == {}
    assert str(NameTaken("", is_certain=True)) == "the name '' is in use"


class DoesItAndIsBusy(Conformant):
    """Says to the first CreateModel of each name that it is busy, and has done it."""

    def __init__(self, exists: str) -> None:
        super().__init__()
        self._exists = exists

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        if members["ModelName"] in self.models:
            raise Refused("ValidationException", self._exists)
        super().create(members)
        raise Refused("ThrottlingException", "Rate exceeded")


@pytest.mark.parametrize("exists", ["Cannot create already existing model", "It is here."])
def test_a_throttled_create_that_was_done_is_no_refusal_of_a_name_of_anybodys(exists: str) -> None:
    """Whatever the words of the second answer: nothing is held against anybody, nothing is left."""
    target = DoesItAndIsBusy(exists)
    judgement = judge_side(rule_by_id("CreateModel/ModelName:pattern"), "accepts", Bench.at(target))
    assert judgement.verdict == "inconclusive"
    assert "had made the model all the same" in judgement.note
    assert target.models == {}


class SomebodyHadIt(Conformant):
    """Has a model of each name of one letter just when it is first asked to make it."""

    def __init__(self, times: int, *, waits: bool) -> None:
        super().__init__()
        self._times, self.waits = times, waits

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        if len(members["ModelName"]) == 1 and self._times:
            self._times -= 1
            raise Refused("ValidationException", "Cannot create already existing model")
        return super().create(members)


@pytest.mark.parametrize(("times", "verdict"), [(1, "pass"), (3, "pass"), (99, "inconclusive")])
def test_a_name_that_another_run_had_for_a_moment_is_tried_again(
    times: int, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs on one target want the same short names; found: one ended with exit code 3."""
    monkeypatch.setattr("conformance.engine.creating._PAUSES", (0.0, 0.0, 0.0, 0.0))
    said = []
    for waits in (True, False):  # a record that is judged again waits for nobody
        target = SomebodyHadIt(times, waits=waits)
        bench = Bench.at(target)
        judgement = judge_side(rule_by_id("CreateModel/ModelName:pattern"), "accepts", bench)
        assert judgement.verdict == verdict
        said.append([operation for operation, _ in target.calls])
        assert bench.talk.sweep() == 0
        assert target.models == {}
    assert said[0] == said[1]


def test_a_refusal_after_throttling_stands_where_there_is_no_model() -> None:
    """That a target speaks of a conflict does not make it one of names."""

    class SpeaksOfConflicts(Conformant):
        throttled = False

        def answer(self, operation: str, body: Any) -> dict[str, Any]:
            self.throttled = not self.throttled and operation == "CreateModel"
            if self.throttled:
                raise Refused("ThrottlingException", "Rate exceeded")
            return super().answer(operation, body)

        def refusal(self, refused: Refused) -> Reply:
            refused.message = "The request conflicts with the schema"
            return super().refusal(refused)

    rule = rule_by_id("CreateModel/EnableNetworkIsolation:type")
    assert judge_side(rule, "rejects", Bench.at(SpeaksOfConflicts())).verdict == "pass"


class DescribesNothing(Conformant):
    """Answers DescribeModel with an empty object whatever it is asked; overwrites models."""

    def describe(self, members: dict[str, Any]) -> dict[str, Any]:
        return {}

    def store(self, members: dict[str, Any]) -> dict[str, Any]:
        self.models.pop(members.get("ModelName"), None)
        return super().store(members)


def test_a_model_that_was_listed_at_the_start_is_never_touched() -> None:
    """Also where DescribeModel does not know of it."""
    target = DescribesNothing()
    target.models = {"a": {"Owner": "somebody else"}}
    talk = conversation(target)
    talk.ledger.before = frozenset({"a"})
    with pytest.raises(NameTaken, match="the name a is in use"):
        talk.create(minimal("a", Resources()))
    assert creates(target) == []
    assert RunNames(talk).short() == "b"


def test_what_a_failed_create_did_not_make_is_not_looked_for_later() -> None:
    """After a 500 the name is free: whoever makes a model of it later made their own."""

    class Fails(Conformant):
        def create(self, members: dict[str, Any]) -> dict[str, Any]:
            raise Refused("InternalFailure", "", 500)

    target = Fails()
    talk = conversation(target)
    assert not talk.create(minimal("a", Resources())).accepted
    target.models["a"], target.made["a"] = {"ExecutionRoleArn": OURS}, talk.drain()[-1]["ended"]
    talk.sweep()
    assert list(target.models) == ["a"]


def test_what_a_failed_create_may_have_made_is_looked_for_where_the_look_failed_too() -> None:
    """A target that fails for a while may have made the model before: it is deleted in the end."""

    class FailsForAWhile(Conformant):
        failing = False

        def answer(self, operation: str, body: Any) -> dict[str, Any]:
            answer = super().answer(operation, body)
            self.failing = self.failing or operation == "CreateModel"
            if self.failing:
                raise Refused("InternalFailure", "", 500)
            return answer

    target = FailsForAWhile()
    talk = conversation(target)
    assert not talk.create(minimal("a", Resources())).accepted
    target.answer = super(FailsForAWhile, target).answer  # type: ignore[method-assign]
    assert list(target.models) == ["a"]
    assert talk.sweep() == 0
    assert target.models == {}


def test_an_introduction_that_was_done_without_an_answer_is_made_again() -> None:
    """A target that closed a kept connection just then does answer."""

    class ClosesFirst(Conformant):
        closed = False

        def send(self, call: Call) -> Reply:
            reply = super().send(call)
            if not self.closed:
                self.closed = True
                raise TransportFault("stale", "it was closed")
            return reply

    target = ClosesFirst()
    assert introduce(Bench.at(target))
    assert target.models == {}


@pytest.mark.parametrize("is_told", [False, True], ids=["here", "by another process"])
@pytest.mark.parametrize(("name", "status"), [("a", 400), (True, 500), (None, 500)])
def test_what_somebody_made_after_a_refused_create_of_ours_is_theirs(
    name: Any, status: int, is_told: bool
) -> None:
    """Found: a model that was stored all the same had no create any more to tell it by."""
    target = RefusesAndStores(lambda given: given == name, status)
    talk = conversation(target)
    talk.create({**minimal("a", Resources()), "ModelName": name})
    (stored,) = target.models
    assert talk.ledger.is_ours(stored)
    if is_told:
        told = json.loads(json.dumps(talk.ledger.as_events()))
        talk = conversation(target)
        talk.ledger.learn("cmcours", told)
    target.models[stored] = {**target.models[stored], "ExecutionRoleArn": f"{Resources().role}2"}
    settled = settle(talk)
    assert settled.deleted == ()
    assert [*target.models] == [stored]
