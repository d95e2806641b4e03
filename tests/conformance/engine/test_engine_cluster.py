"""What is done about clusters that are none, workers that are other, and shards that come back."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from distributed import KilledWorker
from fakes.conformant import Conformant
from fakes.dask_cluster import DaskCluster, dask_cluster

from conformance.engine import cluster as module
from conformance.engine import dealing, shard_worker
from conformance.engine.cluster import Cluster, ClusterProblem
from conformance.engine.conversation import TargetGone
from conformance.engine.deadlines import OutOfTime
from conformance.engine.judgement import Judgement
from conformance.engine.run import Plan, bench_of
from conformance.engine.shard_worker import (
    GONE,
    OVER,
    STOPPED,
    UNFIT,
    Order,
    Outcome,
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


def order(target: str = "reference", **changes: Any) -> Order:
    """An order for the accepted side of a rule, with one seed."""
    plan = Plan(
        target=target, options=TargetOptions(timeout=5), resources=Resources(), rules=(RULE,)
    )
    (shard,) = shards_of([(RULE, "accepts")], 1)
    return replace(Order(replace(plan, depth="quick"), shard, 1, None, None, suite()), **changes)


def test_an_order_is_judged_as_it_would_be_without_a_cluster() -> None:
    """The worker needs nothing but the order."""
    outcome = judge_order(order())
    assert outcome.judgement is not None
    assert (outcome.judgement.verdict, outcome.leftovers, outcome.lost) == ("pass", [], "")


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


@pytest.mark.parametrize("name", sorted(suite()))
def test_a_worker_with_another_suite_judges_nothing(name: str) -> None:
    """The same seed would ask something else there, or the same answer be judged otherwise."""
    outcome = judge_order(order(suite={**suite(), name: "9.9"}))
    assert (outcome.judgement, outcome.lost) == (None, UNFIT)
    assert f"{name} " in outcome.why
    assert outcome.why.endswith("instead of 9.9")
    assert unlike(suite(), suite()) == ""


def test_a_run_that_was_stopped_ends_the_shard_that_is_being_judged_and_those_that_follow() -> None:
    """Another run on the same worker is judged all the same."""
    given = order()
    plan = replace(given.plan, depth="deep")
    found: list[Any] = []
    whole = replace(given, plan=plan, shard=replace(given.shard, seeds=range(50)))
    thread = threading.Thread(target=lambda: found.append(judge_order(whole)))
    thread.start()
    while thread.is_alive() and plan.prefix not in shard_worker._at_work:
        pass
    asyncio.run(stop_run(plan.prefix))
    thread.join(10)
    assert not thread.is_alive()
    assert [each.lost for each in found] == [STOPPED]
    assert judge_order(replace(given, plan=plan)).lost == STOPPED
    assert judge_order(order()).judgement is not None


def test_a_missing_extra_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask is not among what the suite always needs."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterProblem, match=r"pip install 'createmodel-conformance\[cluster\]'"):
        Cluster("dask://127.0.0.1:8786")


def test_a_scheduler_that_does_not_answer_is_said_in_one_sentence(
    free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens there; ten seconds are enough to know."""
    monkeypatch.setattr(module, "_ANSWERS_WITHIN", 0.5)
    with pytest.raises(ClusterProblem, match=r"no Dask scheduler answers at dask://127\.0\.0\.1"):
        Cluster(f"dask://127.0.0.1:{free_port}")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replicas rest for a moment only, and what comes back is looked for often."""
    monkeypatch.setattr(dealing, "_REST", 0.01)
    monkeypatch.setattr(module, "_TICK", 0.01)


class Promise(Future[Any]):
    """A future as Dask has them: with a status."""

    status = "pending"


class Here:
    """A client of a cluster that has one worker, in this process; what is in ``fates`` befalls.

    ``fates`` are what becomes of the first orders: an exception, or an outcome. ``orders`` are
    those that came.
    """

    status = "running"

    def __init__(self, *fates: Outcome | BaseException, workers: int = 1) -> None:
        self.fates, self.orders = list(fates), list[Order]()
        self.workers = {"here": 1} if workers else {}
        self.scheduler = SimpleNamespace(ncores=lambda: self.workers)

    def submit(self, judge: Any, given: Order, **_: Any) -> Promise:
        """Judge at once, unless a fate is due."""
        self.orders.append(given)
        promise = Promise()
        fate = self.fates.pop(0) if self.fates else judge(given)
        if isinstance(fate, CancelledError):
            promise.cancel()
            promise.set_running_or_notify_cancel()
        elif isinstance(fate, BaseException):
            promise.set_exception(fate)
        elif self.workers:
            promise.set_result(fate)
        return promise

    def sync(self, ask: Any, **_: Any) -> Any:
        """Ask the scheduler."""
        return ask()

    def cancel(self, futures: list[Promise], **_: Any) -> None:
        """Take orders back."""

    def run(self, *_: Any, **__: Any) -> dict[str, Any]:
        """Nothing is being judged any more."""
        return {}


def on(client: Here, *, replicas: int = 1, **changes: Any) -> Iterator[Judgement]:
    """Judge three sides, two shards each, on a cluster with this client."""
    cluster = Cluster.__new__(Cluster)
    cluster._client = client
    rules = (RULE, rule_by_id("response/model-arn"))
    plan = replace(order().plan, rules=rules, seeds=9, workers=2, **changes)
    targets = [resolve("reference", plan.options) for _ in range(replicas)]
    return cluster.judgements(plan, [bench_of(plan, target) for target in targets])


def as_found(judgements: Iterable[Judgement]) -> list[tuple[str, str, str, Any]]:
    """What a record holds of judgements, in the order of the plan."""
    return sorted((each.rule.id, each.side, each.verdict, dict(each.cases)) for each in judgements)


LOST = Outcome(lost=GONE, why="the target no longer answers")


@pytest.mark.usefixtures("quick")
def test_shards_that_were_lost_change_nothing() -> None:
    """They are judged again, on another replica, and count once."""
    well, troubled = Here(), Here(LOST, LOST)
    expected = as_found(on(well))
    assert [verdict for _, _, verdict, _ in expected] == ["pass"] * 3
    assert as_found(on(troubled, replicas=2)) == expected
    assert len(troubled.orders) == len(well.orders) + 2


def test_the_time_of_a_run_is_over_for_its_last_shard_too() -> None:
    """A run of which a shard is missing never looks like one that went to its end."""
    judged = judge_order(order())
    fates = [judged] * 5 + [Outcome(lost=OVER, why="the time for this run is over")]
    with pytest.raises(OutOfTime, match="the time for this run is over"):
        list(on(Here(*fates)))


@pytest.mark.usefixtures("quick")
def test_a_replica_that_stays_lost_ends_the_run() -> None:
    """There is no other to be asked."""
    with pytest.raises(TargetGone, match="the target no longer answers"):
        for _ in on(Here(*[LOST] * 99), replicas=1):
            pass


def test_a_scheduler_that_drops_what_it_was_given_ends_the_run() -> None:
    """Dask cancels what is under way when it loses its scheduler."""
    with pytest.raises(TargetGone, match="the scheduler of the cluster no longer answers"):
        list(on(Here(CancelledError())))


def test_a_shard_that_loses_its_workers_is_inconclusive_and_says_so() -> None:
    """Dask has tried it on several by then; the rest of the run is judged."""
    killed = KilledWorker("shard", SimpleNamespace(address="here"), 3)
    first, *others = on(Here(killed))
    assert (first.verdict, first.note[:10]) == ("inconclusive", "Not judged")
    assert {each.verdict for each in others} == {"pass"}


def test_what_a_worker_raises_is_a_fault_of_the_suite() -> None:
    """It is nobody's verdict on the target."""
    first, *_ = on(Here(MemoryError("full")))
    assert (first.verdict, first.note) == (
        "error",
        "The suite failed on a worker: MemoryError: full",
    )


def test_a_cluster_without_workers_is_not_waited_for_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor for longer than the run may take."""
    monkeypatch.setattr(module, "_TICK", 0.01)
    monkeypatch.setattr(module, "_WORKERS_WITHIN", 0.05)
    with pytest.raises(TargetGone, match=r"the cluster has had no worker for 0\.05 s"):
        list(on(Here(workers=0)))
    monkeypatch.setattr(module, "_WORKERS_WITHIN", 60)
    monkeypatch.setattr(module, "_ENDS_WITHIN", 0.05)
    with pytest.raises(OutOfTime, match=r"the time for this run, 0\.05 s, is over"):
        list(on(Here(workers=0), max_time=0.05))


@pytest.fixture(scope="module")
def one_worker() -> Iterator[DaskCluster]:
    """A cluster with one worker."""
    with dask_cluster(1) as running:
        yield running


@pytest.mark.proof
def test_workers_with_another_suite_are_refused_before_anything_is_judged(
    one_worker: DaskCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence names the worker and what is other."""
    cluster = Cluster(one_worker.address)
    try:
        while cluster.check() < 1:
            pass
        monkeypatch.setattr(module, "suite", lambda: {**suite(), "specification": "sha256:other"})
        with pytest.raises(ClusterProblem, match=r"the worker tcp://.* has specification sha256:"):
            cluster.check()
    finally:
        cluster.close()


@pytest.mark.proof
def test_workers_without_the_suite_are_refused_before_anything_is_judged(
    one_worker: DaskCluster, tmp_path: Path
) -> None:
    """Another package of our name stands in for none."""
    (tmp_path / "conformance").mkdir()
    (tmp_path / "conformance" / "__init__.py").write_text("", "utf-8")
    other = one_worker.add_worker(PYTHONPATH=str(tmp_path))
    cluster = Cluster(one_worker.address)
    try:
        with pytest.raises(ClusterProblem, match=r"the worker tcp://.* does not have this suite"):
            cluster.check()
    finally:
        cluster.close()
        other.kill()
