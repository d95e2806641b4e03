"""The journal of a run: what it was about to make on its target, written before it is sent.

It stands beside the record, for targets that outlive the run: ``journal.ndjson`` of the process
that writes the record, ``journal-1.ndjson``, ... of its workers. Of a run on a cluster there is one
for each replica, in a folder ``replica-1``, ... of its own. Lines are appended whole and with
one call of the system, so that a SIGKILL at any moment loses nothing that was sent. There are no
keys in it, and no request but for its name.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Any

from conformance.engine.locks import InUse, lock
from conformance.engine.made import KINDS
from conformance.engine.ownership import Event, Ledger

FORMAT = 1

#: What a ledger tells: see ``ownership``.
_EVENTS = ("intent", "owned", "refused", "over", "silent", "doubt", "gone")

_NAME = re.compile(r"journal(-\d+)?\.ndjson")
_REPLICA = re.compile(r"replica-\d+")

#: What names of a run begin with: see ``names.run_prefix``. Anything shorter may be anybody's.
_PREFIX = re.compile(r"cmc[a-z]{10}")

#: Bytes of a journal, at most: a deep run writes some 20 MB; and of a line.
_LONGEST, _LONGEST_LINE = 1 << 30, 1 << 20

#: Writes an event down, without needless blanks; made once, for there are many.
_written = json.JSONEncoder(separators=(",", ":")).encode

#: Epoch seconds that no clock shows; NaN is not less either.
_END_OF_TIME = 1e11


def path_of(folder: Path, share: int = 0) -> Path:
    """Return where the process ``share`` of a run writes its journal."""
    return folder / (f"journal-{share}.ndjson" if share else "journal.ndjson")


def paths(folder: Path) -> list[Path]:
    """Return the journals in a run's folder."""
    try:
        return sorted(each for each in folder.iterdir() if _NAME.fullmatch(each.name))
    except OSError:
        return []


def folder_of(folder: Path, replica: int) -> Path:
    """Return where the journal stands about a replica, counted from 1, of a run on a cluster."""
    return folder / f"replica-{replica}"


def is_of_a_replica(folder: Path) -> bool:
    """Tell whether a folder is one that ``folder_of`` names."""
    return _REPLICA.fullmatch(folder.name) is not None


def folders(folder: Path) -> list[Path]:
    """Return where journals stand of the run in a folder: there, or for each replica apart."""
    with suppress(OSError):
        inner = sorted(each for each in folder.iterdir() if is_of_a_replica(each))
        return [each for each in (folder, *inner) if paths(each)]
    return []


@dataclass(frozen=True)
class Heading:
    """What a journal begins with, and each further run that goes on in its folder.

    ``target`` is how the user called it; ``before`` the names of models that were there at the
    start and might be taken for ours, ``None`` when they are not known. ``is_shared`` says that
    others, who keep no journal, make models under the run's prefix, too.
    """

    target: str
    endpoint: str
    region: str
    client: str
    prefix: str
    before: Sequence[str] | None
    is_shared: bool = False

    def as_event(self) -> Event:
        """Return the line of a journal."""
        before = None if self.before is None else sorted(self.before)
        return {"event": "start", "format": FORMAT, **vars(self), "before": before}


class JournalFile:
    """A journal that is appended to, by us alone.

    Raises ``OSError`` when it cannot be written, ``InUse`` while another run does.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
        self._file = os.open(path, flags | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            lock(self._file)
        except OSError:
            os.close(self._file)
            raise
        size = os.fstat(self._file).st_size
        #: Whether the last line is whole: what follows a cut-off one begins a new line.
        self._is_whole = not size or _last_byte(path) == b"\n"

    @classmethod
    def begun(cls, path: Path, heading: Heading) -> JournalFile:
        """Return the journal at a path with a heading for what follows."""
        journal = cls(path)
        try:
            journal.note(heading.as_event())
        except OSError:
            journal.close()
            raise
        return journal

    def note(self, event: Event) -> None:
        """Append one line. Raises ``OSError``; what was written of it does not count."""
        line = _written(event).encode() + b"\n"
        data = line if self._is_whole else b"\n" + line
        self._is_whole = False
        if os.write(self._file, data) < len(data):
            raise OSError("it was written only in part")
        self._is_whole = True

    def close(self) -> None:
        """Close the file; nothing can be noted any more."""
        os.close(self._file)


def _last_byte(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1)


class NotAJournal(Exception):
    """A file is not a journal that this version can read; the message says why."""


def read(folder: Path) -> tuple[list[Heading], list[tuple[str, list[Event]]]]:
    """Return the headings in a run's journals, and prefix and events of each process of each run.

    Lines that were cut off are passed over. Raises ``NotAJournal`` for anything that is not ours.
    """
    headings: list[Heading] = []
    parts: list[tuple[str, list[Event]]] = []
    for path in paths(folder):
        prefix = None
        for event in _lines(path):
            if event["event"] == "start":
                heading = _heading(event, path)
                prefix = heading.prefix
                headings += [heading] if path == path_of(folder) else []
                parts.append((prefix, []))
            elif prefix is None:
                raise NotAJournal(f"{path} is not a journal of a run: it has no first line")
            elif event["operation"] in KINDS:
                parts[-1][1].append(event)
    if parts and not headings:
        raise NotAJournal(f"{folder}: the journals do not say which target they are about")
    return headings, parts


def _lines(path: Path) -> Iterator[Event]:
    try:
        state = path.stat()
        if not S_ISREG(state.st_mode):  # a device or a pipe may have no end
            raise NotAJournal(f"{path} is not a file")
        if state.st_size > _LONGEST:
            raise NotAJournal(f"{path} is too long for a journal")
        with path.open("rb") as file:
            while line := file.readline(_LONGEST_LINE):
                with suppress(ValueError, RecursionError):
                    event = json.loads(line)
                    if _is_event(event):
                        yield event
    except OSError as problem:
        raise NotAJournal(f"{path} cannot be read: {problem.strerror}") from problem


def _is_event(event: Any) -> bool:
    if not isinstance(event, dict):
        return False
    if event.get("event") == "start":
        return True
    is_known = event.get("event") in _EVENTS
    at = event.get("at", 0.0)
    is_timed = isinstance(at, int | float) and abs(at) < _END_OF_TIME
    return is_known and is_timed and isinstance(event.get("operation"), str) and "name" in event


def _heading(event: Mapping[str, Any], path: Path) -> Heading:
    if event.get("format") != FORMAT:
        raise NotAJournal(f"{path} has another format; this version reads format {FORMAT}")
    texts = {key: event.get(key) for key in ("target", "endpoint", "region", "client", "prefix")}
    before = event.get("before")
    is_list = isinstance(before, list) and all(isinstance(each, str) for each in before)
    are_texts = all(isinstance(each, str) and each for each in texts.values())
    is_a_runs = _PREFIX.fullmatch(str(texts["prefix"])) is not None
    if not (are_texts and is_a_runs and (before is None or is_list)):
        raise NotAJournal(f"{path} is not a journal of a run: its first line is wrong")
    is_shared = event.get("is_shared") is True
    if is_shared and not is_of_a_replica(path.absolute().parent):  # all with its prefix is deleted
        raise NotAJournal(f"{path} is of a run on a cluster, and not where such a run keeps it")
    return Heading(**texts, before=before, is_shared=is_shared)  # type: ignore[arg-type]


def held(folder: Path) -> bool:
    """Tell whether the run that writes to a folder's journal is still going on."""
    try:
        file = os.open(path_of(folder), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        lock(file)
    except InUse:
        return True
    finally:
        os.close(file)
    return False


def ledger_of(folder: Path) -> tuple[Heading, Ledger] | None:
    """Return what a run may have made and where, ``None`` when it has no journal.

    Raises ``NotAJournal``. A name that was there when any part of the run began is not ours.
    """
    headings, parts = read(folder)
    if not headings:
        return None
    ledger = Ledger(headings[-1].prefix)
    join_all(ledger, headings, parts)
    return headings[-1], ledger


def join_all(
    ledger: Ledger, headings: Sequence[Heading], parts: Sequence[tuple[str, list[Event]]]
) -> None:
    """Let count in a ledger what journals tell, and what was there when each part began."""
    ledger.is_shared = ledger.is_shared or any(each.is_shared for each in headings)
    known = [frozenset(each.before) for each in headings if each.before is not None]
    if known:
        ledger.before = (ledger.before or frozenset()).union(*known)
    for prefix, events in parts:
        ledger.join(prefix, events)
