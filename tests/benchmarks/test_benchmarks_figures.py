"""Figures and their bars, and ``python -m benchmarks`` as it is run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from fakes.processes import environment
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import __main__ as program
from benchmarks.figures import Figure, figures, measured

ROOT = Path(__file__).parents[2]

#: Every bar that is promised: what a figure is called, and how far it may go.
PROMISED = {
    "overhead, moto-server, quick": "at most 1.15",
    "overhead, moto-server, standard": "at most 1.15",
    "overhead, reference-server, quick": "at most 1.4",
    "overhead, reference-server, standard": "at most 1.4",
    "overhead, moto, quick": "at most 1.8",
    "overhead, moto, standard": "at most 1.8",
    "own cost, quick": "at most 0.5",
    "own cost, deep": "at most 1.2",
    "against Schemathesis, fuzzing": "at least 20",
    "against Schemathesis, coverage": "at least 3",
    "first finding, median": "at most 1",
    "whole run, reference-server, quick": "at most 20",
    "whole run, reference-server, standard": "at most 90",
    "-n 2 against -n 1": "at least 1.7",
    "time for ten times the cases": "at most 10.5",
    "memory from 10,000 to 200,000 requests": "at most 0.2",
    "--help": "at most 0.15",
    "rules": "at most 0.5",
    "first request, reference": "at most 1",
    "first request, moto": "at most 2",
    "pytest with the plugin unused": "at most 20",
}


def fixed(name: str, *values: float, is_ratio: bool = False, heavy: bool = False) -> Figure:
    """A figure of at most 1 that is measured as the values say, one after the other."""
    each = iter(values)
    return Figure(name, "s", lambda: next(each), at_most=1, is_ratio=is_ratio, heavy=heavy)


def test_every_promise_is_measured() -> None:
    """No figure without its bar, no bar without its figure."""
    assert {each.name: each.bar for each in figures()} == PROMISED


@settings(database=None)
@given(st.floats(0.01, 100), st.floats(0, 200))
def test_a_bar_is_met_at_the_bar_itself(bar: float, value: float) -> None:
    """``at most`` and ``at least`` include their number; a figure without a bar is always met."""
    assert Figure("x", "s", float, at_most=bar).is_met(value) == (value <= bar)
    assert Figure("x", "s", float, at_least=bar).is_met(value) == (value >= bar)
    assert Figure("x", "s", float).is_met(value)


@pytest.mark.parametrize(
    ("figure", "code"),
    [
        (fixed("met", 0.9, 0.5, 7, is_ratio=True), 0),
        (fixed("missed", 1.1, 0.5, 7, is_ratio=True), 1),
        (fixed("missed seconds", 7, 7, 7), 0),
    ],
    ids=lambda each: each.name if isinstance(each, Figure) else "",
)
def test_a_missed_ratio_fails_and_missed_seconds_do_not(
    figure: Figure, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The median decides; seconds hang on the machine, but the table still says MISSED."""
    monkeypatch.setattr(program, "figures", lambda: [figure])
    done = CliRunner().invoke(program.main, ["--runs", "3", "--out", str(tmp_path / "new")])
    assert done.exit_code == code, done.output
    assert ("MISSED" in done.stdout) == (figure.name != "met")
    (line,) = json.loads((tmp_path / "new" / "bench.json").read_text("utf-8"))["figures"]
    assert (line["least"], line["most"]) == (min(line["values"]), max(line["values"]))
    assert len(line["values"]) == 3
    assert (tmp_path / "new" / "bench.svg").read_text("utf-8").count("<svg") == 1


def test_heavy_figures_can_be_left_out_and_others_chosen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left out is not measured; where nothing is left, a sentence and exit code 2."""
    chosen = [fixed("a quick one", 0.5), fixed("a heavy one", heavy=True), fixed("another")]
    monkeypatch.setattr(program, "figures", lambda: chosen)
    out = ("--out", str(tmp_path), "--runs", "1")
    done = CliRunner().invoke(program.main, ["--light", "--only", " one", *out])
    assert done.exit_code == 0, done.output
    assert [line.split("  ")[0] for line in done.stdout.splitlines()] == ["a quick one"]
    done = CliRunner().invoke(program.main, ["--only", "nothing", *out])
    assert done.exit_code == 2
    assert "leave nothing to measure" in done.output


def benchmarks(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run ``python -m benchmarks`` as ``make bench`` does."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=cwd,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
        check=False,
    )


def test_it_measures_the_command_that_users_start(tmp_path: Path) -> None:
    """The real ``--help``, once: a row with its bar, and a line of JSON with the machine."""
    done = benchmarks("--only", "--help", "--runs", "1", "--out", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "at most 0.15" in done.stdout
    document = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert document["machine"]["processors"] >= 1
    assert 0.01 < document["figures"][0]["median"] < 60


def test_memory_is_measured_on_real_exchanges() -> None:
    """Of a process that judges: some megabytes, and how they grew."""
    found = measured("memory", "50", "150")
    assert 20 < found["fewer"] < 2000
    assert found["growth"] == pytest.approx(found["more"] / found["fewer"] - 1)


@pytest.mark.proof
def test_cases_are_measured_on_real_exchanges() -> None:
    """A case costs something, and ten times the cases ten times what one of them costs."""
    found = measured("linear", "2")
    assert 0 < found["few"] < 1
    assert found["factor"] == pytest.approx(10 * found["many"] / found["few"])


@pytest.mark.proof
def test_two_commits_are_compared(tmp_path: Path) -> None:
    """The other one is measured from a tree of its own, which is gone afterwards."""
    only = ("--only", "rules", "--runs", "1", "--out", str(tmp_path))
    done = benchmarks("--against", "HEAD", *only, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "Against HEAD:" in done.stdout
    assert " -> " in done.stdout
    listed = subprocess.check_output(["git", "worktree", "list"], cwd=ROOT, text=True)
    assert len(listed.splitlines()) == 1
    done = benchmarks("--against", "nosuch", *only, cwd=ROOT)
    assert done.returncode == 2
    assert "nosuch is not a commit of this repository" in done.stderr


@pytest.mark.proof
@pytest.mark.parametrize("phase", ["coverage", "fuzzing"])
def test_schemathesis_is_measured(phase: str) -> None:
    """Its own words on cases and seconds are understood."""
    from benchmarks.figures import _peer

    assert 0.1 < _peer(phase) < 10_000
