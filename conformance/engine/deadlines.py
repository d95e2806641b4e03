"""How long a run, a side of a rule, and cleaning up may take.

Checked before each request: one that is under way is waited for as long as ``--timeout`` says. The
suite's own waiting (for a busy target, or to keep to a rate) is no time of a rule's.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds for one side of a rule, where nobody says otherwise.
SIDE_SECONDS = 300.0

#: Seconds for what is done in any case, such as deleting what was made.
_ANYHOW_SECONDS = 60.0


class OutOfTime(Exception):
    """There is no time left for another request; ``of_run`` tells whether for none at all."""

    def __init__(self, sentence: str, of_run: bool) -> None:
        super().__init__(sentence, of_run)  # both, so that it can be sent between processes
        self.of_run = of_run

    def __str__(self) -> str:
        return str(self.args[0])


class Deadlines:
    """The deadlines of one process.

    ``run_seconds`` is what ``--max-time`` says, of which ``left`` seconds are left (all, if it is
    not given); ``side_seconds`` what ``--rule-time`` says. ``now`` is a clock in seconds.
    """

    def __init__(
        self,
        *,
        run_seconds: float | None = None,
        left: float | None = None,
        side_seconds: float = SIDE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._now = now
        self._run_seconds, self._side_seconds = run_seconds, side_seconds
        seconds = run_seconds if left is None else left
        self._run = None if seconds is None else now() + seconds
        self._side: float | None = None
        self._anyhow: float | None = None

    def begin_side(self) -> None:
        """Begin with a side of a rule. Raises ``OutOfTime`` when the run's time is over."""
        self._side = self._now() + self._side_seconds
        self.check()

    def check(self) -> None:
        """Raise ``OutOfTime`` when there is no time for another request."""
        now = self._now()
        if self._anyhow is not None:
            if now >= self._anyhow:
                raise OutOfTime(f"cleaning up took longer than {_ANYHOW_SECONDS:g} s", False)
        elif self._run is not None and now >= self._run:
            raise OutOfTime(f"the time for this run, {self._run_seconds:g} s, is over", True)
        elif self._side is not None and now >= self._side:
            took = f"Not judged to its end: it took longer than {self._side_seconds:g} s"
            raise OutOfTime(f"{took} (--rule-time).", False)

    @property
    def left_to_run(self) -> float | None:
        """Seconds until the run's time is over, or ``None``."""
        return None if self._run is None else self._run - self._now()

    def end_run(self) -> None:
        """Have the run's time be over now, as somebody with another clock says."""
        self._run = self._now()

    def waited(self, seconds: float) -> None:
        """Take note that the suite itself has waited: nobody's time but the run's."""
        if self._side is not None:
            self._side += seconds
        if self._anyhow is not None:
            self._anyhow += seconds

    @contextmanager
    def regardless(self) -> Iterator[None]:
        """Give what is done within a time of its own, whatever is left of the run's."""
        before = self._anyhow
        if before is None:
            self._anyhow = self._now() + _ANYHOW_SECONDS
        try:
            yield
        finally:
            self._anyhow = before
