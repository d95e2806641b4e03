"""Waits for a target that says that it is busy: longer each time, by chance, and not for ever.

Throttling is no behaviour of CreateModel's: a throttled call is sent again before anything is made
of its answer. How often does not hang on the clock, so that a record can be judged again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from conformance.engine.exchanges import Exchange
from conformance.wire import TransportFault
from conformance.wire.reading import REJECTED, THROTTLED

#: How often a throttled call is sent in all.
_SENDINGS = 5

#: Seconds that are waited before it is sent again: by chance up to the first, then up to four
#: times as long each time. On average that makes four seconds in all.
_FIRST_PAUSE, _GROWTH = 0.1, 4

#: Seconds that are waited in vain, at most: a target that is busy whatever it is asked is not
#: waited for in every rule.
_MOST_IN_VAIN = 15.0

#: Says that there is no room, now and later; that is not a matter of waiting.
_FULL = ("ResourceLimitExceeded", "LimitExceeded")


def is_busy(exchange: Exchange) -> bool:
    """Tell whether a target asks to be asked later."""
    reading = exchange.reading
    if reading is None or reading.kind != THROTTLED:
        return False
    return (reading.code or "").removesuffix("Exception") not in _FULL


#: What a target says of a model that is there already; AWS's wording, and others'.
_EXISTS = re.compile(r"already[ -]?exist", re.IGNORECASE)

_DONE = "done-all-the-same"


def was_done_all_the_same(exchange: Exchange) -> bool:
    """Tell whether a throttled create was carried out, as the answer to the next one shows."""
    return exchange.fault is not None and exchange.fault.kind == _DONE


class Patience:
    """The patience that one process has with a target; ``sleep`` waits for so many seconds."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._in_vain = 0.0

    def served(self, send: Callable[[], Exchange], *, is_new: bool = False) -> Exchange:
        """Send until the target is not busy, a few times at most, and return the last exchange.

        A create under a name that ``is_new``, which is throttled first and then refused because its
        model exists, is an exchange without a reply: the refusal is not about the request.
        """
        first = send()
        if not is_busy(first):
            return first
        last = self._again(first, send)
        return _without_reply(last) if is_new and _says_that_it_exists(last) else last

    def _again(self, first: Exchange, send: Callable[[], Exchange]) -> Exchange:
        import tenacity  # it takes time to load, which most runs can do without

        waited = 0.0
        answered = [first]

        def pause(seconds: float) -> None:
            nonlocal waited
            seconds = min(seconds, _MOST_IN_VAIN - self._in_vain - waited)
            if seconds > 0:
                waited += seconds
                self._sleep(seconds)

        retrying = tenacity.Retrying(
            sleep=pause,
            stop=tenacity.stop_after_attempt(_SENDINGS),
            wait=tenacity.wait_random_exponential(multiplier=_FIRST_PAUSE, exp_base=_GROWTH),
            retry=tenacity.retry_if_result(is_busy),
            retry_error_callback=lambda state: state.outcome and state.outcome.result(),
        )
        exchange: Exchange = retrying(lambda: answered.pop() if answered else send())
        self._in_vain = self._in_vain + waited if is_busy(exchange) else 0.0
        return exchange


def _says_that_it_exists(exchange: Exchange) -> bool:
    reading = exchange.reading
    if exchange.operation != "CreateModel" or reading is None or reading.kind != REJECTED:
        return False
    return bool(_EXISTS.search(f"{reading.code} {reading.message}"))


def _without_reply(exchange: Exchange) -> Exchange:
    why = "the target said that it was busy, and had made the model all the same"
    return replace(exchange, reply=None, reading=None, fault=TransportFault(_DONE, why))
