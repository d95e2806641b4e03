"""A step of the GitHub Action, run as the runner runs it, and a fake of the suite's command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from fakes.processes import environment

SCRIPT = Path(__file__).resolve().parents[2] / "ci" / "action.sh"

#: The command as a script: it writes down what it was called with, and does as it is told.
FAKE = """#!/usr/bin/env bash
printf '%s\\0' "$@" >>"$RECORD"
"""


@dataclass(frozen=True)
class Step:
    """What one step of the action left: its exit code, log, outputs and summary."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str

    @property
    def obeyed(self) -> list[str]:
        """The lines of the log that the runner takes for commands."""
        lines, token = [], ""
        for line in re.split("\r|\n", self.log):
            if token:
                token = "" if line == f"::{token}::" else token
            elif line.startswith("::stop-commands::"):
                token = line.rpartition("::")[2]
            elif line.lstrip().startswith("::") or "##[" in line:
                lines.append(line)
        assert not token, "commands were never taken up again"
        return lines


def outputs(text: str) -> dict[str, str]:
    """The file GITHUB_OUTPUT as the runner reads it."""
    found, lines = {}, iter(text.split("\n"))
    for line in lines:
        if not line:
            continue
        name, _, end = line.partition("<<")
        assert end, f"not of the form that holds any value: {line!r}"
        value = []
        while (each := next(lines)) != end:
            value.append(each)
        found[name] = "\n".join(value)
    return found


def step(cwd: Path, command: str = "run", **inputs: str) -> Step:
    """Run the script in a folder as a step of a job."""
    cwd.mkdir(exist_ok=True)
    home = cwd / ".runner"
    home.mkdir(exist_ok=True)
    files = {"GITHUB_OUTPUT": home / "output", "GITHUB_STEP_SUMMARY": home / "summary"}
    for file in files.values():
        file.write_text("", "utf-8")
    clean = {
        name: value
        for name, value in environment().items()
        if not name.startswith(("GITHUB_", "RUNNER_", "INPUT_"))
    }
    done = subprocess.run(
        ["bash", str(SCRIPT), command],
        cwd=cwd,
        env={
            **clean,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "RUNNER_TEMP": str(home / "temp"),
            "RECORD": str(home / "record"),
            **{name: str(file) for name, file in files.items()},
            **inputs,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    return Step(
        done.returncode,
        done.stdout.decode("utf-8", "replace"),
        outputs(files["GITHUB_OUTPUT"].read_text("utf-8")),
        files["GITHUB_STEP_SUMMARY"].read_text("utf-8"),
    )


def fake(cwd: Path, script: str = "") -> Path:
    """Put a command of the suite's name where the install step puts the real one."""
    place = cwd / ".runner" / "temp" / "createmodel-conformance" / "bin"
    place.mkdir(parents=True, exist_ok=True)
    file = place / "createmodel-conformance"
    file.write_text(FAKE + script, "utf-8")
    file.chmod(0o755)
    return cwd / ".runner" / "record"


def called(record: Path) -> list[str]:
    """The arguments that the fake command was called with, all calls in one list."""
    return record.read_bytes().decode().split("\0")[:-1]
