"""Ctrl-C while the target is waited for: at once, but for the moment in which a lock is taken."""

from __future__ import annotations

import queue
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Any

import pytest

from conformance.engine import interruption


def frame_in(function: Any, *arguments: Any) -> FrameType:
    """The frame of a function of the standard library, as a signal would meet it."""
    found: list[FrameType] = []

    def profile(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code is function.__code__:
            found.append(frame)

    sys.setprofile(profile)
    try:
        function(*arguments)
    finally:
        sys.setprofile(None)
    return found[0]


def signalled(frame: FrameType | None) -> bool:
    """Whether a signal that meets this frame while a target is waited for is raised at once."""
    interruption.taken()
    try:
        with interruption.waiting():
            interruption._on_signal(signal.SIGINT, frame)
    except KeyboardInterrupt:
        return True
    finally:
        interruption.taken()
    return False


def test_a_signal_that_meets_the_lock_of_a_connection_pool_is_held_back() -> None:
    """Raised there it left the lock taken, and returning the connection waited for ever; found."""
    waiting = queue.LifoQueue[int]()
    assert not signalled(frame_in(queue.Queue.put, waiting, 1))
    assert not signalled(frame_in(threading.Condition.__enter__, threading.Condition()))


def test_a_signal_that_meets_anything_else_is_raised_at_once() -> None:
    """A socket that says nothing, a future that is waited for, code of a target of the user's."""
    assert signalled(frame_in(threading.Event.wait, threading.Event(), 0))
    assert signalled(frame_in(socket.create_server, ("127.0.0.1", 0)))
    assert signalled(None)


def test_what_was_held_back_is_raised_before_the_next_request() -> None:
    """It is not lost: the next check raises it."""
    waiting = queue.LifoQueue[int]()
    frame = frame_in(queue.Queue.put, waiting, 1)
    interruption.taken()
    with interruption.waiting():
        interruption._on_signal(signal.SIGINT, frame)
    with pytest.raises(KeyboardInterrupt):
        interruption.check()
    interruption.taken()


def test_a_second_signal_is_raised_wherever_it_comes() -> None:
    """Somebody who asks twice does not want to wait."""
    waiting = queue.LifoQueue[int]()
    frame = frame_in(queue.Queue.put, waiting, 1)
    interruption.taken()
    try:
        with interruption.waiting():
            interruption._on_signal(signal.SIGINT, frame)
            with pytest.raises(KeyboardInterrupt):
                interruption._on_signal(signal.SIGINT, frame)
    finally:
        interruption.taken()
