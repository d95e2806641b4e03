"""Names that may be somebody else's, what is deleted, lists, and what is kept of what was said."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fakes import vices
from fakes.conformant import Conformant, creates

from conformance.engine.conversation import Conversation
from conformance.engine.creating import NameTaken
from conformance.engine.judge import Bench, judge_side
from conformance.oracle.catalogue import rule_by_id
from conformance.wire import Call, Reply
from strategies.resources import Resources


class OwnsModels(vices.OverwritesEverything):
    """Overwrites duplicates and holds models of somebody else's."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.theirs = {name: {"ModelName": name, "Owner": "somebody else"} for name in names}
        self.models |= self.theirs


def conversation(target: Any) -> Conversation:
    """Return a conversation with a prefix that tests know."""
    return Conversation(target, prefix="cmcours", resources=Resources())


@pytest.mark.parametrize("name", ["m", "", "5", "x" * 64, "-", "cmc", "CMCOURS", '["a"]'])
def test_a_name_without_our_prefix_is_taken_only_after_a_look(name: str) -> None:
    """A taken name raises ``NameTaken`` and no CreateModel is sent; a free one is looked up."""
    target = OwnsModels(name)
    with pytest.raises(NameTaken):
        conversation(target).create({"ModelName": name})
    assert creates(target) == []
    target = OwnsModels()
    conversation(target).create({"ModelName": name})
    assert [operation for operation, _ in target.calls] == ["DescribeModel", "CreateModel"]


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        ({}, "None"),
        ({"ModelName": None}, "null"),
        ({"ModelName": None}, ""),
        ([], "undefined"),
        ("text", "None"),
        ({"ModelName": 5}, "5"),
        ({"ModelName": True}, "True"),
        ({"ModelName": True}, "true"),
        ({"ModelName": False}, "0"),
        ({"ModelName": ["a"]}, '["a"]'),
        ({"ModelName": {}}, "{}"),
    ],
)
def test_a_request_that_might_be_stored_under_a_taken_name_is_not_sent(
    body: Any, stored: str
) -> None:
    """Also where the name is missing or no string, whatever a careless target makes of it."""
    target = OwnsModels(stored)
    with pytest.raises(NameTaken):
        conversation(target).create(body)
    assert creates(target) == []


def test_our_own_names_need_no_look() -> None:
    """A name with the run's prefix is ours wherever the prefix stands."""
    target = OwnsModels()
    talk = conversation(target)
    for name in ("cmcours-1", " cmcours-1", "7cmcours", "cmcours" + "a" * 99):
        talk.create({"ModelName": name})
    assert {operation for operation, _ in target.calls} == {"CreateModel"}


@pytest.mark.parametrize(
    "fake", [vices.FailsAlways, vices.DeniesAlways, vices.ThrottlesAlways, vices.KnowsNoOperation]
)
def test_doubt_means_that_a_name_is_taken(fake: Callable[[], Any]) -> None:
    """Whoever does not say that the model is missing has not said that the name is free."""
    talk = conversation(fake())
    assert not talk.is_free("m")
    assert not talk.is_stored("m")


def test_no_answer_means_that_a_name_is_taken() -> None:
    """A look that gets no answer does not free the name."""
    assert not conversation(vices.DiesAfter(0)).is_free("m")


def test_a_target_that_describes_anything_is_not_believed() -> None:
    """Whoever describes a model that nobody made says nothing by describing another one."""
    talk = conversation(vices.AcceptsEverything())
    assert talk.is_free("m")
    assert not talk.is_stored("m")
    talk = conversation(OwnsModels("m"))
    assert not talk.is_free("m")
    assert talk.is_stored("m")


def test_only_what_our_create_was_answered_for_is_deleted() -> None:
    """A refused create is not followed by DeleteModel: the model may be somebody else's."""
    target = Conformant()
    target.models["m"] = {"Owner": "somebody else"}
    talk = conversation(target)
    talk.in_use = lambda _name: False  # type: ignore[method-assign] # it was taken since we looked
    assert not talk.create(
        {
            "ModelName": "m",
            "ExecutionRoleArn": Resources().role,
            "PrimaryContainer": {"Image": "i"},
        }
    ).accepted
    talk.tidy()
    talk.sweep()
    assert target.models == {"m": {"Owner": "somebody else"}}


class FailsWhere(Conformant):
    """Does everything right, and answers 500 to what is picked by call and status."""

    def __init__(self, picked: Callable[[Call, int], bool]) -> None:
        super().__init__()
        self._picked = picked

    def send(self, call: Call) -> Reply:
        reply = super().send(call)
        return replace(reply, status=500, body=b"{}") if self._picked(call, reply.status) else reply


def is_create_without_prefix(call: Call, _status: int) -> bool:
    """A create of a name that is not recognisably ours."""
    return call.operation == "CreateModel" and b"cmc" not in call.body


def is_look_for_what_is_not_there(call: Call, status: int) -> bool:
    """A description of a model that the target has not."""
    return call.operation == "DescribeModel" and status == 400


@pytest.mark.parametrize(
    ("picked", "rule", "side", "verdict", "said"),
    [
        (
            is_create_without_prefix,
            "CreateModel/ModelName:pattern",
            "accepts",
            "fail",
            "",
        ),
        (
            is_look_for_what_is_not_there,
            "CreateModel/ModelName:required",
            "rejects",
            "not-run",
            "The name None may be in use, for all that the target says.",
        ),
    ],
    ids=["it was stored behind a fault", "nobody can tell"],
)
def test_a_name_that_may_be_taken_is_no_error_of_the_suite(
    picked: Callable[[Call, int], bool], rule: str, side: str, verdict: str, said: str
) -> None:
    """It is left out, and the words say why; what was stored behind a fault is found at once."""
    target = FailsWhere(picked)
    judgement = judge_side(rule_by_id(rule), side, Bench.at(target))
    assert judgement.verdict == verdict
    assert said in judgement.note
    assert target.models == {}


def sent_for(talk: Conversation, *names: str) -> None:
    """Have a conversation remember that creates were sent for these names, without an answer."""
    for name in names:
        talk.ledger.intends("CreateModel", {"ModelName": name})


def test_the_sweep_deletes_what_creates_were_sent_for_and_nothing_named_alike() -> None:
    """What no answer told of goes, on every page of the list; all others stay, alike or not."""
    target = Conformant()
    ours = [f"cmcours-{n:06}-conformance" for n in range(299)]
    theirs = ["m", "cmcour", "cmcother-1", "ours", "cmcours-000001-conformance-not"]
    target.models = {name: {} for name in [*ours, *theirs]}
    talk = conversation(target)
    sent_for(talk, *ours)
    assert talk.sweep() == 1  # it holds our ten letters, and nobody knows whose it is
    assert sorted(target.models) == sorted(theirs)


def test_the_sweep_counts_what_it_cannot_delete() -> None:
    """What remains is reported as a number, and the sweep does not raise."""
    target = vices.CannotDelete()
    target.models = {"cmcours-1": {}, "cmcours-2": {}, "m": {}}
    talk = conversation(target)
    sent_for(talk, "cmcours-1", "cmcours-2", "cmcours-3")
    assert talk.sweep() == 2


class ListsForEver(Conformant):
    """Gives the same page of models again and again."""

    def list(self, members: dict[str, Any]) -> dict[str, Any]:
        return {"Models": [{"ModelName": "cmcours-1"}, "odd", {"ModelName": 5}], "NextToken": "x"}


def test_a_list_without_an_end_is_left() -> None:
    """A target whose pages never end, or hold nonsense, does not keep the sweep for ever."""
    talk = conversation(ListsForEver())
    assert talk.listed() == {"cmcours-1"}
    assert talk.requests <= 200


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"Models": 5}', b"<html>", b"\xff"])
def test_nonsense_in_place_of_a_list_is_an_empty_list(body: bytes) -> None:
    """Whatever ListModels answers, looking through it raises nothing."""
    target = Conformant()
    target.send = lambda _call: Reply(200, (), body)  # type: ignore[method-assign]
    assert conversation(target).listed() == set()


def test_the_record_keeps_bytes_that_are_no_text() -> None:
    """A body that is not UTF-8 is recorded in base64, so that nothing of it is lost."""
    target = Conformant()
    target.send = lambda _call: Reply(200, (("X", "y"),), b"\xff\x00")  # type: ignore[method-assign]
    talk = conversation(target)
    talk.ask("CreateModel", {"ModelName": "é"}, purpose="case")
    (record,) = talk.drain()
    assert (record["body"], record["body_base64"]) == ("/wA=", True)
    assert json.loads(record["request"]) == {"ModelName": "é"}
    assert record["headers"] == [["X", "y"]]
    assert talk.drain() == []


def test_what_is_sent_is_signed_for_the_region() -> None:
    """Every call has a SigV4 header for the service and region, with the given keys."""
    seen: list[Call] = []
    target = Conformant()
    answer = target.send

    def send(call: Call) -> Reply:
        seen.append(call)
        return answer(call)

    target.send = send  # type: ignore[method-assign]
    Conversation(target, prefix="cmcx", resources=Resources(region="eu-west-3")).is_free("m")
    assert "/eu-west-3/sagemaker/aws4_request" in seen[0].headers["Authorization"]
    assert seen[0].headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=test/")
