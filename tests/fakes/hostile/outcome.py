"""What a run of the command line against a hostile target comes to: verdicts, words and costs."""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fakes.processes import start

#: Mebibytes that a run may take, whatever a target does.
MOST_MEMORY = 300

_PEAK = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True)
class Outcome:
    """How a run ended. ``peak`` is in MiB, ``seconds`` on the wall, ``work`` of the processor."""

    returncode: int
    stdout: str
    stderr: str
    seconds: float
    work: float
    peak: float
    events: tuple[dict[str, Any], ...]

    @property
    def said(self) -> str:
        """All that stands on the terminal."""
        return self.stdout + self.stderr

    @property
    def judged(self) -> list[dict[str, Any]]:
        """The judged sides of rules that decide."""
        if not self.events:
            return []
        must = {each["id"] for each in self.events[0]["rules"] if each["level"] == "must"}
        return [e for e in self.events if e["event"] == "judged" and e["rule"] in must]

    @property
    def verdicts(self) -> dict[str, str]:
        """The verdict on each judged side: ``lifecycle/describe-arn holds`` -> ``pass``."""
        return {f"{each['rule']} {each['side']}": each["verdict"] for each in self.judged}

    @property
    def notes(self) -> str:
        """Why verdicts are neither pass nor fail, and the finding of each that is a fail."""
        why = [(e["finding"] or {}).get("why") or e["note"] for e in self.judged]
        return "\n".join(each for each in why if each)


def outcome(url: str, *options: str, bound: float = 60.0) -> Outcome:
    """Judge a URL in a child process; it is killed, and that is an error, after ``bound`` s."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        began = time.monotonic()
        before = os.times()
        with start("run", url, "--out", "out", *options, cwd=folder) as child:
            status, peak = Path(f"/proc/{child.pid}/status"), 0
            while child.poll() is None:
                found = _PEAK.search(status.read_text()) if status.exists() else None
                peak = max(peak, int(found.group(1)) if found else 0)
                if time.monotonic() > began + bound:
                    child.kill()
                    raise AssertionError(f"the run did not end within {bound:g} s")
                time.sleep(0.01)
            stdout, stderr = child.communicate()
        after = os.times()
        written = folder / "out" / "events.ndjson"
        lines = written.read_text("utf-8").splitlines() if written.exists() else []
        return Outcome(
            child.returncode,
            stdout,
            stderr,
            time.monotonic() - began,
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system,
            peak / 1024,
            tuple(map(json.loads, lines)),
        )
