"""Tells when a target's answers belong to other requests of ours than those they were given to.

A connection that is one reply behind, or a gateway that mixes up what meets in it, lets a target
look wrong, or right, that is neither. A wrong answer alone proves nothing of the sort: a target
that shows another name is simply wrong. It is proven by order: reply after reply fits the request
before its own, of another operation, and none fits its own; or replies of requests that met fit
each other's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from conformance.engine.exchanges import Exchange
from conformance.wire import Reading
from conformance.wire.reading import ACCEPTED, REJECTED

#: So many late replies prove that all are late.
_PROOF = 2

#: What an accepted request of an operation is answered with, and no other one is.
_SHOWS = {"ListModels": "Models", "DescribeModel": "ModelName", "CreateModel": "ModelArn"}


class Step:
    """Follows a conversation, request by request; names with ``prefix`` in them are ours."""

    def __init__(self, prefix: str) -> None:
        self._ours = re.compile(re.escape(prefix) + r"[A-Za-z0-9-]*")
        self._before: Exchange | None = None
        self._late: list[bool] = []

    def forget(self) -> None:
        """Begin anew: what comes next has no request before it."""
        self._before = None
        self._late.clear()

    def lost(self, exchange: Exchange) -> str | None:
        """Return in one sentence that the target is out of step, once it is proven, and once."""
        before, self._before = self._before, exchange
        reading = exchange.reading
        if before is None or reading is None:
            return None
        if exchange.accepted and self._answers(reading, exchange):
            self._late.clear()
        elif self._cannot_answer(reading, exchange) and self._answers(reading, before):
            self._late.append(before.operation != exchange.operation)
        if len(self._late) < _PROOF or not any(self._late):
            return None
        self._late.clear()
        return (
            "the target is out of step, its answers belong to other requests: "
            f"{exchange.operation} got the answer to the {before.operation} before it"
        )

    def swapped(self, exchanges: Sequence[Exchange]) -> bool:
        """Tell whether replies of requests that met fit each other's requests, not their own."""
        strays = {
            each.number: each
            for each in exchanges
            if each.accepted and each.reading and self._cannot_answer(each.reading, each)
        }
        # Whoever got the reply of somebody who did not stray has met a target that is wrong.
        while strays:
            kept = {
                number: each
                for number, each in strays.items()
                if any(
                    each.reading and self._answers(each.reading, other) for other in strays.values()
                )
            }
            if len(kept) == len(strays):
                return True
            strays = kept
        return False

    def _name(self, asked: Exchange) -> str | None:
        """Return the name of ours that a request is about, if it is about one."""
        name = asked.request.get("ModelName") if isinstance(asked.request, dict) else None
        return name if isinstance(name, str) and self._ours.search(name) else None

    def _said(self, reading: Reading) -> set[str]:
        """Return the names of ours in a reply, in lower case: some ARNs come back so."""
        payload = reading.payload if isinstance(reading.payload, dict) else {}
        texts = (reading.message, payload.get("ModelName"), payload.get("ModelArn"))
        found = (self._ours.findall(each) for each in texts if isinstance(each, str))
        return {name.lower() for names in found for name in names}

    def _answers(self, reading: Reading, asked: Exchange) -> bool:
        """Tell whether a reply shows by its form, and the name in it, that it answers a request."""
        if reading.kind == ACCEPTED and _shown(reading) != _SHOWS.get(asked.operation, ""):
            return False
        if reading.kind == ACCEPTED and asked.operation in ("ListModels", "DeleteModel"):
            return True
        name = self._name(asked)
        is_an_answer = reading.kind in (ACCEPTED, REJECTED)
        return is_an_answer and name is not None and name.lower() in self._said(reading)

    def _cannot_answer(self, reading: Reading, asked: Exchange) -> bool:
        """Tell whether a reply has the form of another operation's, or another name of ours."""
        if asked.operation not in (*_SHOWS, "DeleteModel"):
            return False
        if reading.kind == ACCEPTED and _shown(reading) != _SHOWS.get(asked.operation, ""):
            return True
        name, said = self._name(asked), self._said(reading)
        is_an_answer = reading.kind in (ACCEPTED, REJECTED)
        return is_an_answer and name is not None and bool(said) and name.lower() not in said


def _shown(reading: Reading) -> str:
    """Return the member that tells which operation an accepted request was of, if any."""
    payload = reading.payload
    if not isinstance(payload, dict):
        return "" if payload is None else "?"
    return next((each for each in _SHOWS.values() if each in payload), "?" if payload else "")
