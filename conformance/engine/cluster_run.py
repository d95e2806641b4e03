"""One run on a Dask cluster: what is under way, what came back, and what is to be dealt again.

Dask hands a shard out again when its worker is lost; this process does when its replica is, or when
a worker is unfit. What comes back is counted once, by the shard's number.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from conformance.engine import interruption
from conformance.engine.conversation import TargetGone
from conformance.engine.deadlines import OutOfTime
from conformance.engine.dealing import TRIES, Attempt, Dealer
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.names import MOST_SHARES
from conformance.engine.run import Plan
from conformance.engine.shard_worker import (
    GONE,
    OVER,
    UNFIT,
    Order,
    Outcome,
    end_run,
    judge_order,
    suite,
    unlike,
)
from conformance.engine.shards import Shard
from conformance.oracle.verdicts import ERROR, INCONCLUSIVE
from conformance.targets import is_elsewhere
from conformance.wire.redaction import Redaction

if TYPE_CHECKING:
    from distributed import Client, Future

#: Seconds in which a scheduler answers.
ANSWERS_WITHIN = 10.0

#: Seconds without news after which the scheduler is looked after.
_TICK = 2.0

#: Seconds after which a result that has not come is looked after, and the cluster with it.
_FETCHED_WITHIN = 30.0

#: Seconds after the end of a run's time in which a shard that is being judged comes back.
_ENDS_WITHIN = 90.0

#: Seconds that a cluster may be without workers: starting one can take minutes on Kubernetes.
_WORKERS_WITHIN = 300.0

#: Seconds in which the outcome of a shard that has ended comes back, and between looks for it.
_COMES_BACK_WITHIN = 2.0
_GLANCE = 0.05

#: How often Dask hands out a shard again that failed for a reason which is not the target's.
_RETRIES = 2


class ClusterRun:
    """One run on a cluster: what is under way, and what came back."""

    def __init__(
        self,
        client: Client,
        plan: Plan,
        benches: Sequence[Bench],
        shards: Sequence[Shard],
        tell: Callable[[str], None],
    ) -> None:
        self.futures: dict[Future[Any], Attempt] = {}
        self._client, self._plan, self._benches = client, plan, benches
        self._tell = tell
        self._dealer = Dealer(shards, len(benches), plan.workers)
        self._back: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
        self._suite = suite()
        self._over: OutOfTime | None = None
        self._is_missing_some = False
        self._unfit: set[str] = set()
        self._had_workers = time.monotonic()

    def outcomes(self) -> Iterator[tuple[Shard, Judgement]]:
        """Yield each shard once with its judgement."""
        while not self._dealer.is_done:
            self._look_at_the_time()
            if self._over is None:
                self._deal()
            elif not self.futures:
                break
            future = self._next()
            if future is None:
                continue
            self._had_workers = time.monotonic()
            outcome = self._outcome(future)
            attempt = self.futures.pop(future)  # now: what is not read yet is read at the end
            judgement = self._judgement(attempt, outcome)
            if judgement is not None:
                yield attempt.shard, judgement
        if self._over is not None and (self._is_missing_some or not self._dealer.is_done):
            raise self._over

    def _look_at_the_time(self) -> None:
        """When the run's time is over, tell the workers, and deal no more."""
        if self._over is None and (over := self._time_is_over()):
            self._end(over)

    def _end(self, over: OutOfTime) -> None:
        """Have the time be over everywhere, also for orders that wait for a worker."""
        self._over = over
        with suppress(Exception):  # those that do not hear it have their own clock
            self._client.run(
                end_run,
                self._plan.prefix,
                on_error="ignore",
                callback_timeout=ANSWERS_WITHIN,
            )

    def _time_is_over(self) -> OutOfTime | None:
        try:
            self._benches[0].talk.deadlines.check()
        except OutOfTime as over:
            return over
        return None

    def _demand_time(self) -> None:
        """Raise ``OutOfTime`` when what is under way should have ended long ago."""
        left = self._benches[0].talk.deadlines.left_to_run
        if left is not None and left < (-_ENDS_WITHIN if self.futures else 0):
            self._benches[0].talk.deadlines.check()

    def _deal(self) -> None:
        while (attempt := self._dealer.deal(time.monotonic())) is not None:
            future = self._sent(attempt)
            self.futures[future] = attempt
            future.add_done_callback(self._back.put)

    def _sent(self, attempt: Attempt) -> Future[Any]:
        bench = self._benches[attempt.replica]
        order = Order(
            replace(self._plan, rules=(attempt.shard.rule,), target=bench.talk.target.name),
            attempt.shard,
            1 + (attempt.slot - 1) % MOST_SHARES,  # more have targets of their own
            bench.talk.account,
            bench.talk.deadlines.left_to_run,
            self._suite,
            bench.talk.ledger.before,
            None if is_elsewhere(self._plan.target) else bench.talk.target.fingerprint(),
        )
        key = f"createmodel-{self._plan.prefix}-{attempt.shard.number}-{attempt.attempt}"
        try:
            return self._client.submit(
                judge_order,
                order,
                key=key,
                retries=_RETRIES,
                pure=False,
                **self._rather_on(self._fit_workers() if self._unfit else []),
            )
        except Exception as fault:
            raise self._no_scheduler() from fault

    def _rather_on(self, workers: list[str]) -> dict[str, Any]:
        return {"workers": workers, "allow_other_workers": True} if workers else {}

    def _fit_workers(self) -> list[str]:
        """Return the workers that there are now but for those that could not judge a shard."""
        scheduler = self._client.scheduler
        workers = self._client.sync(scheduler.ncores, callback_timeout=ANSWERS_WITHIN)
        return [each for each in workers if each not in self._unfit]

    def _next(self) -> Future[Any] | None:
        """Return what came back, or ``None`` after a while.

        Raises ``TargetGone`` when the cluster has gone, and ``OutOfTime`` when nothing comes back
        although the run's time is over: shards that wait for a worker do not know.
        """
        with interruption.waiting():
            try:
                return self._back.get(timeout=_TICK)
            except queue.Empty:
                self._look_after_the_cluster()
        self._demand_time()
        return None

    def _look_after_the_cluster(self) -> None:
        try:
            scheduler = self._client.scheduler
            workers = self._client.sync(scheduler.ncores, callback_timeout=ANSWERS_WITHIN)
        except Exception as fault:
            raise self._no_scheduler() from fault
        now = time.monotonic()
        if workers:
            self._had_workers = now
        elif now - self._had_workers > _WORKERS_WITHIN:
            raise TargetGone(f"the cluster has had no worker for {_WORKERS_WITHIN:g} s")

    def _outcome(self, future: Future[Any]) -> Outcome | Exception:
        """Return what a worker made of a shard, or why Dask has given it up."""
        from concurrent.futures import CancelledError

        while True:  # a result that is lost with its worker is worked out again
            try:
                with interruption.waiting():
                    outcome: Outcome = future.result(timeout=_FETCHED_WITHIN)
                return outcome
            except CancelledError as fault:
                raise self._no_scheduler() from fault
            except Exception as fault:  # noqa: BLE001 - the suite's own, or a worker lost too often
                if not isinstance(fault, TimeoutError) or future.status == "error":
                    return fault
            self._look_after_the_cluster()
            self._demand_time()

    def _no_scheduler(self) -> TargetGone:
        return TargetGone("the scheduler of the cluster no longer answers")

    def _judgement(self, attempt: Attempt, outcome: Outcome | Exception) -> Judgement | None:
        """Return the judgement on a shard, or ``None`` when there is none, or none yet."""
        talk = self._benches[attempt.replica].talk
        if isinstance(outcome, ImportError):  # a worker that has another suite, or a part of it
            why = talk.redaction.text(f"a worker cannot load what it needs: {outcome}")
            outcome = Outcome(lost=UNFIT, why=why)
            self._unfit |= self._without_this_suite()  # Dask does not say which it was
        if isinstance(outcome, Exception):
            self._dealer.given_up(attempt)
            return _without_worker(attempt.shard, outcome, talk.redaction)
        talk.ledger.learn(self._plan.prefix, outcome.left)
        if outcome.judgement is not None:
            self._dealer.judged(attempt)
            return outcome.judgement
        if outcome.lost == OVER:
            self._dealer.given_up(attempt)
            self._is_missing_some = True
            if self._over is None:
                self._end(OutOfTime(outcome.why, True))
            return None
        if outcome.lost == UNFIT:
            self._refused(attempt, outcome)
            return None
        if outcome.lost != GONE:
            raise TargetGone(outcome.why or "the run was stopped on a worker")
        is_tried_again = self._lost(attempt, outcome.why)
        if self._dealer.is_stranded:
            raise TargetGone(outcome.why)
        if is_tried_again:
            return None
        why = f"Not judged: {TRIES} times the target was lost on the way; {outcome.why}."
        return _unsettled(attempt.shard, INCONCLUSIVE, why)

    def _lost(self, attempt: Attempt, why: str) -> bool:
        """Have a shard judged again whose replica was lost, and say so of the first such shard."""
        replica = attempt.replica
        before = self._dealer.losses(replica)
        is_tried_again = self._dealer.lost(attempt, time.monotonic())
        if self._dealer.losses(replica) > before:
            what = "out" if self._dealer.is_out(replica) else "lost, and asked again in a while"
            self._tell(f"{self._benches[replica].talk.target.name} is {what}: {why}")
        return is_tried_again

    def _without_this_suite(self) -> set[str]:
        """Return the workers that have another suite, or none; nobody where one does not answer."""
        answers: dict[str, Any] = {}
        with suppress(Exception):  # a worker may hang: whether the scheduler does is seen elsewhere
            answers = self._client.run(
                suite, on_error="return", callback_timeout=2 * ANSWERS_WITHIN
            )
        return {
            worker
            for worker, theirs in answers.items()
            if isinstance(theirs, BaseException) or unlike(theirs, self._suite)
        }

    def learn_what_is_left(self) -> None:
        """Let count what shards have told that were stopped; those that waited made nothing."""
        ends = time.monotonic() + _COMES_BACK_WITHIN
        while not all(each.done() for each in self.futures) and time.monotonic() < ends:
            time.sleep(_GLANCE)
        ends = time.monotonic() + ANSWERS_WITHIN  # for all: what holds results may hang
        for future, attempt in self.futures.items():
            if future.done():
                with suppress(Exception):  # Dask has given it up: it is looked for by its prefix
                    left = future.result(timeout=max(_GLANCE, ends - time.monotonic())).left
                    self._benches[attempt.replica].talk.ledger.learn(self._plan.prefix, left)

    def _refused(self, attempt: Attempt, outcome: Outcome) -> None:
        """Have a shard judged by other workers. Raises ``TargetGone`` where there are none."""
        self._unfit.add(outcome.worker)
        try:
            is_nobody_fit = not self._fit_workers()
        except Exception as fault:
            raise self._no_scheduler() from fault
        if not self._dealer.refused(attempt) or is_nobody_fit:
            raise TargetGone(outcome.why)


def _without_worker(shard: Shard, fault: Exception, redaction: Redaction) -> Judgement:
    """Return the judgement on a shard that Dask has given up."""
    from distributed import KilledWorker

    if isinstance(fault, KilledWorker):
        why = "Not judged: the workers that were to judge this were lost, one after the other."
        return _unsettled(shard, INCONCLUSIVE, why)
    said = " ".join(redaction.text(f"{type(fault).__name__}: {fault}").split())[:200]
    return _unsettled(shard, ERROR, f"The suite failed on a worker: {said}")


def _unsettled(shard: Shard, verdict: str, why: str) -> Judgement:
    return Judgement(shard.rule, shard.side, verdict, {verdict: 1}, None, why)
