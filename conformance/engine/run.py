"""A run: every selected rule judged against one target, in one process or in several."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Generator
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from conformance.engine import interruption
from conformance.engine.conversation import TargetGone
from conformance.engine.deadlines import SIDE_SECONDS, Deadlines, OutOfTime
from conformance.engine.exchanges import Exchange, Record
from conformance.engine.journal import Heading, JournalFile, path_of
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.names import run_prefix
from conformance.engine.patience import was_done_all_the_same
from conformance.engine.shards import judge_seeds
from conformance.engine.workers import first_done, pool_of
from conformance.spec.rules import Rule
from conformance.targets import Target, TargetOptions, TargetProblem, resolve
from conformance.wire.reading import ELSEWHERE, ODD, UNSUPPORTED
from conformance.wire.signing import Credentials
from strategies.bases import minimal
from strategies.resources import Resources


@dataclass(frozen=True)
class Plan:
    """What to judge, where, and how much: everything a worker process needs to know."""

    target: str
    options: TargetOptions
    resources: Resources
    rules: tuple[Rule, ...]
    depth: str = "standard"
    seed: int = 0
    #: So many seeds are derived from ``seed``; each side is judged with each of them.
    seeds: int = 1
    workers: int = 1
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    account: str | None = None
    credentials: Credentials | None = field(default=None, repr=False)
    prefix: str = field(default_factory=run_prefix)
    demands_auth: bool = False
    model_limit: int | None = None
    flaky_retries: int = 0
    requirements: str | None = None
    #: Seconds for the whole run, and for one side of a rule.
    max_time: float | None = None
    rule_time: float = SIDE_SECONDS
    #: Sides that were judged before this run was cut off.
    done: frozenset[tuple[str, str]] = frozenset()

    @property
    def sides(self) -> list[tuple[Rule, str]]:
        """Every side that is still to be judged, in order."""
        return [
            (rule, side)
            for rule in self.rules
            for side in rule.sides
            if (rule.id, side) not in self.done
        ]


def bench_of(plan: Plan, target: Target, *, share: int = 0, left: float | None = None) -> Bench:
    """Return the bench of one process of a run; ``left`` seconds are left of its time, else all.

    The workers divide the rate among them.
    """
    rate = plan.options.rate
    account = plan.account or target.account
    resources = plan.resources if account is None else replace(plan.resources, account=account)
    return Bench.at(
        target,
        resources=resources,
        depth=plan.depth,
        seed=plan.seed,
        account=account,
        credentials=plan.credentials,
        prefix=plan.prefix,
        share=share,
        shares=plan.workers + 1,
        demands_auth=plan.demands_auth,
        model_limit=plan.model_limit,
        requirements=plan.requirements,
        deadlines=Deadlines(run_seconds=plan.max_time, left=left, side_seconds=plan.rule_time),
        rate=rate / plan.workers if rate is not None and share else rate,
    )


class NotAnEndpoint(TargetProblem):
    """Somebody answers, but not in AWS's JSON protocol."""


def introduce(bench: Bench) -> list[Record]:
    """Send the plainest valid request before judging: is anybody there, and which account is it?

    Raises ``TargetProblem`` with one sentence when nothing answers, ``NotAnEndpoint`` when nothing
    that speaks AWS's JSON protocol. Returns what was said.
    """
    talk = bench.talk
    plainest = minimal(bench.names.fresh(), talk.resources)
    with talk.deadlines.regardless():
        exchange: Exchange = talk.create(plainest, purpose="introduction")
        if was_done_all_the_same(exchange):
            plainest["ModelName"] = bench.names.fresh()
            exchange = talk.create(plainest, purpose="introduction")
    if exchange.fault is not None:
        what = "cannot be judged" if was_done_all_the_same(exchange) else "does not answer"
        raise TargetProblem(f"{talk.target.name} {what}: {exchange.fault.detail}")
    reading = exchange.reading
    assert reading is not None
    talk.tidy()
    is_web_page = reading.kind in (ELSEWHERE, ODD, UNSUPPORTED) and reading.code is None
    says_nothing = reading.payload is None and reading.code is None and reading.status < 500
    if not isinstance(reading.payload, dict) and (is_web_page or says_nothing):
        raise NotAnEndpoint(
            f"{talk.target.name} is not an AWS JSON endpoint: it answered CreateModel with status "
            f"{reading.status} and no JSON object"
        )
    return talk.drain()


def judgements(
    plan: Plan, bench: Bench, *, target_spec: str, journals: tuple[Path, Heading] | None = None
) -> Generator[Judgement, None, None]:
    """Yield a judgement for every side of the plan; with workers in the order they finish.

    ``target_spec`` is how workers reach the target that ``bench`` already talks to; ``journals``
    the folder that they write journals to, and with what heading. Raises
    ``TargetGone`` when the target stops answering, and ``OutOfTime`` when the plan's time is over.
    """
    if plan.workers <= 1:
        for rule, side in plan.sides:
            interruption.check()
            yield judge_seeds(rule, side, bench, range(plan.seeds), plan.flaky_retries)
        return
    left = bench.talk.deadlines.left_to_run
    # Closed here, and not when it is collected: a signal would be lost there, as a traceback.
    with closing(_in_workers(replace(plan, target=target_spec), left, journals)) as stream:
        for judgement, leftovers in stream:
            bench.talk.leftovers += leftovers
            yield judgement


# -- several processes ---------------------------------------------------------------------

_worker: dict[str, Any] = {}


def _start_worker(
    plan: Plan, shares: Any, ends: float | None, journals: tuple[Path, Heading] | None
) -> None:
    """Prepare a worker; ``ends`` is when the run's time is over, in epoch seconds."""
    target = resolve(plan.target, plan.options, plan.credentials)
    left = None if ends is None else ends - time.time()
    share = shares.get()
    bench = bench_of(plan, target, share=share, left=left)
    if journals is not None:
        folder, heading = journals
        bench.talk.ledger.journal = JournalFile.begun(path_of(folder, share), heading)
        bench.talk.ledger.before = None if heading.before is None else frozenset(heading.before)
    _worker["bench"] = bench
    _worker["plan"] = plan


def _judge_in_worker(rule: Rule, side: str) -> tuple[Judgement, list[Any]]:
    """Return a judgement and the names of models that this process could not delete."""
    bench: Bench = _worker["bench"]
    plan: Plan = _worker["plan"]
    judgement = judge_seeds(rule, side, bench, range(plan.seeds), plan.flaky_retries)
    leftovers, bench.talk.leftovers = bench.talk.leftovers, []
    return judgement, leftovers


def _in_workers(
    plan: Plan, left: float | None, journals: tuple[Path, Heading] | None
) -> Generator[tuple[Judgement, list[Any]], None, None]:
    shares = multiprocessing.get_context("spawn").Queue()
    for share in range(1, plan.workers + 1):
        shares.put(share)
    ends = None if left is None else time.time() + left
    over: OutOfTime | None = None
    pending: set[Future[tuple[Judgement, list[Any]]]] = set()
    try:
        with pool_of(plan.workers, _start_worker, plan, shares, ends, journals) as pool:
            with interruption.undisturbed():
                pending = {pool.submit(_judge_in_worker, rule, side) for rule, side in plan.sides}
            while pending:
                done, pending = first_done(pending)
                for each in done:
                    try:
                        yield each.result()
                    except OutOfTime as problem:  # what others have judged to its end still counts
                        over = problem
        if over is not None:
            raise over
    except BrokenProcessPool as fault:
        raise TargetGone(f"a worker process ended unexpectedly: {fault}") from fault
    finally:
        shares.close()
