"""Ctrl-C and SIGTERM, held back until a moment at which stopping leaves everything in order.

An exception that a signal raises anywhere can land in code that swallows it, or that leaves a lock
behind: Hypothesis's garbage collection hook, the target in this process. So the first signal is
only remembered, and raised before the next request. A request that waits for a target elsewhere
is left at once, but not while a lock of its connection is being taken, and so is everything at a
second signal.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass
class _State:
    asked: bool = False
    is_waiting: bool = False


_state = _State()


#: Where an exception would leave a lock behind that closing the connection waits for; and what
#: merely waits in one of these modules.
_WITH_LOCKS = ("queue.py", "threading.py", "connectionpool.py")
_MERELY_WAITING = ("wait", "join", "_wait_for_tstate_lock")


def _holds_a_lock(frame: Any) -> bool:
    """Tell whether the code that a signal met may have just taken a lock."""
    code = frame.f_code
    return Path(code.co_filename).name in _WITH_LOCKS and code.co_name not in _MERELY_WAITING


def _on_signal(_number: int, frame: Any) -> None:
    waits = _state.is_waiting and not (frame is not None and _holds_a_lock(frame))
    at_once = _state.asked or waits
    _state.asked = True
    if at_once:
        raise KeyboardInterrupt


@contextmanager
def held_back() -> Iterator[None]:
    """Hold SIGINT and SIGTERM (a cancelled CI job) back; only in the main thread."""
    taken()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, _on_signal) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ask() -> None:
    """Do what a signal does that is held back: for who hears otherwise that work is to stop."""
    _state.asked = True


def check() -> None:
    """Raise ``KeyboardInterrupt`` when a signal was held back."""
    if _state.asked:
        raise KeyboardInterrupt


def taken() -> None:
    """Forget the signal: it has been acted on, and what follows is tidying up."""
    _state.asked = False


@contextmanager
def waiting() -> Iterator[None]:
    """Let a signal interrupt what is done within at once: it waits for somebody else."""
    _state.is_waiting = True
    try:
        check()
        yield
    finally:
        _state.is_waiting = False


@contextmanager
def undisturbed() -> Iterator[None]:
    """Hold Ctrl-C and SIGTERM back while workers start, and deliver them afterwards.

    Otherwise workers print tracebacks of their own: they inherit that SIGINT is blocked, and an
    interrupted parent would leave them half started.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {each: signal.signal(each, lambda n, _: came.append(n)) for each in numbers}
    can_block = hasattr(signal, "pthread_sigmask")  # Windows cannot
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if can_block else None
    try:
        yield
    finally:
        if mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for number, handler in before.items():
            signal.signal(number, handler)
    for missed in came:
        signal.raise_signal(missed)
