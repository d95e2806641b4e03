"""A cluster in this process, with the client that Dask would give us: fates befall its orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from conformance.engine.cluster import Cluster
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.run import Plan, bench_of
from conformance.engine.shard_worker import Order, Outcome
from conformance.oracle.catalogue import rule_by_id
from conformance.targets import TargetOptions, resolve
from strategies.resources import Resources

RULE = rule_by_id("CreateModel/ModelName:max-length")


def plan(**changes: Any) -> Plan:
    """A plan for three sides, with two shards each."""
    rules = (RULE, rule_by_id("response/model-arn"))
    options = TargetOptions(timeout=5)
    given = Plan(target="reference", options=options, resources=Resources(), rules=rules)
    return replace(given, **{"depth": "quick", "seeds": 9, "workers": 2, **changes})


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
        self.rather_on: list[list[str]] = []
        self.told: list[Any] = []
        self.workers = {"here": 1} if workers else {}
        self.scheduler = SimpleNamespace(ncores=lambda: self.workers)

    def submit(self, judge: Any, given: Order, **how: Any) -> Promise:
        """Judge at once, unless a fate is due."""
        self.orders.append(given)
        self.rather_on.append(how.get("workers", []))
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

    def run(self, what: Any, *_: Any, **__: Any) -> dict[str, Any]:
        """Nothing is being judged any more."""
        self.told.append(what)
        return {}


def benches_for(given: Plan, replicas: int = 1) -> list[Bench]:
    """Benches of a run before its replicas."""
    return [bench_of(given, resolve("reference", given.options)) for _ in range(replicas)]


def on(
    client: Here,
    *,
    replicas: int = 1,
    benches: Sequence[Bench] = (),
    said: list[str] | None = None,
    **changes: Any,
) -> Iterator[Judgement]:
    """Judge the plan on a cluster with this client."""
    cluster = Cluster.__new__(Cluster)
    cluster._client = client
    given = plan(**changes)
    said = [] if said is None else said
    return cluster.judgements(given, benches or benches_for(given, replicas), said.append)


def as_found(judgements: Iterable[Judgement]) -> list[tuple[str, str, str, Any]]:
    """What a record holds of judgements, in the order of the plan."""
    return sorted((each.rule.id, each.side, each.verdict, dict(each.cases)) for each in judgements)
