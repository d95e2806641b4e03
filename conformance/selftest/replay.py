"""Which sides could a fault change at all? Those whose requests are answered in another way.

A verdict depends on the answers alone. So every request of a full run on the conformant service
is sent once to the service with the fault, without judging, and only the sides in which some
answer differs need judging. That makes trying every fault on every rule a matter of minutes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from conformance.engine.judge import Bench, judge_side
from conformance.oracle.catalogue import all_rules
from conformance.targets.reference import reference
from conformance.wire import Reply, TransportFault, encode

_Side = tuple[str, str]
_Said = tuple[str, str, str]

#: What differs between two answers to the same request by itself.
_VOLATILE_HEADERS = ("date", "x-amzn-requestid", "content-length")
_VOLATILE = re.compile(r'"CreationTime":\s*[0-9.]+|"NextToken":\s*"[^"]*"')


def _said(operation: str, request: str, reply: Reply | None) -> _Said:
    if reply is None:
        return operation, request, "no reply"
    kept = sorted((k.lower(), v) for k, v in reply.headers if k.lower() not in _VOLATILE_HEADERS)
    present = sorted(k.lower() for k, _ in reply.headers)
    body = _VOLATILE.sub("", reply.body.decode("utf-8", "replace"))
    return operation, request, json.dumps([reply.status, kept, present, body])


class _Listening:
    """The reference service in process, remembering what was said for the side under way."""

    def __init__(self) -> None:
        self._inner = reference("reference")
        self.name, self.endpoint = self._inner.name, self._inner.endpoint
        self.account = self._inner.account
        self.said: list[_Said] = []

    def send(self, call: Any) -> Reply:
        reply = self._inner.send(call)
        self.said.append(_said(call.operation, call.body.decode(), reply))
        return reply

    def fingerprint(self) -> Mapping[str, str]:
        return self._inner.fingerprint()

    def close(self) -> None:
        self._inner.close()


@cache
def _recorded(seed: int) -> dict[_Side, tuple[_Said, ...]]:
    """Judge every side on the conformant service once and return what was said in each."""
    target = _Listening()
    bench = Bench.at(target, depth="quick", seed=seed, account=target.account)
    recorded: dict[_Side, tuple[_Said, ...]] = {}
    for rule in all_rules():
        for side in rule.sides:
            target.said = []
            judge_side(rule, side, bench)
            recorded[rule.id, side] = tuple(target.said)
    return recorded


def changed_sides(spec: str, *, seed: int = 0) -> list[_Side]:
    """Return (rule id, side) of every side in which the faulty service answers differently.

    ``spec`` is ``reference:FAULT``. Models that only the faulty service accepted stay there, which
    can make more sides differ, never fewer.
    """
    target = reference(spec)
    changed = []
    for side, said in _recorded(seed).items():
        for operation, request, answer in said:
            try:
                call = encode(operation, json.loads(request))
                reply: Reply | None = target.send(call)
            except TransportFault:
                reply = None
            if _said(operation, request, reply)[2] != answer:
                changed.append(side)
                break
    return changed
