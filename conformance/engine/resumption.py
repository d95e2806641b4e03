"""What of a record that was cut off can be kept, byte for byte, and what is still to be judged.

Kept are the judged sides in the order in which they were written, as long as each has the
exchanges that its line speaks of, and up to the first that stayed open because an answer did not
come: what a target that went away left open is judged again. A line or a gzip member that was cut
off, exchanges of a side without a line, and a footer that says that the run is partial are dropped.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.engine.exchanges import exchanges_digest
from conformance.engine.record import EVENTS, EXCHANGES
from conformance.oracle.verdicts import INCONCLUSIVE

#: Bytes of exchanges of one side, unpacked, at most: more than a conversation keeps, in escapes.
_LONGEST_MEMBER = 1 << 29

_READ = 1 << 20

Side = tuple[str, str]


@dataclass(frozen=True)
class Kept:
    """The part of a record to go on behind: its judged sides, and where it ends in both files.

    ``requests`` counts the exchanges that are kept.
    """

    judged: frozenset[Side]
    events_end: int
    exchanges_end: int
    requests: int


def kept(folder: Path) -> Kept:
    """Return what of the record in a folder can be kept. Raises ``OSError``.

    The events are those of a record that can be read: see ``reports.record``.
    """
    members = _members(folder / EXCHANGES)
    judged: set[Side] = set()
    requests, events_end, exchanges_end = 0, 0, 0
    ahead = next(members, None)
    for line, end in _lines(folder / EVENTS):
        if line["event"] == "end":
            continue
        if line["event"] == "judged":
            while ahead is not None and ahead.side[0] == "":  # an introduction, a clean-up
                requests, exchanges_end = requests + ahead.count, ahead.end
                ahead = next(members, None)
            side = (str(line["rule"]), str(line["side"]))
            empty = exchanges_digest(()) == line["exchanges"]
            if side in judged or not (empty or (ahead is not None and ahead.is_of(side, line))):
                break
            is_open = not empty and ahead is not None and ahead.lacks_answers
            if is_open and line["verdict"] == INCONCLUSIVE:
                break
            judged.add(side)
            if not empty and ahead is not None:
                requests, exchanges_end = requests + ahead.count, ahead.end
                ahead = next(members, None)
        events_end = end
    while ahead is not None and ahead.side[0] == "":
        requests, exchanges_end = requests + ahead.count, ahead.end
        ahead = next(members, None)
    return Kept(frozenset(judged), events_end, exchanges_end, requests)


@dataclass(frozen=True)
class _Member:
    """A gzip member: the exchanges of one side, and where it ends in the file."""

    side: Side
    digest: str
    count: int
    lacks_answers: bool
    end: int

    def is_of(self, side: Side, line: Mapping[str, Any]) -> bool:
        """Tell whether these are the exchanges that a judged line speaks of."""
        return self.side == side and self.digest == line["exchanges"]


def _lines(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield the events of whole lines and where each line ends."""
    end = 0
    with path.open("rb") as file:
        for line in file:
            end += len(line)
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                return
            if not line.endswith(b"\n") or not isinstance(event, dict):
                return
            yield event, end


def _members(path: Path) -> Iterator[_Member]:
    """Yield the whole members of a gzip file as exchanges; ends where it was cut off."""
    with suppress(OSError, zlib.error, ValueError, KeyError, TypeError), path.open("rb") as file:
        unread, end = b"", 0
        while True:
            packed = zlib.decompressobj(zlib.MAX_WBITS | 16)
            plain = b""
            while not packed.eof:
                data = unread or file.read(_READ)
                if not data:
                    return
                end += len(data)
                plain += packed.decompress(data, _LONGEST_MEMBER - len(plain) + 1)
                if packed.unconsumed_tail or len(plain) > _LONGEST_MEMBER:
                    return
                unread = b""
            unread = packed.unused_data
            end -= len(unread)
            yield _member(plain, end)


def _member(plain: bytes, end: int) -> _Member:
    records = [json.loads(line) for line in plain.splitlines()]
    sides = {(record.pop("rule"), record.pop("side")) for record in records}
    (side,) = sides
    lacks_answers = any("fault" in record for record in records)
    return _Member(side, exchanges_digest(records), len(records), lacks_answers, end)
