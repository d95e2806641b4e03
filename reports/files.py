"""Writes the reports that every run leaves beside its record."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from reports.badge import badge_json, badge_svg
from reports.junit import junit
from reports.markdown import markdown
from reports.pages.run_page import run_page
from reports.record import RunRecord
from reports.summary import report

Report = Mapping[str, Any]


def report_json(document: Report) -> str:
    """Return the text of ``report.json``."""
    return json.dumps(document, indent=1) + "\n"


#: The files that a run leaves, and what makes each of a report.
REPORTS: Mapping[str, Callable[[Report], str]] = {
    "report.json": report_json,
    "report.html": run_page,
    "junit.xml": junit,
    "summary.md": markdown,
    "badge.json": badge_json,
    "badge.svg": badge_svg,
}


def write_reports(folder: Path) -> dict[str, Any]:
    """Write every report into a run's folder and return the report as data.

    All of them or none: raises ``OSError`` where one cannot be written.
    """
    document = report(RunRecord.load(folder))
    try:
        for name, made in REPORTS.items():
            write(folder / name, made(document))
    except OSError:
        for name in REPORTS:
            with suppress(OSError):
                (folder / name).unlink(missing_ok=True)
        raise
    return document


def write(path: Path, text: str) -> None:
    """Write a report, whole or not at all; half a surrogate pair becomes a question mark.

    What is no regular file (``/dev/stdout``, a pipe) is written to as it is.
    """
    data = text.encode("utf-8", "replace")
    path = path.resolve()
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(data)
        if path.exists():  # who may read it is not ours to decide
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
