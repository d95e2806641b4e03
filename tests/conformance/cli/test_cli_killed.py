"""SIGKILL at any moment: a readable record, a target that can be cleaned, a run to go on with."""

from __future__ import annotations

import json
import os
import random
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from fakes.asking import ask, make, names
from fakes.processes import command, processes_of_session, start, until
from fakes.watched import Watched, watched

from reports.record import RunRecord, exchanges

#: Rules that make things of every kind, alone and at once; one of them fails.
CHOSEN = (
    *("--select", "CreateModel/PrimaryContainer.ContainerHostname:max-length"),
    *("--select", "CreateModel/ModelName:max-length", "--select", "concurrency/one-name"),
    *("--select", "downstream/endpoint-config-arn", "--select", "lifecycle/duplicate*"),
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


def killed(service: Watched, folder: Path, after: float, *arguments: str) -> bool:
    """Start a run and kill it after so many seconds; tells whether that came before its end."""
    service.folder = folder / "out"
    run = start("run", *arguments, cwd=folder)
    try:
        until(lambda: run.poll() is not None, seconds=after)
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
    text = re.sub(r"cmc[a-z]{10}[a-zA-Z0-9]-\d{6}", "NAME", json.dumps(document))
    text = re.sub(r'"n": \d+', '"n": 0', text)
    return json.loads(re.sub(r'\["(Date|date|x-amzn-RequestId)", "[^"]*"\]', "[]", text))


def check_record(folder: Path, *, whole: bool) -> None:
    """Each judged side is there once, with the exchanges that belong to it."""
    record = RunRecord.load(folder)
    sides = [(event["rule"], event["side"]) for event in record.judged]
    assert len(sides) == len(set(sides))
    assert record.complete == whole
    if whole:
        assert record.footer is not None
        assert record.footer["leftovers"] == 0
        wanted = {(rule["id"], side) for rule in record.header["rules"] for side in rule["sides"]}
        assert set(sides) == wanted
        kept = list(exchanges(folder, whole=True))
        assert len(kept) == record.footer["requests"]
        assert {(each["rule"], each["side"]) for each in kept if each["rule"]} == wanted
        assert len({(each["rule"], each["side"], each["n"]) for each in kept}) == len(kept)


def unbroken(service: Watched, folder: Path, *options: str) -> Any:
    """What a run tells that nobody kills."""
    done = command("run", service.url, *CHOSEN, *options, "--out", "unbroken", cwd=folder)
    assert done.returncode == 1, done.stderr
    assert is_clean(service)
    check_record(folder / "unbroken", whole=True)
    assert not list((folder / "unbroken").glob("journal*"))
    return told(folder / "unbroken")


def killed_often(service: Watched, folder: Path, chance: random.Random, *options: str) -> int:
    """Begin a run, kill it and go on with it until it ends by itself; return how often."""
    out, kills, longest = folder / "out", 0, 3.0
    while True:
        is_begun = (out / "events.ndjson").exists()
        if not is_begun and out.exists():
            assert command("cleanup", "out", cwd=folder).returncode in (0, 2)
        whole = (
            ("--resume", "out") if is_begun else (service.url, *CHOSEN, *options, "--out", "out")
        )
        if not killed(service, folder, chance.uniform(0.2, longest), *whole):
            return kills
        kills += 1
        longest += 0.5  # so that it comes to its end
        if (out / "events.ndjson").exists():
            check_record(out, whole=False)
            done = command("report", "out", "--markdown", "summary.md", cwd=folder)
            assert "This run is partial" in (folder / "summary.md").read_text("utf-8"), done.stderr


def test_a_run_that_is_killed_and_gone_on_with_tells_what_an_unbroken_one_tells(
    service: Watched, tmp_path: Path
) -> None:
    """Nothing is lost, nothing judged twice, nothing left, and theirs is untouched."""
    expected = unbroken(service, tmp_path)
    assert killed_often(service, tmp_path, random.Random(3)) > 0
    check_record(tmp_path / "out", whole=True)
    assert told(tmp_path / "out") == expected
    assert is_clean(service)
    assert service.unjournalled == []
