"""``run --cluster``: what may be judged on a cluster, and how much at a time on each replica."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from conformance.cli import Refused

if TYPE_CHECKING:
    from conformance.engine.cluster import Cluster
    from conformance.engine.run import Plan
    from conformance.targets import Target

#: Kinds of targets that a worker on another machine reaches, or makes for itself.
_REACHABLE = ("http", "https", "moto", "reference", "wsgi", "python")

#: Shards at a time for each worker: one is judged while the next is on its way.
_AHEAD = 2

#: Shards at a time, where each worker has a target of its own.
_MOST = 10_000


@dataclass(frozen=True)
class ScaleOut:
    """A cluster that was found fit, and the replicas beside the first target."""

    cluster: Cluster
    replicas: Sequence[Target]


def check_given(targets: Sequence[str], given: Mapping[str, Any]) -> None:
    """Raise ``Refused`` for replicas without a cluster, and for what no cluster can judge."""
    from conformance.cli.consent import is_paid

    if given["workers"] > (most := _most(targets[0], is_on_cluster=given["cluster"] is not None)):
        raise Refused(f"-n is at most {most}: so many names of one character can be shared out")
    if given["cluster"] is None:
        if len(targets) > 1:
            raise Refused("more than one TARGET is for the replicas of a run with --cluster")
        return
    for target in targets:
        kind = target.partition(":")[0]
        if is_paid(target):
            raise Refused("AWS is asked by one process, not by a cluster: leave out --cluster")
        if kind not in _REACHABLE:
            raise Refused(f"{target!r} is on this machine, where no cluster reaches it: give a URL")
        if len(targets) > 1 and kind not in ("http", "https"):
            raise Refused(f"replicas of a target are URLs, and {target!r} is none")
    if len({target.rstrip("/") for target in targets}) < len(targets):
        raise Refused("a replica is named twice: each TARGET must be a service of its own")
    if given["aws_profile"] and not given["cluster"].startswith("tls://"):
        raise Refused(
            "--aws-profile would send its keys through the cluster in the clear: use tls://"
        )


@contextmanager
def scaled_out(
    plan: Plan, targets: Sequence[str], given: Mapping[str, Any]
) -> Iterator[tuple[Plan, ScaleOut | None]]:
    """Yield the plan for a cluster, with the cluster; without ``--cluster`` the plan as it is.

    Raises ``Refused`` when there is no cluster, or an unfit one.
    """
    if given["cluster"] is None:
        yield plan, None
        return
    from conformance.engine.cluster import Cluster, ClusterProblem
    from conformance.targets import resolve

    with ExitStack() as ending:
        try:
            cluster = Cluster(given["cluster"])
            ending.callback(cluster.close)
            workers = cluster.check()
        except ClusterProblem as problem:
            raise Refused(str(problem)) from problem
        replicas = []
        for target in targets[1:]:
            replicas.append(resolve(target, plan.options, plan.credentials))
            ending.callback(replicas[-1].close)
        source = click.get_current_context().get_parameter_source("workers")
        if source is ParameterSource.DEFAULT:
            at_a_time = _at_a_time(workers, len(targets), plan.options.rate)
            most = _most(plan.target, is_on_cluster=True)
            plan = replace(plan, workers=min(most, at_a_time))
        if not given["quiet"]:
            told = f"{_counted(workers, 'worker')}, {_counted(len(targets), 'replica')}"
            click.echo(f"{told}, {plan.workers} at a time on each", err=True)
        yield plan, ScaleOut(cluster, replicas)


def _most(target: str, *, is_on_cluster: bool) -> int:
    """Return how many shards, or processes, one target is judged by at a time, at most."""
    from conformance.engine.names import MOST_SHARES
    from conformance.targets import outlives_us

    return _MOST if is_on_cluster and not outlives_us(target) else MOST_SHARES


def _at_a_time(workers: int, replicas: int, rate: float | None) -> int:
    """Return how many shards are judged at a time on one replica; they divide its rate."""
    ahead = 1 if rate is not None else _AHEAD
    return max(1, -(-workers * ahead // replicas))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
