"""Judges one shard in a worker process of a cluster; all that it needs comes with the order.

One shard at a time, however many threads a worker has: targets in this process, Hypothesis's
settings and the wish to stop are one for the whole process.
"""

from __future__ import annotations

import asyncio
import hashlib
import platform
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path

import conformance
import strategies
from conformance import __version__
from conformance.engine import interruption
from conformance.engine.conversation import Conversation, TargetGone
from conformance.engine.deadlines import Deadlines, OutOfTime
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.names import RunNames, attempt_ending
from conformance.engine.ownership import Event
from conformance.engine.run import Plan, bench_of
from conformance.engine.shards import Shard, judge_seeds
from conformance.spec import documents
from conformance.targets import Target, TargetProblem, resolve

#: Why a shard was not judged: its replica stopped answering; the run's time is over; this worker
#: has another suite, or cannot make the target; the run was stopped.
GONE, OVER, UNFIT, STOPPED = "gone", "over", "unfit", "stopped"

#: Seconds after which an unfit worker says that it is.
_UNFIT_FOR = 1.0

#: Exchanges of one side are numbered apart, whichever workers sent them: so many for each seed.
_NUMBERS_A_SEED = 1_000_000

#: Seconds that a shard may take to notice that it is to stop, and to clean up.
_STOPS_WITHIN = 10.0


@dataclass(frozen=True)
class Order:
    """One attempt at a shard. ``plan`` names the replica to ask and no rule but the shard's.

    ``account`` is the replica's where it is known, ``left`` what is left of the run's time in
    seconds, ``suite`` what the worker must be (see ``suite``), ``before`` what the replica had
    when the run began, ``fingerprint`` what a target must be that the worker makes for itself.
    """

    plan: Plan
    shard: Shard
    slot: int
    account: str | None
    left: float | None
    suite: Mapping[str, str]
    before: frozenset[str] | None = None
    fingerprint: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Outcome:
    """A judgement, or in ``lost`` and ``why`` (a clause) what kept it from being given.

    ``left`` is what may be left on the replica, as a ledger tells it; ``worker`` the address of an
    unfit one.
    """

    judgement: Judgement | None = None
    left: Sequence[Event] = ()
    lost: str = ""
    why: str = ""
    worker: str = ""


def suite() -> dict[str, str]:
    """Return all that one seed's requests, and what is made of the answers, hang on."""
    return {
        "createmodel-conformance": __version__,
        "sources": _sources(),
        "specification": documents.digest(),
        "Hypothesis": version("hypothesis"),
        "Schemathesis": version("schemathesis"),
        "Python": ".".join(platform.python_version_tuple()[:2]),
    }


@cache
def _sources() -> str:
    """Return a digest of the suite's own code and data: its version stands for many states."""
    digest = hashlib.sha256()
    for package in (conformance, strategies):
        root = Path(package.__path__[0])
        for path in sorted(each for each in root.rglob("*") if each.suffix in _SUFFIXES):
            digest.update(f"{package.__name__}/{path.relative_to(root).as_posix()}\n".encode())
            digest.update(path.read_bytes())
    return f"sha256:{digest.hexdigest()}"


def unlike(theirs: Mapping[str, str], ours: Mapping[str, str]) -> str:
    """Return in words how a worker's suite is not the run's, else nothing."""
    differing = [
        f"{name} {str(theirs.get(name, 'none'))[:19]} instead of {str(ours[name])[:19]}"
        for name in ours
        if theirs.get(name) != ours[name]
    ]
    return f"has {', '.join(differing)}" if differing else ""


#: What verdicts hang on in our packages.
_SUFFIXES = (".py", ".json", ".gz")

_judging = threading.Lock()

#: Held by whoever asks a shard to end, until it is asked: it must not end before, and leave the
#: wish to the next.
_turn = threading.Lock()
_stopped: set[str] = set()
_at_work: list[str] = []

#: Runs whose time is over, and the deadlines of what is being judged for a run.
_over: set[str] = set()
_deadlines: dict[str, Deadlines] = {}


def judge_order(order: Order) -> Outcome:
    """Judge a shard; runs in a worker. Only a fault of this suite or of Dask raises."""
    # Dask's own threads use ``random`` while Hypothesis draws in another: no strategy of ours does.
    warnings.filterwarnings("ignore", "Do not use the `random` module inside strategies")
    run = order.plan.prefix
    if differs := unlike(suite(), order.suite):
        return _unfit(f"a worker {differs}")
    with _judging:
        with _turn:
            if run in _stopped:
                return Outcome(lost=STOPPED)
            interruption.taken()
            _at_work.append(run)
        try:
            return _judged(order)
        finally:
            with _turn:
                _deadlines.pop(run, None)
                _at_work.remove(run)
                interruption.taken()


async def stop_run(run: str) -> None:
    """Have the shard of a run (named by its prefix) that is being judged here end and clean up.

    Dask cannot end what a worker has begun. Returns when it has ended, or after ten seconds.
    """
    with _turn:
        _stopped.add(run)
        if run in _at_work:
            interruption.ask()
    for _ in range(int(_STOPS_WITHIN / 0.05)):
        if run not in _at_work:
            return
        await asyncio.sleep(0.05)


async def end_run(run: str) -> None:
    """Have the time of a run (named by its prefix) be over here.

    An order says how much was left when it was sent, and may have waited since; clocks of two
    machines cannot be held against each other.
    """
    with _turn:
        _over.add(run)
        if run in _deadlines:
            _deadlines[run].end_run()


def _judged(order: Order) -> Outcome:
    try:
        target = resolve(order.plan.target, order.plan.options, order.plan.credentials)
    except TargetProblem as problem:
        return _unfit(str(problem))
    try:
        theirs, expected = target.fingerprint(), order.fingerprint or {}
        # Some know more of themselves when they have been asked something, as the command has.
        known = {key: each for key, each in expected.items() if key in theirs}
        if differs := unlike(theirs, known):
            return _unfit(f"the target of a worker {differs}")
        return _judged_at(target, order)
    finally:
        target.close()


def _unfit(why: str) -> Outcome:
    """Say so after a moment: a worker that is done at once is given whatever there is to do."""
    from distributed import get_worker

    time.sleep(_UNFIT_FOR)
    address = ""
    with suppress(ValueError):  # not on a cluster
        address = get_worker().address
    return Outcome(lost=UNFIT, why=why, worker=address)


def _judged_at(target: Target, order: Order) -> Outcome:
    plan, shard = order.plan, order.shard
    bench = bench_of(plan, target, share=order.slot, left=order.left)
    talk = bench.talk
    with _turn:
        _deadlines[plan.prefix] = talk.deadlines
        if plan.prefix in _over:
            talk.deadlines.end_run()
    ending = attempt_ending(shard.number)
    names = RunNames(talk, share=order.slot, shares=plan.workers + 1, ending=ending)
    bench = replace(bench, names=names)
    talk.account = talk.account or order.account
    talk.ledger.before = order.before
    talk.requests = shard.seeds.start * _NUMBERS_A_SEED
    try:
        judgement = judge_seeds(shard.rule, shard.side, bench, shard.seeds, plan.flaky_retries)
        if _was_lost(judgement, bench):
            return Outcome(left=_left(talk), lost=GONE, why="the target no longer answers")
        return Outcome(judgement, talk.ledger.as_events(talk.leftovers))
    except TargetGone as gone:
        return Outcome(left=_left(talk), lost=GONE, why=str(gone))
    except OutOfTime as over:
        return Outcome(left=_left(talk), lost=OVER, why=str(over))
    except KeyboardInterrupt:
        interruption.taken()
        return Outcome(left=_left(talk), lost=STOPPED)


def _left(talk: Conversation) -> list[Event]:
    """Delete what the target lets us delete, if it still answers; tell what may be left.

    Whoever wants the run to end here wants it at once: nothing may leave a worker but an outcome,
    or Dask ends its process.
    """
    try:
        with suppress(TargetGone):
            talk.tidy()
            talk.sweep()
    except KeyboardInterrupt:
        interruption.taken()
    return talk.ledger.as_events(talk.leftovers)


def _was_lost(judgement: Judgement, bench: Bench) -> bool:
    """Tell whether the replica was down meanwhile, or is: what was judged then proves nothing.

    A shard may be too short for the faults in a row after which a conversation calls a target gone;
    and one that was started again has forgotten the models that it is asked about.
    """
    faults = [each.get("fault") for each in judgement.exchanges]
    if any(fault is not None and fault["kind"] == "connect" for fault in faults):
        return True
    if not faults or faults[-1] is None:
        return False
    look = {"ModelName": bench.names.fresh()}
    try:  # the side's own time may be over: it is the look that has its own
        with bench.talk.deadlines.regardless():
            return bench.talk.ask("DescribeModel", look, purpose="look").fault is not None
    except OutOfTime:
        return False
