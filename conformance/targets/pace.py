"""Keeps to a rate: requests leave at even distances, not in bursts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Pace:
    """Says how long a request has to wait; ``rate`` is in requests a second, ``None`` any."""

    def __init__(self, rate: float | None, now: Callable[[], float] = time.monotonic) -> None:
        self._distance = 0.0 if rate is None else 1 / rate
        self._now = now
        self._next = 0.0
        self._lock = threading.Lock()  # requests may be sent at once

    def wait(self) -> float:
        """Take the next free moment and return in how many seconds it comes."""
        if not self._distance:
            return 0.0
        with self._lock:
            now = self._now()
            begins = max(now, self._next)
            self._next = begins + self._distance
            return begins - now
