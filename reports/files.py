"""Writes the reports that every run leaves beside its record."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reports.junit import junit
from reports.record import RunRecord
from reports.summary import report


def write_reports(folder: Path) -> dict[str, Any]:
    """Write ``report.json`` and ``junit.xml`` into a run's folder and return the report."""
    document = report(RunRecord.load(folder))
    (folder / "report.json").write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    (folder / "junit.xml").write_text(junit(document), "utf-8")
    return document
