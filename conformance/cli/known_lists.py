"""Reads the lists of known findings that commands are given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.cli import Refused

if TYPE_CHECKING:
    from reports.known.entries import Entry


def listed(path: Path) -> tuple[str, tuple[Entry, ...]]:
    """Return the text of a list and its entries. Raises ``Refused`` with the line."""
    from reports.known.entries import NotAKnownList, entries

    try:
        text = path.read_text("utf-8")
        return text, entries(text)
    except OSError as problem:
        raise Refused(f"{path} cannot be read: {problem.strerror}") from problem
    except UnicodeDecodeError as problem:
        raise Refused(f"{path} is not a list of known findings: it is no text") from problem
    except NotAKnownList as problem:
        raise Refused(f"{path}, {problem}") from problem


def known_findings(path: Path | None) -> dict[str, Any] | None:
    """Return a list as the header of a record keeps it, ``None`` where none is given."""
    if path is None:
        return None
    return {"file": path.name, "entries": [each.as_data() for each in listed(path)[1]]}
