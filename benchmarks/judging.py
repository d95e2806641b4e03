"""What judging costs: beside bare sending, and where answers take no time.

Start-up is outside of what is timed; so is shrinking, on both sides.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from benchmarks.running import Run, plan_of, running, started
from benchmarks.taping import FromMemory, Taped
from conformance.engine import exploration
from conformance.oracle.verdicts import FAIL, Opinion
from conformance.targets import resolve
from conformance.wire import Reply, TransportFault

#: Left out on both sides: these calls meet, in no fixed order, and a bare loop has none that do.
_MEETING = ("concurrency/*",)

#: Rules whose time is told apart: it is that of another generator.
_GENERATED = "schemathesis/"

#: The share of answers that must be those of judging when the same bytes are sent again. All are,
#: but that the names of transform jobs are taken by then: no operation deletes them.
_AGREEING = 0.999

#: The share of requests that may be missing on the tape when they are made again.
_UNKNOWN = 0.01


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


def _spent(run: Run, clock: Callable[[], float]) -> dict[str, float]:
    """Judge a run to its end and return the seconds in all, and those of rules of one family."""
    since = last = clock()
    generated = 0.0
    for judgement in run.judgements():
        now = clock()
        if judgement.rule.id.startswith(_GENERATED):
            generated += now - last
        last = now
    return {"all": last - since, _GENERATED: generated}


def overhead(
    target: str, depth: str, number: int = 0, parts: int = 1, *select: str
) -> dict[str, float]:
    """Time judging, and sending the very same signed bytes in a bare loop over the same client.

    Judging is into a record, and with a journal where a server is asked. Both ask the same target,
    which judging leaves as it was: a signature holds for one host and port. Of the rules it is a
    part, by its number and how many there are: see ``plan_of``. ``agreeing`` is the share of
    answers that have the status that they had in judging. Raises ``RuntimeError`` where it is too
    small: then something else was timed.
    """
    started()
    plan = plan_of(target, depth, select=select, leave_out=_MEETING, part=(number, parts))
    asked = resolve(plan.target, plan.options, None)
    tape, bare = Taped(asked), Taped(asked)
    try:
        with running(plan, tape, keeps_journal=target.endswith("-server")) as run:
            tape.clear()
            with _noticed(tape) as shrinking:
                spent = _spent(run, time.perf_counter)
                judging = spent["all"] - shrinking.seconds
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
        raise RuntimeError(f"only {agreeing:.1%} of the answers are those of judging")
    return {
        "ratio": judging / sending,
        "judging": judging,
        "schemathesis": spent[_GENERATED],
        "sending": sending,
        "requests": len(calls),
        "cases": run.cases.total(),
        "agreeing": agreeing,
    }


def _status(said: Reply | TransportFault) -> int | str:
    return said.kind if isinstance(said, TransportFault) else said.status


def own_cost(depth: str, number: int = 0, parts: int = 1, *select: str) -> dict[str, float]:
    """Processor time for each request when every answer comes from memory, in milliseconds.

    With a record and a journal, for a part of the rules: see ``plan_of``. Raises ``RuntimeError``
    where too many requests are not those that the answers were given to.
    """
    started()
    plan = plan_of("reference", depth, select=select, leave_out=_MEETING, part=(number, parts))
    tape = Taped(resolve("reference", plan.options, None))
    with running(plan, tape, keeps_journal=True) as run:
        run.to_its_end()
    memory = FromMemory(tape)
    tape.clear()
    with running(plan, memory, keeps_journal=True) as run:
        before = run.bench.talk.requests
        spent = _spent(run, time.process_time)
    requests = run.bench.talk.requests - before
    if memory.unknown > requests * _UNKNOWN:
        raise RuntimeError(f"{memory.unknown} of {requests} requests are not on the tape")
    return {
        "cost": spent["all"] / requests * 1000,
        "seconds": spent["all"],
        "schemathesis": spent[_GENERATED],
        "requests": requests,
        "unknown": memory.unknown,
    }
