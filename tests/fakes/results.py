"""What a run of the command line leaves, for tests that read it."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Results:
    """What a run left in its folder, and how the command ended."""

    folder: Path
    returncode: int
    stdout: str
    stderr: str

    @property
    def report(self) -> dict[str, Any]:
        """The content of report.json."""
        document: dict[str, Any] = json.loads((self.folder / "report.json").read_text("utf-8"))
        return document

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of events.ndjson."""
        text = (self.folder / "events.ndjson").read_text("utf-8")
        return [json.loads(line) for line in text.splitlines()]

    @property
    def exchanges(self) -> list[dict[str, Any]]:
        """The lines of exchanges.ndjson.gz."""
        with gzip.open(self.folder / "exchanges.ndjson.gz", "rt", encoding="utf-8") as file:
            return [json.loads(line) for line in file]
