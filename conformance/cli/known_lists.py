"""Reads the lists of known findings that commands are given, and refuses what is none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import Refused

if TYPE_CHECKING:
    from reports.known.entries import Entry


@contextmanager
def _refusing() -> Iterator[None]:
    from reports.known.reading import UnreadableList

    try:
        yield
    except UnreadableList as problem:
        raise Refused(str(problem)) from problem


def listed(path: Path) -> tuple[str, tuple[Entry, ...]]:
    """Return the text of a list and its entries. Raises ``Refused`` with the line."""
    from reports.known import reading

    with _refusing():
        return reading.listed(path)


def known_findings(path: Path | None) -> dict[str, Any] | None:
    """Return a list as the header of a record keeps it, ``None`` where none is given."""
    if path is None:
        return None
    from reports.known import reading

    with _refusing():
        return reading.known_findings(path)
