"""Commands whose wall time is measured, and functions that are called in a process of their own.

``python -m benchmarks.commands MODULE.FUNCTION JSON...`` calls a function of this package with
those arguments and prints what it returns as JSON.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

#: The command line as ``createmodel-conformance`` starts it.
COMMAND = (sys.executable, "-m", "conformance")

#: The variable that tells ``benchmarks.schemathesis_hooks`` the file for its count.
COUNT = "BENCHMARKS_COUNT"


def output(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    codes: Sequence[int] = (0,),
) -> str:
    """Return what a command prints; raises ``RuntimeError`` when it ends with another code."""
    done = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(env or {})},
        cwd=cwd,
    )
    if done.returncode not in codes:
        last = (done.stderr.strip() or done.stdout.strip()).rpartition("\n")[2]
        name = " ".join(part for part in command[1:4] if part != "-m")
        raise RuntimeError(f"{name} ended with {done.returncode}: {last}")
    return done.stdout


def wall(
    command: Sequence[str], *, env: Mapping[str, str] | None = None, codes: Sequence[int] = (0,)
) -> float:
    """Return the seconds that a command takes."""
    since = time.perf_counter()
    output(command, env=env, codes=codes)
    return time.perf_counter() - since


def measured(function: str, *arguments: Any) -> dict[str, Any]:
    """Return what a function of this package, ``MODULE.FUNCTION``, returns in a new process."""
    command = [sys.executable, "-m", "benchmarks.commands", function]
    found: dict[str, Any] = json.loads(output([*command, *map(json.dumps, arguments)]))
    return found


def run(*arguments: str) -> tuple[float, list[dict[str, Any]]]:
    """Run ``run`` and return its wall time and the exchanges that it recorded."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out")
        began, since = time.time(), time.perf_counter()
        output([*COMMAND, "run", *arguments, "--seed", "1", "--exit-zero", "-q", "--out", out])
        seconds = time.perf_counter() - since
        with gzip.open(Path(out) / "exchanges.ndjson.gz", "rt", encoding="utf-8") as lines:
            exchanges = [
                {
                    "rule": each["rule"],
                    "began": each["began"] - began,
                    "ended": each["ended"] - began,
                }
                for each in map(json.loads, lines)
            ]
        return seconds, exchanges


@contextmanager
def reference_server() -> Iterator[str]:
    """Start the reference service as a child process and yield its URL."""
    command = [sys.executable, "-m", "conformance.reference", "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield server.stdout.readline().removeprefix("listening on ").strip()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    module, _, function = sys.argv[1].partition(".")
    called = getattr(import_module(f"benchmarks.{module}"), function)
    print(json.dumps(called(*map(json.loads, sys.argv[2:]))))
