"""The clock of a target, as its Date header shows it, beside ours.

A target whose clock is off is asked about its own time: that machines differ is no fault of its.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

from conformance.oracle.scenario import Answer
from conformance.wire import Reply

#: Clocks of two machines may differ by as much before a signed request is refused.
CLOCKS_APART = 15 * 60


def clock_of(reply: Reply) -> float | None:
    """Return the epoch seconds that a reply's Date header says, ``None`` where it says none."""
    try:
        return parsedate_to_datetime(reply.header("Date") or "").timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


def is_when_answered(seconds: float, answer: Answer, *, off: float = 0.0) -> bool:
    """Tell whether a time is that of an answer, by a clock that is so many seconds off."""
    latest = answer.ended + CLOCKS_APART
    return answer.began - CLOCKS_APART + off <= seconds <= latest + off


def seconds_off(answer: Answer) -> float:
    """Return by how many seconds the target's clock differs from ours: 0 unless it is too many."""
    says = clock_of(answer.reply)
    return 0.0 if says is None or is_when_answered(says, answer) else says - answer.ended


def is_by_own_clock(value: Any, answer: Answer) -> bool:
    """Tell whether a time is impossible only because the target's clock is: 1970, after a start."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    off = seconds_off(answer)
    return is_number and off != 0 and is_when_answered(value, answer, off=off)
