"""Tells whether the replicas of a target are what they are taken for: alike, and apart.

Two URLs of one service would be asked for the same names at once, and for models that a shard on
the other has just made: the verdicts would be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence

from conformance.engine.exchanges import Record
from conformance.engine.judge import Bench
from conformance.targets import TargetProblem
from strategies.bases import minimal


def told_apart(benches: Sequence[Bench]) -> list[Record]:
    """Make a model on each replica and look for it on those that follow; return what was said.

    Raises ``TargetProblem`` with one sentence when one of them has it, or is of another kind or
    version. A target that accepts no plain model shows nothing, and is judged all the same.
    """
    first, *others = benches
    for other in others:
        _demand_alike(first, other)
    for number, bench in enumerate(benches[:-1], 1):
        talk = bench.talk
        with talk.deadlines.regardless():
            body = minimal(bench.names.fresh(), talk.resources)
            try:
                if talk.create(body, purpose="introduction").accepted:
                    for other in benches[number:]:
                        _demand_apart(bench, other, body["ModelName"])
            finally:
                talk.tidy()
    return [record for bench in benches for record in bench.talk.drain()]


def _demand_alike(one: Bench, other: Bench) -> None:
    ours, theirs = (dict(each.talk.target.fingerprint()) for each in (one, other))
    if ours != theirs:
        who, whose = other.talk.target.name, one.talk.target.name
        told = [" ".join(f"{key} {each[key]}" for key in sorted(each)) for each in (theirs, ours)]
        said = one.talk.redaction.text(f"{who} is {told[0]}, and {whose} is {told[1]}")
        raise TargetProblem(f"replicas must be alike: {said}")


def _demand_apart(one: Bench, other: Bench, name: str) -> None:
    with other.talk.deadlines.regardless():
        if other.talk.is_stored(name):
            whose, who = one.talk.target.name, other.talk.target.name
            why = "replicas must not share what they store"
            raise TargetProblem(f"{who} has a model that was made on {whose}: {why}")
