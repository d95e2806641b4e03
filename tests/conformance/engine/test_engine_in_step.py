"""When answers belong to other requests: proven by order, and never by a wrong answer alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.conversation import TargetGone
from conformance.engine.exchanges import Exchange
from conformance.engine.in_step import Step
from conformance.engine.judge import Bench, judge
from conformance.oracle.catalogue import rule_by_id
from conformance.wire import Call, Reply, read

PREFIX = "cmcabcdefghija"

#: What is asked, and about which model.
Ask = tuple[str, str]


def model(number: int) -> str:
    """A name of the run."""
    return f"{PREFIX}-{number:06}-conformance"


def answer(ask: Ask, *, ok: bool = True) -> Reply:
    """What a conformant target answers."""
    operation, name = ask
    arn = f"arn:aws:sagemaker:us-east-1:123456789012:model/{name}"
    if not ok:
        body: Any = {"__type": "ValidationException", "message": f'Could not find model "{arn}".'}
        return Reply(400, (), json.dumps(body).encode())
    bodies: dict[str, Any] = {
        "CreateModel": {"ModelArn": arn},
        "DescribeModel": {"ModelName": name, "ModelArn": arn, "CreationTime": 1.7e9},
        "ListModels": {"Models": []},
        "DeleteModel": None,
    }
    body = bodies[operation]
    return Reply(200, (), b"" if body is None else json.dumps(body).encode())


def followed(said: Iterable[tuple[Ask, Reply]]) -> list[str]:
    """What is said of a conversation, as soon as it is said."""
    step = Step(PREFIX)
    exchanges = (
        Exchange(number, operation, {"ModelName": name}, reply, read(reply))
        for number, ((operation, name), reply) in enumerate(said, 1)
    )
    return [lost for each in exchanges if (lost := step.lost(each)) is not None]


OPERATIONS = ("CreateModel", "DescribeModel", "ListModels", "DeleteModel")
ASKS = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), st.integers(1, 5).map(model)), min_size=1, max_size=30
)
LIFE = [(each, model(number)) for number in range(5) for each in OPERATIONS]


@given(asks=ASKS, refused=st.sets(st.integers(0, 29)))
def test_right_answers_are_in_step_whatever_is_asked(asks: list[Ask], refused: set[int]) -> None:
    """No conversation with a conformant target is ever out of step."""
    said = [(ask, answer(ask, ok=n not in refused)) for n, ask in enumerate(asks)]
    assert followed(said) == []


def test_answers_that_are_one_late_are_out_of_step() -> None:
    """Two late answers prove it, and the sentence names the operations."""
    late = [Reply(200, (), b""), *map(answer, LIFE)]
    told = followed(zip(LIFE, late, strict=False))
    assert told[0] == (
        "the target is out of step, its answers belong to other requests: "
        "ListModels got the answer to the DescribeModel before it"
    )


def wrong(ask: Ask, change: Callable[[Ask], Ask]) -> tuple[Ask, Reply]:
    """A request that is answered for another one."""
    return ask, answer(change(ask))


@pytest.mark.parametrize(
    "vice",
    [
        lambda ask: (ask[0], model(99)),
        lambda ask: (ask[0], model(int(ask[1].split("-")[1]) - 1)),
        lambda ask: (ask[0], "model"),
        lambda ask: ("CreateModel", ask[1]),
        lambda ask: ("DescribeModel", ask[1]),
        lambda ask: ("DeleteModel", ask[1]),
        lambda ask: ("CreateModel", "model"),
    ],
    ids=["a stranger's", "the last", "always one", "an arn", "a description", "nothing", "one arn"],
)
def test_a_target_that_is_simply_wrong_is_in_step(vice: Callable[[Ask], Ask]) -> None:
    """The wrong name, the wrong form, the model before: a fault of the target's, to be judged."""
    assert followed(wrong(ask, vice) for ask in LIFE) == []


def test_one_late_answer_proves_nothing() -> None:
    """A single answer to the request before may be a mistake of any kind."""
    replies = [*map(answer, LIFE)]
    replies[2] = replies[1]
    assert followed(zip(LIFE, replies, strict=True)) == []


class Late:
    """The reference, one answer behind from the third request on."""

    def __init__(self, inner: Any) -> None:
        self.name, self.endpoint, self.account = "late", inner.endpoint, inner.account
        self.waits = False
        self._inner, self._last, self._count = inner, None, 0

    def send(self, call: Call) -> Reply:
        reply: Reply = self._inner.send(call)
        last, self._last = self._last, reply
        self._count += 1
        return reply if last is None or self._count < 3 else last

    def fingerprint(self) -> dict[str, str]:
        return {"kind": "test"}

    def close(self) -> None: ...


@pytest.mark.parametrize(
    "rule",
    [
        "CreateModel/ModelName:max-length",
        "CreateModel/Tags:max-items",
        "lifecycle/describe-arn",
        "lifecycle/duplicate-name-is-rejected",
        "response/model-arn-name",
        "errors/code",
        "list/form",
    ],
)
def test_no_rule_is_judged_by_answers_that_are_one_late(
    rule: str, make_reference: Callable[..., Any]
) -> None:
    """Neither pass nor fail: within the rule it is said that the target is out of step."""
    bench = Bench.at(Late(make_reference()))
    bench.talk.create({"ModelName": bench.names.fresh()})
    with pytest.raises(TargetGone, match="out of step"):
        judge(rule_by_id(rule), bench)


# -- requests that meet ----------------------------------------------------------------------


def met(answers: list[int]) -> bool:
    """Whether creates of the models 0, 1, ... that got the ARNs of these were swapped."""
    asks = [("CreateModel", model(number)) for number in range(len(answers))]
    replies = [answer(("CreateModel", model(number))) for number in answers]
    exchanges = [
        Exchange(n, ask[0], {"ModelName": ask[1]}, reply, read(reply))
        for n, (ask, reply) in enumerate(zip(asks, replies, strict=True), 1)
    ]
    return Step(PREFIX).swapped(exchanges)


@given(order=st.permutations(range(6)))
def test_replies_in_another_order_are_swapped(order: list[int]) -> None:
    """Every permutation but the right one is a swap: each reply fits somebody's request."""
    assert met(order) == (order != list(range(6)))


@pytest.mark.parametrize(
    "answers",
    [[0, 0, 0], [99, 98, 97], [1, 1, 1], [0, 0, 1], [1, 2, 2], [0], [7]],
    ids=str,
)
def test_a_reply_for_two_is_no_swap(answers: list[int]) -> None:
    """Whose own reply went to nobody was not swapped: the target is wrong."""
    assert not met(answers)
