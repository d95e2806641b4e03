"""The lifecycle/ and stateful/ families in front of services that answer in their own way."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from conformance.engine.judge import Bench, judge
from conformance.engine.judgement import Judgement
from conformance.oracle.catalogue import rule_by_id, scenarios
from conformance.oracle.verdicts import FAIL, INCONCLUSIVE, PASS
from conformance.targets.reference import reference
from conformance.wire import Call, Reply

ERROR = (("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", "1"))
UNAVAILABLE = Reply(503, ERROR, b'{"__type":"ServiceUnavailable"}')
FAILURE = Reply(500, ERROR, b'{"__type":"InternalFailure"}')


def judged(rule: str, target: Any) -> Judgement:
    """Return the judgement on a rule."""
    (judgement,) = judge(rule_by_id(rule), Bench.at(target, account=target.account))
    return judgement


def answering(edit: Callable[[Call, Reply], Reply], fault: str = "") -> Any:
    """Return the reference with a hand on its replies."""
    target = reference(f"reference:{fault}" if fault else "reference")
    inner = copy.copy(target)

    def send(call: Call) -> Reply:
        return edit(call, inner.send(call))

    target.send = send  # type: ignore[method-assign]
    return target


def with_answer(edit: Callable[[dict[str, Any]], None]) -> Callable[[Call, Reply], Reply]:
    """Return an edit of the JSON objects that DescribeModel answers."""

    def edited(call: Call, reply: Reply) -> Reply:
        if call.operation != "DescribeModel" or reply.status != 200:
            return reply
        answer = json.loads(reply.body)
        edit(answer)
        return Reply(reply.status, reply.headers, json.dumps(answer).encode())

    return edited


@pytest.mark.parametrize("rule", ["missing-message", "missing-message-arn", "duplicate-message"])
def test_the_words_may_stand_anywhere_in_a_message(rule: str) -> None:
    """A service may say more before and after what clients look for."""

    def edit(_call: Call, reply: Reply) -> Reply:
        if reply.status == 200:
            return reply
        answer = json.loads(reply.body)
        answer["message"] = f"Sorry: {answer['message']} Try another name."
        return Reply(reply.status, reply.headers, json.dumps(answer).encode())

    assert judged(f"lifecycle/{rule}", answering(edit)).verdict == PASS


def source_for_url(answer: dict[str, Any]) -> None:
    """Show a ModelDataSource where a ModelDataUrl was sent."""
    for each in [answer.get("PrimaryContainer"), *answer.get("Containers", ())]:
        url = each.pop("ModelDataUrl", None) if each else None
        if url is not None:
            each["ModelDataSource"] = {
                "S3DataSource": {
                    "S3Uri": url,
                    "S3DataType": "S3Object",
                    "CompressionType": "Gzip",
                }
            }


@pytest.mark.parametrize("holder", ["PrimaryContainer", "Containers[]"])
def test_a_source_of_the_same_uri_stands_for_a_model_data_url(holder: str) -> None:
    """Shown as a ModelDataSource it is right; with another URI, or not at all, it is lost."""
    rule = f"lifecycle/echo:{holder}.ModelDataUrl"
    assert judged(rule, answering(with_answer(source_for_url))).verdict == PASS

    def elsewhere(answer: dict[str, Any]) -> None:
        source_for_url(answer)
        for each in [answer.get("PrimaryContainer"), *answer.get("Containers", ())]:
            if each and "ModelDataSource" in each:
                each["ModelDataSource"]["S3DataSource"]["S3Uri"] += "x"

    assert judged(rule, answering(with_answer(elsewhere))).verdict == FAIL


@pytest.mark.parametrize("reply", [UNAVAILABLE, FAILURE], ids=["busy", "fails"])
@pytest.mark.parametrize(
    ("rule", "after"),
    [
        ("lifecycle/duplicate-leaves-the-first", "CreateModel"),
        ("lifecycle/delete-spares-others", "DeleteModel"),
        ("tags/kept-when-others-go", "DeleteModel"),
    ],
)
def test_who_does_not_answer_has_not_said_that_a_model_is_gone(
    rule: str, after: str, reply: Reply
) -> None:
    """A look that is answered with a failure, or not now, proves nothing."""
    names: list[Any] = []
    is_over = [False]

    def edit(call: Call, answered: Reply) -> Reply:
        if call.operation == "CreateModel":
            names.append(json.loads(call.body)["ModelName"])
        if call.operation == "CreateModel":
            is_over[0] = after == "CreateModel" and names.count(names[-1]) > 1
        is_over[0] = is_over[0] or call.operation == after == "DeleteModel"
        looks = call.operation in ("DescribeModel", "ListTags")
        return reply if looks and is_over[0] else answered

    assert judged(rule, answering(edit)).verdict == INCONCLUSIVE


def test_sets_may_be_shown_in_another_order_and_more_may_be_shown() -> None:
    """Neither the order within a VpcConfig nor members of the service's own matter."""
    looks = [0]

    def edit(answer: dict[str, Any]) -> None:
        looks[0] += 1
        answer["Looks"] = looks[0]
        for ids in answer.get("VpcConfig", {}).values():
            ids.reverse()

    for rule in (rule.rule for rule in scenarios() if rule.rule.id.startswith("lifecycle/")):
        assert judged(rule.id, answering(with_answer(edit))).verdict == PASS, rule.id


CONTROLLED = (
    "lifecycle/describe-missing",
    "lifecycle/delete-missing",
    "lifecycle/missing-code",
    "lifecycle/missing-status",
    "lifecycle/missing-message",
    "lifecycle/missing-message-arn",
    "lifecycle/describe-checks-name",
    "lifecycle/delete-checks-name",
    "tags/list-missing",
    "tags/missing-code",
    "tags/missing-status",
)


@pytest.mark.parametrize("rule", CONTROLLED)
@pytest.mark.parametrize("operation", ["", "DescribeModel"])
def test_a_target_that_rejects_everything_passes_no_rule_about_rejection(
    rule: str, operation: str
) -> None:
    """It rejects what is missing, too, which proves nothing."""
    body = b'{"__type":"ValidationException","message":"Could not find model"}'

    def edit(call: Call, reply: Reply) -> Reply:
        looks = operation or call.operation
        if rule.startswith("tags/") and operation:
            looks = "ListTags"
        return Reply(400, ERROR, body) if call.operation == looks else reply

    assert judged(rule, answering(edit)).verdict == INCONCLUSIVE


@pytest.mark.parametrize(
    ("fault", "why", "calls"),
    [
        ("create-stores-nothing", "After 1 call: ", 2),
        ("missing-model-deleted", "At once: ", 1),
        ("third-life-refused", "After 4 calls: ", 5),
    ],
)
def test_the_shortest_program_that_diverges_is_the_finding(
    fault: str, why: str, calls: int
) -> None:
    """Also where it is so short that another rule is about the same."""
    judgement = judged("stateful/model-agrees", reference(f"reference:{fault}"))
    assert judgement.verdict == FAIL
    assert judgement.finding is not None
    assert judgement.finding["why"].startswith(why)
    assert len(judgement.finding["before"]) == calls - 1
