"""A target that answers from the record of a run, so that the record can be judged again.

The suite asks it what it would ask a live target. Every call must be the one that was recorded
next, byte for byte but for signatures: so a record that lacks a request, has another, or has one
too many is found out, and each verdict is drawn again from the replies alone.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable, Mapping
from typing import Any

from conformance.engine.exchanges import SENT, sent_as
from conformance.wire import Call, Reply, TransportFault

#: So many calls may be under way at once; within them the order is the threads'.
_AT_ONCE = 64

Recorded = Mapping[str, Any]


class Playback:
    """Answers calls from recorded exchanges, side by side; ``endpoint`` is the recorded target's.

    ``wrong`` says in a sentence where the record and what is asked part, or is empty.
    """

    name = "playback"
    account: str | None = None
    waits = False

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.wrong = ""
        self._left: list[Recorded] = []
        self._owner = threading.get_ident()
        self._lock = threading.Lock()

    def load(self, exchanges: Iterable[Recorded]) -> None:
        """Answer from these exchanges next, from the first to the last."""
        self._left = list(exchanges)
        self.wrong = ""

    @property
    def left(self) -> int:
        """How many recorded exchanges nobody asked for."""
        return len(self._left)

    def send(self, call: Call) -> Reply:
        """Return the recorded reply to a call; raises ``TransportFault`` where there is none."""
        wanted = sent_as(call)
        alone = threading.get_ident() == self._owner
        with self._lock:
            for position, exchange in enumerate(self._left[: 1 if alone else _AT_ONCE]):
                if {key: exchange[key] for key in SENT if key in exchange} == wanted:
                    del self._left[position]
                    break
            else:
                self.wrong = self.wrong or self._missing(call)
                raise TransportFault("broken", "the record has no such exchange here")
        if "fault" in exchange:
            raise TransportFault(exchange["fault"]["kind"], exchange["fault"]["detail"])
        return _reply(exchange)

    def _missing(self, call: Call) -> str:
        if not self._left:
            return f"a {call.operation} is missing that the suite sends"
        found = self._left[0]
        return f"exchange {found['n']} is a {found['operation']} that the suite does not send there"

    def fingerprint(self) -> Mapping[str, str]:
        """Return what this is."""
        return {"kind": "playback"}

    def close(self) -> None:
        """Nothing is held."""


def _reply(exchange: Recorded) -> Reply:
    body = exchange["body"]
    is_text = not exchange.get("body_base64")
    return Reply(
        exchange["status"],
        tuple((name, value) for name, value in exchange["headers"]),
        body.encode() if is_text else base64.b64decode(body),
        exchange["seconds"],
        (exchange["began"], exchange["ended"]),
    )
