"""Worker processes: signals meet no lock, and nobody waits for a process that is gone."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from concurrent.futures import Future
from concurrent.futures import _base as futures
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from types import FrameType

import pytest
from fakes.processes import until

from conformance.engine import interruption
from conformance.engine.workers import first_done, pool_of


def is_running(pid: int) -> bool:
    """Whether there is such a process, be it one that has ended and not been waited for."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_signal_that_meets_the_lock_of_a_future_leaves_no_lock_behind() -> None:
    """Raised there, it left a future locked, and closing the pool waited for ever; found."""
    pending: set[Future[int]] = {Future() for _ in range(3)}
    met: list[FrameType] = []

    def profile(frame: FrameType, event: str, _: object) -> None:
        is_locking = frame.f_code is futures._AcquireFutures.__enter__.__code__  # type: ignore[attr-defined]
        if event == "return" and is_locking and not met:
            met.append(frame)
            signal.raise_signal(signal.SIGTERM)

    with interruption.held_back():
        sys.setprofile(profile)
        try:
            with pytest.raises(KeyboardInterrupt):
                first_done(pending)
        finally:
            sys.setprofile(None)
            interruption.taken()
    assert met
    for each in pending:
        cancelling = threading.Thread(target=each.cancel, daemon=True)
        cancelling.start()
        cancelling.join(10)
        assert not cancelling.is_alive(), "a future was left locked"


def test_what_is_done_is_told_from_what_is_not() -> None:
    """The first that is done is returned, and nothing is waited for where nothing is pending."""
    done: Future[int] = Future()
    open_: Future[int] = Future()
    done.set_result(1)
    assert first_done({done, open_}) == ({done}, {open_})
    assert first_done(set[Future[int]]()) == (set(), set())


def test_a_worker_leaves_it_to_the_parent_when_to_end() -> None:
    """SIGTERM and Ctrl-C reach all of a group; a result that is being sent is not cut in two."""
    with pool_of(1) as pool:
        worker = pool.submit(os.getpid).result(60)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(worker, number)
        assert pool.submit(os.getpid).result(60) == worker


def test_where_one_worker_is_killed_the_others_end_too() -> None:
    """Although they do not hear SIGTERM, with which a pool ends them."""
    with pool_of(2) as pool:
        sleeping = [pool.submit(time.sleep, 600) for _ in range(2)]
        assert until(lambda: all(each.running() for each in sleeping))
        workers = list(pool._processes)
        assert len(workers) == 2
        time.sleep(0.5)
        os.kill(workers[0], signal.SIGKILL)
        with pytest.raises(BrokenProcessPool):
            sleeping[1].result(60)
    assert until(lambda: not any(is_running(each) for each in workers))


def ask_until_told(seconds: float) -> str:
    """What a worker does: looks before each request whether it is to stop."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            interruption.check()
        except KeyboardInterrupt:
            return "stopped"
        time.sleep(0.01)
    return "not stopped"


def test_workers_stop_before_their_next_request_where_the_run_is_stopped() -> None:
    """They do not hear the signal; the end of a side may be a minute away."""
    with suppress(KeyboardInterrupt), pool_of(1) as pool:
        working = pool.submit(ask_until_told, 600)
        assert until(working.running)
        time.sleep(0.5)
        raise KeyboardInterrupt
    assert working.result(1) == "stopped"


def test_a_signal_while_workers_end_kills_them() -> None:
    """Found: the run hung at its end, and they went on making models after its reports."""
    workers: list[int] = []

    def end_twice() -> None:
        with interruption.held_back(), pool_of(2) as pool:
            sleeping = [pool.submit(time.sleep, 600) for _ in range(2)]
            assert until(lambda: all(each.running() for each in sleeping))
            workers.extend(pool._processes)
            time.sleep(0.5)
            again = (os.getpid(), signal.SIGINT)
            threading.Timer(0.5, os.kill, again).start()
            interruption.ask()
            interruption.check()

    with pytest.raises(KeyboardInterrupt):
        end_twice()
    interruption.taken()
    assert len(workers) == 2
    assert not any(is_running(each) for each in workers)
