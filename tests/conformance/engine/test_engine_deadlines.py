"""Times for a run and for a rule, and rates: what is cut off says so, and is never a pass."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from fakes.conformant import Conformant
from fakes.vices import KeepsEverything
from hypothesis import given
from hypothesis import strategies as st

from conformance.engine.conversation import TargetGone
from conformance.engine.deadlines import Deadlines, OutOfTime
from conformance.engine.judge import Bench, judge_side
from conformance.oracle.catalogue import rule_by_id
from conformance.targets import TargetOptions, TargetProblem, check
from conformance.targets.pace import Pace
from conformance.wire import Call, Reply, TransportFault, encode
from strategies.bases import minimal
from strategies.resources import Resources

PATTERN = "CreateModel/ExecutionRoleArn:pattern"


class Clock:
    """A clock that stands still until it is told."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


class TakesItsTime(Conformant):
    """Conformant, but each request takes so many seconds of a clock."""

    def __init__(self, clock: Clock, seconds: float, inner: Conformant | None = None) -> None:
        super().__init__()
        self.clock, self.seconds, self.inner = clock, seconds, inner

    def send(self, call: Call) -> Reply:
        self.clock.time += self.seconds
        if self.inner is not None:
            return self.inner.send(call)
        return super().send(call)


def bench_of(clock: Clock, target: Any, **deadlines: Any) -> Bench:
    """A bench whose deadlines go by this clock."""
    return Bench.at(target, deadlines=Deadlines(now=clock, **deadlines))


@pytest.mark.parametrize(
    ("rule", "side"),
    [
        (PATTERN, "rejects"),
        (PATTERN, "accepts"),
        ("errors/code", "holds"),
        ("lifecycle/duplicate-name-is-rejected", "holds"),
        ("stateful/model-agrees", "holds"),
    ],
)
@pytest.mark.parametrize("requests", [2, 9, 20])
def test_a_side_that_takes_too_long_is_inconclusive(rule: str, side: str, requests: int) -> None:
    """A side that is cut off proves nothing, says so, sends nothing more and leaves nothing."""
    clock = Clock()
    target = TakesItsTime(clock, 1)
    uncut = bench_of(clock, target, side_seconds=10_000)
    assert judge_side(rule_by_id(rule), side, uncut).verdict == "pass"
    bench = bench_of(clock, target, side_seconds=requests)
    judgement = judge_side(rule_by_id(rule), side, bench)
    if uncut.talk.requests <= requests:
        assert judgement.verdict == "pass"
        return
    assert judgement.verdict == "inconclusive"
    assert "took longer than" in judgement.note
    assert "--rule-time" in judgement.note
    assert bench.talk.requests <= requests + 4  # those that delete
    assert target.models == {}


@pytest.mark.parametrize("requests", [2, 3, 10, 30, 100])
def test_a_failure_that_was_found_in_time_stands(requests: int) -> None:
    """Whenever a side is cut off, it fails where a finding was made by then, and never passes."""
    clock = Clock()
    bench = bench_of(clock, TakesItsTime(clock, 1, KeepsEverything()), side_seconds=requests)
    judgement = judge_side(rule_by_id(PATTERN), "rejects", bench)
    assert judgement.verdict == ("inconclusive" if requests < 3 else "fail")
    assert (judgement.finding is not None) == (judgement.verdict == "fail")


def test_the_next_side_has_its_own_time() -> None:
    """A side that took too long takes nothing from the one after it."""
    clock = Clock()
    target = TakesItsTime(clock, 1)
    bench = bench_of(clock, target, side_seconds=5)
    assert judge_side(rule_by_id(PATTERN), "rejects", bench).verdict == "inconclusive"
    target.seconds = 0
    assert judge_side(rule_by_id(PATTERN), "rejects", bench).verdict == "pass"


@pytest.mark.parametrize("requests", [0, 1, 7, 30])
def test_when_the_time_of_the_run_is_over_nothing_more_is_judged(requests: int) -> None:
    """The side under way is dropped, the sentence says why, and what was made is deleted."""
    clock = Clock()
    target = TakesItsTime(clock, 1)
    bench = bench_of(clock, target, run_seconds=requests)
    for _ in range(2):
        with pytest.raises(OutOfTime, match=f"^the time for this run, {requests} s, is over$"):
            judge_side(rule_by_id(PATTERN), "rejects", bench)
    assert target.models == {}
    assert bench.talk.sweep() == 0


def test_a_failure_stands_when_the_run_is_over() -> None:
    """What fails when the run's time ends is judged as failing; only the next side ends the run."""
    clock = Clock()
    bench = bench_of(clock, TakesItsTime(clock, 1, KeepsEverything()), run_seconds=20)
    judgement = judge_side(rule_by_id(PATTERN), "rejects", bench)
    assert judgement.verdict == "fail"
    with pytest.raises(OutOfTime):
        judge_side(rule_by_id(PATTERN), "rejects", bench)


def test_waiting_of_our_own_is_no_time_of_a_rule() -> None:
    """What is waited for a busy target or a rate does not count against the rule."""
    clock = Clock()
    deadlines = Deadlines(side_seconds=10, now=clock)
    deadlines.begin_side()
    clock.time += 15
    deadlines.waited(8)
    deadlines.check()
    clock.time += 4
    with pytest.raises(OutOfTime) as over:
        deadlines.check()
    assert not over.value.of_run


def test_cleaning_up_has_its_own_time_and_an_end() -> None:
    """What was made is deleted after the run's time is over, but not for ever."""
    clock = Clock()
    target = TakesItsTime(clock, 0)
    bench = bench_of(clock, target, run_seconds=10)
    for _ in range(9):
        bench.talk.create({"ModelName": bench.names.fresh(), "ExecutionRoleArn": ROLE})
    clock.time += 10
    target.seconds = 20
    bench.talk.tidy()
    assert 0 < len(target.models) <= 6
    assert len(bench.talk.leftovers) == len(target.models)


ROLE = "arn:aws:iam::123456789012:role/role"


class SlowForLargeRequests(Conformant):
    """Does not answer in time to requests of more than so many bytes."""

    def send(self, call: Call) -> Reply:
        if len(call.body) > 400:
            raise TransportFault("timeout", "no answer within 1 s")
        return super().send(call)


def test_a_target_that_is_slow_with_large_requests_has_not_gone() -> None:
    """Time-outs in a row are not the end while the target answers to something small."""
    bench = Bench.at(SlowForLargeRequests())
    large = judge_side(rule_by_id("CreateModel/Tags:max-items"), "rejects", bench)
    assert large.verdict == "inconclusive"
    assert large.note == "No answer to the control: no answer within 1 s."
    for _ in range(4):
        bench.talk.create({"ModelName": bench.names.fresh(), "X": "x" * 500})
    assert (
        judge_side(rule_by_id("CreateModel/ModelName:pattern"), "rejects", bench).verdict == "pass"
    )


class GoesAfter(Conformant):
    """Answers so many requests, then never in time; counts how often it is asked in vain."""

    def __init__(self, requests: int) -> None:
        super().__init__()
        self.left, self.in_vain = requests, 0

    def send(self, call: Call) -> Reply:
        self.left -= 1
        if self.left < 0:
            self.in_vain += 1
            raise TransportFault("timeout", "no answer within 30 s")
        return super().send(call)


@pytest.mark.parametrize("requests", [40, 200, 260, 290])
@pytest.mark.parametrize("rule", [PATTERN, "stateful/model-agrees"])
def test_a_target_that_has_gone_is_not_asked_over_and_over(rule: str, requests: int) -> None:
    """Also when it goes while Hypothesis is drawing, it is given up after a few time-outs."""
    target = GoesAfter(requests)
    bench = Bench.at(target)
    side = rule_by_id(rule).sides[-1]

    def judge_for_ever() -> None:
        while True:
            judge_side(rule_by_id(rule), side, bench)

    with pytest.raises(TargetGone):
        judge_for_ever()
    bench.talk.sweep()
    assert target.in_vain <= 8


@given(st.floats(0.1, 1000), st.lists(st.floats(0, 20), max_size=50))
def test_a_rate_is_kept(rate: float, steps: list[float]) -> None:
    """In any stretch of time no more requests leave than the rate allows, and none waits longer."""
    clock = Clock()
    pace = Pace(rate, clock)
    left: list[float] = []
    for step in steps:
        clock.time += step
        waits = pace.wait()
        assert waits >= 0
        clock.time += waits
        left.append(clock.time)
    assert all(b - a >= 1 / rate - 1e-6 for a, b in itertools.pairwise(left))


def test_a_rate_holds_for_calls_at_once() -> None:
    """Calls from several threads are set at even distances, too."""
    pace = Pace(10)
    waits: list[float] = []
    threads = [threading.Thread(target=lambda: waits.append(pace.wait())) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [round(each, 1) for each in sorted(waits)] == [0.0, 0.1, 0.2, 0.3, 0.4]


def test_without_a_rate_nothing_waits() -> None:
    """No rate is no limit."""
    assert Pace(None).wait() == 0


def test_a_run_at_a_rate_takes_as_long() -> None:
    """Ten requests at 50 a second take some 0.2 seconds, whoever is asked."""
    bench = Bench.at(Conformant(), rate=50)
    began = time.monotonic()
    for _ in range(11):
        bench.talk.ask("ListModels", {}, purpose="look")
    assert 0.19 < time.monotonic() - began < 2


@pytest.mark.parametrize("rate", [0, -1, 0.001, 1e9, float("nan")])
def test_a_rate_that_cannot_be_meant_is_refused(rate: float) -> None:
    """Rates out of any reason are one sentence for the user."""
    with pytest.raises(TargetProblem, match=r"a rate is from 0.01 to 10000 requests a second"):
        check(TargetOptions(rate=rate))


def test_answers_about_a_rule_are_bounded_in_all(
    judged: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that are each not too long are kept up to a sum; beyond it they prove nothing.

    The sum is a sixteenth of the real one here: what is tried is that it holds.
    """
    monkeypatch.setattr("conformance.engine.conversation._MOST_KEPT", 2_097_152)

    class Floods(Conformant):
        def reply(self, status: int, body: Any) -> Reply:
            reply = super().reply(status, body)
            return Reply(reply.status, reply.headers, reply.body + b" " * 125_000)

    done = judged(Floods(), [PATTERN])
    assert {j.verdict for j in done.judgements} == {"inconclusive"}
    for each in done.judgements:
        assert "longer than 2097152 bytes" in each.note
        assert sum(len(record.get("body", "")) for record in each.exchanges) < 2_100_000


@pytest.mark.parametrize("at_once", [1, 4])
def test_the_create_that_shows_that_a_target_has_gone_is_told_too(at_once: int) -> None:
    """Found: the target might carry it out later, and nobody knew that it was to come."""
    target = GoesAfter(0)
    bench = Bench.at(target)
    sent: list[str] = []

    def create_for_ever() -> None:
        while True:
            bodies = [minimal(bench.names.fresh(), Resources()) for _ in range(at_once)]
            sent.extend(body["ModelName"] for body in bodies)
            if at_once == 1:
                bench.talk.create(bodies[0])
            else:
                calls = [encode("CreateModel", body, url=target.endpoint) for body in bodies]
                bench.talk.together(calls, bodies, purpose="case")

    with pytest.raises(TargetGone):
        create_for_ever()
    assert [each.name for each in bench.talk.ledger.silent] == sent
