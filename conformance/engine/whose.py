"""Tells whose a model of anybody's name is: a name without the run's letters says nothing.

It is ours where the name was free when we asked for it, and the model has the role that we sent
and was made then. Another run may send the same role; where the moment is another, or one of both
is not shown, nobody knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from conformance.engine.exchanges import Exchange
from conformance.engine.made import Made, Unanswered
from conformance.engine.patience import may_say_that_it_exists
from conformance.oracle.clocks import clock_of
from conformance.wire.reading import REJECTED

if TYPE_CHECKING:
    from conformance.engine.conversation import Conversation

#: Seconds by which a target's clock may be apart from ours, whatever its Date header says.
_APART = 2.0

#: Seconds in which a target carries out a request, if ever.
CARRIED_OUT_WITHIN = 30.0

#: Seconds after its deletion in which a model may have been made, for clocks that are apart.
_AFTER_DELETION = 0.5


def was_made_all_the_same(talk: Conversation, create: Exchange, name: str) -> bool | None:
    """Tell whether a create that was not accepted has made a model of a name that was free.

    ``None`` where nobody knows: somebody else may have been faster.
    """
    shown = talk.ask("DescribeModel", {"ModelName": name}, purpose="check")
    if not shown.accepted or talk.describes_anything():
        return False
    sent = create.request.get("ExecutionRoleArn") if isinstance(create.request, dict) else None
    is_ours = _has_role(shown, sent)
    times = list(_creation_times(shown))
    is_later = not times or any(each >= _as_told(create.began, each) for each in times)
    return True if is_ours and is_later and not may_say_that_it_exists(create) else None


def is_of(talk: Conversation, name: str, sent: Unanswered) -> bool | None:
    """Tell whether what has a name now is what our create asked for, ``None`` if unknown."""
    shown = _description(talk, name)
    if not isinstance(shown, Exchange):
        return shown
    has_role = _has_role(shown, sent.role)
    if has_role is False:
        return False
    is_of_then = _is_of_then(list(_creation_times(shown)), sent, shown)
    return True if has_role and is_of_then else None


def is_anothers(talk: Conversation, made: Made) -> bool | None:
    """Tell whether somebody has made another model of a name of anybody's since we made ours.

    ``None`` where it does not show that it is ours, nor that it is not, or cannot be looked at.
    """
    name, sent = made.name, made.sent
    if made.operation != "CreateModel" or sent is None or talk.ledger.bears_prefix(name):
        return False
    shown = _description(talk, name)
    if not isinstance(shown, Exchange):
        return shown
    has_role = _has_role(shown, sent.role)
    if sent.role is not None and has_role is False:
        return True
    times = list(_creation_times(shown))
    is_of_then = _is_of_then(times, sent, shown) if times else has_role
    return False if is_of_then else None


def _description(talk: Conversation, name: Any) -> Exchange | Literal[False] | None:
    """Return how a model is described, ``None`` where the target twice does not say.

    ``False`` where it says that there is none, or describes whatever it is asked for.
    """
    for _ in range(2):
        shown = talk.ask("DescribeModel", {"ModelName": name}, purpose="look")
        if shown.accepted:
            return False if talk.describes_anything() else shown
        if shown.reading is not None and shown.reading.kind == REJECTED:
            return False
    return None


def _is_of_then(times: list[float], sent: Unanswered, shown: Exchange) -> bool:
    """Tell whether a model was made when a create was sent, by the target's clock."""
    off = _seconds_off(shown)
    first = sent.at + off - _APART
    last = min(sent.at + CARRIED_OUT_WITHIN, sent.until + _AFTER_DELETION) + off
    return any(first <= each <= last for each in times)


def _seconds_off(shown: Exchange) -> float:
    """Return by how many seconds the target's clock is ahead of ours, as far as it says so."""
    says = clock_of(shown.reply) if shown.reply is not None else None
    if says is None or shown.began - _APART <= says <= shown.ended + _APART:
        return 0.0
    return says - shown.ended


def _as_told(moment: float, like: float) -> float:
    """Return a moment as a clock like that of another one tells it: in whole seconds, or finer."""
    return float(int(moment)) if like == int(like) else moment - 0.002


def _has_role(shown: Exchange, role: Any) -> bool | None:
    """Tell whether a described model has this role, ``None`` where it shows none."""
    payload = shown.reading.payload if shown.reading else None
    has = payload.get("ExecutionRoleArn") if isinstance(payload, dict) else None
    return None if has is None else bool(has == role)


def _creation_times(exchange: Exchange) -> Iterator[float]:
    """Yield when a described model was made, in epoch seconds; a time without a zone is read in
    UTC and in the zone of this machine.
    """
    payload = exchange.reading.payload if exchange.reading else None
    told: Any = payload.get("CreationTime") if isinstance(payload, dict) else None
    if isinstance(told, int | float) and not isinstance(told, bool):
        with suppress(OverflowError):
            if isfinite(told):
                yield float(told)
    if isinstance(told, str):
        try:
            moment = datetime.fromisoformat(told)
            yield moment.timestamp()
            if moment.tzinfo is None:
                yield moment.replace(tzinfo=UTC).timestamp()
        except (ValueError, OverflowError):
            return
