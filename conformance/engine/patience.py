"""Asks again where an answer, or its absence, says nothing about the request.

Throttling is no behaviour of CreateModel's: a target that says that it is busy is waited for,
longer each time, by chance, and not for ever. How often does not hang on the clock, so that a
record can be judged again. A connection that was kept open and turns out to be closed is none
either: what may be sent twice is sent again over a new one.
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


#: Operations that change nothing, so that they may be sent twice.
_READING = ("Describe", "List")


def _is_stale(exchange: Exchange) -> bool:
    return exchange.fault is not None and exchange.fault.kind == "stale"


#: What a target says of a model that is there already: AWS's wording, and how others might put it.
_EXISTS = re.compile(r"already[ -]?exist", re.IGNORECASE)
_MAY_EXIST = re.compile(
    r"already|resource[ -]?in[ -]?use|duplicate|conflict|there is a model", re.IGNORECASE
)

_DONE = "done-all-the-same"


def was_done_all_the_same(exchange: Exchange) -> bool:
    """Tell whether a create that was sent again had been carried out, as the next answer shows."""
    return exchange.fault is not None and exchange.fault.kind == _DONE


class Patience:
    """The patience that one process has with a target; ``sleep`` waits for so many seconds."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._in_vain = 0.0

    def served(
        self, send: Callable[[], Exchange], *, is_there: Callable[[], bool] | None = None
    ) -> Exchange:
        """Send until the target is not busy, a few times at most, and return the last exchange.

        ``is_there`` is given for a create under a name that is new, and looks whether there is a
        model of it. Where there is one after the create was sent again and refused, the refusal is
        not about the request: that is an exchange without a reply.
        """
        first = last = send()
        may_be_sent_twice = is_there is not None or last.operation.startswith(_READING)
        if _is_stale(last) and may_be_sent_twice:
            last = send()
        if is_busy(last):
            last = self._again(last, send)
        was_refused = last.reading is not None and last.reading.kind == REJECTED
        if last is first or is_there is None or not was_refused:
            return last
        return _without_reply(last, first) if _says(last, _EXISTS) or is_there() else last

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


def may_say_that_it_exists(create: Exchange) -> bool:
    """Tell whether a create may have been refused because there is a model of its name already."""
    reading = create.reading
    return reading is not None and (reading.status == 409 or _says(create, _MAY_EXIST))


def _says(exchange: Exchange, what: re.Pattern[str]) -> bool:
    reading = exchange.reading
    if reading is None or reading.kind != REJECTED:
        return False
    return what.search(f"{reading.code} {reading.message}") is not None


def _without_reply(exchange: Exchange, first: Exchange) -> Exchange:
    """Return an exchange as one that says nothing, since the first had made the model."""
    said = "closed the connection" if _is_stale(first) else "said that it was busy"
    why = f"the target {said}, and had made the model all the same"
    fault = TransportFault(_DONE, why)
    return replace(exchange, reply=None, reading=None, fault=fault, began=first.began)
