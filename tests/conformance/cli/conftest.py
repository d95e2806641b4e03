"""One whole run against moto, shared by all tests of the command line that only read it."""

from __future__ import annotations

import fcntl
import gzip
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fakes.processes import command


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


@pytest.fixture(scope="session")
def moto_run(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """A complete run against moto, made once for all processes of pytest-xdist."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder, ended = shared / "moto-run", shared / "moto-run.json"
    with (shared / "moto-run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ended.exists():
            done = command("run", "moto", "--seed", "7", "--out", str(folder), cwd=shared)
            ended.write_text(json.dumps([done.returncode, done.stdout, done.stderr]), "utf-8")
    return Results(folder, *json.loads(ended.read_text("utf-8")))
