"""Targets to measure with: nothing is lost on a tape, and memory answers as the target did."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.judging import _noticed
from benchmarks.taping import FromMemory, Taped
from conformance.engine.judge import judge_side
from conformance.engine.run import Plan, bench_of
from conformance.engine.selection import selected
from conformance.oracle.verdicts import FAIL
from conformance.targets import TargetOptions, resolve
from conformance.wire import Call, Reply, TransportFault, encode
from strategies.resources import Resources


class Numbered:
    """A target that numbers its replies and loses every third."""

    name, endpoint, account, waits = "numbered", "http://127.0.0.1", None, False

    def __init__(self) -> None:
        self.calls = 0

    def send(self, call: Call) -> Reply:
        self.calls += 1
        if self.calls % 3 == 0:
            raise TransportFault("closed", f"call {self.calls}")
        return Reply(200, (), str(self.calls).encode())


def said(target: Taped | FromMemory, call: Call) -> Reply | str:
    """The reply, or what became of it."""
    try:
        return target.send(call)
    except TransportFault as fault:
        return fault.detail


CALLS = st.lists(st.sampled_from("abc"), min_size=1, max_size=12)


@settings(database=None)
@given(CALLS)
def test_memory_answers_as_the_target_did(names: list[str]) -> None:
    """The same calls in the same order get the same replies and faults, equal calls in turn."""
    calls = [encode("CreateModel", {"ModelName": name}) for name in names]
    tape = Taped(Numbered())  # type: ignore[arg-type]
    there = [said(tape, call) for call in calls]
    assert tape.calls == calls
    memory = FromMemory(tape)
    assert [said(memory, call) for call in calls] == there
    assert memory.unknown == 0


@settings(database=None)
@given(CALLS)
def test_what_is_not_on_the_tape_is_counted(names: list[str]) -> None:
    """An unknown call gets some answer, so that measuring goes on, and is counted."""
    tape = Taped(Numbered())  # type: ignore[arg-type]
    said(tape, encode("CreateModel", {"ModelName": "z"}))
    memory = FromMemory(tape)
    for name in names:
        said(memory, encode("CreateModel", {"ModelName": name}))
    assert memory.unknown == len(names)


class RefusesSome:
    """The reference, but it refuses legal names of some lengths that are at no boundary."""

    name, waits = "refuses some", False

    def __init__(self, *, refuses: bool) -> None:
        self._good, self._refuses = resolve("reference", TargetOptions(), None), refuses
        self.endpoint, self.account = self._good.endpoint, self._good.account

    def send(self, call: Call) -> Reply:
        body = json.loads(call.body or b"{}")
        if self._refuses and 40 < len(body.get("ModelName", "")) < 60:
            refusal = {"__type": "ValidationException", "message": "I do not like this name"}
            return Reply(400, (), json.dumps(refusal).encode())
        return self._good.send(call)

    def fingerprint(self) -> dict[str, str]:
        return {"kind": "test"}


@pytest.mark.parametrize("refuses", [False, True])
def test_shrinking_is_noticed_where_something_fails(refuses: bool) -> None:
    """From the first failure to the end of exploration; nothing is noticed where all passes."""
    rules = selected(("CreateModel/ModelName:max-length",), ())
    plan = Plan("reference", TargetOptions(), Resources(), rules, "quick", seed=1)
    tape = Taped(RefusesSome(refuses=refuses))  # type: ignore[arg-type]
    bench = bench_of(plan, tape)
    with _noticed(tape) as shrinking:
        verdicts = [judge_side(rule, side, bench).verdict for rule, side in plan.sides]
    assert (FAIL in verdicts) == refuses
    assert (shrinking.seconds > 0) == refuses
    for start, end in shrinking.stretches:
        assert 0 < start < end <= len(tape.calls)
