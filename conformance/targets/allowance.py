"""Holds a run to the numbers of requests and models that its user agreed to."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from conformance.targets.protocol import Target
from conformance.targets.wrapped import Wrapped
from conformance.wire import Call, Reply, TransportFault
from conformance.wire.reading import ACCEPTED, read

#: Operations that find and delete what was made: some of them are kept back for the clean-up.
_CLEANING = frozenset({"DescribeModel", "DeleteModel", "ListModels", "DeleteEndpointConfig"})

#: Requests that are left for the clean-up when the others are used up.
RESERVE = 200


@dataclass(frozen=True)
class Allowance:
    """At most so many requests in all, and so many models that may be made, one after the other."""

    requests: int
    models: int


class Metered(Wrapped):
    """A target that may be asked so often: then each request is the fault ``spent``.

    A create counts as a model unless its answer says that none was made; creates under way count
    as well, so that many at once stay within the number.
    """

    def __init__(self, target: Target, allowance: Allowance) -> None:
        super().__init__(target)
        self.allowance = allowance
        self.requests = 0
        self.models = 0
        self._lock = threading.Lock()

    def send(self, call: Call) -> Reply:
        """Return the target's reply; one request too many is ``TransportFault("spent")``."""
        creates = call.operation == "CreateModel"
        with self._lock:
            self._check(call.operation)
            self.requests += 1
            self.models += creates
        reply = self._inner.send(call)
        if creates and read(reply).kind != ACCEPTED and reply.status < 500:
            with self._lock:
                self.models -= 1
        return reply

    def _check(self, operation: str) -> None:
        kept_back = 0 if operation in _CLEANING else RESERVE
        if self.requests >= self.allowance.requests - kept_back:
            raise TransportFault(
                "spent",
                f"the {self.allowance.requests} requests that --max-requests allows are used up "
                f"({RESERVE} are kept for cleaning up)",
            )
        if operation == "CreateModel" and self.models >= self.allowance.models:
            raise TransportFault(
                "spent", f"the {self.allowance.models} models that --max-models allows were made"
            )
