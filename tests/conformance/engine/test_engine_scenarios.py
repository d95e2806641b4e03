"""Scenarios judged: played for real, played again before a failure is believed, cleaned up."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.engine.conversation import Conversation
from conformance.engine.judgement import Judgement
from conformance.engine.names import RunNames
from conformance.engine.scenarios import judge_scenario
from conformance.engine.scenes import Settings
from conformance.oracle.behaviour import NothingToJudge
from conformance.oracle.scenario import (
    Broken,
    Scene,
    Unsupported,
    accept,
    created,
    described,
    refuse,
    scenario,
)
from conformance.oracle.verdicts import FAIL, INCONCLUSIVE, PASS, UNSUPPORTED
from conformance.targets.reference import reference
from strategies.resources import Resources

Play = Callable[[Scene], None]


def judged(play: Play, spec: str = "reference") -> tuple[Judgement, Conversation]:
    """Judge a play on the reference service; the conversation is what is left of it."""
    talk = Conversation(reference(spec), prefix="cmctestscenea", resources=Resources())
    rule = scenario("lifecycle/an-example", play, "An example holds.", "nowhere")
    return judge_scenario(rule, talk, RunNames(talk), Settings()), talk


def in_turn(*plays: Play) -> Play:
    """Return a play that is another one each time; the last stays."""
    left = list(plays)

    def play(scene: Scene) -> None:
        (left.pop(0) if len(left) > 1 else left[0])(scene)

    return play


def fine(scene: Scene) -> None:
    """A play that finds nothing wrong."""
    created(scene, scene.plain())


def broken(scene: Scene) -> None:
    """A play that finds something wrong."""
    created(scene, scene.plain())
    raise Broken("It is wrong.")


def failing(scene: Scene) -> None:
    """A play in which the target fails with a server fault."""
    created(scene, scene.plain())
    raise Broken("It failed.", "server-fault")


def nothing(_: Scene) -> None:
    """A play with nothing to judge."""
    raise NothingToJudge("nobody knows")


def test_a_play_that_ends_is_a_pass_and_leaves_no_model() -> None:
    """What the play created is deleted when it is over, and every exchange is recorded."""
    judgement, talk = judged(fine)
    assert judgement.verdict == PASS
    assert [r["operation"] for r in judgement.exchanges] == ["CreateModel", "DeleteModel"]
    assert talk.listed() == set()


def test_a_failure_is_believed_when_it_comes_again() -> None:
    """The finding shows the first play's steps; nothing says flaky."""
    judgement, talk = judged(broken)
    assert judgement.verdict == FAIL
    assert judgement.finding is not None
    assert not judgement.finding["flaky"]
    assert judgement.finding["way"] == "lifecycle/an-example"
    assert judgement.finding["before"] == []
    assert talk.listed() == set()


@pytest.mark.parametrize(
    ("plays", "verdict", "flaky"),
    [
        ((broken, fine), INCONCLUSIVE, None),
        ((nothing, broken, fine), INCONCLUSIVE, None),
        ((broken, fine, broken), FAIL, True),
        ((broken, nothing, broken), FAIL, False),
        ((failing, fine), INCONCLUSIVE, None),
        ((failing, failing, fine), INCONCLUSIVE, None),
        ((failing, failing, failing), FAIL, False),
        ((nothing, nothing, nothing), INCONCLUSIVE, None),
        ((nothing, fine), PASS, None),
    ],
)
def test_what_does_not_come_again_is_judged_with_care(
    plays: tuple[Play, ...], verdict: str, flaky: bool | None
) -> None:
    """A wrong answer that comes once is none; one that comes and goes is a flaky failure."""
    judgement, _ = judged(in_turn(*plays))
    assert judgement.verdict == verdict
    if flaky is not None:
        assert judgement.finding is not None
        assert judgement.finding["flaky"] is flaky
    else:
        assert judgement.finding is None


def test_of_a_race_once_is_enough() -> None:
    """What shows only now and then is a failure, marked flaky, also when it does not recur."""
    talk = Conversation(reference("reference"), prefix="cmctestscenea", resources=Resources())
    rule = scenario("concurrency/x", in_turn(broken, fine), "It holds.", "nowhere", is_race=True)
    judgement = judge_scenario(rule, talk, RunNames(talk), Settings())
    assert judgement.verdict == FAIL
    assert judgement.finding is not None
    assert judgement.finding["flaky"]


def test_a_target_without_the_operation_is_unsupported() -> None:
    """An operation that the target does not know makes the rule unsupported, with a reason."""
    judgement, _ = judged(lambda scene: scene.ask("CreateNothing", {}) and None)
    assert judgement.verdict == UNSUPPORTED
    assert "CreateNothing" in judgement.note


def test_a_play_may_say_that_the_target_cannot_do_it() -> None:
    """What a play raises as unsupported is the note."""

    def play(_: Scene) -> None:
        raise Unsupported("It checks no signatures.")

    assert judged(play)[0].note == "It checks no signatures."


def test_a_finding_ends_with_the_answer_that_shows_it() -> None:
    """Steps after the decisive one are not shown; those before it have their answers."""

    def play(scene: Scene) -> None:
        body = scene.plain()
        arn = created(scene, body)
        answer = scene.ask("DescribeModel", {"ModelName": body["ModelName"]})
        scene.ask("ListTags", {"ResourceArn": arn})
        raise Broken("It is wrong.", at=answer)

    finding = judged(play)[0].finding
    assert finding is not None
    assert finding["operation"] == "DescribeModel"
    assert [(e["operation"], e["reply"]["status"]) for e in finding["before"]] == [
        ("CreateModel", 200)
    ]


def test_raw_bytes_are_shown_with_their_headers_and_cut_when_long() -> None:
    """A finding holds what is needed to send a strange body again, but no megabyte."""
    for size, whole in ((10, True), (100_000, False)):

        def play(scene: Scene, size: int = size) -> None:
            call = scene.call("CreateModel", {})
            answer = scene.send(type(call)(call.operation, b"x" * size, {"X-Odd": "1"}, "PUT"))
            raise Broken("It is wrong.", at=answer)

        finding = judged(play)[0].finding
        assert finding is not None
        http = finding["http"]
        assert (http["method"], http["headers"], http["bytes"]) == ("PUT", {"X-Odd": "1"}, size)
        assert (http["body_base64"] is not None) is whole
        assert len(json.dumps(finding)) < 20_000


def test_calls_that_go_together_overlap_and_are_answered_in_their_order() -> None:
    """Each call of a group comes from a thread of its own; all models made are deleted."""
    seen: set[int] = set()

    def play(scene: Scene) -> None:
        bodies = [scene.plain() for _ in range(8)]
        answers = scene.together([("CreateModel", body) for body in bodies])
        assert [a.request["ModelName"] for a in answers] == [b["ModelName"] for b in bodies]
        assert all(each.accepted and each.began <= each.ended for each in answers)
        for body in bodies:
            described(scene, body["ModelName"])

    talk = Conversation(reference("reference"), prefix="cmctestscenea", resources=Resources())
    inner = talk.target.send
    talk.target.send = lambda call: (seen.add(threading.get_ident()), inner(call))[1]  # type: ignore[method-assign]
    rule = scenario("lifecycle/an-example", play, "An example holds.", "nowhere")
    judgement = judge_scenario(rule, talk, RunNames(talk), Settings())
    assert judgement.verdict == PASS, judgement.note
    assert len(seen) > 2
    assert talk.listed() == set()


def test_what_uses_a_model_is_deleted_before_it() -> None:
    """An endpoint configuration that a play made goes first, also after a failure."""

    def play(scene: Scene) -> None:
        body = scene.plain()
        created(scene, body)
        variant = {
            "VariantName": "v",
            "ModelName": body["ModelName"],
            "InitialInstanceCount": 1,
            "InstanceType": "ml.m5.large",
        }
        name = scene.fresh()
        scene.ask(
            "CreateEndpointConfig", {"EndpointConfigName": name, "ProductionVariants": [variant]}
        )
        raise Broken("It is wrong.")

    operations = [r["operation"] for r in judged(play)[0].exchanges]
    assert operations[:4] == [
        "CreateModel",
        "CreateEndpointConfig",
        "DeleteEndpointConfig",
        "DeleteModel",
    ]


@pytest.mark.parametrize(
    "fault", ["denies-everything", "throttles-everything", "unavailable", "knows-no-operation"]
)
def test_a_target_that_answers_nobody_breaks_no_scenario(fault: str) -> None:
    """Whatever a play demands, a target that denies or throttles everything does not fail it."""

    def play(scene: Scene) -> None:
        accept(scene.ask("CreateModel", scene.plain()), "a plain request")

    assert judged(play, f"reference:{fault}")[0].verdict in (INCONCLUSIVE, UNSUPPORTED)


@settings(max_examples=20, deadline=None)
@given(kinds=st.lists(st.sampled_from(["fine", "broken", "failing", "nothing"]), max_size=3))
def test_nothing_wrong_in_any_play_is_never_a_failure(kinds: list[str]) -> None:
    """A verdict of fail needs a play that failed, and a first play that passes is final."""
    plays = {"fine": fine, "broken": broken, "failing": failing, "nothing": nothing}
    judgement, _ = judged(in_turn(*(plays[each] for each in kinds), fine))
    wrong = [each for each in kinds if each in ("broken", "failing")]
    if not wrong or kinds[0] == "fine":
        assert judgement.verdict in (PASS, INCONCLUSIVE)
    if judgement.verdict == FAIL:
        assert wrong


def test_a_refusal_is_demanded_and_a_server_fault_is_none() -> None:
    """An accepted request that must be refused is shown with the way the target answered."""

    def play(scene: Scene) -> None:
        refuse(scene.ask("CreateModel", scene.plain()), "a plain request")

    finding = judged(play)[0].finding
    assert finding is not None
    assert (finding["way"], finding["why"]) == ("accepted", "A plain request is accepted (200).")
