"""Creates models, of names of anybody's too: only where the target says that a name is free.

A name without the run's letters tells nobody later whose a model is. So it is looked at before the
create, and after one that was not accepted: some targets store what they refuse.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from conformance.engine.exchanges import Exchange
from conformance.engine.made import names_of
from conformance.engine.patience import may_say_that_it_exists
from conformance.engine.whose import was_made_all_the_same

if TYPE_CHECKING:
    from conformance.engine.conversation import Conversation

#: Seconds that are waited for another run to give a name free that it took before us.
_PAUSES = (0.05, 0.2, 0.8, 2.0)

#: The status of a server that has failed, and does nothing more about a request.
_FAILED = 500


class NameTaken(Exception):
    """A model name without the run's prefix is not known to be free, so it is left alone.

    ``is_certain`` where the target shows a model of that name, and does not merely fail to say that
    there is none.
    """

    def __init__(self, name: str, *, is_certain: bool) -> None:
        state = "is in use" if is_certain else "may be in use, for all that the target says"
        super().__init__(f"the name {name or repr(name)} {state}")


def created(talk: Conversation, body: Any, *, purpose: str) -> Exchange:
    """Send CreateModel and look what came of it where nobody could tell later.

    Raises ``NameTaken`` for a name without our prefix that may be somebody else's.
    """
    ledger = talk.ledger
    foreign = [each for each in _foreign_names(talk, body) if not ledger.is_ours(each)]
    for name in foreign:
        in_use, was_there = talk.in_use(name), ledger.was_there(name)
        if in_use is not False or was_there:
            raise NameTaken(name, is_certain=was_there or in_use is True)
    exchange = _created_beside_others(talk, body, purpose, foreign)
    if not exchange.accepted:
        _look_for_what_was_made(talk, foreign, exchange)
    return exchange


def _foreign_names(talk: Conversation, body: Any) -> tuple[str, ...]:
    """Return the names under which a target might store this request that are not ours."""
    name = body.get("ModelName") if isinstance(body, dict) else None
    return () if talk.ledger.bears_prefix(name) else names_of(name)


def _created_beside_others(
    talk: Conversation, body: Any, purpose: str, foreign: Sequence[str]
) -> Exchange:
    """Send a create; once more where another run had one of these free names for a moment."""
    exchange = talk.ask("CreateModel", body, purpose=purpose, is_free=bool(foreign))
    for pause in _PAUSES if foreign else ():
        if exchange.accepted or not may_say_that_it_exists(exchange):
            break
        talk.wait(pause)
        if all(map(talk.is_free, foreign)):
            exchange = talk.ask("CreateModel", body, purpose=purpose, is_free=True)
    return exchange


def _look_for_what_was_made(talk: Conversation, foreign: Sequence[str], create: Exchange) -> None:
    """Own, or doubt, models of names that were free before a create that was not accepted."""
    found = {each: was_made_all_the_same(talk, create, each) for each in foreign}
    for name, is_ours in found.items():
        if is_ours:
            talk.ledger.own(name)
        elif is_ours is None:
            talk.ledger.doubt(name)
    is_over = create.reading is not None and create.reading.status == _FAILED
    is_named = isinstance(create.request, dict) and set(found.values()) == {False}
    # That it is free it must say: it may merely have failed again.
    if is_over and is_named and all(map(talk.is_free, foreign)):
        talk.ledger.refused(create.request.get("ModelName"))
