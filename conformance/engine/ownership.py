"""What a run may have made on a target, by name: intended, owned, refused, doubtful and gone.

A ledger is nothing but the fold of its events, so that one that is read back from a journal after
a crash knows what the process knew that wrote it. Whatever is deleted is deleted because it stands
here; that a name looks like ours is never enough.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from math import inf
from typing import Any, Protocol, TypeVar

from conformance.engine.exchanges import Exchange
from conformance.engine.made import (
    CREATE_OF,
    KINDS,
    Made,
    Unanswered,
    is_deleted,
    is_over,
    made_nothing,
    named_in,
    names_of,
)
from conformance.engine.name_set import NameSet

Event = dict[str, Any]

_K = TypeVar("_K")


class Journal(Protocol):
    """Where events go before they count; raises ``OSError`` when they cannot be written."""

    def note(self, event: Event) -> None:
        """Write an event down, at once."""


def _key(operation: str, name: Any) -> tuple[str, str]:
    return operation, name if isinstance(name, str) else json.dumps(name)


def _intent(operation: str, sent: Unanswered) -> Event:
    return {
        "event": "intent",
        "operation": operation,
        "name": sent.name,
        "at": sent.at,
        "role": sent.role,
    }


def _take_the_later(sent: dict[_K, Unanswered], others: Mapping[_K, Unanswered]) -> None:
    """Let others count, too, where they were sent later under the same name."""
    for key, other in others.items():
        if key not in sent or other.at > sent[key].at:
            sent[key] = other


class Ledger:
    """The names of one process; with the ledgers of others joined to it, those of a run.

    ``prefix`` is what makes a name the run's own: ten random letters that nobody else has.
    """

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        #: All prefixes of the run's names: more than one where ledgers were joined.
        self.prefixes = {prefix}
        self.journal: Journal | None = None
        #: Names at the start that might be taken for ours, ``None`` when nobody has listed them.
        self.before: frozenset[str] | None = None
        #: Whether others whose ledgers cannot be read make models under the run's prefix, too.
        self.is_shared = False
        #: What we made and have not deleted yet, in order.
        self.owned: list[Made] = []
        #: Every name with our prefix that a create was sent for, whatever came of it.
        self.intended = NameSet()
        #: Names of models of which nobody knows whether a create of ours made them.
        self.doubtful: set[str] = set()
        #: Names of anybody's under which a create of ours may have made a model, by the last one.
        self.of_anybody: dict[str, Unanswered] = {}
        self._unanswered: dict[tuple[str, str], Unanswered] = {}
        self._silent: dict[tuple[str, str], Unanswered] = {}

    # -- events ----------------------------------------------------------------------------

    def intends(self, operation: str, request: Any) -> None:
        """Take note that a create is about to leave. Raises ``OSError`` where that fails."""
        if operation in KINDS:
            for name in named_in(request, operation, self.prefix):
                event = {"event": "intent", "operation": operation, "name": name}
                role = request.get("ExecutionRoleArn") if isinstance(request, dict) else None
                role = role if isinstance(role, str) else None
                self._happened({**event, "at": round(time.time(), 3), "role": role})

    def answered(self, exchange: Exchange) -> None:
        """Take note of what a create or a delete has come to."""
        if exchange.operation in CREATE_OF:
            self._deleted(exchange)
        elif exchange.operation in KINDS:
            self._created(exchange)

    def own(self, name: str) -> None:
        """Take note of a model that a create of ours left behind, though it was not accepted."""
        self._told("owned", "CreateModel", name, arn=None)

    def gone(self, made: Made) -> None:
        """Take note that what we made is not there any more."""
        self._told("gone", made.operation, made.name)

    def doubt(self, name: Any) -> None:
        """Take note of a model that is there, and of which nobody knows whose it is."""
        self._told("doubt", "CreateModel", name)

    def refused(self, name: Any) -> None:
        """Take note that a create without a definite answer has made nothing, as a look shows."""
        self._told("refused", "CreateModel", name)

    def _created(self, exchange: Exchange) -> None:
        operation = exchange.operation
        names = named_in(exchange.request, operation, self.prefix)
        if exchange.accepted and exchange.reading is not None:
            payload = exchange.reading.payload
            arn = payload.get(KINDS[operation].arn) if isinstance(payload, dict) else None
            request, member = exchange.request, KINDS[operation].name
            if isinstance(request, dict):
                self._told("owned", operation, request.get(member), arn=arn)
                return
            for name in names:
                self._told("refused", operation, name)
            stored = Made(operation, None, arn).stored  # bytes may name several: the answer says
            name = stored if self.bears_prefix(stored) else None
            self._told("owned", operation, name, arn=arn)
            return
        if made_nothing(exchange):
            for name in names:
                self._told("refused", operation, name)
        elif is_over(exchange):
            for name in names:
                self._told("over", operation, name)
        else:
            for name in names:
                self._told("silent", operation, name, at=round(time.time(), 3))

    def _deleted(self, exchange: Exchange) -> None:
        operation = CREATE_OF[exchange.operation]
        if is_deleted(exchange) and isinstance(exchange.request, dict):
            name = exchange.request.get(KINDS[operation].name)
            stands = any(each.name == name for each in self.owned)
            if stands or _key(operation, name) in self._unanswered:
                self._told("gone", operation, name, at=round(time.time(), 3))

    def _told(self, event: str, operation: str, name: Any, **more: Any) -> None:
        try:
            self._happened({"event": event, "operation": operation, "name": name, **more})
        except OSError:  # the intent is written: whoever reads it looks what has become of it
            self._apply({"event": event, "operation": operation, "name": name, **more})

    def _happened(self, event: Event) -> None:
        """Write an event down, then let it count."""
        if self.journal is not None:
            self.journal.note(event)
        self._apply(event)

    def _apply(self, event: Mapping[str, Any]) -> None:
        operation, name = event["operation"], event["name"]
        key = _key(operation, name)
        if event["event"] == "intent":
            role = event.get("role")
            role = role if isinstance(role, str) else None
            asked = Unanswered(name, event.get("at", 0.0), role)
            self._unanswered[key] = asked
            self.doubtful.difference_update(names_of(name))  # it was free just now
            if operation == "CreateModel":
                for each in names_of(name):
                    if self.bears_prefix(each):
                        self.intended.update([each])
                    else:
                        self.of_anybody[each] = asked
            return
        sent = self._unanswered.pop(key, None)
        if event["event"] in ("over", "silent") and sent is not None:
            self._unanswered[key] = replace(sent, is_over=event["event"] == "over")
        if event["event"] == "silent":  # of those of one name that met, others may have an answer
            role = sent.role if sent is not None else None
            self._silent[key] = Unanswered(name, event.get("at", 0.0), role)
        elif event["event"] == "doubt":
            self._no_longer_own(key)
            self.doubtful.add(key[1])
        elif event["event"] == "owned":
            made = Made(operation, name, event.get("arn"), sent or self._sent_before(key))
            if made not in self.owned:
                self.owned.append(made)
        elif event["event"] == "gone":
            self._no_longer_own(key)
            if sent is not None:  # what it made has come, and has been deleted
                self._silent.pop(key, None)
            for each in names_of(name) if operation == "CreateModel" else ():
                if each in self.of_anybody:
                    until = event.get("at", inf)
                    self.of_anybody[each] = replace(self.of_anybody[each], until=until)

    def _sent_before(self, key: tuple[str, str]) -> Unanswered | None:
        """Return the create of a name of anybody's that was answered and made a model all the same.

        Only by it can be told later whether a model of that name is still the one that we made.
        """
        sent = self.of_anybody.get(key[1]) if key[0] == "CreateModel" else None
        return None if sent is None else replace(sent, name=key[1])

    def _no_longer_own(self, key: tuple[str, str]) -> None:
        self.owned = [each for each in self.owned if _key(each.operation, each.name) != key]

    def join(self, prefix: str, events: Iterable[Mapping[str, Any]]) -> None:
        """Let count what another process of the run, or an earlier run, has written down."""
        other = Ledger(prefix)
        for event in events:
            other._apply(event)
        self.prefixes.add(prefix)
        self.owned = [*other.owned, *(each for each in self.owned if each not in other.owned)]
        self.intended.update(other.intended)
        self.doubtful |= other.doubtful
        _take_the_later(self._unanswered, other._unanswered)
        _take_the_later(self._silent, other._silent)
        _take_the_later(self.of_anybody, other.of_anybody)

    def as_events(self, leftovers: Iterable[Made] = ()) -> list[Event]:
        """Return events that tell what is not settled here, and what was made of anybody's names.

        ``leftovers`` are told of as owned.
        """
        owned = [*self.owned, *leftovers]
        open_keys = {*self._unanswered, *(_key(each.operation, each.name) for each in owned)}
        events: list[Event] = []
        for name, sent in self.of_anybody.items():
            if _key("CreateModel", name) not in open_keys:
                events.append(_intent("CreateModel", sent))
                is_gone = sent.until < inf
                came = {"event": "gone", "at": sent.until} if is_gone else {"event": "refused"}
                events.append({**came, "operation": "CreateModel", "name": sent.name})
        for made in owned:
            told = {"operation": made.operation, "name": made.name}
            events += [] if made.sent is None else [_intent(made.operation, made.sent)]
            events.append({"event": "owned", **told, "arn": made.arn})
        events += [_intent(key[0], sent) for key, sent in self._unanswered.items()]
        for key, sent in self._silent.items():
            told = {"operation": key[0], "name": sent.name}
            events.append({"event": "silent", **told, "at": sent.at})
        for key, sent in self._unanswered.items():
            if sent.is_over:
                events.append({"event": "over", "operation": key[0], "name": sent.name})
        for name in self.doubtful:
            events.append({"event": "doubt", "operation": "CreateModel", "name": name})
        return events

    def learn(self, prefix: str, events: Sequence[Event]) -> None:
        """Let count what another process of the run tells, and write it down."""
        if self.journal is not None:
            with suppress(OSError):  # it is known here all the same
                for event in events:
                    self.journal.note(event)
        self.join(prefix, events)

    # -- what may be deleted -----------------------------------------------------------------

    def is_ours(self, name: str) -> bool:
        """Tell whether a create of ours was answered 2xx for a model of this name."""
        return any(each.operation == "CreateModel" and each.name == name for each in self.owned)

    def may_have_made(self, name: str) -> bool:
        """Tell whether a model of this name may be what a create of ours has made."""
        if self.was_there(name):
            return False
        is_unanswered = any(name in names_of(one.name) for one in self.unanswered("CreateModel"))
        return self.is_ours(name) or is_unanswered or name in self.intended or name in self.doubtful

    def unanswered(self, operation: str) -> list[Unanswered]:
        """Return what was sent without a definite answer."""
        return [sent for key, sent in self._unanswered.items() if key[0] == operation]

    @property
    def silent(self) -> list[Unanswered]:
        """Creates whose answers we waited for in vain, whatever came of their names since."""
        return list(self._silent.values())

    @property
    def roles(self) -> list[str]:
        """The roles that creates named, as far as they are known still."""
        sent = [*self.of_anybody.values(), *self._unanswered.values()]
        sent += [made.sent for made in self.owned if made.sent is not None]
        return [each.role for each in sent if each.role is not None]

    @property
    def left_waiting(self) -> list[Unanswered]:
        """Creates whose answers we did not wait for: we were interrupted, or killed."""
        sent = self._unanswered.items()
        return [each for key, each in sent if not each.is_over and key not in self._silent]

    def was_there(self, name: str) -> bool:
        """Tell whether a model of this name was there before the run."""
        return self.before is not None and name in self.before

    @property
    def is_settled(self) -> bool:
        """Whether nothing is owned or doubtful and every create had a definite answer."""
        return not self.owned and not self.doubtful and not self._unanswered

    def bears_prefix(self, name: Any) -> bool:
        """Tell whether a name, as it may be stored, holds ten letters that nobody else draws."""
        return any(prefix in each for each in names_of(name) for prefix in self.prefixes)
