"""Measurements of judging, each in a process of its own: ``python -m benchmarks.judging NAME ...``.

Prints one JSON object. Start-up is outside of what is timed; so is shrinking, on both sides.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.taping import FromMemory, Taped
from conformance.engine import exploration
from conformance.engine.budget import DEPTHS
from conformance.engine.judge import Bench, judge_side
from conformance.engine.run import Plan, bench_of, introduce, judgements
from conformance.engine.selection import selected
from conformance.oracle.verdicts import FAIL, Opinion
from conformance.reference.faults import FAULTS
from conformance.selftest.run import is_judged, trial
from conformance.spec.rules import Rule
from conformance.targets import Target, TargetOptions, resolve
from conformance.wire import Reply, TransportFault
from strategies.resources import Resources

#: The same in every run, so that answers from memory fit.
_PREFIX = "cmcbenchmarks"

#: Left out of what is compared with answers from memory: their calls meet, in no fixed order.
_MEETING = ("concurrency/*", "schemathesis/*")

#: The share of answers that must be those of judging when the same bytes are sent again.
_AGREEING = 0.9


@dataclass
class Shrinking:
    """The stretches of a run in which a failure was shrunk: seconds, and calls from and to."""

    seconds: float = 0.0
    stretches: list[tuple[int, int]] = field(default_factory=list)


@contextmanager
def _noticed(tape: Taped) -> Iterator[Shrinking]:
    """Take note of shrinking: from a first failure until exploration has ended."""
    noticed, explore = Shrinking(), exploration.explore

    def noticing(strategy: Any, opinion_on: Callable[[Any], Opinion | None], **more: Any) -> Any:
        failed: list[tuple[int, float]] = []

        def opinion(body: Any) -> Opinion | None:
            said = opinion_on(body)
            if said is not None and said.verdict == FAIL and not failed:
                failed.append((len(tape.calls), time.perf_counter()))
            return said

        outcome = explore(strategy, opinion, **more)
        for at, since in failed:
            noticed.seconds += time.perf_counter() - since
            noticed.stretches.append((at, len(tape.calls)))
        return outcome

    exploration.explore = noticing
    try:
        yield noticed
    finally:
        exploration.explore = explore


def _plan(target: str, depth: str, *, leave_out: tuple[str, ...] = ()) -> Plan:
    rules = selected((), leave_out)
    return Plan(target, TargetOptions(), Resources(), rules, depth, seed=1, prefix=_PREFIX)


def _judged(plan: Plan, target: Target) -> Bench:
    bench = bench_of(plan, target)
    for _ in judgements(plan, bench, target_spec=plan.target):
        pass
    return bench


def overhead(target: str, depth: str) -> dict[str, float]:
    """Time judging, and sending the very same signed bytes in a bare loop over the same client.

    Both ask the same target, which judging leaves as it was: a signature holds for one host and
    port. ``agreeing`` is the share of answers that have the status that they had in judging.
    Raises ``RuntimeError`` where it is less than nine tenths: then something else was timed.
    """
    plan = _plan(target, depth, leave_out=("schemathesis/*",))
    asked = resolve(plan.target, plan.options, None)
    tape, bare = Taped(asked), Taped(asked)
    try:
        introduce(bench_of(replace(plan, prefix=f"{_PREFIX}x"), asked))
        with _noticed(tape) as shrinking:
            since = time.perf_counter()
            _judged(plan, tape)
            judging = time.perf_counter() - since - shrinking.seconds
        shrunk = {n for start, end in shrinking.stretches for n in range(start, end)}
        kept = [n for n in range(len(tape.calls)) if n not in shrunk]
        calls = [tape.calls[n] for n in kept]
        since = time.perf_counter()
        for call in calls:
            with suppress(TransportFault):  # it is kept: what is timed is the sending
                bare.send(call)
        sending = time.perf_counter() - since
    finally:
        asked.close()
    pairs = zip((tape.replies[n] for n in kept), bare.replies, strict=True)
    agreeing = sum(_status(before) == _status(after) for before, after in pairs) / len(calls)
    if agreeing < _AGREEING:
        raise RuntimeError(f"only {agreeing:.0%} of the answers are those of judging")
    return {
        "ratio": judging / sending,
        "judging": judging,
        "sending": sending,
        "requests": len(calls),
        "rate": len(calls) / judging,
        "agreeing": agreeing,
    }


def _status(said: Reply | TransportFault) -> int | str:
    return said.kind if isinstance(said, TransportFault) else said.status


def own_cost(depth: str) -> dict[str, float]:
    """Processor time for each request when every answer comes from memory, in milliseconds."""
    plan = _plan("reference", depth, leave_out=_MEETING)
    tape = Taped(resolve("reference", plan.options, None))
    _judged(plan, tape)
    memory = FromMemory(tape)
    tape.calls.clear()
    tape.replies.clear()
    since = time.process_time()
    bench = _judged(plan, memory)
    spent = time.process_time() - since
    return {
        "cost": spent / bench.talk.requests * 1000,
        "requests": bench.talk.requests,
        "unknown": memory.unknown,
    }


def _until(bench: Bench, sides: list[tuple[Rule, str]], requests: int) -> None:
    seed = bench.seed
    while True:
        seed += 1
        for rule, side in sides:
            judge_side(rule, side, replace(bench, seed=seed))
            if bench.talk.requests >= requests:
                return


def memory(fewer: int, more: int) -> dict[str, float]:
    """Resident memory after so many requests and after many more, in MB; the same sides again."""
    plan = _plan("reference", "quick", leave_out=("schemathesis/*",))
    bench = bench_of(plan, resolve("reference", plan.options, None))
    held = []
    for requests in (fewer, more):
        _until(bench, plan.sides, requests)
        held.append(_resident())
    return {"growth": held[1] / held[0] - 1, "fewer": held[0], "more": held[1]}


def _resident() -> float:
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(each for each in status if each.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


#: Rules whose random cases are as good as all different ones.
_LINEAR = (
    "CreateModel/ExecutionRoleArn:max-length",
    "CreateModel/*.Image:max-length",
    "CreateModel/VpcConfig.Subnets[]:max-length",
)


def linear(examples: int) -> dict[str, float]:
    """Time for ten times as many random cases, as a multiple; of cases, for some are drawn twice
    and not sent again.

    Boundary cases, of which there are always as many, cost less: ``examples`` should be more.
    """
    spent = []
    for count in (examples, 10 * examples):
        plan = replace(_plan("reference", "quick"), rules=selected(_LINEAR, ()))
        bench = bench_of(plan, resolve("reference", plan.options, None))
        budget = replace(DEPTHS["quick"], examples=count)
        since = time.perf_counter()
        for rule, side in plan.sides:
            judge_side(rule, side, replace(bench, budget=budget))
        spent.append((time.perf_counter() - since) / bench.talk.requests)
    return {"factor": 10 * spent[1] / spent[0], "few": spent[0], "many": spent[1]}


def first_finding(every: int, offset: int) -> dict[str, Any]:
    """Seconds until the first finding for each of some faults, judging the rules concerned."""
    faults = [each for each in FAULTS.values() if each.expect == "fail" and is_judged(each)]
    seconds = {each.name: trial(each.name).seconds for each in faults[offset::every]}
    return {"seconds": seconds}


_NAMES: dict[str, Callable[..., dict[str, Any]]] = {
    "overhead": overhead,
    "own-cost": own_cost,
    "memory": lambda fewer, more: memory(int(fewer), int(more)),
    "linear": lambda examples: linear(int(examples)),
    "first-finding": lambda every, offset: first_finding(int(every), int(offset)),
}

if __name__ == "__main__":
    print(json.dumps(_NAMES[sys.argv[1]](*sys.argv[2:])))
