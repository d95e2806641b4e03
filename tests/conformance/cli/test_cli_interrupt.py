"""Runs that end early: Ctrl-C, SIGTERM, and a target that stops answering."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from fakes.asking import ask
from fakes.processes import processes_of_session, reference_server, start, until
from jsonschema import Draft202012Validator
from werkzeug.serving import make_server

from conformance.reference import application
from reports.record import RunRecord, exchanges
from reports.schemas import schema

REPORT = Draft202012Validator(schema("report"))
THEIRS = {
    "ModelName": "a",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/theirs",
    "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/theirs:1"},
}


def names(url: str) -> list[str]:
    """The names of all models on a target."""
    return [model["ModelName"] for model in ask(url, "ListModels", MaxResults=100)["Models"]]


def lines_written(folder: Path) -> int:
    """How many lines of events there are."""
    path = folder / "events.ndjson"
    return path.read_bytes().count(b"\n") if path.exists() else 0


Begin = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """A function that starts a long run and waits until some sides have been judged."""
    started: list[subprocess.Popen[str]] = []

    def starting(target: str, *options: str) -> subprocess.Popen[str]:
        run = start("run", target, "--depth", "standard", "--out", "out", *options, cwd=tmp_path)
        started.append(run)
        assert until(lambda: lines_written(tmp_path / "out") > 4 or run.poll() is not None)
        assert run.poll() is None, run.communicate()
        return run

    yield starting
    for run in started:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
        run.communicate()


def ended(run: subprocess.Popen[str], folder: Path, code: int) -> tuple[dict[str, Any], str]:
    """The report and the output of a run that ended early, as tidily as it should."""
    out, err = run.communicate(timeout=60)
    assert run.returncode == code, out + err
    assert "Traceback" not in out + err
    assert until(lambda: not processes_of_session(run.pid)), processes_of_session(run.pid)
    document = json.loads((folder / "report.json").read_text("utf-8"))
    REPORT.validate(document)
    assert document["complete"] is False
    assert "this run is partial" in out
    assert "partial" in out.splitlines()[0]
    record = RunRecord.load(folder)
    assert len(record.judged) == lines_written(folder) - 2 > 0
    sides = {rule["id"]: rule["sides"] for rule in document["rules"]}
    for event in record.judged:
        assert sides[event["rule"]][event["side"]]["verdict"] == event["verdict"]
    assert (folder / "junit.xml").exists()
    footer = record.footer
    assert footer is not None
    assert footer["reason"]
    assert len(list(exchanges(folder))) == footer["requests"]
    return document, out


SIGNALS = {
    "Ctrl-C": (signal.SIGINT, os.killpg, ()),
    "SIGTERM": (signal.SIGTERM, os.kill, ()),
    "Ctrl-C with two workers": (signal.SIGINT, os.killpg, ("-n", "2")),
    "SIGTERM with two workers": (signal.SIGTERM, os.kill, ("-n", "2")),
    "SIGTERM to two workers, too": (signal.SIGTERM, os.killpg, ("-n", "2")),
}


#: One of each kind, in one process and in three; the others are proofs.
EVERY_DAY = ("Ctrl-C", "SIGTERM to two workers, too")


@pytest.mark.parametrize(
    "how",
    [pytest.param(how, marks=[pytest.mark.proof] * (how not in EVERY_DAY)) for how in SIGNALS],
)
def test_an_interrupted_run_keeps_what_it_judged_and_leaves_nothing_behind(
    how: str, begin: Begin, tmp_path: Path
) -> None:
    """Exit code 130, a partial report, no process of ours, no model of ours, theirs unharmed."""
    number, send, options = SIGNALS[how]
    with reference_server() as (url, _):
        ask(url, "CreateModel", **THEIRS)
        before = ask(url, "DescribeModel", ModelName="a")
        run = begin(url, *options)
        send(run.pid, number)
        document, out = ended(run, tmp_path / "out", 130)
        assert "Interrupted: this run is partial." in out
        assert names(url) == ["a"]
        assert document["leftovers"] == 0
        assert ask(url, "DescribeModel", ModelName="a") == before


@pytest.mark.parametrize(
    "after", [2, *(pytest.param(n, marks=pytest.mark.proof) for n in (30, 60, 90, 120))]
)
def test_ctrl_c_is_never_lost_in_this_process(after: int, tmp_path: Path) -> None:
    """Wherever the signal falls, in the target or in Hypothesis: 130, and no traceback."""
    run = start("run", "reference", "--depth", "standard", "--out", "out", cwd=tmp_path)
    assert until(lambda: lines_written(tmp_path / "out") > after or run.poll() is not None)
    os.killpg(run.pid, signal.SIGINT)
    ended(run, tmp_path / "out", 130)


def test_an_interrupted_self_test_says_so(tmp_path: Path) -> None:
    """130 also while the reference is judged, not 1: no fault has survived."""
    run = start("selftest", "-n", "1", cwd=tmp_path)
    time.sleep(2)
    os.killpg(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 130, out + err
    assert err.startswith("Interrupted")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("journal.ndjson", "Interrupted before anything was judged.\n"),
        ("events.ndjson", ""),
    ],
)
def test_a_model_that_a_slow_target_makes_after_the_interruption_is_deleted_too(
    written: str, says: str, tmp_path: Path
) -> None:
    """A CreateModel whose answer was not waited for is still carried out; it is ours to delete,
    also where it is the first of all.
    """
    reference = application()
    asked = threading.Event()

    def slow(environ: Any, start_response: Any) -> Any:
        if environ.get("HTTP_X_AMZ_TARGET") == "SageMaker.CreateModel":
            if (tmp_path / "out" / written).exists():
                asked.set()
            time.sleep(0.4)
        return reference(environ, start_response)

    server = make_server("127.0.0.1", 0, slow, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    run = start("run", url, "--out", "out", cwd=tmp_path)
    assert asked.wait(30)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert (run.returncode, err) == (130, says)
    time.sleep(0.5)
    assert names(url) == []
    assert (tmp_path / "out").exists() == (written == "events.ndjson")
    server.shutdown()


def test_ctrl_c_while_workers_start_is_as_tidy(tmp_path: Path) -> None:
    """No process complains, however early the interruption comes."""
    with reference_server() as (url, _):
        run = start("run", url, "-n", "2", "--depth", "deep", "--out", "out", cwd=tmp_path)
        assert until(lambda: lines_written(tmp_path / "out") == 1)
        until(lambda: len(processes_of_session(run.pid)) > 2, seconds=5)
        os.killpg(run.pid, signal.SIGINT)
        _, err = run.communicate(timeout=60)
        assert (run.returncode, err) == (130, "")
        assert until(lambda: not processes_of_session(run.pid))
        assert names(url) == []


def test_ctrl_c_before_anything_was_judged_leaves_nothing(tmp_path: Path) -> None:
    """A target that never answers its first request can be left at once: 130, no folder."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        run = start("run", f"http://127.0.0.1:{port}", "--out", "out", cwd=tmp_path)
        silent.settimeout(30)
        connection, _ = silent.accept()
        with connection:
            connection.recv(10)
            os.killpg(run.pid, signal.SIGINT)
            out, err = run.communicate(timeout=30)
    assert (run.returncode, out) == (130, "")
    assert err == "Interrupted before anything was judged.\n"
    assert not (tmp_path / "out").exists()


def test_an_interrupted_run_ends_its_moto_server(begin: Begin, tmp_path: Path) -> None:
    """The child that the suite started is gone, also after Ctrl-C."""
    run = begin("moto-server")
    os.killpg(run.pid, signal.SIGINT)
    document, _ = ended(run, tmp_path / "out", 130)
    address = urlsplit(document["target"]["endpoint"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=5)


def test_a_second_ctrl_c_stops_even_the_cleaning_up(begin: Begin, tmp_path: Path) -> None:
    """An impatient user gets the report all the same and no traceback."""
    with reference_server() as (url, server):
        run = begin(url)
        os.kill(server.pid, signal.SIGSTOP)  # now cleaning up hangs
        try:
            os.killpg(run.pid, signal.SIGINT)
            until(lambda: False, seconds=0.5)
            os.killpg(run.pid, signal.SIGINT)
            ended(run, tmp_path / "out", 130)
        finally:
            os.kill(server.pid, signal.SIGCONT)


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.proof)])
def test_a_target_that_stops_answering_ends_the_run(
    workers: str, begin: Begin, tmp_path: Path
) -> None:
    """Exit code 3, the reason in words, a partial report with what was judged until then."""
    with reference_server() as (url, server):
        run = begin(url, "-n", workers)
        server.kill()
        _, out = ended(run, tmp_path / "out", 3)
    assert "The target no longer answers: " in out
    assert "refused" in out


def test_a_target_that_hangs_ends_the_run(begin: Begin, tmp_path: Path) -> None:
    """A target that takes requests and never answers is given up after a few time-outs."""
    with reference_server() as (url, server):
        run = begin(url, "--timeout", "0.3")
        os.kill(server.pid, signal.SIGSTOP)
        _, out = ended(run, tmp_path / "out", 3)
    assert "no answer within 0.3 s" in out
