"""Which sides could a fault change at all? Those whose requests are answered in another way.

A verdict depends on the answers alone. So every request of a full run on the conformant service
is sent once to the service with the fault, without judging, and only the sides in which some
answer differs need judging. That makes trying every fault on every rule a matter of minutes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache

from conformance.engine.judge import Bench, judge_side
from conformance.oracle.catalogue import all_rules
from conformance.oracle.outsiders import opinion_on
from conformance.oracle.verdicts import FAIL
from conformance.spec.rules import Rule
from conformance.targets.reference import reference
from conformance.targets.wsgi import WsgiTarget
from conformance.wire import Call, Reply, TransportFault

_Side = tuple[str, str]

#: A call and what its answer amounted to.
_Said = tuple[Call, str]

_Answered = tuple[Call, Reply | None]

#: What differs between two answers to the same request by itself.
_VOLATILE_HEADERS = ("date", "x-amzn-requestid", "content-length")
_VOLATILE = re.compile(r'"CreationTime":\s*[0-9.]+|"NextToken":\s*"[^"]*"')

#: Families of which the answers in a row say nothing: signatures grow old, and calls met.
_ALWAYS_JUDGED = ("auth/", "concurrency/")


def _amounts(reply: Reply | None) -> str:
    if reply is None:
        return "no reply"
    kept = sorted((k.lower(), v) for k, v in reply.headers if k.lower() not in _VOLATILE_HEADERS)
    present = sorted(k.lower() for k, _ in reply.headers)
    body = _VOLATILE.sub("", reply.body.decode("utf-8", "replace"))
    return json.dumps([reply.status, kept, present, body])


def _unsuspicious(spec: str) -> WsgiTarget:
    """Return the service with a fault, without a look at signatures: those of a record are old."""
    return reference(spec, sigv4=None)


class _Listening:
    """The reference service in process, remembering what was said for the side under way."""

    def __init__(self) -> None:
        self._inner = _unsuspicious("reference")
        self.name, self.endpoint = self._inner.name, self._inner.endpoint
        self.account = self._inner.account
        self.said: list[_Said] = []

    def send(self, call: Call) -> Reply:
        reply = self._inner.send(call)
        self.said.append((call, _amounts(reply)))
        return reply

    def fingerprint(self) -> Mapping[str, str]:
        return self._inner.fingerprint()

    def close(self) -> None:
        self._inner.close()


@cache
def _recorded(within: str, depth: str, seed: int) -> dict[_Side, tuple[_Said, ...]]:
    """Judge every side on the conformant service once and return what was said in each."""
    target = _Listening()
    bench = Bench.at(target, depth=depth, seed=seed, account=target.account)
    recorded: dict[_Side, tuple[_Said, ...]] = {}
    for rule, side in _sides(within):
        if not rule.id.startswith(_ALWAYS_JUDGED):
            target.said = []
            judge_side(rule, side, bench)
            recorded[rule.id, side] = tuple(target.said)
    return recorded


def _sides(within: str) -> Iterator[tuple[Rule, str]]:
    rules = (rule for rule in all_rules() if rule.id.startswith(within))
    return ((rule, side) for rule in rules for side in rule.sides)


def _answers(said: tuple[_Said, ...], target: WsgiTarget) -> Iterator[_Answered]:
    """Yield each call of a side that the service answers in another way, and its answer."""
    for call, answer in said:
        try:
            reply: Reply | None = target.send(call)
        except TransportFault:
            reply = None
        if _amounts(reply) != answer:
            yield call, reply


def changed_sides(spec: str, *, seed: int = 0) -> list[_Side]:
    """Return (rule id, side) of every side in which the faulty service answers differently.

    ``spec`` is ``reference:FAULT``. Models that only the faulty service accepted stay there, which
    can make more sides differ, never fewer.
    """
    target = _unsuspicious(spec)
    changed = [(r.id, side) for r, side in _sides("") if r.id.startswith(_ALWAYS_JUDGED)]
    for side, said in _recorded("", "quick", seed).items():
        if next(_answers(said, target), None) is not None:
            changed.append(side)
    return changed


def caught_by_requests_of(rule_id: str, spec: str, *, depth: str, seed: int = 0) -> bool:
    """Tell whether requests that a rule sends show a fault, each judged by itself.

    They are the very bytes that the rule sends to the conformant service, and the oracle is the
    same; what is not done is to shrink what fails.
    """
    target = _unsuspicious(spec)
    return any(
        reply is not None and opinion_on(call, reply).verdict == FAIL
        for said in _recorded(rule_id, depth, seed).values()
        for call, reply in _answers(said, target)
    )
