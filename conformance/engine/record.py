"""Writes the record of a run: ``events.ndjson`` and ``exchanges.ndjson.gz``, flushed as written.

Only one process writes. A record without a footer, or with one that says so, was cut off.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from conformance import __version__
from conformance.engine.exchanges import Record
from conformance.engine.judgement import Judgement
from conformance.spec import documents
from conformance.spec.rules import Rule
from strategies.cases import separable

EVENTS = "events.ndjson"
EXCHANGES = "exchanges.ndjson.gz"
FORMAT = 1

#: What ``reports.files`` makes of a record.
_REPORTS = ("report.json", "report.html", "junit.xml", "summary.md", "badge.json", "badge.svg")


def now() -> str:
    """Return the time as ISO 8601 in UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def described(rule: Rule) -> dict[str, Any]:
    """Return a rule as the record and ``rules --json`` show it."""
    return {
        "id": rule.id,
        "operation": rule.operation,
        "member": rule.member,
        "constraint": rule.constraint,
        "level": rule.level,
        "provenance": list(rule.provenance),
        "source": list(rule.sources),
        "separable": separable(rule),
        "sides": list(rule.sides),
        "statement": rule.statement,
    }


def header(
    target: Mapping[str, Any],
    options: Mapping[str, Any],
    rules: Iterable[Rule],
    known: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the first line of the events of a run.

    ``known`` is the list of known findings that it is held against: ``file`` and ``entries``.
    """
    model = documents.model()
    return {
        "event": "start",
        "format": FORMAT,
        "suite": {"name": "createmodel-conformance", "version": __version__},
        "spec": {
            "digest": documents.digest(),
            "api_version": model["api_version"],
            "botocore": model["botocore"],
        },
        "target": dict(target),
        "options": dict(options),
        "started": now(),
        "rules": [described(rule) for rule in rules],
        **({"known": dict(known)} if known is not None else {}),
    }


class Recorder:
    """The one writer of a run's two files. Raises ``OSError`` when the folder cannot be written."""

    def __init__(self, folder: Path, head: Mapping[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for report in _REPORTS:  # an earlier run's must not stand beside ours
            (folder / report).unlink(missing_ok=True)
        self.folder = folder
        self._requests = 0
        self._events: IO[str] = (folder / EVENTS).open("w", encoding="utf-8")
        try:
            self._exchanges = gzip.open(folder / EXCHANGES, "wb", compresslevel=3)  # noqa: SIM115
        except OSError:
            self._events.close()
            raise
        self._line(head)

    def _line(self, event: Mapping[str, Any]) -> None:
        self._events.write(json.dumps(event, ensure_ascii=True) + "\n")
        self._events.flush()

    def judged(self, judgement: Judgement) -> None:
        """Write one judged side: first its exchanges, then the line that speaks of them."""
        self.exchanges(judgement.rule.id, judgement.side, judgement.exchanges)
        self._line(judgement.as_event())

    def exchanges(self, rule: str, side: str, records: Iterable[Record]) -> None:
        """Write exchanges under the rule and side that they belong to."""
        for record in records:
            self._requests += 1
            line = json.dumps({"rule": rule, "side": side, **record}, ensure_ascii=True)
            self._exchanges.write(line.encode() + b"\n")
        self._exchanges.flush(zlib.Z_SYNC_FLUSH)

    def close(self, *, complete: bool, reason: str, leftovers: int) -> None:
        """Write the footer and close both files."""
        self._line(
            {
                "event": "end",
                "complete": complete,
                "reason": reason,
                "requests": self._requests,
                "leftovers": leftovers,
                "ended": now(),
            }
        )
        self._events.close()
        self._exchanges.close()
