"""Controls: valid requests that must be accepted before a rejection proves anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from conformance.engine.conversation import Conversation
from conformance.engine.creating import NameTaken
from conformance.engine.exchanges import Exchange
from conformance.engine.judgement import shown
from conformance.engine.names import RunNames
from conformance.oracle.verdicts import ERROR, INCONCLUSIVE, NOT_RUN, UNSUPPORTED, Opinion
from conformance.oracle.violations import expectation
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


class Controls:
    """The controls of one side of a rule; each is sent once.

    ``of_name`` where the side is about ModelName: then a control's name is as long as it says.
    """

    def __init__(self, talk: Conversation, names: RunNames, *, of_name: bool) -> None:
        self._talk, self._names, self._of_name = talk, names, of_name
        self._sent: dict[str, Exchange] = {}
        self._last: Any = None

    def refused(self, control: Any) -> Opinion | None:
        """Return why a control proves nothing, ``None`` when it was accepted."""
        key = self.key(control)
        if key not in self._sent:
            if expectation(control).violations:
                return Opinion(ERROR, "suite", "A control of this rule is not valid.")
            self._sent[key] = self._send(control)
        self._last = control
        return opinion_of_control(self._sent[key])

    def key(self, control: Any) -> str:
        """Return what two controls have in common that prove the same: all but the name."""
        unnamed = {key: value for key, value in control.items() if key != "ModelName"}
        length = len(str(control["ModelName"])) if self._of_name else None
        return json.dumps([unnamed, length], sort_keys=True)

    def answer_to(self, key: str) -> Exchange:
        """Return the exchange of the control with this key."""
        return self._sent[key]

    def again(self) -> Opinion | None:
        """Send the last control once more; return why it proves nothing now."""
        return None if self._last is None else opinion_of_control(self._send(self._last))

    def accepted(self, own: Sequence[Any]) -> dict[str, Any] | None:
        """Return one of these as it was sent and accepted, else any other of the side."""
        sent = [*self._sent.values(), *(self._sent.get(self.key(each)) for each in own)]
        accepted = [each for each in sent if each is not None and each.accepted]
        if not accepted:
            return None
        return {"request": accepted[-1].request, "reply": shown(accepted[-1])}

    def _send(self, control: Any) -> Exchange:
        return send_control(control, self._talk, self._names, keep_length=self._of_name)
