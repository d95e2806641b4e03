"""What makes a verdict trustworthy: labels re-derived, controls sent, names never taken blindly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fakes import vices
from fakes.conformant import Conformant, invalid

from conformance.engine.conversation import Conversation, NameTaken
from conformance.engine.judge import Bench, judge, judge_side
from conformance.engine.selection import matching
from conformance.oracle.catalogue import behaviours, rule_by_id
from conformance.wire import Call, Reply
from strategies.cases import Case, boundary_cases
from strategies.resources import Resources

PATTERN = "CreateModel/ExecutionRoleArn:pattern"


def creates(target: Conformant) -> list[Any]:
    """Return the bodies of every CreateModel that a target was sent."""
    return [body for operation, body in target.calls if operation == "CreateModel"]


def planted(monkeypatch: pytest.MonkeyPatch, change: Callable[[Case], Case]) -> None:
    """Let the enumerated cases of every side be changed by a mistake of the suite's."""

    def mistaken(*args: Any, **options: Any) -> Iterator[Case]:
        for case in boundary_cases(*args, **options):
            yield change(case)

    monkeypatch.setattr("conformance.engine.sides.boundary_cases", mistaken)


@pytest.mark.parametrize("fake", [Conformant, vices.AcceptsEverything, vices.RejectsEverything])
def test_a_legal_case_labelled_as_a_violation_is_an_error(
    fake: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The oracle reads the request anew: the label is not believed, nothing is sent for it."""
    planted(monkeypatch, lambda case: replace(case, request=case.controls[0]))
    bench = Bench.at(fake())
    judgement = judge_side(rule_by_id(PATTERN), "rejects", bench)
    assert judgement.verdict == "error"
    assert "does not break just this rule: it breaks none" in judgement.note
    assert judgement.finding is None
    assert bench.talk.requests == 0


def test_a_violation_of_two_rules_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rejection would prove neither rule, so the case is the suite's fault."""
    planted(monkeypatch, lambda c: replace(c, request={**c.request, "Tags": "none"}))
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(Conformant()))
    assert judgement.verdict == "error"
    assert "CreateModel/Tags:type" in judgement.note


def test_a_violation_of_another_rule_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not enough that a case is illegal: it must break the rule that it is sent for."""
    planted(monkeypatch, lambda c: replace(c, request={**c.controls[0], "Tags": "none"}))
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(Conformant()))
    assert judgement.verdict == "error"


def test_an_illegal_case_labelled_as_legal_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conformant target's refusal of it is not held against the target."""
    planted(monkeypatch, lambda c: replace(c, request={**c.request, "ExecutionRoleArn": "x"}))
    judgement = judge_side(rule_by_id(PATTERN), "accepts", Bench.at(Conformant()))
    assert judgement.verdict == "error"
    assert judgement.finding is None


def test_an_illegal_control_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control that breaks a rule itself is the suite's fault and is never sent."""
    illegal = {"ModelName": "a", "ExecutionRoleArn": "x"}
    planted(monkeypatch, lambda case: replace(case, controls=(illegal,)))
    target = Conformant()
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(target))
    assert (judgement.verdict, judgement.note) == ("error", "A control of this rule is not valid.")
    assert target.calls == []


def test_a_strategy_that_raises_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake in the suite becomes ``error`` with its name; the models made until then go."""

    def broken(case: Case) -> Case:
        if case.label != "an exclamation mark inside":
            raise ZeroDivisionError("slip")
        return case

    planted(monkeypatch, broken)
    target = Conformant()
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(target))
    assert judgement.verdict == "error"
    assert "ZeroDivisionError: slip" in judgement.note
    assert target.models == {}
    assert judgement.exchanges


def test_a_drawn_request_is_read_anew_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random draws that are legal by mistake are never sent as violations."""
    from hypothesis import strategies as st

    legal = {
        "ModelName": "drawn",
        "ExecutionRoleArn": Resources().role,
        "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/drawn:1"},
    }
    monkeypatch.setattr(
        "strategies.exploration.random_cases", lambda *_args, **_options: st.just(legal)
    )
    target = Conformant()
    judgement = judge_side(rule_by_id(PATTERN), "rejects", Bench.at(target))
    assert judgement.verdict == "pass"
    images = [body["PrimaryContainer"]["Image"] for body in creates(target)]
    assert not any("drawn" in image for image in images)


def test_controls_are_shared_but_sent(judged: Callable[..., Any]) -> None:
    """Cases with one control send it once, and once more at the end of a passed side."""
    done = judged(Conformant(), [PATTERN])
    judgement = done.of(PATTERN, "rejects")
    controls = [r for r in judgement.exchanges if r["purpose"] == "control"]
    cases = [r for r in judgement.exchanges if r["purpose"] == "case"]
    assert len(cases) > 20
    sent = [{**json.loads(r["request"]), "ModelName": ""} for r in controls]
    assert sent.count(sent[-1]) == 2
    assert all(sent.count(each) == 1 for each in sent if each != sent[-1])
    assert len({json.loads(r["request"])["ModelName"] for r in controls}) == len(controls)


class FearsTags(Conformant):
    """Refuses every request with tags, legal or not."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        if isinstance(body, dict) and "Tags" in body:
            raise invalid("1 validation error detected: Value at 'tags' failed: no tags here")
        return super().checked(operation, body)


def test_a_refused_control_makes_the_side_inconclusive(judged: Callable[..., Any]) -> None:
    """A target that knows no tags is not credited with rejecting bad ones."""
    done = judged(FearsTags(), [*matching("CreateModel/Tags"), "CreateModel:type", PATTERN])
    for judgement in done.must("rejects"):
        expected = "inconclusive" if "Tags" in judgement.rule.id else "pass"
        assert judgement.verdict == expected, judgement.rule.id
        assert expected == "pass" or "was not accepted either" in judgement.note
    # That tags are refused at all is one finding: of the rule that the whole request is legal.
    assert done.of("CreateModel:type", "accepts").verdict == "fail"
    assert done.of("CreateModel/Tags:type", "accepts").verdict == "fail"


def test_a_rejection_for_want_of_a_control_is_no_sample(judged: Callable[..., Any]) -> None:
    """``errors/`` rules leave out samples whose control is refused: the message is about that."""
    done = judged(FearsTags(), ["errors/message-names-constraint", "errors/code"])
    assert set(done.verdicts()) == {"pass"}
    for judgement in done.judgements:
        behaviour = next(each for each in behaviours() if each.rule == judgement.rule)
        about_tags = [each for each in behaviour.samples if each.startswith("CreateModel/Tags")]
        assert judgement.cases["not-run"] == len(about_tags) > 1


class HalfSupported(Conformant):
    """Has no lists of containers yet, and says so."""

    def checked(self, operation: str, body: Any) -> dict[str, Any]:
        if isinstance(body, dict) and "Containers" in body:
            raise vices.Refused("NotImplemented", "no pipelines yet", 501)
        return super().checked(operation, body)


def test_a_side_supported_in_part_is_no_pass_and_says_why(judged: Callable[..., Any]) -> None:
    """Pass and unsupported together are inconclusive, with the unsupported part's reason."""
    done = judged(HalfSupported(), ["CreateModel:type", "CreateModel/Containers:max-items"])
    whole = done.of("CreateModel:type", "accepts")
    assert whole.verdict == "inconclusive"
    assert whole.note == "The target does not support this (501 NotImplemented)."
    assert done.of("CreateModel/Containers:max-items", "rejects").verdict == "unsupported"


class KnowsFewResources(Conformant):
    """Asks for a role that exists."""

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        if "role/SageMakerExecutionRole" not in members.get("ExecutionRoleArn", ""):
            raise invalid("The execution role ARN is invalid. Please ensure that the role exists.")
        return super().create(members)


def test_a_missing_resource_is_no_failure(judged: Callable[..., Any]) -> None:
    """An answer about a role that does not exist leaves the rule open and says how to go on."""
    judgement = judged(KnowsFewResources(), [PATTERN]).of(PATTERN, "accepts")
    assert judgement.verdict == "inconclusive"
    assert "--role-arn" in judgement.note


def test_resources_of_the_user_are_the_only_ones_sent() -> None:
    """With --role-arn every request that is meant to be legal names that role."""
    role = "arn:aws:iam::123456789012:role/SageMakerExecutionRole-of-the-user"
    bench = Bench.at(KnowsFewResources(), resources=Resources(role_arn=role))
    assert [j.verdict for j in judge(rule_by_id("CreateModel/Tags:max-items"), bench)] == [
        "pass",
        "pass",
    ]
    assert {body["ExecutionRoleArn"] for body in creates(bench.talk.target)} == {role}  # type: ignore[arg-type]


# -- names that are not ours ---------------------------------------------------------------


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


class StoresAndFails(Conformant):
    """Stores models and answers creates with 500, but for those whose names bear our prefix."""

    def send(self, call: Call) -> Reply:
        reply = super().send(call)
        name = json.loads(call.body or b"{}").get("ModelName", "")
        is_fault = call.operation == "CreateModel" and "cmc" not in str(name)
        return replace(reply, status=500, body=b"{}") if is_fault else reply


def test_a_fault_behind_which_the_name_is_taken_is_no_error_of_the_suite() -> None:
    """A create of a short name fails and stores it: asking again would be for a taken name."""
    judgement = judge_side(
        rule_by_id("CreateModel/ModelName:pattern"), "accepts", Bench.at(StoresAndFails())
    )
    assert judgement.verdict == "inconclusive"
    assert "failed with a server fault, and the name" in judgement.note


class DescribesNothing(Conformant):
    """Fails to describe what it has not."""

    def send(self, call: Call) -> Reply:
        reply = super().send(call)
        is_missing = call.operation == "DescribeModel" and reply.status == 400
        return replace(reply, status=500, body=b"{}") if is_missing else reply


def test_a_name_that_nobody_can_tell_of_is_not_said_to_be_in_use() -> None:
    """What DescribeModel fails on may be in use or not: it is left out, with these words."""
    judgement = judge_side(
        rule_by_id("CreateModel/ModelName:required"), "rejects", Bench.at(DescribesNothing())
    )
    assert judgement.verdict == "not-run"
    assert "The name None may be in use, for all that the target says." in judgement.note


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
