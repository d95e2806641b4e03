"""Throttling is waited out, for longer each time and not for ever, and is no behaviour."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from fakes.conformant import Conformant, Refused
from fakes.vices import ThrottlesAlways
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.exchanges import Exchange
from conformance.engine.judge import Bench, judge_side
from conformance.engine.patience import Patience, is_busy
from conformance.oracle.catalogue import rule_by_id
from conformance.wire import Call, Reply, TransportFault, read

BUSY = Reply(429, (), b'{"__type": "ThrottlingException", "message": "Rate exceeded"}')
SERVED = Reply(200, (), b"{}")


def exchange_of(reply: Reply) -> Exchange:
    """An exchange with this reply."""
    return Exchange(1, "CreateModel", {}, reply, read(reply))


class Watch:
    """Stands for sleeping: adds up what was waited for."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


def asked(busy: int, patience: Patience) -> tuple[int, bool]:
    """Ask a target that is busy at first: how often it was asked, and whether it served at last."""
    count = 0

    def send() -> Exchange:
        nonlocal count
        count += 1
        return exchange_of(BUSY if count <= busy else SERVED)

    last = patience.served(send)
    return count, not is_busy(last)


@pytest.mark.parametrize("code", ["ThrottlingException", "TooManyRequests", "ServiceUnavailable"])
def test_who_is_busy(code: str) -> None:
    """Whoever says so in whatever words is busy."""
    assert is_busy(exchange_of(Reply(400, (), f'{{"__type": "{code}"}}'.encode())))


@pytest.mark.parametrize(
    "reply",
    [
        SERVED,
        Reply(400, (), b'{"__type": "ResourceLimitExceeded"}'),
        Reply(400, (), b'{"__type": "ValidationException"}'),
        Reply(500, (), b""),
    ],
)
def test_who_is_not_busy(reply: Reply) -> None:
    """Whoever is full, refuses or fails does not ask for patience."""
    assert not is_busy(exchange_of(reply))


@given(st.integers(0, 4))
def test_a_target_that_is_busy_for_a_while_is_served_by(busy: int) -> None:
    """Up to four answers that it is busy are waited out, each wait within its bound."""
    watch = Watch()
    assert asked(busy, Patience(watch)) == (busy + 1, True)
    assert len(watch.pauses) <= busy
    assert all(0 <= pause <= 0.1 * 4**n for n, pause in enumerate(watch.pauses))


@given(st.lists(st.integers(0, 9), max_size=40))
def test_patience_ends(busy: list[int]) -> None:
    """How often is asked hangs on the answers alone; what is waited in vain is bounded in all."""
    watch = Watch()
    patience = Patience(watch)
    in_vain = 0.0
    for each in busy:
        before = sum(watch.pauses)
        assert asked(each, patience) == (min(each + 1, 5), each < 5)
        in_vain = in_vain + sum(watch.pauses) - before if each >= 5 else 0 if each else in_vain
        assert in_vain <= 15 + 1e-6


def test_waits_are_by_chance() -> None:
    """Two processes that were throttled at once do not come back at once."""
    first = []
    for _ in range(20):
        watch = Watch()
        asked(1, Patience(watch))
        first += watch.pauses
    assert len(set(first)) > 10


class ThrottlesNowAndThen(Conformant):
    """Says that it is busy to some of the requests, by their number."""

    waits = False

    def __init__(self, is_throttled: Callable[[int], bool]) -> None:
        super().__init__()
        self.is_throttled = is_throttled
        self.number = 0

    def answer(self, operation: str, body: Any) -> dict[str, Any]:
        self.number += 1
        if self.is_throttled(self.number):
            raise Refused("ThrottlingException", "Rate exceeded")
        return super().answer(operation, body)


@pytest.mark.parametrize("of_five", [{1}, {0, 1}, {0, 1, 2, 3}])
@pytest.mark.parametrize(
    ("rule", "side"),
    [
        ("CreateModel/ExecutionRoleArn:pattern", "rejects"),
        ("CreateModel/Tags:max-items", "accepts"),
        ("errors/code", "holds"),
        ("response/model-arn", "holds"),
    ],
)
def test_throttling_on_and_off_changes_no_verdict(rule: str, side: str, of_five: set[int]) -> None:
    """A target that throttles up to four calls in a row is judged as if it did not."""
    target = ThrottlesNowAndThen(lambda number: number % 5 in of_five)
    judgement = judge_side(rule_by_id(rule), side, Bench.at(target))
    assert judgement.verdict == "pass"
    assert target.models == {}


def test_throttling_what_is_illegal_is_not_judged() -> None:
    """Whoever says to every illegal request that it is busy is neither right nor wrong."""

    class ThrottlesWhatIsIllegal(Conformant):
        waits = False

        def refusal(self, refused: Refused) -> Reply:
            return self.reply(429, {"__type": "ThrottlingException", "message": "Rate exceeded"})

    for rule, side in (
        ("CreateModel/ExecutionRoleArn:pattern", "rejects"),
        ("errors/code", "holds"),
        ("errors/status", "holds"),
    ):
        judgement = judge_side(rule_by_id(rule), side, Bench.at(ThrottlesWhatIsIllegal()))
        assert judgement.verdict == "inconclusive", rule
        assert "busy" in judgement.note


def test_a_target_in_this_process_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing changes while this process sleeps: such a target is asked again at once."""

    class Busy(ThrottlesAlways):
        waits = False

    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("slept"))
    bench = Bench.at(Busy())
    exchange = bench.talk.ask("ListModels", {}, purpose="look")
    assert exchange.reading is not None
    assert exchange.reading.kind == "throttled"
    assert bench.talk.requests == 5


class DoesItAllTheSame(Conformant):
    """Says that it is busy to the first CreateModel of each name, and has made the model."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        made = super().create(members)
        if members["ModelName"] not in self.seen:
            self.seen.add(members["ModelName"])
            raise Refused("ThrottlingException", "Rate exceeded")
        return made


@pytest.mark.parametrize("rule", ["CreateModel/ModelName:max-length", "response/model-arn"])
def test_a_throttled_create_that_was_done_proves_nothing_and_is_deleted(rule: str) -> None:
    """That its name is taken is then no answer to the request: no pass, no fail, no model left."""
    target = DoesItAllTheSame()
    bench = Bench.at(target)
    one = rule_by_id(rule)
    for side in one.sides:
        found = judge_side(one, side, bench)
        assert found.verdict == "inconclusive"
        assert "had made the model all the same" in found.note
    assert target.models == {}
    assert bench.talk.sweep() == 0


class ClosesOnce(Conformant):
    """Has closed the connection at the first call of one operation; may have done it first."""

    def __init__(self, operation: str, *, does_it: bool) -> None:
        super().__init__()
        self.operation, self.does_it = operation, does_it
        self.has_closed = False

    def send(self, call: Call) -> Reply:
        if call.operation != self.operation or self.has_closed:
            return super().send(call)
        self.has_closed = True
        if self.does_it:
            super().send(call)
        raise TransportFault("stale", "the connection, used before, was closed without an answer")


@pytest.mark.parametrize("does_it", [False, True])
@pytest.mark.parametrize("operation", ["DescribeModel", "ListModels"])
def test_what_only_reads_is_sent_again_over_a_new_connection(operation: str, does_it: bool) -> None:
    """A connection that was closed between two requests is nothing that the target did wrong."""
    target = ClosesOnce(operation, does_it=does_it)
    bench = Bench.at(target)
    rule = rule_by_id("CreateModel/ModelName:max-length")
    assert [judge_side(rule, side, bench).verdict for side in rule.sides] == ["pass", "pass"]
    assert bench.talk.ask(operation, {}, purpose="look").fault is None
    assert target.has_closed


def test_a_create_is_sent_again_where_its_answer_shows_whether_it_was_done() -> None:
    """Not done: judged by the second answer. Done: that its name is taken proves nothing."""
    rule = rule_by_id("CreateModel/Tags:max-items")
    for does_it in (False, True):
        target = ClosesOnce("CreateModel", does_it=does_it)
        bench = Bench.at(target)
        found = judge_side(rule, "accepts", bench)
        assert found.verdict == ("inconclusive" if does_it else "pass")
        said = "closed the connection, and had made the model all the same"
        assert (said in found.note) == does_it
        assert judge_side(rule, "accepts", bench).verdict == "pass"
        assert target.models == {}


@pytest.mark.parametrize("operation", ["DeleteModel", "AddTags"])
def test_what_changes_something_is_not_sent_twice(operation: str) -> None:
    """Sent again, a delete that was done would be refused, and that be held against the target."""
    bench = Bench.at(ClosesOnce(operation, does_it=True))
    exchange = bench.talk.ask(operation, {"ModelName": "a"}, purpose="case")
    assert exchange.fault is not None
    assert (exchange.fault.kind, bench.talk.requests) == ("stale", 1)


class ThrottlesTheSecond(Conformant):
    """Says that it is busy to the second CreateModel of a name, and means it."""

    def __init__(self) -> None:
        super().__init__()
        self.creates: list[str] = []

    def create(self, members: dict[str, Any]) -> dict[str, Any]:
        self.creates.append(members["ModelName"])
        if self.creates.count(members["ModelName"]) == 2:
            raise Refused("ThrottlingException", "Rate exceeded")
        return super().create(members)


def test_a_duplicate_that_was_throttled_first_is_still_a_duplicate() -> None:
    """A name that is ours already is taken: that is the answer to the request."""
    bench = Bench.at(ThrottlesTheSecond())
    rule = rule_by_id("lifecycle/duplicate-name-is-rejected")
    assert judge_side(rule, "holds", bench).verdict == "pass"
