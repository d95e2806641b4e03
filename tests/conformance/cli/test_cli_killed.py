"""SIGKILL at any moment: a readable record, a target that can be cleaned, a run to go on with."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes.asking import ask, make, names
from fakes.processes import command, processes_of_session, start, until
from fakes.watched import Watched, watched

from conformance.engine.record import EVENTS
from reports.files import REPORTS
from reports.record import RunRecord, exchanges
from reports.summary import report

#: Rules that make things of every kind, alone and at once; one of them fails.
CHOSEN = (
    *("--select", "CreateModel/PrimaryContainer.ContainerHostname:max-length"),
    *("--select", "CreateModel/ModelName:max-length", "--select", "concurrency/one-name"),
    *("--select", "downstream/endpoint-config-arn", "--select", "lifecycle/duplicate-code"),
    *("--select", "downstream/endpoint-config-every-variant", "--seed", "11"),
)
FAULTS = ("container-hostname-max-length-absent",)

#: What was there before: names as ours may be, and as ours look.
THEIRS = ("1", "a", "cmc", "cmcabcdefghija-000001-conformance", "cmcx-never-made", "undefined")


@pytest.fixture
def service() -> Iterator[Watched]:
    """A service that fails one rule and holds models of somebody else's."""
    with watched(*FAULTS) as watching:
        make(watching.url, *THEIRS)
        yield watching


def is_clean(service: Watched) -> bool:
    """Whether the service holds what was there before, and nothing else."""
    for name in service.configs:
        with suppress(AssertionError):  # it is refused: there is no such configuration
            ask(service.url, "DescribeEndpointConfig", EndpointConfigName=name)
            return False
    return names(service.url) == sorted(THEIRS)


#: When a run is killed: that many lines of events must be there, and then pass so many seconds.
Moment = tuple[int, float]


def killed(service: Watched, folder: Path, moment: Moment, *arguments: str) -> bool:
    """Start a run and kill it at a moment; tells whether that came before its end."""
    lines, seconds = moment
    service.folder = folder / "out"
    run = start("run", *arguments, cwd=folder)
    try:
        until(lambda: run.poll() is not None or lines_of(folder / "out" / EVENTS) >= lines)
        until(lambda: run.poll() is not None, seconds=seconds)
        was_running = run.poll() is None
        run.kill()  # and not its workers: they must end by themselves
        run.communicate(timeout=30)
        assert until(lambda: not processes_of_session(run.pid), seconds=10)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(run.pid, signal.SIGKILL)
    service.folder = None
    return was_running


def told(folder: Path) -> Any:
    """A run's report without what differs between any two runs: times, random letters, counts."""
    document = json.loads((folder / "report.json").read_text("utf-8"))
    for key in ("started", "ended", "requests", "resumed"):
        document.pop(key, None)
    text = re.sub(r"(cmc|try)[a-z]{10}[a-zA-Z0-9]-\d{6}", "NAME", json.dumps(document))
    text = re.sub(r'"n": \d+', '"n": 0', text)
    return json.loads(re.sub(r'\["(Date|date|x-amzn-RequestId)", "[^"]*"\]', "[]", text))


def has_ended(folder: Path) -> bool:
    """Whether a run has written everything; a kill may come between its footer and its reports."""
    has_footer = lines_of(folder / EVENTS) > 0 and RunRecord.load(folder).complete
    return has_footer and all((folder / name).exists() for name in REPORTS)


def check_record(folder: Path, *, whole: bool) -> None:
    """Each judged side is there once, with the exchanges that belong to it."""
    record = RunRecord.load(folder)
    sides = [(event["rule"], event["side"]) for event in record.judged]
    assert len(sides) == len(set(sides))
    assert has_ended(folder) == whole
    if whole:
        assert record.footer is not None
        assert record.footer["leftovers"] == 0
        wanted = {(rule["id"], side) for rule in record.header["rules"] for side in rule["sides"]}
        assert set(sides) == wanted
        kept = list(exchanges(folder, whole=True))
        assert len(kept) == record.footer["requests"]
        assert {(each["rule"], each["side"]) for each in kept if each["rule"]} == wanted
        assert len({(each["rule"], each["side"], each["n"]) for each in kept}) == len(kept)


def lines_of(path: Path) -> int:
    """How many lines a file has that may not be there yet."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


def unbroken(service: Watched, folder: Path, *options: str) -> tuple[Any, float]:
    """What a run tells that nobody kills, and how many seconds it takes."""
    began = time.monotonic()
    done = command("run", service.url, *CHOSEN, *options, "--out", "unbroken", cwd=folder)
    seconds = time.monotonic() - began
    assert done.returncode == 1, done.stderr
    assert is_clean(service)
    check_record(folder / "unbroken", whole=True)
    assert not list((folder / "unbroken").glob("journal*"))
    return told(folder / "unbroken"), seconds


def killed_often(service: Watched, folder: Path, moments: Iterator[Moment], *options: str) -> int:
    """Begin a run, kill it at each moment (seconds after it has begun, or has been gone on with),
    then let it come to its end; return how often it was killed.
    """
    out, kills = folder / "out", 0
    while True:
        is_begun = lines_of(out / EVENTS) > 0
        if not is_begun and out.exists():  # killed before anything was judged
            assert command("cleanup", "out", cwd=folder).returncode in (0, 2)
            assert is_clean(service)
        begin = (service.url, *CHOSEN, *options, "--out", "out")
        moment = next(moments, (0, 600.0))
        if not killed(service, folder, moment, *(("--resume", "out") if is_begun else begin)):
            return kills
        kills += 1
        if has_ended(out):  # all was done, but for the end of the process
            return kills
        if lines_of(out / EVENTS):
            check_record(out, whole=False)


@pytest.mark.parametrize(
    ("workers", "kills"), [pytest.param("1", 3, marks=pytest.mark.proof), ("2", 1)]
)
def test_a_run_that_is_killed_and_gone_on_with_tells_what_an_unbroken_one_tells(
    workers: str, kills: int, service: Watched, tmp_path: Path
) -> None:
    """Nothing is lost, nothing judged twice, nothing left, and theirs is untouched."""
    expected, _ = unbroken(service, tmp_path, "-n", workers)
    moments = iter([(2 * kill + 1, 0.05 * kill) for kill in range(1, kills + 1)])
    assert killed_often(service, tmp_path, moments, "-n", workers) == kills
    check_record(tmp_path / "out", whole=True)
    assert told(tmp_path / "out") == expected
    assert is_clean(service)
    assert service.unjournalled == []


def test_a_killed_run_says_in_every_report_that_it_was_cut_off_and_is_cleaned_up(
    service: Watched, tmp_path: Path
) -> None:
    """The reports can be made, not one looks whole; `cleanup` deletes what was left."""
    out = tmp_path / "out"
    run = start("run", service.url, *CHOSEN, "--out", "out", cwd=tmp_path)
    assert until(lambda: out.exists() and lines_of(out / EVENTS) > 3)
    run.kill()
    run.communicate()
    assert not {path.name for path in out.iterdir()} & set(REPORTS)
    document = report(RunRecord.load(out))
    assert document["complete"] is False
    for name, made in REPORTS.items():
        text = made(document)
        assert "partial" in text or json.loads(text)["complete"] is False, name
    done = command("cleanup", "out", cwd=tmp_path)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Nothing of the run is left.")
    assert is_clean(service)
    assert command("cleanup", "out", cwd=tmp_path).returncode == 0


@pytest.mark.parametrize(
    "target", ["reference-server", pytest.param("moto-server", marks=pytest.mark.proof)]
)
def test_a_server_that_a_run_started_ends_with_it(target: str, tmp_path: Path) -> None:
    """Nobody else would end it; there is no journal, and nothing to clean up."""
    run = start("run", target, *CHOSEN, "--depth", "deep", "--out", "out", cwd=tmp_path)
    assert until(lambda: lines_of(tmp_path / "out" / EVENTS) > 0)
    address = urlsplit(RunRecord.load(tmp_path / "out").header["target"]["endpoint"])
    run.kill()
    run.communicate()

    def is_gone() -> bool:
        with socket.socket() as asking:
            return asking.connect_ex((str(address.hostname), int(address.port or 0))) != 0

    assert until(is_gone, seconds=10)
    done = command("cleanup", "out", cwd=tmp_path)
    assert (done.returncode, "is gone with what it held" in done.stdout) == (0, True)


def test_two_runs_at_once_on_one_target_do_not_disturb_each_other(
    service: Watched, tmp_path: Path
) -> None:
    """Both tell what one alone tells, and both leave nothing, also where one is killed.

    Names of one letter are the only ones that two runs may both want.
    """
    short = ("--select", "CreateModel/ModelName:pattern", "--seeds", "3")
    places = [tmp_path / "first", tmp_path / "second", tmp_path / "third"]
    runs = []
    for place in places:
        place.mkdir()
        runs.append(start("run", service.url, *CHOSEN, *short, "--out", "out", cwd=place))
    assert until(lambda: lines_of(places[2] / "out" / EVENTS) > 2)
    runs[2].kill()
    runs[2].communicate()
    assert command("cleanup", "out", cwd=places[2]).returncode == 0
    for run, place in zip(runs[:2], places, strict=False):
        out, err = run.communicate(timeout=120)
        assert run.returncode == 1, out + err
        check_record(place / "out", whole=True)
    assert told(places[0] / "out") == told(places[1] / "out")
    assert is_clean(service)


@pytest.mark.proof
@pytest.mark.parametrize("workers", ["1", "2"])
def test_two_hundred_kills_at_random_moments_lose_nothing(
    workers: str, service: Watched, tmp_path: Path
) -> None:
    """A hundred with each number of processes, in runs that are killed again and again."""
    expected, seconds = unbroken(service, tmp_path, "-n", workers)
    chance, kills, runs = random.Random(f"kills {workers}"), 0, 0
    while kills < 100:
        runs += 1
        folder = tmp_path / str(runs)
        folder.mkdir()
        many = min(10, 100 - kills)
        moments = [(0, chance.uniform(0.02, 0.95) * seconds) for _ in range(many)]
        kills += killed_often(service, folder, iter(moments), "-n", workers)
        check_record(folder / "out", whole=True)
        assert told(folder / "out") == expected
        assert is_clean(service)
        assert service.unjournalled == []
    print(f"{kills} kills in {runs} runs with {workers} process(es)")
