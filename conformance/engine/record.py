"""Writes the record of a run: ``events.ndjson`` and ``exchanges.ndjson.gz``, flushed as written.

Only one process writes. A record without a footer, or with one that says so, was cut off, and can
be gone on with: each judged side has its exchanges in a gzip member of their own, written before
the line that speaks of them, so that a kill at any moment leaves whole sides behind.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance import __version__
from conformance.engine.exchanges import Record, digest_of, text_of
from conformance.engine.judgement import Judgement
from conformance.engine.locks import lock
from conformance.spec import documents
from conformance.spec.captures import evidence
from conformance.spec.rules import Rule
from strategies.cases import separable

if TYPE_CHECKING:
    from conformance.engine.resumption import Kept

EVENTS = "events.ndjson"
EXCHANGES = "exchanges.ndjson.gz"
FORMAT = 1

#: How hard exchanges are packed: more takes time and gains little.
_LEVEL = 3

#: Bits of zlib's window, and 16 for what gzip writes around it.
_GZIP = zlib.MAX_WBITS + 16

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
        "source": list(evidence(rule.sources)),
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

    def __init__(self, folder: Path, head: Mapping[str, Any], resumed: Kept | None = None) -> None:
        """Begin with the header ``head``; ``resumed`` is the part of a record to go on behind."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._requests = resumed.requests if resumed else 0
        self._events = _opened(folder / EVENTS)
        try:
            self._exchanges = _opened(folder / EXCHANGES)
            for report in _REPORTS:  # an earlier run's must not stand beside ours
                (folder / report).unlink(missing_ok=True)
            _cut(self._exchanges, resumed.exchanges_end if resumed else 0)
            _cut(self._events, resumed.events_end if resumed else 0)
            if resumed:
                self._line({"event": "resumed", "at": now(), "kept": len(resumed.judged)})
            else:
                self._line(head)
        except OSError:
            self.abandon()
            raise

    def _line(self, event: Mapping[str, Any]) -> None:
        _written(self._events, json.dumps(event, ensure_ascii=True).encode() + b"\n")

    def judged(self, judgement: Judgement) -> None:
        """Write one judged side: first its exchanges, then the line that speaks of them."""
        digest = self.exchanges(judgement.rule.id, judgement.side, judgement.exchanges)
        self._line(judgement.as_event(digest))

    def exchanges(self, rule: str, side: str, records: Iterable[Record]) -> str:
        """Write exchanges under the rule and side that they belong to; return their digest."""
        head = json.dumps({"rule": rule, "side": side}).encode()[:-1] + b", "
        packer = zlib.compressobj(_LEVEL, wbits=_GZIP)
        packed: list[bytes] = []
        before = self._requests

        def written() -> Iterator[bytes]:
            for record in records:
                line = text_of(record)
                packed.append(packer.compress(head + line[1:]))
                self._requests += 1
                yield line

        digest = digest_of(written())
        if self._requests > before:
            _written(self._exchanges, b"".join([*packed, packer.flush()]))
        return digest

    def close(self, *, complete: bool, reason: str, leftovers: int) -> None:
        """Write the footer and close both files."""
        try:
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
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Close both files as they are: without a footer the record says that it was cut off."""
        self._events.close()
        if hasattr(self, "_exchanges"):
            self._exchanges.close()


def _opened(path: Path) -> FileIO:
    """Open a file to append to, for us alone. Raises ``OSError``, ``InUse`` where another has it.

    What is written is with the system at once; whatever ends this process ends the lock.
    """
    file = FileIO(path, "ab")
    try:
        lock(file.fileno())
    except OSError:
        file.close()
        raise
    return file


def _cut(file: FileIO, size: int) -> None:
    """Drop what stands behind a size; what is no regular file is as it is."""
    if os.fstat(file.fileno()).st_size > size:
        os.ftruncate(file.fileno(), size)


def _written(file: FileIO, data: bytes) -> None:
    """Write all of it; a disk that fills up takes a part and refuses the rest."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) or 0 :]
