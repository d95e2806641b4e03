"""What is done about shards that do not come back, and about a time that is over."""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from distributed import KilledWorker
from fakes.cluster_here import RULE, Here, Promise, as_found, benches_for, on, plan

from conformance.engine import cluster_run, dealing
from conformance.engine.conversation import TargetGone
from conformance.engine.deadlines import OutOfTime
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.shard_worker import (
    GONE,
    OVER,
    STOPPED,
    UNFIT,
    Order,
    Outcome,
    end_run,
    stop_run,
    suite,
)
from conformance.engine.shards import shards_of


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replicas rest for a moment only, and what comes back is looked for often."""
    monkeypatch.setattr(dealing, "_REST", 0.01)
    monkeypatch.setattr(cluster_run, "_TICK", 0.01)


LOST = Outcome(lost=GONE, why="the target no longer answers")


@pytest.mark.usefixtures("quick")
def test_shards_that_were_lost_change_nothing() -> None:
    """They are judged again, on another replica, and count once."""
    well, troubled = Here(), Here(LOST, LOST)
    expected = as_found(on(well))
    assert [verdict for _, _, verdict, _ in expected] == ["pass"] * 3
    assert as_found(on(troubled, replicas=2)) == expected
    assert len(troubled.orders) == len(well.orders) + 2


@pytest.mark.usefixtures("quick")
def test_what_shards_may_have_left_is_known_to_whoever_settles() -> None:
    """Of the replica that each was judged on, whether it was lost there or not."""
    benches = benches_for(plan(), 2)
    silent = {"event": "silent", "operation": "CreateModel", "name": "b", "at": 1.0}
    owned = {"event": "owned", "operation": "CreateModel", "name": "a", "arn": None}
    judged = Outcome(Judgement(RULE, "accepts", "pass", {"pass": 1}), [silent])
    list(on(Here(replace(LOST, left=[owned]), judged), benches=benches))
    first, second = (bench.talk.ledger for bench in benches)
    assert ([made.name for made in first.owned], first.silent) == (["a"], [])
    assert (second.owned, [each.name for each in second.silent]) == ([], ["b"])


@pytest.mark.usefixtures("quick")
def test_more_slots_than_one_target_has_names_for_repeat() -> None:
    """Whoever has a slot of that number as well has a target of its own."""
    well = Here()
    assert {each.verdict for each in on(well, workers=40, seeds=8 * 13)} == {"pass"}
    slots = [order.slot for order in well.orders[:39]]
    assert slots == [*range(1, 37), 1, 2, 3]


def test_the_time_of_a_run_is_over_for_its_last_shard_too() -> None:
    """A run of which a shard is missing never looks like one that went to its end."""
    judged = Outcome(Judgement(RULE, "accepts", "pass", {"pass": 1}))
    fates = [judged] * 5 + [Outcome(lost=OVER, why="the time for this run is over")]
    client = Here(*fates)
    with pytest.raises(OutOfTime, match="the time for this run is over"):
        list(on(client))
    assert client.told[0] is end_run  # orders that wait for a worker do not know


class Late(Here):
    """The time of the run is over when the last shard, or the one before, was dealt."""

    def __init__(self, bench: Bench, last: int) -> None:
        super().__init__()
        self.bench, self.last = bench, last

    def submit(self, judge: Any, given: Order, **how: Any) -> Promise:
        """Judge at once."""
        promise = super().submit(judge, given, **how)
        if given.shard.number == self.last:
            self.bench.talk.deadlines.end_run()
        return promise


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("last", [4, 5])
def test_when_the_time_is_over_workers_are_told_and_nothing_more_is_dealt(last: int) -> None:
    """A run of which all came back by then went to its end all the same."""
    (bench,) = benches_for(plan(max_time=600.0, workers=1))
    client = Late(bench, last)
    judged = on(client, benches=[bench], max_time=600.0, workers=1)
    found = [next(judged), next(judged)]
    if last == 5:
        found.append(next(judged))
        assert next(judged, None) is None
    else:
        with pytest.raises(OutOfTime, match="the time for this run, 600 s, is over"):
            next(judged)
        assert client.told[0] is end_run
    assert [each.verdict for each in found] == ["pass"] * len(found)
    assert len(client.orders) == last + 1


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("end", [Outcome(lost=OVER, why="the time is over"), "gone"])
def test_what_fails_until_a_run_is_cut_off_fails(end: Any) -> None:
    """Found: the finding of a side of which another shard was missing was lost."""
    finding = {"case": {"label": "one too long"}}
    failing = Outcome(Judgement(RULE, "accepts", "fail", {"fail": 1}, finding))
    fates = [failing, *([LOST] * 99 if end == "gone" else [end] * 5)]
    judged = on(Here(*fates), workers=1)
    found = next(judged)
    assert (found.side, found.verdict, found.finding) == ("accepts", "fail", finding)
    with pytest.raises((OutOfTime, TargetGone)):
        next(judged)


@pytest.mark.usefixtures("quick")
def test_a_replica_that_stays_lost_ends_the_run() -> None:
    """There is no other to be asked."""
    said: list[str] = []
    with pytest.raises(TargetGone, match="the target no longer answers"):
        for _ in on(Here(*[LOST] * 99), replicas=1, said=said):
            pass
    *lost, out = said
    assert set(lost) == {
        "reference is lost, and asked again in a while: the target no longer answers"
    }
    assert out == "reference is out: the target no longer answers"


UNFIT_THERE = Outcome(lost=UNFIT, why="a worker has Python 3.9", worker="there")


@pytest.mark.usefixtures("quick")
def test_a_worker_that_is_not_fit_is_left_out() -> None:
    """Found: one that came late ended the run. Its shards are judged by others, and count once."""
    well, troubled = Here(), Here(UNFIT_THERE, ModuleNotFoundError("No module named 'moto'"))
    expected = as_found(on(well))
    assert as_found(on(troubled)) == expected
    assert len(troubled.orders) == len(well.orders) + 2
    assert troubled.rather_on[-1] == ["here"]


class WithOneThatLacksUs(Here):
    """Another worker has joined that has no suite of ours."""

    def __init__(self, *fates: Outcome | BaseException) -> None:
        super().__init__(*fates)
        self.workers["there"] = 1

    def run(self, what: Any, *given: Any, **how: Any) -> dict[str, Any]:
        """Ask both."""
        super().run(what, *given, **how)
        return {"here": suite(), "there": ModuleNotFoundError()} if what is suite else {}


@pytest.mark.usefixtures("quick")
def test_a_worker_without_the_suite_is_found_and_left_out() -> None:
    """Dask does not say who could not read an order: all are asked who they are."""
    client = WithOneThatLacksUs(ModuleNotFoundError("No module named 'conformance'"))
    assert {each.verdict for each in on(client)} == {"pass"}
    assert client.rather_on[0] == []
    assert client.rather_on[-1] == ["here"]


class Stopped(Here):
    """Keeps every order; when it is told to stop, each has left a model."""

    def submit(self, _judge: Any, given: Order, **_: Any) -> Promise:
        """Promise something."""
        self.orders.append(given)
        self.promises = [*getattr(self, "promises", []), Promise()]
        return self.promises[-1]

    def run(self, what: Any, *given: Any, **how: Any) -> dict[str, Any]:
        """End what is being judged: the first of all."""
        if what is stop_run:
            owned = {"event": "owned", "operation": "CreateModel", "name": "q", "arn": None}
            self.promises[0].set_result(Outcome(left=[owned], lost=STOPPED))
            raise TimeoutError("a worker hangs")
        return super().run(what, *given, **how)

    def cancel(self, futures: list[Promise], **_: Any) -> None:
        """Take orders back."""
        self.cancelled = len(futures)


@pytest.mark.usefixtures("quick")
def test_what_shards_have_left_that_were_stopped_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found: after Ctrl-C nobody read what they said, and a model of one letter stayed.

    A worker that hangs, and does not hear of the stop, keeps the others' from being lost.
    """
    monkeypatch.setattr(cluster_run, "_COMES_BACK_WITHIN", 0)
    (bench,) = benches_for(plan(max_time=0.05))
    monkeypatch.setattr(cluster_run, "_ENDS_WITHIN", 0.05)
    client = Stopped()
    with pytest.raises(OutOfTime):
        list(on(client, benches=[bench], max_time=0.05))
    assert [made.name for made in bench.talk.ledger.owned] == ["q"]
    assert client.cancelled == len(client.promises) > 0


class Interrupted(Promise):
    """Ctrl-C comes while its outcome is fetched for the first time."""

    fetched = 0

    def result(self, timeout: float | None = None) -> Any:
        """Return the outcome, the second time."""
        self.fetched += 1
        if self.fetched == 1:
            raise KeyboardInterrupt
        return super().result(timeout)


@pytest.mark.usefixtures("quick")
def test_an_outcome_that_ctrl_c_kept_from_being_read_is_read_at_the_end() -> None:
    """Found: it had been taken off the list of what is under way, and what it left was lost."""
    owned = {"event": "owned", "operation": "CreateModel", "name": "q", "arn": None}

    class One(Here):
        def submit(self, judge: Any, given: Order, **how: Any) -> Promise:
            if self.orders:
                return super().submit(judge, given, **how)
            self.orders.append(given)
            promise = Interrupted()
            promise.set_result(Outcome(left=[owned], lost=GONE))
            return promise

    (bench,) = benches_for(plan())
    with pytest.raises(KeyboardInterrupt):
        list(on(One(), benches=[bench]))
    assert [made.name for made in bench.talk.ledger.owned] == ["q"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("worker", ["here", "there"])
def test_a_run_whose_workers_are_all_unfit_is_ended(worker: str) -> None:
    """At once where no other is there; else not before a shard was refused again and again."""
    client = Here(*[replace(UNFIT_THERE, worker=worker)] * 999)
    with pytest.raises(TargetGone, match=r"a worker has Python 3\.9"):
        list(on(client))
    assert (len(client.orders) > 20) == (worker == "there")


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
    monkeypatch.setattr(cluster_run, "_TICK", 0.01)
    monkeypatch.setattr(cluster_run, "_WORKERS_WITHIN", 0.05)
    with pytest.raises(TargetGone, match=r"the cluster has had no worker for 0\.05 s"):
        list(on(Here(workers=0)))
    monkeypatch.setattr(cluster_run, "_WORKERS_WITHIN", 60)
    monkeypatch.setattr(cluster_run, "_ENDS_WITHIN", 0.05)
    with pytest.raises(OutOfTime, match=r"the time for this run, 0\.05 s, is over"):
        list(on(Here(workers=0), max_time=0.05))


class Away(Here):
    """Takes 100 s for each order; its only worker goes with the last one, for a moment."""

    now = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.scheduler = SimpleNamespace(ncores=self.ncores)
        self.last = Promise()

    def submit(self, judge: Any, given: Order, **kept: Any) -> Promise:
        """Judge at once, but for the last order."""
        self.now += 100
        if given.shard.number < 5:
            return super().submit(judge, given, **kept)
        self.workers, self.outcome = {}, judge(given)
        return self.last

    def ncores(self) -> dict[str, int]:
        """Tell that nobody is there now; the next worker does what there is to do."""
        self.last.set_result(self.outcome)
        return self.workers


@pytest.mark.usefixtures("quick")
def test_a_worker_that_was_busy_until_just_now_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Found: a run without a lull in its first five minutes was ended at the first one."""
    client = Away()
    monkeypatch.setattr(cluster_run, "time", SimpleNamespace(monotonic=lambda: client.now))
    assert {each.verdict for each in on(client)} == {"pass"}


class WithOneThatHangs(WithOneThatLacksUs):
    """One of its workers does not answer when all are asked who they are."""

    def run(self, what: Any, *given: Any, **how: Any) -> dict[str, Any]:
        """Ask in vain."""
        if what is suite:
            raise TimeoutError("a worker hangs")
        return super().run(what, *given, **how)


@pytest.mark.usefixtures("quick")
def test_a_worker_that_hangs_while_another_is_unfit_ends_no_run() -> None:
    """Found: it was taken for a scheduler that does not answer."""
    client = WithOneThatHangs(ModuleNotFoundError("No module named 'conformance'"))
    assert {each.verdict for each in on(client)} == {"pass"}


class Held(Promise):
    """Is done, but whoever holds its outcome does not hand it over."""

    def __init__(self, waited: list[float]) -> None:
        super().__init__()
        self.waited = waited

    def done(self) -> bool:
        """Say that it is."""
        return True

    def result(self, timeout: float | None = None) -> Any:
        """Wait in vain."""
        self.waited.append(timeout or 0)
        raise TimeoutError


def test_outcomes_that_are_not_handed_over_are_not_waited_for_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Found: ten seconds for each, so that Ctrl-C seemed to do nothing for minutes."""
    waited: list[float] = []
    now = SimpleNamespace(monotonic=lambda: sum(waited), sleep=waited.append)
    monkeypatch.setattr(cluster_run, "time", now)
    given = plan()
    shards = shards_of(given.sides, given.seeds)
    run = cluster_run.ClusterRun(cast(Any, Here()), given, benches_for(given), shards, print)
    attempt = run._dealer.deal(0)
    assert attempt is not None
    run.futures = {Held(waited): attempt for _ in range(50)}
    run.learn_what_is_left()
    assert len(waited) == 50
    assert sum(waited) < 2 * cluster_run.ANSWERS_WITHIN
