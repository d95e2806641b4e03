"""Reads the record of a run back; every report starts from what is returned here."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.engine.record import EVENTS, EXCHANGES, FORMAT
from conformance.oracle.verdicts import ORDER
from reports.bounded import text_of

Event = Mapping[str, Any]

#: Characters of a line of exchanges, at most: the longest reply that is received, 8 MiB, takes
#: 48 Mi in escapes.
_LONGEST_LINE = 1 << 26

#: Characters of all exchanges, at most. A deep run has 2e8; a file made to fill a disk has no end.
_LONGEST = 1 << 33

#: No event of a run is nested so deeply.
_DEEPEST = 100

#: Characters of what stands in a record, at most, in a sentence about it.
_SHOWN = 80

#: What every report relies on, by the kind of line; a list stands for items of one form each.
_FORMS: dict[str, dict[str, Any]] = {
    "start": {
        "suite": dict,
        "spec": {"digest": str},
        "target": {"name": str, "fingerprint": dict},
        "options": {"region": str},
        "started": str,
        "rules": [
            {
                "id": str,
                "member": str,
                "constraint": str,
                "level": str,
                "source": [str],
                "sides": [str],
                "statement": str,
            }
        ],
    },
    "judged": {"rule": str, "side": str, "verdict": str, "cases": dict, "note": str},
    "end": {"complete": bool, "requests": int, "leftovers": int, "ended": str},
}
_FINDING = {
    "case": {"label": str},
    "request": object,
    "reply": object,
    "expected": str,
    "why": str,
    "way": str,
    "also": list,
}


def _has_form(value: Any, form: Any) -> bool:
    if isinstance(form, dict):
        return isinstance(value, dict) and all(
            name in value and _has_form(value[name], inner) for name, inner in form.items()
        )
    if isinstance(form, list):
        return isinstance(value, list) and all(_has_form(each, form[0]) for each in value)
    return isinstance(value, form)


def _is_event(event: Any) -> bool:
    """Tell whether reports can rely on a line; kinds of lines that they do not read are fine."""
    if not isinstance(event, dict) or not isinstance(event.get("event"), str):
        return False
    if not _has_form(event, _FORMS.get(event["event"], {})):
        return False
    if event["event"] != "judged":
        return True
    finding = event.get("finding", ...)
    return event["verdict"] in ORDER and (finding is None or _has_form(finding, _FINDING))


class NotARecord(Exception):
    """A path does not hold a record that this version can read; the message says why."""


_NO_HEADER = "{place} is not a record of a run: it does not begin with its header"


def _lines(text: str) -> list[str]:
    """Return the lines of a record: other tools may write U+2028 inside one as it is."""
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]


def _check_header(event: Any, place: str) -> None:
    """Raise ``NotARecord`` unless a first line is a header of the format that can be read."""
    if not isinstance(event, dict) or event.get("event") != "start":
        raise NotARecord(_NO_HEADER.format(place=place))
    if event.get("format") != FORMAT:
        found = event.get("format")
        said = repr(found)[:_SHOWN] if isinstance(found, str | int | float) else "of another kind"
        raise NotARecord(f"{place} has format {said}; this version reads format {FORMAT}")


@dataclass(frozen=True)
class RunRecord:
    """The events of one run: header, judged sides in the order they were written, footer.

    ``footer`` is ``None`` for a run that was cut off; ``resumed`` is how often it was before, and
    was gone on with.
    """

    header: Event
    judged: tuple[Event, ...]
    footer: Event | None
    resumed: int = 0

    @property
    def complete(self) -> bool:
        """Whether the run went to its end."""
        return self.footer is not None and bool(self.footer["complete"])

    @classmethod
    def load(cls, path: Path | str) -> RunRecord:
        """Read ``events.ndjson`` from a file or from the folder of a run.

        A last line that was cut in the middle is passed over: the run was killed while writing.
        Raises ``NotARecord`` for anything else that is not a record.
        """
        place = Path(path)
        place = place / EVENTS if place.is_dir() else place
        try:
            lines = _lines(text_of(place))
        except OSError as problem:
            raise NotARecord(f"{place} cannot be read: {problem.strerror}") from problem
        except UnicodeDecodeError as problem:
            raise NotARecord(f"{place} is not a record of a run: it is no text") from problem
        return cls.from_lines(lines, str(place))

    @classmethod
    def from_lines(cls, lines: list[str], place: str = "the record") -> RunRecord:
        """Return a record from its lines; see ``load``."""
        events: list[Event] = []
        for number, line in enumerate(lines, 1):
            try:
                event = json.loads(line)
            except (ValueError, RecursionError) as problem:
                if number == len(lines):
                    break
                raise NotARecord(f"{place}, line {number}: not JSON") from problem
            if number == 1:
                _check_header(event, place)
            if not _is_event(event):
                raise NotARecord(f"{place}, line {number}: not an event of a run")
            events.append(event)
        if not events:
            raise NotARecord(f"{place} is empty, or was cut off in its first line")
        header = events[0]
        footer = events[-1] if events[-1]["event"] == "end" else None
        judged = tuple(event for event in events[1:] if event["event"] == "judged")
        return cls(header, judged, footer, sum(each["event"] == "resumed" for each in events))


def check_schema(path: Path | str) -> None:
    """Raise ``NotARecord`` for the first line of a record that breaks the published schema.

    It takes seconds for a whole run, so that it is done only when something is wrong.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    from reports.schemas import schema

    place = Path(path)
    place = place / EVENTS if place.is_dir() else place
    validator = Draft202012Validator(schema("events"))
    for number, line in enumerate(_lines(text_of(place)), 1):
        try:
            event = json.loads(line)
        except (ValueError, RecursionError):
            return  # the last line, cut off while it was written: nobody read it
        if _is_deep(event):
            raise NotARecord(f"{place}, line {number}: not an event of a run (nested too deeply)")
        broken = best_match(validator.iter_errors(event))
        if broken is not None:
            where = "/".join(map(str, broken.absolute_path))[:_SHOWN] or "the line"
            raise NotARecord(f"{place}, line {number}: not an event of a run ({where} is wrong)")


def _is_deep(value: Any) -> bool:
    """Tell whether a value is nested more deeply than reports can show."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def exchanges(folder: Path, *, whole: bool = False) -> Iterator[Event]:
    """Yield the recorded exchanges of a run's folder; stops where the file was cut off.

    Yields nothing when the file is missing or is no gzip file at all. With ``whole``, where all of
    them must be there, raises ``NotARecord`` instead. No line is read beyond a bearable length,
    nor a file: some bytes of gzip may stand for a thousand times as many.
    """
    place, number, read = folder / EXCHANGES, 0, 0
    try:
        with gzip.open(place, "rt", encoding="utf-8") as file:
            while line := file.readline(_LONGEST_LINE):
                number += 1
                read += len(line)
                if len(line) == _LONGEST_LINE or read > _LONGEST:
                    raise ValueError("too long")
                yield json.loads(line)
    except (EOFError, ValueError, RecursionError, zlib.error, OSError) as problem:
        if whole:
            raise NotARecord(
                f"{place} is damaged, cut off or missing behind line {number}: not every exchange "
                "can be read"
            ) from problem
        if isinstance(problem, OSError) and not isinstance(
            problem, gzip.BadGzipFile | FileNotFoundError
        ):
            raise
