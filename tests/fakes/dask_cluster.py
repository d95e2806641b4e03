"""A Dask cluster for tests: a scheduler and workers, each a child process on 127.0.0.1."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fakes.processes import environment, until

_DASK = [sys.executable, "-m", "dask"]
_LOCAL = ["--host", "127.0.0.1", "--no-dashboard"]


@dataclass
class DaskCluster:
    """Where the scheduler listens, as ``--cluster`` takes it, and the processes."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]
    folder: Path
    ending: ExitStack

    def add_worker(self, **variables: str) -> subprocess.Popen[bytes]:
        """Start one more worker with one thread and no nanny that would start it again.

        Returns when the scheduler knows it.
        """
        log = self.folder / f"worker-{len(self.workers)}.log"
        worker = _started(
            self.ending,
            "worker",
            self.address.replace("dask://", "tcp://"),
            *("--nthreads", "1", "--no-nanny", "--name", f"w{len(self.workers)}"),
            log=log,
            **variables,
        )
        assert until(lambda: b"Registered to:" in log.read_bytes()), "the worker did not start"
        self.workers.append(worker)
        return worker


def _started(
    ending: ExitStack, *arguments: str, log: Path, **variables: str
) -> subprocess.Popen[bytes]:
    with log.open("wb") as said:
        process = subprocess.Popen(
            [*_DASK, *arguments, *_LOCAL],
            cwd=log.parent,
            env=environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
    ending.callback(process.wait, 10)
    ending.callback(process.kill)
    return process


def _is_written(path: Path) -> bool:
    """Whether a JSON document is there to its end."""
    return path.exists() and path.read_bytes().rstrip().endswith(b"}")


@contextmanager
def dask_cluster(workers: int = 2) -> Iterator[DaskCluster]:
    """A cluster that is ended with the block, whatever was killed of it before."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as ending:
        folder = Path(name)
        told = folder / "scheduler.json"
        scheduler = _started(
            ending,
            *("scheduler", "--port", "0", "--no-show", "--scheduler-file", str(told)),
            log=folder / "scheduler.log",
        )
        assert until(lambda: _is_written(told)), "the scheduler did not start"
        address = json.loads(told.read_text("utf-8"))["address"].replace("tcp://", "dask://")
        cluster = DaskCluster(address, scheduler, [], folder, ending)
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
