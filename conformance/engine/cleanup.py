"""Deletes what a run has made, by what its ledger says, and nothing else.

What our create was answered 2xx for is ours, until somebody makes another of its name. What was
refused, or had no definite answer, may be there all the same. It is ours where the name holds our
ten random letters and was not there at the start. A model of any other name is ours where the name
was free when we asked for it, and the model was made then and has the role that we sent; where it
does not show that, nobody knows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from conformance.engine.listing import Listing, list_models
from conformance.engine.ownership import KINDS, Ledger, Made, Unanswered, names_of
from conformance.engine.patience import may_say_that_it_exists
from conformance.wire.reading import REJECTED

if TYPE_CHECKING:
    from conformance.engine.conversation import Conversation
    from conformance.engine.exchanges import Exchange

#: Seconds by which a target's clock may be behind ours.
_SKEW = 2.0

#: Seconds in which a target carries out a request, if ever.
CARRIED_OUT_WITHIN = 30.0

#: Seconds after which a request that nobody waited for is taken to have been carried out.
SETTLES_WITHIN = 1.0

#: Pages of 100 models that are looked through, whatever they are called, at most.
PAGES_AT_ENDS = 50

#: Where models cannot be listed, so many names without an answer are tried, at most.
_MOST_TRIED = 100


@dataclass(frozen=True)
class Settled:
    """What a clean-up deleted, what of ours is still there, and what may be ours or may not.

    ``unasked`` are those of ``remaining`` that bear our prefix though no create of ours named them.
    """

    deleted: tuple[str, ...]
    remaining: tuple[str, ...]
    unclear: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()


def delete_owned(talk: Conversation) -> list[str]:
    """Delete all that our creates were answered 2xx for, the last first; return the names.

    What the target does not delete is added to ``talk.leftovers``.
    """
    owned, deleted = talk.ledger.owned, []
    while owned:
        talk.deadlines.check()
        made = owned[-1]
        if _delete(talk, made):
            deleted.append(str(made.name or made.stored))
        elif not _is_gone(talk, made):
            talk.leftovers.append(made)
        owned = talk.ledger.owned
        if made in owned:
            owned.remove(made)
    return deleted


def _delete(talk: Conversation, made: Made) -> bool:
    """Tell whether the target says that it deleted something, under one of its names.

    What bytes without a name have made may have a name that somebody's model had before.
    """
    if made.name is None and any(map(talk.ledger.was_there, (*names_of(None), made.stored))):
        return False
    kind = KINDS[made.operation]
    body = {} if made.name is None else {kind.name: made.name}
    if talk.ask(kind.delete, body, purpose="delete").accepted:
        return True
    is_another = made.stored != made.name and talk.ledger.bears_prefix(made.stored)
    if not is_another:
        return False
    return talk.ask(kind.delete, {kind.name: made.stored}, purpose="delete").accepted


def _is_gone(talk: Conversation, made: Made) -> bool:
    """Tell whether the target says no to a look, too: calls that met have deleted it."""
    kind = KINDS[made.operation]
    looked = talk.ask(kind.describe, {kind.name: made.stored or made.name}, purpose="look")
    return looked.reading is not None and looked.reading.kind == REJECTED


def settle(talk: Conversation) -> Settled:
    """Delete whatever of ours is left and look what remains."""
    ledger = talk.ledger
    for made in [*ledger.owned, *talk.leftovers]:
        if _is_anothers(talk, made):
            ledger.gone(made)
            talk.leftovers = [each for each in talk.leftovers if each != made]
    deleted = delete_owned(talk)
    again, talk.leftovers = talk.leftovers, []
    for made in again:
        if _delete(talk, made):
            deleted.append(_name(made))
        else:
            talk.leftovers.append(made)
    for sent in ledger.unanswered("CreateEndpointConfig"):
        made = Made("CreateEndpointConfig", sent.name, None)
        if ledger.bears_prefix(sent.name) and _delete(talk, made):
            deleted.append(sent.name)
    there, is_whole = _listed(talk)
    ours = there if ledger.is_shared else there & ledger.intended
    deleted += [name for name in sorted(ours) if _delete_model(talk, name)]
    unclear = [each for each in sorted(ledger.doubtful) if talk.is_stored(each)]
    for tried, sent in enumerate(ledger.unanswered("CreateModel")):
        for each in names_of(sent.name):
            if ledger.was_there(each):
                continue
            if ledger.bears_prefix(each):
                if not is_whole and tried < _MOST_TRIED and _delete_model(talk, each):
                    deleted.append(each)
            elif (is_ours := _was_made(talk, each, sent)) is None:
                unclear.append(each)
            elif is_ours and _delete_model(talk, each):
                deleted.append(each)
    unclear += _kept_all_the_same(talk)
    remaining = set(_listed(talk)[0])
    unasked = set() if ledger.is_shared else remaining - ledger.intended
    remaining.update(_name(made) for made in talk.leftovers if _is_there(talk, made))
    return Settled(
        tuple(deleted),
        tuple(sorted(remaining)),
        tuple(dict.fromkeys(unclear)),
        tuple(sorted(unasked)),
    )


def _kept_all_the_same(talk: Conversation) -> list[str]:
    """Return names of anybody's of models that are there, though the target said that none is.

    It refused the create, or deleted the model, as it said; what is listed shows our role and that
    moment. Another run has this role, too, and may have been there in between: it is not deleted.
    """
    ledger = talk.ledger
    if not ledger.of_anybody:
        return []
    still = {name for one in ledger.unanswered("CreateModel") for name in names_of(one.name)}
    still.update(_name(made) for made in talk.leftovers)
    listed = list_models(talk, pages=PAGES_AT_ENDS).names
    return [
        name
        for name, sent in ledger.of_anybody.items()
        if name in listed and name not in still and not ledger.was_there(name)
        if _was_made(talk, name, sent)
    ]


def settle_twice(talk: Conversation, *, again: bool) -> Settled:
    """Settle; with ``again``, or where something may be left, once more a moment later.

    A request whose answer was not waited for may still be carried out; and another run may just
    have had a name that both of us try.
    """
    first = settle(talk)
    if not again and not first.remaining and not first.unclear:
        return first
    time.sleep(SETTLES_WITHIN)
    second = settle(talk)
    return replace(second, deleted=first.deleted + second.deleted)


def may_be_carried_out(ledger: Ledger) -> int:
    """Return how many creates had no answer and may make something even now."""
    since = time.time() - CARRIED_OUT_WITHIN
    return sum(each.at > since for each in ledger.under_way)


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


def _as_told(moment: float, like: float) -> float:
    """Return a moment as a clock like that of another one tells it: in whole seconds, or finer."""
    return float(int(moment)) if like == int(like) else moment - 0.002


def _has_role(shown: Exchange, role: Any) -> bool | None:
    """Tell whether a described model has this role, ``None`` where it shows none."""
    payload = shown.reading.payload if shown.reading else None
    has = payload.get("ExecutionRoleArn") if isinstance(payload, dict) else None
    return None if has is None else bool(has == role)


def _delete_model(talk: Conversation, name: str) -> bool:
    return talk.ask("DeleteModel", {"ModelName": name}, purpose="delete").accepted


def _listed(talk: Conversation) -> tuple[set[str], bool]:
    """Return what holds a prefix of the run's and was not there at the start, and if that is all.

    No others draw those letters; what was never meant to be made is nevertheless not deleted.
    """
    prefixes = talk.ledger.prefixes
    shortest = [p for p in prefixes if not any(q in p for q in prefixes if q != p)]
    listings = [list_models(talk, prefix) for prefix in sorted(shortest)]
    names = {name for each in listings for name in each.names if not talk.ledger.was_there(name)}
    return names, all(each.is_whole for each in listings)


def _is_there(talk: Conversation, made: Made) -> bool:
    """Tell whether what could not be deleted is still there."""
    if made.operation == "CreateModel":
        name = made.stored or made.name
        return isinstance(name, str) and talk.is_stored(name)
    return not _is_gone(talk, made)


def _name(made: Made) -> str:
    name = made.stored or made.name
    return name if isinstance(name, str) else json.dumps(name)


def _was_made(talk: Conversation, name: str, sent: Unanswered) -> bool | None:
    """Tell whether a model of anybody's name is what our create asked for, ``None`` if unknown."""
    shown = talk.ask("DescribeModel", {"ModelName": name}, purpose="look")
    if not shown.accepted or talk.describes_anything():
        return False
    times = list(_creation_times(shown))
    if not _is_of_then(times, sent):
        return False
    return _has_role(shown, sent.role) if times else None


def _is_of_then(times: list[float], sent: Unanswered) -> bool:
    """Tell whether a model may have been made, as far as it says, when a create was sent."""
    first, last = sent.at - _SKEW, sent.at + CARRIED_OUT_WITHIN
    return not times or any(first <= each <= last for each in times)


def _is_anothers(talk: Conversation, made: Made) -> bool:
    """Tell whether somebody has made another model of a name of anybody's since we made ours."""
    name, sent = made.name, made.sent
    if made.operation != "CreateModel" or sent is None or talk.ledger.bears_prefix(name):
        return False
    shown = talk.ask("DescribeModel", {"ModelName": name}, purpose="look")
    if not shown.accepted or talk.describes_anything():
        return False
    has_another_role = sent.role is not None and _has_role(shown, sent.role) is False
    return has_another_role or not _is_of_then(list(_creation_times(shown)), sent)


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


def names_that_matter(listing: Listing, prefix: str) -> frozenset[str]:
    """Return those of the models at the start that might be taken for ours later."""
    return frozenset(n for n in listing.names if len(n) <= len(prefix) + 2 or prefix in n)
