"""Start-up: help is instant, because heavy modules are imported where they are used."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from fakes.processes import COMMAND, command, environment

HEAVY = {"hypothesis", "moto", "boto3", "botocore", "rich", "schemathesis", "pytest", "requests"}


def imported(*arguments: str, cwd: Path) -> set[str]:
    """The top-level modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "conformance", *arguments],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    names = [line.rpartition("|")[2].strip() for line in done.stderr.splitlines()]
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--help",),
        ("--version",),
        ("run", "--help"),
        ("rules", "-h"),
        ("explain", "--help"),
        ("spec", "diff", "-h"),
        ("compare", "-h"),
    ],
    ids=" ".join,
)
def test_help_imports_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """Neither Hypothesis nor moto, boto3, rich, schemathesis or pytest is imported for help."""
    modules = imported(*arguments, cwd=tmp_path)
    assert "conformance" in modules
    assert modules & HEAVY == set()


def test_explaining_a_request_asks_nobody_and_imports_no_client(tmp_path: Path) -> None:
    """A pure question needs neither a target's libraries nor Hypothesis."""
    (tmp_path / "request.json").write_text('{"ModelName": "a"}', "utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "conformance", "explain", "request.json"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    names = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert names & (HEAVY - {"pytest"}) == set()


@pytest.mark.parametrize("arguments", [("--help",), ("run", "--help")], ids=" ".join)
def test_help_answers_in_well_under_a_second_of_work(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    """The best of three starts, so that a busy machine does not decide."""
    took = []
    for _ in range(3):
        before = time.perf_counter()
        subprocess.run(
            [*COMMAND, *arguments], cwd=tmp_path, env=environment(), capture_output=True, check=True
        )
        took.append(time.perf_counter() - before)
    assert min(took) < 0.8


def test_help_names_every_command(tmp_path: Path) -> None:
    """The commands of the README are there, each with a line."""
    done = command("--help", cwd=tmp_path)
    for name in ("run", "rules", "explain", "compare"):
        assert f"\n  {name} " in done.stdout


def test_help_of_run_gives_the_exit_codes(tmp_path: Path) -> None:
    """What CI decides on is documented where one looks for it."""
    text = " ".join(command("run", "--help", cwd=tmp_path).stdout.split())
    for code in ("code 0: conforming", "1: nonconforming", "2: wrong usage", "3: inconclusive"):
        assert code in text
    assert "130: Ctrl-C" in text
