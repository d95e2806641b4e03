"""Clusters that are none, and workers that are not fit."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fakes.dask_cluster import DaskCluster, dask_cluster

from conformance.engine import cluster as module
from conformance.engine.cluster import Cluster, ClusterProblem
from conformance.engine.shard_worker import suite
from conformance.spec import documents


def test_a_missing_extra_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dask is not among what the suite always needs."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterProblem, match=r"extra `cluster` .*pip install distributed"):
        Cluster("dask://127.0.0.1:8786")


def test_a_scheduler_that_does_not_answer_is_said_in_one_sentence(
    free_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens there; ten seconds are enough to know."""
    monkeypatch.setattr(module, "ANSWERS_WITHIN", 0.5)
    with pytest.raises(ClusterProblem, match=r"no Dask scheduler answers at dask://127\.0\.0\.1"):
        Cluster(f"dask://127.0.0.1:{free_port}")


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
        monkeypatch.setattr(documents, "digest", lambda: "sha256:other")  # ours, not the worker's
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


def test_a_scheduler_with_another_suite_is_refused() -> None:
    """It reads every order: one of another version may make something else of it."""
    ours = suite()
    cluster = Cluster.__new__(Cluster)
    cluster._client = SimpleNamespace(
        run=lambda *_, **__: {"tcp://one": ours},
        run_on_scheduler=lambda _: {**ours, "createmodel-conformance": "0.0.1"},
    )
    with pytest.raises(ClusterProblem, match=r"the scheduler has createmodel-conformance 0\.0\.1"):
        cluster.check()
