"""Real values of figures, of as little as shows that they are what they are called."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.processes import environment

from benchmarks import finding, running, taking
from benchmarks.commands import measured, output
from benchmarks.figures import Figure, figures

ROOT = Path(__file__).parents[2]

#: Figures of which a value takes seconds.
CHEAP = ("--help", "rules", "first request")


def split(*, cheap: bool) -> list[Figure]:
    """The figures of which a value is cheap, or the others."""
    return [each for each in figures() if each.name.startswith(CHEAP) == cheap]


def check(figure: Figure) -> None:
    """A value is a number, and so are its details. Its bar is of a machine that does only this."""
    value = figure.take(0)
    assert math.isfinite(value.number)
    assert all(math.isfinite(each) and each >= 0 for each in value.details.values())


@pytest.mark.parametrize("figure", split(cheap=True), ids=lambda each: each.name)
def test_a_cheap_figure_is_measured(figure: Figure) -> None:
    """What takes no time to speak of."""
    check(figure)


@pytest.mark.proof
@pytest.mark.parametrize("figure", split(cheap=False), ids=lambda each: each.name)
def test_a_figure_is_measured(figure: Figure) -> None:
    """All the others, as `make bench` measures them."""
    check(figure)


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


def test_a_command_that_fails_is_told_in_its_last_line() -> None:
    """Of a traceback that is the exception."""
    with pytest.raises(RuntimeError, match=r"^-c .* ended with 1: ValueError: why$"):
        output([sys.executable, "-c", "raise ValueError('why')"])
    with pytest.raises(RuntimeError, match=r"ended with 1: AttributeError: .*nosuch"):
        measured("judging.nosuch")


def test_judging_and_bare_sending_are_measured_on_the_same_requests() -> None:
    """A few rules, one of them with programs of calls, at a server with a journal."""
    select = ("CreateModel/ModelName:*", "tags/add-*")
    found = measured("judging.overhead", "reference-server", "quick", 0, 1, *select)
    assert found["ratio"] == pytest.approx(found["judging"] / found["sending"])
    assert found["agreeing"] == 1
    assert found["requests"] > found["cases"] > 10


def test_what_is_answered_otherwise_the_second_time_is_no_overhead() -> None:
    """The name of a transform job is taken by then: of these few requests that is too much."""
    with pytest.raises(RuntimeError, match="of the answers are those of judging"):
        measured("judging.overhead", "reference", "quick", 0, 1, "downstream/transform-job-arn")


def test_answers_from_memory_fit_what_schemathesis_makes() -> None:
    """A second run with the same seed and names sends what the first has sent."""
    found = measured("judging.own_cost", "quick", 0, 1, "CreateModel/ModelName:*", "schemathesis/*")
    assert found["unknown"] == 0
    assert 0 < found["cost"] == pytest.approx(found["seconds"] / found["requests"] * 1000)


def test_memory_is_measured_on_real_exchanges() -> None:
    """Of a run: some megabytes, and how they grew; too few seeds are an error."""
    found = measured("growing.memory", 50, 150, 1)
    assert 20 < found["fewer"] <= found["most"] < 2000
    assert found["growth"] == pytest.approx(found["more"] / found["fewer"] - 1)


def test_time_is_measured_with_more_seeds() -> None:
    """Twice the seeds as a multiple of the time: no more than that is sure on a busy machine."""
    found = measured("growing.linear", 2, 4, "CreateModel/ModelName:max-length")
    assert found["factor"] == pytest.approx(found["many"] / found["few"])
    assert found["few"] > 0


def test_first_findings_are_measured_for_each_fault() -> None:
    """Seconds by fault."""
    names = finding.sample(3, 0)
    found = measured("finding.in_its_rules", names)["seconds"]
    assert list(found) == names
    assert all(seconds > 0 for seconds in found.values())


def test_a_whole_run_stops_at_its_first_finding() -> None:
    """Rules in the catalogue's order; what none of them finds is named, and took all of them.

    What a run does not begin with is named, too: it was one figure's end.
    """
    names = ["model-name-max-length-64", "container-hostname-max-length-64"]
    no_endpoint = "success-body-plain-text"
    found = measured("finding.in_a_whole_run", [*names, no_endpoint], "CreateModel/ModelName:*")
    assert (found["missing"], found["refused"]) == (names[1:], [no_endpoint])
    assert set(found["seconds"]) == set(names)
    assert found["requests"][names[0]] < found["requests"][names[1]]
    assert all(seconds > 0 for seconds in found["seconds"].values())


def test_samples_of_five_runs_are_of_different_faults() -> None:
    """Each sample is as large as was asked for, and from all over the catalogue."""
    samples = [finding.sample(taking._FAULTS, run) for run in range(5)]
    assert [len(each) for each in samples] == [taking._FAULTS] * 5
    assert len({name for each in samples for name in each}) == 5 * taking._FAULTS
    assert len({finding.FAULTS[name].family for name in samples[0]}) > 5


def test_the_plugin_is_measured_in_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides really run a test: the difference is far less than either."""
    monkeypatch.setattr(taking, "_PAIRS", 2)
    value = taking.unused_plugin()
    assert value.details["ms without"] > 50
    assert abs(value.number) < 10 * value.details["ms without"]


def test_two_processes_get_so_many_seeds_that_they_take_a_minute(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A run of a few seconds says nothing; both are of the same seeds."""
    asked = []

    def took(target: str, seeds: int, workers: int) -> float:
        asked.append((seeds, workers))
        return 16.0 * (seeds + 0.5) / workers

    monkeypatch.setattr(taking, "_judging", took)
    value = taking.speedup("reference")
    assert asked == [(1, 2), (5, 2), (7, 2), (7, 1)]
    assert (value.number, value.details["seeds"]) == (2, 7)


def test_what_is_judged_is_timed_from_its_first_exchange_to_its_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The introduction, which belongs to no rule, is start-up."""
    exchanges = [{"rule": "", "began": 0, "ended": 1}, {"rule": "x", "began": 2, "ended": 12}]
    monkeypatch.setattr(taking, "run", lambda *_: (13.0, exchanges))
    assert taking._judging("reference", 1, workers=2) == 10


def test_parts_have_all_rules_together() -> None:
    """A figure of five values leaves no rule out, and a sixth begins again."""
    whole = running.plan_of("reference", "quick").rules
    parts = [running.plan_of("reference", "quick", part=(n, 5)).rules for n in range(6)]
    assert sorted(rule.id for part in parts[:5] for rule in part) == sorted(r.id for r in whole)
    assert parts[5] == parts[0]
    assert all(len({rule.family for rule in part}) >= 12 for part in parts)


@pytest.mark.parametrize("phase", [pytest.param("coverage", marks=pytest.mark.proof), "fuzzing"])
def test_schemathesis_is_measured_without_deletions(phase: str) -> None:
    """What it sends is counted, and is its cases."""
    found = taking.schemathesis(phase, 4)
    assert found["requests"] > (500 if phase == "coverage" else 3)
    assert 0 < found["sending"] < found["seconds"] < 300


@pytest.mark.proof
def test_faults_caught_are_counted_beside_schemathesis() -> None:
    """Of two faults we catch both; Schemathesis sees the length alone."""
    value = taking.caught("model-name-max-length-64", "tags-max-*")
    assert value.number == 1
    assert 0 < value.details["of them by Schemathesis, coverage and fuzzing together"] < 1
    assert value.details["false alarms"] == 0


@pytest.mark.proof
def test_two_commits_are_compared(tmp_path: Path) -> None:
    """The other one is measured from a tree of its own, which is gone afterwards."""
    only = ("--only", "rules", "--runs", "1", "--out", str(tmp_path))
    done = benchmarks("--against", "HEAD", *only, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "Against HEAD:" in done.stdout
    assert " -> " in done.stdout
    assert done.stderr.splitlines() == ["rules, before: 1 of 1", "rules: 1 of 1"]
    document = json.loads((tmp_path / "bench.json").read_text("utf-8"))
    assert [line["name"] for line in document["against"]["HEAD"]] == ["rules"]
    listed = subprocess.check_output(["git", "worktree", "list"], cwd=ROOT, text=True)
    assert len(listed.splitlines()) == 1
    done = benchmarks("--against", "nosuch", *only, cwd=ROOT)
    assert done.returncode == 2
    assert "nosuch is not a commit of this repository" in done.stderr
