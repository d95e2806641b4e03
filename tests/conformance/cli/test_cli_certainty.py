"""``compare --replay``: pairs find what fresh requests miss, and dismiss what they merely found."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
from fakes.processes import command, reference_server, start, until

LENGTH, ROLE = "CreateModel/ModelName:max-length", "CreateModel/ExecutionRoleArn:pattern"
BEHAVIOUR = "lifecycle/duplicate-name-is-rejected"
SELECTED = ("--select", "CreateModel/ModelName:*", "--select", ROLE, "--select", BEHAVIOUR)
FAULTY = "reference:model-name-max-length-64"

#: A target that is the reference service but for one request: it refuses one role.
_PICKY = """
import json
from conformance.targets.reference import reference
from conformance.wire import Reply

class Picky:
    def __init__(self, role):
        self.inner = reference("reference")
        self.name, self.endpoint, self.account = "picky", self.inner.endpoint, self.inner.account
        self.role = role

    def send(self, call):
        if call.operation == "CreateModel" and json.dumps(self.role) in call.body.decode():
            return Reply(400, (), b'{"__type": "ValidationException", "message": "no"}')
        return self.inner.send(call)

    def fingerprint(self):
        return {"kind": "picky"}

    def close(self):
        self.inner.close()

def make():
    return Picky(ROLE)
"""

#: A target that is slow, says when it was asked for the first time, and in the end what it holds.
_SLOW = """
import time
from pathlib import Path
from conformance.targets.reference import reference

class Slow:
    def __init__(self):
        self.inner = reference("reference")
        self.name, self.endpoint, self.account = "slow", self.inner.endpoint, self.inner.account
        self.asked = 0

    def send(self, call):
        self.asked += 1
        if self.asked == 30:
            Path("asked").touch()
        time.sleep(0.01)
        reply = self.inner.send(call)
        if call.operation == "ListModels":
            Path("listed").write_bytes(reply.body)
        return reply

    def fingerprint(self):
        return {"kind": "slow"}

    def close(self):
        self.inner.close()
"""


def judge(target: str, out: str, seed: int, cwd: Path, *selected: str) -> Path:
    """The folder of a run."""
    options = ("--seed", str(seed), "--out", out, "--quiet", *(selected or SELECTED))
    done = command("run", target, *options, cwd=cwd)
    assert done.returncode in (0, 1), done.stderr
    return cwd / out


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run on the sound service, and one each on services with a fault."""
    folder = tmp_path_factory.mktemp("runs")
    judge("reference", "sound", 1, folder)
    judge(FAULTY, "faulty", 2, folder)
    judge("reference:duplicate-overwrites", "overwrites", 3, folder)
    return folder


def exchanges(folder: Path) -> list[dict[str, Any]]:
    """The recorded exchanges of a run."""
    with gzip.open(folder / "exchanges.ndjson.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def roles(folder: Path) -> list[str]:
    """The legal roles that a run sent for the rule about roles, drawn ones last."""
    return [
        json.loads(each["request"])["ExecutionRoleArn"]
        for each in exchanges(folder)
        if (each["rule"], each["side"], each["purpose"]) == (ROLE, "accepts", "case")
    ]


def drawn_only_by(one: Path, other: Path) -> str:
    """A legal role that one run drew and the other did not."""
    return next(role for role in reversed(roles(one)) if role not in roles(other))


def test_a_regression_is_proven_by_a_request_of_the_old_run(runs: Path) -> None:
    """New, with the recorded request as evidence, and 1; the target's models are deleted."""
    with reference_server("model-name-max-length-64") as (url, _):
        options = ("--replay", url, "--account", "123456789012", "--json")
        done = command("compare", "sound", "faulty", *options, cwd=runs)
        document = json.loads(done.stdout)
        assert done.returncode == 1, done.stderr
        assert document["certain"] is True
        (change,) = document["changes"]
        assert (change["kind"], change["rule"]) == ("new", LENGTH)
        assert "was sent again and is answered worse" in change["why"]
        assert change["before"]["status"] == 400
        assert change["after"]["status"] == 200
        assert url in change["after"]["curl"]


def test_a_regression_that_fresh_requests_miss_is_found_by_pairs(tmp_path: Path) -> None:
    """The new run does not happen to draw the one request that got worse; the old one had."""
    old = judge("reference", "old", 1, tmp_path, "--select", ROLE)
    other = judge("reference", "other", 2, tmp_path, "--select", ROLE)
    role = drawn_only_by(old, other)
    (tmp_path / "picky.py").write_text(_PICKY.replace("ROLE", repr(role)), "utf-8")
    judge("python:picky:make", "new", 2, tmp_path, "--select", ROLE)
    without = command("compare", "old", "new", cwd=tmp_path)
    assert (without.returncode, without.stdout.split("\n")[0]) == (0, "New: 0")
    done = command("compare", "old", "new", "--replay", "python:picky:make", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith(f"New: 1\n  {ROLE}\n")
    assert json.dumps(role) in done.stdout
    assert "now:      fail, 400 ValidationException (refused)" in done.stdout


def test_what_is_found_by_a_request_that_was_never_sent_before_is_no_regression(
    tmp_path: Path,
) -> None:
    """The fault was there all along: it can be shown, but what the old run sent is as before."""
    other = judge("reference", "other", 1, tmp_path, "--select", ROLE)
    drawn = judge("reference", "drawn", 2, tmp_path, "--select", ROLE)
    role = drawn_only_by(drawn, other)
    (tmp_path / "picky.py").write_text(_PICKY.replace("ROLE", repr(role)), "utf-8")
    judge("python:picky:make", "old", 1, tmp_path, "--select", ROLE)
    judge("python:picky:make", "new", 2, tmp_path, "--select", ROLE)
    assert command("compare", "old", "new", cwd=tmp_path).returncode == 1
    done = command("compare", "old", "new", "--replay", "python:picky:make", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"Not comparable: 1\n  {ROLE}\n    found by a request that the old" in done.stdout


def test_a_finding_that_cannot_be_shown_again_is_flaky(runs: Path) -> None:
    """The target answers as it should when it is asked again: no news, and 0."""
    done = command("compare", "sound", "faulty", "--replay", "reference", cwd=runs)
    assert done.returncode == 0, done.stderr
    assert f"Flaky: 1\n  {LENGTH}\n    the new run's finding was sent again" in done.stdout
    assert "sent again to reference, the new run judged" in done.stderr


def test_a_behaviour_that_can_be_shown_again_is_new(runs: Path) -> None:
    """It has no requests of its own; failing again is proof enough."""
    target = "reference:duplicate-overwrites"
    done = command("compare", "sound", "overwrites", "--replay", target, cwd=runs)
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith(f"New: 1\n  {BEHAVIOUR}\n")
    assert "fails again" in done.stdout
    sound = command("compare", "sound", "overwrites", "--replay", "reference", cwd=runs)
    assert sound.returncode == 0
    assert f"Flaky: 1\n  {BEHAVIOUR}\n" in sound.stdout


def test_a_target_that_rejects_everything_proves_no_rejection(runs: Path) -> None:
    """Its refusals of illegal requests are not "as before"; those of legal ones are regressions."""
    target = "reference:rejects-everything"
    done = command("compare", "sound", "sound", "--replay", target, "--json", cwd=runs)
    assert done.returncode == 1
    changes = json.loads(done.stdout)["changes"]
    assert {each["after"]["side"] for each in changes if each["kind"] == "new"} == {"accepts"}
    assert {each["kind"] for each in changes} <= {"new", "unsettled"}


def test_where_nothing_can_be_judged_nothing_is_certain(runs: Path) -> None:
    """A target that is always busy passes nothing again: exit code 3, and the reason."""
    target = "reference:throttles-everything"
    done = command("compare", "sound", "sound", "--replay", target, cwd=runs)
    assert done.returncode in (2, 3), done.stdout
    if done.returncode == 3:
        assert "say nothing" in done.stdout


def test_a_damaged_record_is_refused_in_one_sentence(runs: Path, tmp_path: Path) -> None:
    """What cannot be read is not passed over: nothing new would be found, and nobody told."""
    shutil.copytree(runs / "sound", tmp_path / "damaged")
    path = tmp_path / "damaged" / "exchanges.ndjson.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join([*lines[:3], b"garbage\n", *lines[3:]])))
    old = str(tmp_path / "damaged")
    done = command("compare", old, "faulty", "--replay", FAULTY, cwd=runs)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "not every exchange can be read" in line


def test_nothing_is_left_behind(runs: Path, tmp_path: Path) -> None:
    """Whatever the recorded requests created is deleted again."""
    (tmp_path / "slow.py").write_text(_SLOW, "utf-8")
    old = str(runs / "sound")
    done = command("compare", old, old, "--replay", "python:slow:Slow", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "listed").read_bytes())["Models"] == []


def test_ctrl_c_cleans_up_and_ends_with_130(runs: Path, tmp_path: Path) -> None:
    """No document, no traceback, no model of ours."""
    (tmp_path / "slow.py").write_text(_SLOW, "utf-8")
    old = str(runs / "sound")
    run = start("compare", old, old, "--replay", "python:slow:Slow", cwd=tmp_path)
    try:
        assert until(lambda: (tmp_path / "asked").exists() or run.poll() is not None)
        os.kill(run.pid, signal.SIGINT)
        out, err = run.communicate(timeout=60)
    finally:
        if run.poll() is None:
            run.kill()
    assert (run.returncode, out) == (130, "")
    assert "Interrupted" in err
    assert "Traceback" not in err
    assert json.loads((tmp_path / "listed").read_bytes())["Models"] == []


def test_a_target_that_does_not_answer_is_refused_in_one_sentence(
    runs: Path, free_port: int
) -> None:
    """Exit code 2, nothing on standard output."""
    url = f"http://127.0.0.1:{free_port}"
    done = command("compare", "sound", "faulty", "--replay", url, cwd=runs)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("Error: ")
    assert "does not answer" in line


def test_a_record_without_exchanges_is_refused_in_one_sentence(runs: Path, tmp_path: Path) -> None:
    """There is nothing that could be sent again."""
    shutil.copy(runs / "sound" / "events.ndjson", tmp_path / "events.ndjson")
    done = command("compare", ".", str(runs / "faulty"), "--replay", FAULTY, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert "holds no exchanges" in line


def test_no_progress_is_shown_where_nobody_watches(runs: Path) -> None:
    """Standard error holds warnings alone: it is no terminal."""
    done = command("compare", "sound", "sound", "--replay", "reference", cwd=runs)
    assert (done.returncode, done.stderr) == (0, "")
