"""Reads what commands are given as records of runs, and writes what they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import Refused

if TYPE_CHECKING:
    from reports.record import RunRecord


def record_of(path: str | Path) -> RunRecord:
    """Return the record at a path: a run's folder or an events file. Raises ``Refused``."""
    from reports.record import NotARecord, RunRecord

    try:
        return RunRecord.load(path)
    except NotARecord as problem:
        raise Refused(str(problem)) from problem


def reports_of(paths: Sequence[str | Path]) -> list[dict[str, Any]]:
    """Return the reports of several runs, in their order. Raises ``Refused``."""
    from reports.summary import report

    found = []
    for path in paths:
        record = record_of(path)
        with blaming(path):
            found.append(report(record))
    return found


@contextmanager
def blaming(*paths: str | Path) -> Iterator[None]:
    """Turn a fault within into the sentence that a record is to blame for, where one is.

    Reading looks at the outer form of a record's lines alone, for speed; what it lets through may
    be wrong further inside. Then, and only then, every line is held to the published schema.
    """
    from reports.record import NotARecord, check_schema

    try:
        yield
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as fault:  # whatever it is, it is raised again unless a record is to blame
        try:
            for path in paths:
                check_schema(path)
        except NotARecord as problem:
            raise Refused(str(problem)) from fault
        raise


def write_to(path: Path, text: str) -> None:
    """Write a report to a path that the user gave. Raises ``Refused``."""
    from reports.files import write

    try:
        write(path, text)
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror}") from problem
