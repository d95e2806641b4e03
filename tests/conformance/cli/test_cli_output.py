"""What a run prints, and where to: terminals, pipes whose reader goes away, full devices."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes.processes import COMMAND, command, environment
from jsonschema import Draft202012Validator

from conformance.cli import cli
from reports.files import REPORTS
from reports.schemas import schema

HOSTILE_TARGET = """
import json
from dataclasses import replace
from conformance.reference import application
from conformance.targets.wsgi import WsgiTarget

HOSTILE = "\\x1b[31mred\\x1b[0m \\x9b2J [bold]b[/bold] [/] ]]></failure> <b>&amp; "
HOSTILE += "\\x00 \\ud800 \\u202e"

class Hostile:
    def __init__(self):
        self.inner = WsgiTarget("x", application(), fingerprint={})

    def send(self, call):
        reply = self.inner.send(call)
        headers = (*reply.headers, ("X-" + HOSTILE, HOSTILE))
        if reply.status >= 400 and call.operation == "CreateModel":
            body = json.dumps({"__type": HOSTILE, "message": HOSTILE}).encode()
            headers = (("Content-Type", HOSTILE), ("x-amzn-RequestId", HOSTILE))
            return replace(reply, body=body, headers=headers)
        return replace(reply, headers=headers)

    def fingerprint(self):
        return {"version": HOSTILE}
"""


def test_a_target_that_sends_escape_codes_and_markup_harms_no_output(tmp_path: Path) -> None:
    """Summary, junit.xml, report and record stay what they should be."""
    (tmp_path / "hostile.py").write_text(HOSTILE_TARGET, "utf-8")
    done = command(
        "run", "python:hostile:Hostile", "--select", "errors", "--select", "response",
        "--out", "out", cwd=tmp_path, FORCE_COLOR="",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    printed = done.stdout + done.stderr
    assert "Traceback" not in printed
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", printed)
    assert "red" in printed
    root = ET.parse(tmp_path / "out" / "junit.xml").getroot()
    assert len(list(root.iter("failure"))) >= 3
    document = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    Draft202012Validator(schema("report")).validate(document)


@pytest.mark.parametrize("no_color", ["", "1"])
def test_a_terminal_gets_colours_unless_NO_COLOR_asks_for_none(
    no_color: str, tmp_path: Path
) -> None:
    """On a terminal the verdict is coloured; with NO_COLOR no escape code is written at all."""
    ours, theirs = pty.openpty()
    options = ("--select", "response/status", "--out", "out")
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        done = subprocess.run(
            [*COMMAND, "run", "reference", *options],
            cwd=tmp_path,
            env=environment(NO_COLOR=no_color, TERM="xterm-256color"),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.PIPE,
            check=False,
        )
        os.close(theirs)
        printed = b""
        with suppress(OSError):  # how Linux says that the other end is closed
            while part := terminal.read(65536):
                printed += part
    assert done.returncode == 0, done.stderr
    assert b"conforming" in printed
    assert (b"\x1b" in printed) == (not no_color)


def test_a_terminal_that_knows_only_ascii_is_no_error(tmp_path: Path) -> None:
    """The summary, with its ellipses, is printed with escapes instead of a traceback."""
    done = command(
        "run", "moto", "--select", "CreateModel/Pri*:enum", cwd=tmp_path,
        PYTHONUTF8="0", PYTHONIOENCODING="ascii",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert done.stdout.isascii()
    assert "enum is not enforced" in done.stdout


@pytest.mark.parametrize("what", ["cases", "openapi", "rules --json", "rules"])
def test_a_reader_that_goes_away_is_told_from_every_answer(what: str, tmp_path: Path) -> None:
    """Exit code 141 and no word, as of any program that writes to a closed pipe; never 0 or 1.

    The reader is gone before the first byte: how much a pipe takes without one differs by machine.
    """
    theirs, ours = os.pipe()
    os.close(theirs)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "conformance", *what.split()],
            cwd=tmp_path,
            env=environment(),
            stdout=ours,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(ours)
    assert (done.returncode, done.stderr) == (141, b"")


RUN = "run reference --select errors/status --out out"


@pytest.mark.parametrize("what", [RUN, f"{RUN} -q"])
def test_a_run_whose_reader_goes_away_has_written_everything(what: str, tmp_path: Path) -> None:
    """Nor is it said that the folder could not be written."""
    test_a_reader_that_goes_away_is_told_from_every_answer(what, tmp_path)
    assert json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))["complete"]
    assert {path.name for path in (tmp_path / "out").iterdir()} >= set(REPORTS)


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """Exit code 4, no traceback."""
    line = f"{sys.executable} -m conformance openapi > /dev/full"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == 4
    assert done.stderr == b"Error: the output cannot be written: No space left on device\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&- <&-"])
@pytest.mark.parametrize("workers", [1, 2])
def test_a_closed_stream_changes_no_exit_code(closed: str, workers: int, tmp_path: Path) -> None:
    """What would have been said goes nowhere; all reports are there."""
    options = f"--select errors/status -n {workers} --out out"
    line = f"{sys.executable} -m conformance run reference {options} {closed}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=tmp_path, env=environment(), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert {path.name for path in (tmp_path / "out").iterdir()} >= set(REPORTS)


@pytest.mark.parametrize("option", ["--max-time", "--rule-time", "--timeout"])
@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "-1", "1e9", "soon"])
def test_a_time_that_cannot_be_meant_is_refused(option: str, seconds: str, tmp_path: Path) -> None:
    """Exit code 2 and one sentence that names it."""
    done = CliRunner().invoke(cli, ["run", "reference", option, seconds, "--out", str(tmp_path)])
    assert done.exit_code == 2, done.output
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_run_whose_time_is_over_says_so_and_is_inconclusive(tmp_path: Path) -> None:
    """--max-time ends the run, --rule-time a side of a rule: exit code 3."""
    for options, says in (
        (["--max-time", "0.5"], "The time for this run, 0.5 s, is over: this run is partial."),
        (["--rule-time", "0.001", "-q"], "inconclusive"),
    ):
        out = str(tmp_path / options[0])
        chosen = ["--select", "CreateModel/P*", "--out", out]
        done = CliRunner().invoke(cli, ["run", "reference", *options, *chosen])
        assert done.exit_code == 3, done.output
        assert says in done.output
