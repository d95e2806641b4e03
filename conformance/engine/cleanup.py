"""Deletes what a run has made, by what its ledger says, and nothing else.

What our create was answered 2xx for is ours, until somebody makes another of its name. What was
refused, or had no definite answer, may be there all the same. It is ours where the name holds our
ten random letters and was not there at the start; for any other name see ``whose``. That something
is gone is believed where the target deleted it, refuses to describe it, or lists all but it; a
target that says nothing of use has kept it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from conformance.engine.listing import Listing, list_configs, list_models
from conformance.engine.made import KINDS, Made, Unanswered, is_deleted, names_of
from conformance.engine.whose import CARRIED_OUT_WITHIN, is_anothers, is_of
from conformance.wire.reading import REJECTED, UNSUPPORTED

if TYPE_CHECKING:
    from conformance.engine.conversation import Conversation

#: Seconds after which a request that nobody waited for is taken to have been carried out, unless
#: the target takes as long for others.
SETTLES_WITHIN = 1.0

#: Where models cannot be listed, so many names without an answer are tried, at most.
_MOST_TRIED = 100


@dataclass(frozen=True)
class Settled:
    """What a clean-up deleted, what of ours it did not, and what may be ours or may not.

    ``unasked`` are those of ``remaining`` that bear our prefix though no create of ours named them.
    ``is_known`` is false where others of the run made models, too, and the target does not list
    what it has.
    """

    deleted: tuple[str, ...]
    remaining: tuple[str, ...]
    unclear: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()
    is_known: bool = True

    @property
    def is_clean(self) -> bool:
        """Whether nothing of ours is left, for all that the target says."""
        return self.is_known and not self.remaining and not self.unclear


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
        elif _is_gone(talk, made):
            talk.ledger.gone(made)
        else:
            talk.leftovers.append(made)
        owned = talk.ledger.owned
        if made in owned:
            owned.remove(made)
    return deleted


def _delete(talk: Conversation, made: Made) -> bool:
    """Tell whether the target says that it deleted something, under one of its names.

    What bytes without a name have made may have a name that somebody's model had before.
    """
    if any(map(talk.ledger.was_there, names_of(made.name))):
        return False
    if made.name is None and talk.ledger.was_there(made.stored):
        return False
    kind = KINDS[made.operation]
    body = {} if made.name is None else {kind.name: made.name}
    if is_deleted(talk.ask(kind.delete, body, purpose="delete")):
        return True
    is_another = made.stored != made.name and talk.ledger.bears_prefix(made.stored)
    if not is_another:
        return False
    return is_deleted(talk.ask(kind.delete, {kind.name: made.stored}, purpose="delete"))


def _is_gone(talk: Conversation, made: Made) -> bool:
    """Tell whether the target says no to a look, too: calls that met have deleted it."""
    kind = KINDS[made.operation]
    looked = talk.ask(kind.describe, {kind.name: made.stored or made.name}, purpose="look")
    return looked.reading is not None and looked.reading.kind == REJECTED


def settle(talk: Conversation) -> Settled:
    """Delete whatever of ours is left and look what remains."""
    ledger = talk.ledger
    _let_go_of_others(talk)
    deleted = [*delete_owned(talk), *_deleted_at_last(talk)]
    for sent in ledger.unanswered("CreateEndpointConfig"):
        if ledger.bears_prefix(sent.name) and _delete(talk, _config(sent.name)):
            deleted.append(sent.name)
    configs, _ = _configs_of_others(talk)
    deleted += [each for each in configs if _delete(talk, _config(each))]
    listed = _listed(talk)
    ours = listed.names if ledger.is_shared else listed.names & ledger.intended
    kept = {name for name in ours if not _delete_model(talk, name)}
    deleted += sorted(ours - kept)
    unclear = [each for each in sorted(ledger.doubtful) if _unless_gone(talk, each) is None]
    for name, is_there in _unanswered(talk, listed):
        (deleted if is_there else unclear).append(name)
    unclear += _kept_all_the_same(talk)
    listed = _listed(talk)
    remaining = set(listed.names) if listed.is_whole else listed.names | kept
    unasked = set() if ledger.is_shared else remaining - ledger.intended
    configs, are_all = _configs_of_others(talk)
    remaining |= configs
    remaining |= {_name(made) for made in talk.leftovers if not _is_absent(talk, made, listed)}
    unclear = [name for name in dict.fromkeys(unclear) if name not in remaining]
    return Settled(
        tuple(deleted),
        tuple(sorted(remaining)),
        tuple(unclear),
        tuple(sorted(unasked)),
        not ledger.is_shared or (are_all and (listed.is_whole or _cannot_list(listed))),
    )


def _config(name: Any) -> Made:
    return Made("CreateEndpointConfig", name, None)


def _configs_of_others(talk: Conversation) -> tuple[frozenset[str], bool]:
    """Return the configurations of the run that others may have made, and whether that is all."""
    if not talk.ledger.is_shared:
        return frozenset(), True
    listings = [list_configs(talk, each) for each in _shortest(talk)]
    are_all = all(each.is_whole or _cannot_list(each) for each in listings)
    return frozenset().union(*(each.names for each in listings)), are_all


def _cannot_list(listed: Listing) -> bool:
    """Tell whether a target does not know what ListModels is: that is no fault."""
    return listed.last.reading is not None and listed.last.reading.kind == UNSUPPORTED


def _let_go_of_others(talk: Conversation) -> None:
    """Take no longer for ours what somebody has made of a name of anybody's, or may have."""
    ledger = talk.ledger
    for made in [*ledger.owned, *talk.leftovers]:
        belongs_to_another = is_anothers(talk, made)
        if belongs_to_another is None:
            ledger.doubt(made.name)
        elif belongs_to_another:
            ledger.gone(made)
        if belongs_to_another is not False:
            talk.leftovers = [each for each in talk.leftovers if each != made]


def _deleted_at_last(talk: Conversation) -> list[str]:
    """Try once more what could not be deleted; return the names of what was now."""
    deleted = [made for made in talk.leftovers if _delete(talk, made)]
    talk.leftovers = [made for made in talk.leftovers if made not in deleted]
    return [_name(made) for made in deleted]


def _unanswered(talk: Conversation, listed: Listing) -> list[tuple[str, bool]]:
    """Look for models that creates without a definite answer may have made.

    Returns those that were deleted, with ``True``, and those of which nobody knows.
    """
    ledger = talk.ledger
    found: list[tuple[str, bool]] = []
    for tried, sent in enumerate(ledger.unanswered("CreateModel")):
        for name in names_of(sent.name):
            if ledger.was_there(name):
                continue
            is_ours: bool | None = None
            if not ledger.bears_prefix(name):
                is_ours = is_of(talk, name, sent)
                if is_ours and not _delete_model(talk, name):
                    is_ours = None
            elif listed.is_whole:  # it is not in there: others may lie in their lists
                is_stored = tried < _MOST_TRIED and talk.is_stored(name)
                is_ours = (_delete_model(talk, name) or None) if is_stored else False
            elif tried < _MOST_TRIED:
                is_ours = _delete_model(talk, name) or _unless_gone(talk, name)
            if is_ours is not False:
                found.append((name, bool(is_ours)))
    return found


def _unless_gone(talk: Conversation, name: str) -> bool | None:
    """Return ``False`` where the target says that it has no model of a name, else ``None``."""
    return False if _is_gone(talk, Made("CreateModel", name, None)) else None


def _kept_all_the_same(talk: Conversation) -> list[str]:
    """Return names of anybody's of models that are there, though the target said that none is.

    It refused the create, or deleted the model, as it said; what is there shows our role and that
    moment. Another run has this role, too, and may have been there in between: it is not deleted.
    """
    ledger = talk.ledger
    still = {name for one in ledger.unanswered("CreateModel") for name in names_of(one.name)}
    still.update(_name(made) for made in talk.leftovers)
    return [
        name
        for name, sent in ledger.of_anybody.items()
        if name not in still and not ledger.was_there(name) and is_of(talk, name, sent)
    ]


def settle_twice(talk: Conversation, *, again: bool) -> Settled:
    """Settle; with ``again``, or where something may be left, once more a moment later.

    A request whose answer was not waited for may still be carried out; and another run may just
    have had a name that both of us try.
    """
    first = settle(talk)
    if not talk.waits or (not again and first.is_clean):
        return first
    time.sleep(SETTLES_WITHIN)
    second = settle(talk)
    before = tuple(name for name in first.deleted if name not in second.remaining)
    return replace(second, deleted=before + second.deleted)


def seconds_to_come(talk: Conversation) -> list[float]:
    """Return for how many seconds from now each create that had no answer may make something.

    One whose answer we did not wait for counts where the target takes its time with others, too.
    """
    ledger = talk.ledger
    waiting = ledger.left_waiting if talk.slowest >= SETTLES_WITHIN else []
    return seconds_left([*ledger.silent, *waiting])


def seconds_left(creates: Sequence[Unanswered]) -> list[float]:
    """Return for how many seconds from now each of these may be carried out, if at all."""
    now = time.time()
    left = [each.at + CARRIED_OUT_WITHIN - now for each in creates]
    return [min(seconds, CARRIED_OUT_WITHIN) for seconds in left if seconds > 0]


def _delete_model(talk: Conversation, name: str) -> bool:
    return is_deleted(talk.ask("DeleteModel", {"ModelName": name}, purpose="delete"))


def _listed(talk: Conversation) -> Listing:
    """Return what holds a prefix of the run's and was not there at the start.

    No others draw those letters; what was never meant to be made is nevertheless not deleted.
    """
    listings = [list_models(talk, prefix) for prefix in _shortest(talk)]
    names = frozenset(
        name for each in listings for name in each.names if not talk.ledger.was_there(name)
    )
    return Listing(names, all(each.is_whole for each in listings), listings[-1].last)


def _shortest(talk: Conversation) -> list[str]:
    """Return the prefixes of the run's names that have no other in them."""
    prefixes = talk.ledger.prefixes
    return sorted(p for p in prefixes if not any(q in p for q in prefixes if q != p))


def _is_absent(talk: Conversation, made: Made, listed: Listing) -> bool:
    """Tell whether the target shows that what could not be deleted is not there any more."""
    name = _name(made)
    if made.operation == "CreateModel" and listed.is_whole and talk.ledger.bears_prefix(name):
        return name not in listed.names and not talk.is_stored(name)
    return _is_gone(talk, made)


def _name(made: Made) -> str:
    name = made.stored or made.name
    return name if isinstance(name, str) else json.dumps(name)


def names_that_matter(listing: Listing, prefix: str) -> frozenset[str]:
    """Return those of the models at the start that might be taken for ours later."""
    return frozenset(n for n in listing.names if len(n) <= len(prefix) + 2 or prefix in n)
