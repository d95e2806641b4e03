"""Waits for a service that is eventually consistent: what was just made or deleted may show late.

A model that was created is asked for again while it cannot be found, one that was deleted while it
can; before models are listed, those are looked up. What has not settled in time is what the
service answers, and is judged.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from conformance.targets.protocol import Target
from conformance.targets.wrapped import Wrapped
from conformance.wire import Call, Reply, encode, read
from conformance.wire.reading import ACCEPTED, REJECTED, parse_json
from conformance.wire.signing import Signer

#: Seconds after a change in which a look may still show how it was before; between two looks.
_SETTLES_WITHIN, _BETWEEN = 5.0, 0.25

#: Operations that name a model and are refused when it cannot be found (yet).
_LOOKS = frozenset({"DescribeModel", "DeleteModel"})


class Settling(Wrapped):
    """A target whose answers about models just made or deleted are those that stay."""

    def __init__(
        self,
        target: Target,
        signer: Signer,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(target)
        self._signer = signer
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._changed: dict[str, tuple[bool, float]] = {}  # by name: is there, and since when

    def send(self, call: Call) -> Reply:
        """Return the reply; one that may only be too early is asked for again first."""
        name = _named(call)
        if call.operation == "ListModels":
            self._settle_all()
        reply = self._inner.send(call)
        if name is not None and call.operation in _LOOKS:
            reply = self._settled(name, call, reply)
        self._note(name, call.operation, reply)
        return reply

    def _settled(self, name: str, call: Call, reply: Reply) -> Reply:
        """Return the first reply that fits what was done to the model, else the last in time."""
        with self._lock:
            is_there, since = self._changed.get(name, (None, 0.0))
        expected = {True: ACCEPTED, False: REJECTED}.get(is_there)  # type: ignore[arg-type]
        while (
            expected is not None
            and read(reply).kind in {ACCEPTED, REJECTED} - {expected}
            and self._clock() - since < _SETTLES_WITHIN
        ):
            self._sleep(_BETWEEN)
            reply = self._inner.send(call)
        return reply

    def _note(self, name: str | None, operation: str, reply: Reply) -> None:
        """Take note of what an accepted call has done to a model, or that it shows as it is."""
        if name is None or read(reply).kind not in (ACCEPTED, REJECTED):
            return
        accepted = read(reply).kind == ACCEPTED
        with self._lock:
            if operation == "CreateModel" and accepted:
                self._changed[name] = (True, self._clock())
            elif operation == "DeleteModel" and accepted:
                self._changed[name] = (False, self._clock())
            elif operation == "DescribeModel":
                self._changed.pop(name, None)

    def _settle_all(self) -> None:
        """Look up what was changed a moment ago, until it shows as it is."""
        with self._lock:
            early = self._clock() - _SETTLES_WITHIN
            self._changed = {k: each for k, each in self._changed.items() if each[1] > early}
            names = list(self._changed)
        for name in names:
            call = encode("DescribeModel", {"ModelName": name}, url=self.endpoint)
            self.send(self._signer.signed(call))


def _named(call: Call) -> str | None:
    body: Any = parse_json(call.body)
    name = body.get("ModelName") if isinstance(body, dict) else None
    return name if isinstance(name, str) else None
