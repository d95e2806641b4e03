"""Live progress of a run on standard error: a bar on a terminal, plain lines elsewhere.

With ``--verbose`` each request is a line; with ``--quiet`` nothing is shown.
"""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType
from typing import Any

from conformance.engine.judgement import Judgement
from reports.safe import safe

_SECONDS_BETWEEN_LINES = 10.0
_LONGEST_REQUEST = 160  # characters


class Progress:
    """Counts judged sides, requests and findings while a run goes on.

    ``shown`` is ``figures``, ``each`` (every request besides) or ``nothing``.
    """

    def __init__(self, sides: int, shown: str = "figures") -> None:
        self._sides = sides
        self._shown = shown
        self._done = self._findings = self._requests = 0
        self._started = self._said = time.monotonic()
        self._live = shown == "figures" and sys.stderr.isatty() and not os.environ.get("CI")
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if self._live:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.completed}/{task.total} sides"),
                BarColumn(),
                TextColumn("{task.description}"),
                console=Console(stderr=True, highlight=False),
                transient=True,
            )
            self._bar.start()
            self._task = self._bar.add_task("", total=self._sides)
        return self

    def step(self, judgement: Judgement) -> None:
        """Take note of one judged side."""
        self._done += 1
        self._requests += len(judgement.exchanges)
        self._findings += judgement.verdict == "fail" and judgement.rule.level == "must"
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=self._figures())
        elif self._shown == "each":
            self._tell(judgement)
        elif self._shown == "nothing":
            return
        elif time.monotonic() - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = time.monotonic()
            print(f"{self._done}/{self._sides} sides, {self._figures()}", file=sys.stderr)

    def _tell(self, judgement: Judgement) -> None:
        """Print the requests of one judged side, then what it came to."""
        for each in judgement.exchanges:
            answer = each.get("status") or each["fault"]["kind"]
            sent = safe(each["request"][:_LONGEST_REQUEST])
            what = f"{each['n']} {each['purpose']} {each['operation']}"
            print(f"  {what} -> {answer}  {sent}", file=sys.stderr)
        said = f"{judgement.rule.id} ({judgement.side}): {judgement.verdict}"
        print(f"{self._done}/{self._sides} {said}, {self._figures()}", file=sys.stderr)

    def _figures(self) -> str:
        seconds = max(time.monotonic() - self._started, 0.001)
        rate = self._requests / seconds
        return f"{self._requests} requests ({rate:.0f}/s), {self._findings} findings"

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
