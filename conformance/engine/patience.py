"""Waits for a target that says that it is busy: longer each time, by chance, and not for ever.

Throttling is no behaviour of CreateModel's: a throttled call is sent again before anything is made
of its answer. How often does not hang on the clock, so that a record can be judged again.
"""

from __future__ import annotations

from collections.abc import Callable

from conformance.engine.exchanges import Exchange
from conformance.wire.reading import THROTTLED

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


class Patience:
    """The patience that one process has with a target; ``sleep`` waits for so many seconds."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self._sleep = sleep
        self._in_vain = 0.0

    def served(self, send: Callable[[], Exchange]) -> Exchange:
        """Send until the target is not busy, a few times at most, and return the last exchange."""
        exchange = send()
        return self._again(exchange, send) if is_busy(exchange) else exchange

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
