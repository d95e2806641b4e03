"""Runs in one process and in several: the same verdicts, the same tidiness."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from conformance.engine.conversation import TargetGone
from conformance.engine.run import Plan, bench_of, introduce, judgements
from conformance.oracle.catalogue import rule_by_id
from conformance.targets import TargetOptions, TargetProblem, resolve
from conformance.wire import encode, read
from strategies.resources import Resources


@pytest.fixture
def reference_url() -> Iterator[str]:
    """The URL of a reference service in a child process, ended afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance.reference", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:")
        yield line.removeprefix("listening on ").strip()
    finally:
        process.terminate()
        process.wait(10)


def plan_for(target: str, rules: tuple[str, ...], workers: int) -> Plan:
    """Return a plan at depth quick."""
    return Plan(
        target=target,
        options=TargetOptions(timeout=10),
        resources=Resources(),
        rules=tuple(rule_by_id(each) for each in rules),
        depth="quick",
        seed=11,
        workers=workers,
    )


def verdicts(plan: Plan) -> dict[tuple[str, str], tuple[str, dict[str, int]]]:
    """Run a plan; returns verdict and case counts of every side."""
    target = resolve(plan.target, plan.options)
    try:
        bench = bench_of(plan, target)
        introduce(bench)
        found = list(judgements(plan, bench, target_spec=plan.target))
        assert bench.talk.sweep() == 0
    finally:
        target.close()
    assert len(found) == len(plan.sides)
    return {(j.rule.id, j.side): (j.verdict, dict(j.cases)) for j in found}


def test_workers_agree_with_one_process_over_http(
    reference_url: str, sample: tuple[str, ...]
) -> None:
    """Two processes against one server judge as one does, and leave nothing there."""
    alone = verdicts(plan_for(reference_url, sample, 1))
    together = verdicts(plan_for(reference_url, sample, 2))
    assert together == alone
    assert {verdict for verdict, _ in alone.values()} == {"pass"}
    target = resolve(reference_url, TargetOptions())
    assert read(target.send(encode("ListModels", {}, url=target.endpoint))).payload == {
        "Models": []
    }
    target.close()


@pytest.mark.proof
def test_workers_agree_with_one_process_on_moto(sample: tuple[str, ...]) -> None:
    """moto in each of two processes is judged as moto in one."""
    assert verdicts(plan_for("moto", sample, 2)) == verdicts(plan_for("moto", sample, 1))


def test_a_target_that_workers_cannot_reach_is_gone(sample: tuple[str, ...]) -> None:
    """A worker that cannot begin ends the run with ``TargetGone``, not with a hang."""
    plan = plan_for("moto", sample, 2)
    target = resolve("moto", plan.options)
    with pytest.raises(TargetGone, match="a worker process ended unexpectedly"):
        list(judgements(plan, bench_of(plan, target), target_spec="python:no.such:module"))


def test_a_run_that_is_left_early_leaves_no_worker(sample: tuple[str, ...]) -> None:
    """Closing the stream of judgements ends the worker processes."""
    plan = plan_for("moto", sample, 2)
    stream = judgements(plan, bench_of(plan, resolve("moto", plan.options)), target_spec="moto")
    before = children()
    next(stream)
    workers = children() - before
    assert workers
    stream.close()  # type: ignore[attr-defined]
    assert not children() & workers


def children() -> set[int]:
    """The process ids of our children, the helpers of multiprocessing left out."""
    found = set()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat, open(f"/proc/{pid}/cmdline") as command:
                is_child = int(stat.read().rpartition(")")[2].split()[1]) == os.getpid()
                if is_child and "resource_tracker" not in command.read():
                    found.add(int(pid))
        except OSError:
            continue
    return found


def test_the_plan_of_a_run_lists_every_side(sample: tuple[str, ...]) -> None:
    """Sides are judged in the order of their rules."""
    plan = plan_for("moto", sample, 1)
    assert plan.sides[:3] == [
        (rule_by_id("CreateModel:type"), "accepts"),
        (rule_by_id("CreateModel:type"), "rejects"),
        (rule_by_id("CreateModel/ModelName:type"), "accepts"),
    ]


def test_keys_do_not_show_in_a_plan() -> None:
    """The representation of a plan, as in a traceback, holds no secret."""
    from dataclasses import replace

    from conformance.wire.signing import Credentials

    plan = replace(
        plan_for("moto", (), 1), credentials=Credentials("AKIDEXAMPLE", "very-secret", "token")
    )
    assert "very-secret" not in repr(plan)


def test_nobody_listening_is_told(free_port: int) -> None:
    """A port without a server is one sentence with the URL, before anything is judged."""
    plan: Any = plan_for(f"http://127.0.0.1:{free_port}", (), 1)
    target = resolve(plan.target, plan.options)
    with pytest.raises(TargetProblem) as told:
        introduce(bench_of(plan, target))
    assert f"127.0.0.1:{free_port}" in str(told.value)
    assert "does not answer" in str(told.value)
    assert "\n" not in str(told.value)
    target.close()
