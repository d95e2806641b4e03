"""A Dask cluster that somebody else has started: is it fit, and what is judged on it.

Judgements on shards are folded here. Nothing but this process writes the record.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.engine.cluster_run import ANSWERS_WITHIN, ClusterRun
from conformance.engine.conversation import TargetGone
from conformance.engine.deadlines import OutOfTime
from conformance.engine.judge import Bench
from conformance.engine.judgement import Judgement
from conformance.engine.run import Plan
from conformance.engine.shard_worker import stop_run, suite, unlike
from conformance.engine.shards import Folding, shards_of

if TYPE_CHECKING:
    from distributed import Client


class ClusterProblem(Exception):
    """A cluster cannot be used; the message is one sentence for the user."""


def _comm_address(address: str) -> str:
    """Return what Dask calls an address of the form ``dask://HOST:PORT`` or ``tls://HOST:PORT``."""
    try:
        parts = urlsplit(address)
        has_form = bool(parts.hostname and parts.port) and not (set(address) & set("@?# "))
    except ValueError:
        has_form = False
    if not has_form or parts.scheme not in ("dask", "tls") or parts.path not in ("", "/"):
        raise ClusterProblem(f"--cluster {address!r} has not the form dask://HOST:PORT")
    return f"{'tls' if parts.scheme == 'tls' else 'tcp'}://{parts.netloc}"


class Cluster:
    """A connection to the scheduler of a Dask cluster that somebody else has started."""

    def __init__(self, address: str) -> None:
        """Connect to ``dask://HOST:PORT`` or ``tls://HOST:PORT``; raises ``ClusterProblem``."""
        where = _comm_address(address)
        try:
            from distributed import Client
        except ImportError as missing:
            raise ClusterProblem(
                "--cluster needs Dask, the extra `cluster` of this suite: pip install distributed"
            ) from missing
        _be_quiet()
        try:
            self._client: Client = Client(where, timeout=ANSWERS_WITHIN, set_as_default=False)
        except Exception as problem:
            raise ClusterProblem(
                f"no Dask scheduler answers at {address} within {ANSWERS_WITHIN:g} s"
            ) from problem
        self._address = address

    def close(self) -> None:
        """End the connection; the cluster goes on."""
        with suppress(Exception):
            self._client.close(timeout=2)

    def check(self) -> int:
        """Return how many workers there are; raises ``ClusterProblem`` when one is unfit."""
        ours = suite()
        try:
            answers = self._client.run(
                suite, on_error="return", callback_timeout=2 * ANSWERS_WITHIN
            )
        except Exception as problem:
            raise ClusterProblem(f"the workers of {self._address} do not answer") from problem
        try:
            scheduler = self._client.run_on_scheduler(suite)  # it reads what goes out, too
        except Exception as problem:
            name = type(problem).__name__
            raise ClusterProblem(f"the scheduler does not have this suite ({name})") from problem
        for worker, theirs in answers.items():
            if isinstance(theirs, BaseException):
                name = type(theirs).__name__
                raise ClusterProblem(f"the worker {worker} does not have this suite ({name})")
            if differs := unlike(theirs, ours):
                raise ClusterProblem(f"the worker {worker} {differs}")
        if differs := unlike(scheduler, ours):
            raise ClusterProblem(f"the scheduler {differs}")
        return len(answers)

    def judgements(
        self, plan: Plan, benches: Sequence[Bench], tell: Callable[[str], None] = lambda _: None
    ) -> Generator[Judgement, None, None]:
        """Yield a judgement for every side of the plan, in the order they are complete.

        ``benches`` stand before the replicas of the target; ``plan.workers`` shards at a time are
        judged on each. ``tell`` is given a sentence for each replica that is lost. Raises
        ``TargetGone`` when no replica answers any more, or the cluster does not, and ``OutOfTime``
        when the plan's time is over.
        """
        shards = shards_of(plan.sides, plan.seeds)
        run = ClusterRun(self._client, plan, benches, shards, tell)
        folding = Folding(shards)
        try:
            for shard, judgement in run.outcomes():
                whole = folding.add(shard, judgement)
                if whole is not None:
                    yield whole
        except (OutOfTime, TargetGone):
            yield from folding.failed()  # what fails until then fails, as in one process
            raise
        finally:
            self._stop(run, plan.prefix)

    def _stop(self, run: ClusterRun, prefix: str) -> None:
        """Take back what is under way; a shard that is being judged cleans up and ends."""
        if not run.futures or self._client.status != "running":
            return
        with suppress(Exception):  # a worker may hang; the others have heard it
            self._client.run(
                stop_run, prefix, on_error="ignore", callback_timeout=2 * ANSWERS_WITHIN
            )
        try:
            run.learn_what_is_left()
        finally:
            with suppress(Exception):
                self._client.cancel(list(run.futures), force=True)


def _be_quiet() -> None:
    """Keep what Dask says of connections and versions off standard error.

    We say in a sentence what is lost, and which versions matter.
    """
    from distributed.versions import VersionMismatchWarning

    warnings.filterwarnings("ignore", category=VersionMismatchWarning)
    for name in ("distributed", "tornado", "asyncio", *logging.root.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
