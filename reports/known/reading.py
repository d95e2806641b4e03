"""Reads a file with a list of known findings, for the command line and the pytest plugin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.bounded import bytes_of
from reports.known.entries import Entry, NotAKnownList, entries


class UnreadableList(Exception):
    """A file cannot be read as a list of known findings; the message is one sentence."""


def listed(path: Path) -> tuple[str, tuple[Entry, ...]]:
    """Return the text of a list and its entries. Raises ``UnreadableList`` with the line."""
    try:
        text = bytes_of(path).decode()  # with the ends of its lines as they are
        return text, entries(text)
    except OSError as problem:
        raise UnreadableList(f"{path} cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise UnreadableList(f"{path} is not a list of known findings: it is no text") from problem
    except NotAKnownList as problem:
        raise UnreadableList(f"{path}, {problem}") from problem


def known_findings(path: Path) -> dict[str, Any]:
    """Return a list as the header of a record keeps it. Raises ``UnreadableList``."""
    return {"file": path.name, "entries": [each.as_data() for each in listed(path)[1]]}
