"""Targets to measure with: one that keeps what passes through it, one that answers from memory."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import Any

from conformance.targets import Target
from conformance.wire import Call, Reply, TransportFault

_Key = tuple[str, str | None, bytes]


def _key(call: Call) -> _Key:
    return call.method, call.headers.get("X-Amz-Target"), call.body


class Taped:
    """Passes calls on to a target and keeps them and what came back, in order."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.calls: list[Call] = []
        self.replies: list[Reply | TransportFault] = []

    def __getattr__(self, name: str) -> Any:
        """Be the target in everything else."""
        return getattr(self._target, name)

    def clear(self) -> None:
        """Forget what passed by now."""
        self.calls.clear()
        self.replies.clear()

    def send(self, call: Call) -> Reply:
        """Return the target's reply."""
        said: Reply | TransportFault
        try:
            said = self._target.send(call)
        except TransportFault as fault:
            said = fault
        self.calls.append(call)
        self.replies.append(said)
        if isinstance(said, TransportFault):
            raise said
        return said


class FromMemory:
    """Answers a call as it was answered on a tape, at once: what is left is the suite's own cost.

    Calls are told apart by method, operation and body; equal ones are answered in their order.
    ``unknown`` counts calls that the tape has not.
    """

    waits = False

    def __init__(self, tape: Taped) -> None:
        self.name, self.endpoint, self.account = "memory", tape.endpoint, tape.account
        self.unknown = 0
        self._answers: dict[_Key, deque[Reply | TransportFault]] = defaultdict(deque)
        for call, said in zip(tape.calls, tape.replies, strict=True):
            self._answers[_key(call)].append(said)
        self._any = next(iter(self._answers.values()))[0]

    def send(self, call: Call) -> Reply:
        """Return the reply on the tape."""
        answers = self._answers.get(_key(call))
        if not answers:
            self.unknown += 1
            said = self._any
        else:
            said = answers[0] if len(answers) == 1 else answers.popleft()
        if isinstance(said, TransportFault):
            raise said
        return said

    def fingerprint(self) -> Mapping[str, str]:
        """Return the kind."""
        return {"kind": "memory"}

    def close(self) -> None:
        """Nothing is held."""
