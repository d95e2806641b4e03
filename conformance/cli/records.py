"""Reads what commands are given as records of runs, and writes what they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

    return [report(record_of(path)) for path in paths]


def write_to(path: Path, text: str) -> None:
    """Write a report to a path that the user gave. Raises ``Refused``."""
    from reports.files import write

    try:
        write(path, text)
    except OSError as problem:
        raise Refused(f"{path} cannot be written: {problem.strerror}") from problem
