"""One shard in a worker: judged as it would be anywhere, lost, refused or stopped."""

from __future__ import annotations

import asyncio
import json
import pickle
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from string import ascii_letters, digits
from typing import Any

import pytest
from fakes.conformant import Conformant

import strategies
from conformance.engine import interruption, shard_worker
from conformance.engine.ownership import Ledger
from conformance.engine.run import Plan
from conformance.engine.shard_worker import (
    GONE,
    OVER,
    STOPPED,
    UNFIT,
    Order,
    Outcome,
    end_run,
    judge_order,
    stop_run,
    suite,
    unlike,
)
from conformance.engine.shards import Shard, shards_of
from conformance.oracle.catalogue import rule_by_id
from conformance.targets import TargetOptions, resolve
from conformance.wire import Call, Reply, TransportFault
from strategies.resources import Resources

RULE = rule_by_id("CreateModel/ModelName:max-length")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An unfit worker says so without a pause."""
    monkeypatch.setattr(shard_worker, "_UNFIT_FOR", 0)


def order(target: str = "reference", **changes: Any) -> Order:
    """An order for the accepted side of a rule, with one seed."""
    plan = Plan(
        target=target, options=TargetOptions(timeout=5), resources=Resources(), rules=(RULE,)
    )
    (shard,) = shards_of([(RULE, "accepts")], 1)
    return replace(Order(replace(plan, depth="quick"), shard, 1, None, None, suite()), **changes)


def told_by(outcome: Outcome) -> Ledger:
    """What the run knows by an outcome of what may be left; it came from another machine."""
    ledger = Ledger("cmcother")
    ledger.learn("cmcother", pickle.loads(pickle.dumps(outcome)).left)
    return ledger


def test_an_order_is_judged_as_it_would_be_without_a_cluster() -> None:
    """The worker needs nothing but the order."""
    outcome = judge_order(order())
    assert outcome.judgement is not None
    assert (outcome.judgement.verdict, outcome.lost) == ("pass", "")
    assert told_by(outcome).is_settled


def test_a_worker_takes_no_name_that_was_there_when_the_run_began() -> None:
    """The replica was listed by whoever gave the order."""
    (shard,) = shards_of([(rule_by_id("CreateModel/ModelName:pattern"), "accepts")], 1)
    outcome = judge_order(order(shard=shard, before=frozenset("abcd")))
    assert outcome.judgement is not None
    sent = [each for each in outcome.judgement.exchanges if each["operation"] == "CreateModel"]
    taken = {json.loads(each["request"])["ModelName"] for each in sent} & {*ascii_letters, *digits}
    assert taken
    assert not taken & {*"abcd"}


def test_exchanges_of_two_shards_of_a_side_have_different_numbers() -> None:
    """They stand in one record, whoever judged."""
    shards = [Shard(n, RULE, "accepts", range(n, n + 1)) for n in range(2)]
    outcomes = [judge_order(order(shard=shard)).judgement for shard in shards]
    numbers = [{each["n"] for each in found.exchanges} for found in outcomes if found is not None]
    assert all(numbers)
    assert not numbers[0] & numbers[1]


def test_a_replica_that_does_not_answer_is_no_verdict(free_port: int) -> None:
    """The shard is lost, and the coordinator may give it to another replica."""
    outcome = judge_order(order(f"http://127.0.0.1:{free_port}"))
    assert (outcome.judgement, outcome.lost) == (None, GONE)
    assert "no longer answers" in outcome.why


class Interrupted(Conformant):
    """Refuses the connection once, and has then lost its models: it was started again."""

    sent = 0

    def send(self, call: Call) -> Reply:
        """Return the reply, but for the third call."""
        self.sent += 1
        if self.sent == 3:
            raise TransportFault("connect", "Connection refused")
        return super().send(call)


def test_a_replica_that_was_down_for_a_moment_is_no_verdict_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It answers again, but what it has forgotten might be held against it."""
    monkeypatch.setattr(shard_worker, "resolve", lambda *_: Interrupted())
    assert judge_order(order()).lost == GONE


class Hanging(Conformant):
    """Breaks each connection from the fifth call on."""

    sent = 0

    def send(self, call: Call) -> Reply:
        """Return the reply to the first four calls."""
        self.sent += 1
        if self.sent > 4:
            raise TransportFault("broken", "Connection reset")
        return super().send(call)


def test_a_replica_that_is_lost_with_the_last_request_of_a_shard_is_no_verdict(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Too few faults in a row to say that it has gone, so it is asked once more."""
    monkeypatch.setattr(shard_worker, "resolve", lambda *_: Hanging())
    assert judge_order(order()).lost == GONE


class Dying(Conformant):
    """Makes two models and refuses every connection from then on."""

    def send(self, call: Call) -> Reply:
        """Return the reply until two models were made."""
        if len(self.made) > 1:
            raise TransportFault("connect", "Connection refused")
        return super().send(call)


def test_what_a_lost_replica_holds_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found: a shard that was lost forgot what it had made, and whoever settles never heard."""
    target = Dying()
    monkeypatch.setattr(shard_worker, "resolve", lambda *_: target)
    outcome = judge_order(order())
    assert outcome.lost == GONE
    assert target.models
    assert {made.name for made in told_by(outcome).owned} == {*target.models}


class OutOfStep(Conformant):
    """Is one answer behind for a while, from the fourth call on."""

    sent = 0
    behind: Reply | None = None

    def send(self, call: Call) -> Reply:
        """Return the reply to the call before, or to this one."""
        self.sent += 1
        reply = super().send(call)
        if not 4 <= self.sent < 12:
            return reply
        self.behind, late = reply, self.behind or reply
        return late


def test_a_target_that_answers_at_all_is_cleaned_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found: what was made on one whose answers were out of step stayed there."""
    target = OutOfStep()
    monkeypatch.setattr(shard_worker, "resolve", lambda *_: target)
    (shard,) = shards_of([(rule_by_id("lifecycle/delete-existing"), "holds")], 1)
    outcome = judge_order(order(shard=shard))
    assert (outcome.lost, "out of step" in outcome.why) == (GONE, True)
    assert (target.models, len(target.made) > 0) == ({}, True)


class Swallowing(Conformant):
    """Answers no create in time after the first, and carries it out all the same."""

    def send(self, call: Call) -> Reply:
        """Return the reply, but for creates after the first."""
        reply = super().send(call)
        if call.operation == "CreateModel" and len(self.made) > 1:
            raise TransportFault("timeout", "no answer within 5 s")
        return reply


def test_a_create_without_an_answer_is_told_with_the_judgement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found: it was settled as in one process only there; the run never waited for it."""
    target = Swallowing()
    monkeypatch.setattr(shard_worker, "resolve", lambda *_: target)
    ledger = told_by(judge_order(order()))
    assert target.models
    assert {*target.models} <= {each.name for each in ledger.silent}
    assert not ledger.is_settled


def test_a_wish_to_stop_while_a_shard_cleans_up_ends_no_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found: it left the shard as an exception that Dask takes for the end of its process."""

    class Hangs(Conformant):
        def send(self, call: Call) -> Reply:
            if call.operation == "CreateModel":
                super().send(call)
                raise TransportFault("timeout", "no answer within 5 s")
            interruption.ask()
            interruption.check()
            return super().send(call)

    monkeypatch.setattr(shard_worker, "resolve", lambda *_: Hangs())
    outcome = judge_order(order())
    assert outcome.judgement is None
    assert outcome.lost in (GONE, STOPPED)
    assert told_by(outcome).silent


def test_an_order_that_comes_when_the_time_is_over_is_not_judged() -> None:
    """It waited in a queue for longer than the run had left."""
    given = order()
    outcome = judge_order(replace(given, plan=replace(given.plan, max_time=9.0), left=0.0))
    assert (outcome.judgement, outcome.lost) == (None, OVER)
    assert "the time for this run, 9 s, is over" in outcome.why


def test_a_target_that_the_worker_cannot_make_is_the_workers_fault() -> None:
    """A module that only the coordinator has, for instance."""
    outcome = judge_order(order("python:no_such_module_here:make"))
    assert (outcome.judgement, outcome.lost) == (None, UNFIT)
    assert "cannot be imported" in outcome.why


def test_a_target_of_another_version_is_the_workers_fault() -> None:
    """moto may be another one there; the record names the one here."""
    outcome = judge_order(order("moto", fingerprint={"kind": "moto", "version": "0.9"}))
    assert (outcome.judgement, outcome.lost) == (None, UNFIT)
    assert outcome.why.startswith("the target of a worker has version ")
    assert outcome.why.endswith(" instead of 0.9")
    same = resolve("reference", TargetOptions()).fingerprint()
    assert judge_order(order(fingerprint=same)).judgement is not None
    asked = {**same, "server": "known once something was asked"}
    assert judge_order(order(fingerprint=asked)).judgement is not None


def test_a_suite_of_other_sources_is_another_suite(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Found: two states of one version were taken for the same."""
    before = suite()
    (tmp_path / "module.py").write_text("LIMIT = 1\n", "utf-8")
    monkeypatch.setattr(strategies, "__path__", [str(tmp_path)])
    shard_worker._sources.cache_clear()
    first = suite()
    (tmp_path / "module.py").write_text("LIMIT = 2\n", "utf-8")
    shard_worker._sources.cache_clear()
    second = suite()
    shard_worker._sources.cache_clear()
    assert len({each["sources"] for each in (before, first, second)}) == 3


@pytest.mark.parametrize("name", sorted(suite()))
def test_a_worker_with_another_suite_judges_nothing(name: str) -> None:
    """The same seed would ask something else there, or the same answer be judged otherwise."""
    outcome = judge_order(order(suite={**suite(), name: "9.9"}))
    assert (outcome.judgement, outcome.lost) == (None, UNFIT)
    assert f"{name} " in outcome.why
    assert outcome.why.endswith("instead of 9.9")
    assert unlike(suite(), suite()) == ""


def interrupted_by(
    tell: Callable[[str], Coroutine[Any, Any, None]], given: Order, is_begun: Callable[[], bool]
) -> Outcome:
    """What comes of an order whose run is told something while the order is judged."""
    found: list[Outcome] = []
    thread = threading.Thread(target=lambda: found.append(judge_order(given)))
    thread.start()
    while thread.is_alive() and not is_begun():
        pass
    asyncio.run(tell(given.plan.prefix))
    thread.join(10)
    assert not thread.is_alive()
    return found[0]


def test_a_run_that_was_stopped_ends_the_shard_that_is_being_judged_and_those_that_follow() -> None:
    """Another run on the same worker is judged all the same."""
    given = order()
    plan = replace(given.plan, depth="deep")
    whole = replace(given, plan=plan, shard=replace(given.shard, seeds=range(50)))
    found = interrupted_by(stop_run, whole, lambda: plan.prefix in shard_worker._at_work)
    assert found.lost == STOPPED
    assert judge_order(replace(given, plan=plan)).lost == STOPPED
    assert judge_order(order()).judgement is not None


def test_the_time_of_a_run_is_over_when_whoever_runs_it_says_so() -> None:
    """Found: an order that had waited had the time over again that was left when it was sent.

    What is being judged ends, and what comes later does not begin; for other runs there is time.
    """
    given = order()
    plan = replace(given.plan, depth="deep", max_time=600.0)
    whole = replace(given, plan=plan, left=600.0, shard=replace(given.shard, seeds=range(500)))
    first = interrupted_by(end_run, whole, lambda: plan.prefix in shard_worker._deadlines)
    found = [first, judge_order(whole)]
    assert [(each.lost, each.why) for each in found] == [
        (OVER, "the time for this run, 600 s, is over")
    ] * 2
    assert judge_order(order()).judgement is not None


class Slow(list[str]):
    """Runs that are at work; whoever looks whether one is waits until it is not any more."""

    def __init__(self) -> None:
        super().__init__()
        self.was_looked_at = threading.Event()
        self.ended = threading.Event()

    def __contains__(self, run: object) -> bool:
        found = super().__contains__(run)
        self.was_looked_at.set()
        self.ended.wait(0.3)
        return found


def test_a_wish_to_stop_is_not_left_to_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found: a shard that ended while it was asked to left the wish to whoever came next."""
    at_work = Slow()

    def judged(_order: Order) -> Outcome:
        assert at_work.was_looked_at.wait(10)
        return Outcome()

    monkeypatch.setattr(shard_worker, "_at_work", at_work)
    monkeypatch.setattr(shard_worker, "_judged", judged)
    given = order()

    def judge() -> None:
        judge_order(given)
        at_work.ended.set()

    thread = threading.Thread(target=judge)
    thread.start()
    while not len(at_work):
        pass
    asyncio.run(stop_run(given.plan.prefix))
    thread.join(10)
    interruption.check()


def test_a_wish_that_nobody_took_does_not_stop_the_next_shard() -> None:
    """Whatever has left it there: an order is stopped by its own run alone."""
    interruption.ask()
    assert judge_order(order()).judgement is not None


class HangsOnCreates(Conformant):
    """Makes one model; every further create takes longer than a rule may, and has no answer."""

    def send(self, call: Call) -> Reply:
        """Return the reply to what is no further create."""
        if call.operation == "CreateModel" and self.made:
            time.sleep(0.2)
            raise TransportFault("timeout", "no answer within 0.2 s")
        return super().send(call)


def test_a_side_that_takes_too_long_ends_no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found: looking whether the replica is still there had no time either: the run was over."""
    monkeypatch.setattr(shard_worker, "resolve", lambda *_: HangsOnCreates())
    given = order()
    outcome = judge_order(replace(given, plan=replace(given.plan, rule_time=0.1)))
    assert outcome.lost == ""
    assert outcome.judgement is not None
    assert outcome.judgement.verdict == "inconclusive"
