"""A pool of worker processes that ends in order, whoever is told to stop first."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Set
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, ClassVar, TypeVar

from conformance.engine import interruption

T = TypeVar("T")

#: Seconds after which it is looked whether a signal has come.
_TICK = 0.1


class _Worker(SpawnProcess):
    """A process that is killed where the pool ends it: it does not hear SIGTERM."""

    def terminate(self) -> None:
        """End the process, as the pool does when another one has died."""
        self.kill()


class _Context(SpawnContext):
    Process: ClassVar[type[SpawnProcess]] = _Worker


@contextmanager
def pool_of(
    workers: int, prepare: Callable[..., object] | None = None, *given: Any
) -> Iterator[ProcessPoolExecutor]:
    """Yield a pool of so many processes, each of which calls ``prepare(*given)`` first.

    In the end they finish what they are at; where something is raised they stop before their next
    request. A signal that comes while they do kills them: none goes on when this has returned.
    """
    context = _Context()
    told, tell = context.Pipe(duplex=False)  # an event would wait for a worker that was killed
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(told, prepare, given)
    )
    try:
        yield pool
    except BaseException:  # a signal and a closed generator, too: nobody wants the rest any more
        tell.close()
        raise
    finally:
        # Only the pool itself cancels: beside a worker that was killed it would meet a future that
        # somebody else has cancelled, and print a traceback.
        try:
            with suppress(OSError):
                pool.shutdown(wait=True, cancel_futures=True)
        except KeyboardInterrupt:
            left = [each for each in multiprocessing.active_children() if isinstance(each, _Worker)]
            for each in left:
                each.kill()
            for each in left:
                each.join()
            raise
        finally:
            tell.close()
            told.close()


def first_done(pending: Set[Future[T]]) -> tuple[set[Future[T]], set[Future[T]]]:
    """Wait until one is done; returns what is done and what is not.

    Raises ``KeyboardInterrupt`` when a signal was held back, but only between two looks: while
    they wait, futures are locked, and a lock that an exception leaves behind is one that closing
    the pool would wait for without end.
    """
    while True:
        interruption.check()
        done, left = wait(pending, timeout=_TICK, return_when=FIRST_COMPLETED)
        if done or not pending:
            return done, left


def _begin(told: Connection, prepare: Callable[..., object] | None, given: tuple[Any, ...]) -> None:
    """Leave it to the parent when to stop: a signal to all of a group reaches workers, too.

    One that ended while it sends a result would leave half of it in the pipe.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    threading.Thread(target=_stop_when_told, args=(told,), daemon=True).start()
    if prepare is not None:
        prepare(*given)


def _stop_when_told(told: Connection) -> None:
    """Have what is being done end before its next request once the other end is closed."""
    with suppress(OSError):  # Windows says so of a pipe that was closed before
        told.poll(None)
    interruption.ask()


def _end_with_parent() -> None:
    """End this process when its parent is killed: nobody else would stop it from asking."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
