"""Controls: valid requests that must be accepted before a rejection proves anything."""

from __future__ import annotations

from typing import Any

from conformance.engine.conversation import Conversation, NameTaken
from conformance.engine.exchanges import Exchange
from conformance.engine.names import RunNames
from conformance.oracle.verdicts import INCONCLUSIVE, NOT_RUN, UNSUPPORTED, Opinion
from conformance.wire.reading import UNSUPPORTED as NO_SUCH_OPERATION


def send_control(
    control: Any, talk: Conversation, names: RunNames, *, keep_length: bool = False
) -> Exchange:
    """Send a control under a name of its own, delete what it made, and return the exchange.

    ``keep_length`` makes the name as long as the control's, where that is what is controlled.
    """
    name = names.fresh()
    if keep_length:
        name = name.ljust(len(control["ModelName"]), "a")
    exchange = talk.create({**control, "ModelName": name}, purpose="control")
    talk.tidy()
    return exchange


def opinion_of_taken(taken: NameTaken) -> Opinion:
    """Return what a case comes to whose name may be somebody's: it is left out."""
    why = str(taken)
    return Opinion(NOT_RUN, "name-taken", f"{why[0].upper()}{why[1:]}.")


def opinion_of_control(exchange: Exchange) -> Opinion | None:
    """Return why a control proves nothing, ``None`` when it was accepted."""
    if exchange.accepted:
        return None
    if exchange.reading is None:
        detail = exchange.fault.detail if exchange.fault else "no reply"
        return Opinion(INCONCLUSIVE, "transport", f"No answer to the control: {detail}.")
    said = exchange.reading.summary
    if exchange.reading.kind == NO_SUCH_OPERATION:
        return Opinion(UNSUPPORTED, "unsupported", f"The target does not support this ({said}).")
    return Opinion(
        INCONCLUSIVE,
        "control",
        f"The control, a valid request, was not accepted either ({said}).",
    )
