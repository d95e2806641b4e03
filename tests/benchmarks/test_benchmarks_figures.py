"""Figures and their bars, and ``python -m benchmarks`` as it is run."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import __main__ as program
from benchmarks.figures import Figure, figures
from benchmarks.presenting import machine, machine_line
from benchmarks.taking import Value

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
    "first finding of its rule, median": "at most 1",
    "first finding of a whole run, median": "at most 1",
    "faults caught by quick, share": "at least 1",
    "whole run, reference-server, quick": "at most 20",
    "whole run, reference-server, standard": "at most 90",
    "-n 2 against -n 1, reference": "at least 1.7",
    "-n 2 against -n 1, moto": "at least 1.7",
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
    return Figure(name, "s", lambda _: Value(next(each)), at_most=1, is_ratio=is_ratio, heavy=heavy)


def test_no_figure_hides_behind_anothers_name() -> None:
    """Names are told apart."""
    assert len({each.name for each in figures()}) == len(figures())


def test_every_promise_is_measured() -> None:
    """No figure without its bar, no bar without its figure."""
    assert {each.name: each.bar for each in figures()} == PROMISED


@settings(database=None)
@given(st.floats(0.01, 100), st.floats(0, 200))
def test_a_bar_is_met_at_the_bar_itself(bar: float, value: float) -> None:
    """``at most`` and ``at least`` include their number; a figure without a bar is always met."""
    assert Figure("x", "s", Value, at_most=bar).is_met(value) == (value <= bar)
    assert Figure("x", "s", Value, at_least=bar).is_met(value) == (value >= bar)
    assert Figure("x", "s", Value).is_met(value)


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
    assert [line.split("  ")[0] for line in done.stdout.splitlines()[1:]] == ["a quick one"]
    done = CliRunner().invoke(program.main, ["--only", "nothing", *out])
    assert done.exit_code == 2
    assert "leave nothing to measure" in done.output


def measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *chosen: Figure, runs: int = 3
) -> tuple[int, str, list[dict[str, object]]]:
    """Exit code, what is printed, and the figures of ``bench.json``."""
    monkeypatch.setattr(program, "figures", lambda: list(chosen))
    done = CliRunner().invoke(program.main, ["--runs", str(runs), "--out", str(tmp_path)])
    document = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    return done.exit_code, done.stdout, document["figures"]


def broken(at: int, problem: Exception) -> Callable[[int], Value]:
    """How values of a figure are taken of which one cannot be taken."""

    def take(number: int) -> Value:
        if number == at:
            raise problem
        return Value(0.5)

    return take


@pytest.mark.parametrize("at", [0, 2])
def test_what_cannot_be_measured_is_told_and_the_others_go_on(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row with the reason in one line, and exit code 1 also where the bar is one of seconds."""
    take = broken(at, RuntimeError("no\nanswer"))
    code, said, lines = measure(
        tmp_path, monkeypatch, Figure("broken", "s", take, at_most=1), fixed("other", 0.5, 0.5, 0.5)
    )
    assert code == 1
    assert re.search("^broken +not measured: RuntimeError: no answer$", said, re.MULTILINE)
    assert re.search("^other .* met$", said, re.MULTILINE)
    assert [line.get("not_measured") for line in lines] == ["RuntimeError: no answer", None]
    assert lines[0]["values"] == [0.5] * at
    assert "other" in (tmp_path / "bench.svg").read_text("utf-8")


def test_what_is_known_is_kept_when_a_later_figure_is_broken_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the second figure leaves the first in both files."""

    def take(_: int) -> Value:
        raise KeyboardInterrupt

    code, _, lines = measure(
        tmp_path, monkeypatch, fixed("first", 0.5), Figure("second", "s", take), runs=1
    )
    assert code == 1
    assert [line["name"] for line in lines] == ["first"]
    assert (tmp_path / "bench.svg").read_text("utf-8").count("<svg") == 1


def test_details_stand_below_a_row_and_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ratios stand beside absolute figures: the medians in the table, all values in the file."""

    def take(number: int) -> Value:
        return Value(2.0, {"s judging": (30.25, 10.5, 20.125)[number], "requests": 12_345})

    _, said, (line,) = measure(tmp_path, monkeypatch, Figure("x", "times", take))
    assert said.splitlines()[-1] == "    20.12 s judging, 12,345 requests"
    assert [each["s judging"] for each in line["details"]] == [30.25, 10.5, 20.125]


def test_what_is_the_same_each_time_is_measured_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many values are asked for; the others are told the number of the value."""
    numbers = Figure("numbers", "s", lambda number: Value(float(number)))
    _, _, lines = measure(
        tmp_path, monkeypatch, numbers, replace(numbers, name="once", once=True), runs=4
    )
    assert [line["values"] for line in lines] == [[0, 1, 2, 3], [0]]


def test_the_machine_is_named_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processor, memory, versions, load and commit, in one line and in the file."""
    _, said, _ = measure(tmp_path, monkeypatch, fixed("x", 0.5), runs=1)
    kept = json.loads((tmp_path / "bench.json").read_text("utf-8"))["machine"]
    assert said.splitlines()[0] == machine_line(kept)
    assert kept.keys() == machine().keys()
    for name in ("hypothesis", "moto", "schemathesis"):
        assert f"{name} {kept['packages'][name]}" in said
    nameless = {**kept, "cpu": None, "memory": None, "commit": None}
    assert "unknown processor" in machine_line(nameless)
    assert "commit unknown" in machine_line(nameless)


def test_another_commit_is_measured_by_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before, after, before, after; what cannot be measured there is told, and fails nothing."""
    order: list[str] = []

    def before(_: Path, figure: Figure, number: int) -> Value:
        order.append(f"{figure.name} before {number}")
        if figure.name == "new":
            raise RuntimeError("benchmarks.elsewhere ended with 1: ImportError: nothing such")
        return Value(0.25)

    def after(name: str) -> Callable[[int], Value]:
        def take(number: int) -> Value:
            order.append(f"{name} after {number}")
            return Value(0.5)

        return take

    monkeypatch.setattr(program, "tree_of", nullcontext)
    monkeypatch.setattr(program, "value_in", before)
    chosen = [Figure(name, "s", after(name), at_most=1) for name in ("old", "new")]
    monkeypatch.setattr(program, "figures", lambda: chosen)
    out = ("--out", str(tmp_path), "--runs", "2", "--against", "HEAD~1")
    done = CliRunner().invoke(program.main, out)
    assert done.exit_code == 0, done.output
    assert order[:4] == ["old before 0", "old after 0", "old before 1", "old after 1"]
    assert order[4:] == ["new before 0", "new after 0", "new after 1"]
    *_, old, new = done.stdout.splitlines()
    assert re.fullmatch(r"old +0\.25 -> 0\.5 s \(\+100%\)", old)
    assert re.fullmatch("new +not measured there: .* ImportError: nothing such", new)
