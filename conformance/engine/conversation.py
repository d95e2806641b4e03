"""A conversation with a target: sends calls, records every exchange, leaves nothing behind.

No verdict depends on what happened before, and no model of anybody else's is touched: names carry
the run's prefix, and a name that does not is only taken after a look that it is free. Only what
our own create was answered 2xx for is deleted.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from conformance.engine import interruption
from conformance.engine.deadlines import Deadlines, OutOfTime
from conformance.engine.exchanges import Exchange, Record, recorded
from conformance.engine.in_step import Step
from conformance.engine.patience import Patience, was_done_all_the_same
from conformance.targets import Target
from conformance.targets.pace import Pace
from conformance.wire import Call, Reply, TransportFault, encode, read
from conformance.wire.reading import REJECTED
from conformance.wire.redaction import Redaction
from conformance.wire.signing import Credentials, Signer
from strategies.resources import Resources

#: Reply or fault, and when the call began and ended.
_Outcome = tuple[Reply | None, TransportFault | None, float, float]

#: After this many faults in a row the target is taken to be gone, unless it still answers to what
#: is small: some are slow with what is large, or close its connection.
_GONE_AFTER = {"connect": 3, "timeout": 3, "broken": 20, "too-long": 20}

_LIST_PAGES = 200

#: Bytes of answers that are kept about one side of a rule, at most.
_MOST_KEPT = 32 * 1024 * 1024


class TargetGone(Exception):
    """A target that answered before no longer does, or may not be asked any more."""


class NameTaken(Exception):
    """A model name without the run's prefix is not known to be free, so it is left alone."""


def _name_of(payload: Any) -> str:
    """Return the name at the end of an answer's ModelArn, else nothing."""
    arn = payload.get("ModelArn") if isinstance(payload, dict) else None
    return arn.rpartition("model/")[2] if isinstance(arn, str) else ""


class Conversation:
    """Everything that is said to one target in one process.

    ``prefix`` marks this process's model names; ``resources`` and ``region`` shape requests.
    """

    def __init__(
        self,
        target: Target,
        *,
        prefix: str,
        resources: Resources,
        account: str | None = None,
        credentials: Credentials | None = None,
        deadlines: Deadlines | None = None,
        rate: float | None = None,
    ) -> None:
        self.target = target
        self.prefix = prefix
        self.resources = resources
        self.account = account or target.account
        self.requests = 0
        self.leftovers: list[Any] = []
        keys = credentials or getattr(target, "credentials", None)
        self.signer = Signer(resources.region, keys)
        self.redaction = Redaction(keys)
        self._waits = bool(getattr(target, "waits", True))
        self._owned: list[tuple[Any, Any]] = []
        self._undoing: list[tuple[str, Any]] = []
        self._records: list[Record] = []
        self.deadlines = deadlines or Deadlines()
        self._pace = Pace(rate)
        self._patience = Patience(self._wait)
        self.step = Step(prefix)
        self._kept = 0
        self._was_lost = False
        self._faults = 0

    # -- sending ---------------------------------------------------------------------------

    def ask(self, operation: str, body: Any, *, purpose: str) -> Exchange:
        """Send one call and return the exchange; raises ``TargetGone`` after repeated faults."""
        call = encode(operation, body, url=self.target.endpoint)
        return self.send(call, body, purpose=purpose)

    def send(self, call: Call, request: Any, *, purpose: str, signed: bool = True) -> Exchange:
        """Send bytes as they are; ``request`` is what the record calls them.

        A target that is busy is asked again. A model that an answer names and that bears our
        prefix is ours to delete.
        """
        name = request.get("ModelName") if isinstance(request, dict) else None
        is_new = isinstance(name, str) and self.prefix in name and not self._is_ours(name)
        exchange = self._patience.served(
            lambda: self._sent_once(call, request, purpose, signed), is_new=is_new
        )
        if was_done_all_the_same(exchange):
            self.own(str(name))
        if call.operation == "CreateModel" and exchange.accepted and isinstance(request, str):
            assert exchange.reading is not None
            self.own(_name_of(exchange.reading.payload))
        return exchange

    def _sent_once(self, call: Call, request: Any, purpose: str, signed: bool) -> Exchange:
        call = self.signer.signed(call) if signed else call
        exchange = self._noted(call, request, self._sent_alone(call), purpose)
        if (lost := self.step.lost(exchange)) is not None:
            raise TargetGone(lost)
        return exchange

    def _wait(self, seconds: float) -> None:
        """Wait for a busy target, where anything can change meanwhile."""
        if self._waits:
            self._sleep(seconds)

    def _sleep(self, seconds: float) -> None:
        """Wait, but not beyond the run's time; a signal ends it at once."""
        left = self.deadlines.left_to_run
        seconds = seconds if left is None else max(0.0, min(seconds, left))
        with interruption.waiting():
            time.sleep(seconds)
        self.deadlines.waited(seconds)

    def together(
        self, calls: Sequence[Call], requests: Sequence[Any], *, purpose: str
    ) -> list[Exchange]:
        """Send calls at once, each from a thread of its own; return their exchanges in order."""
        self.deadlines.check()
        self.step.forget()
        signed = [self.signer.signed(call) for call in calls]
        start = threading.Barrier(len(signed))

        def sent(call: Call) -> _Outcome:
            start.wait()
            time.sleep(self._pace.wait())
            return self._sent(call)

        with interruption.waiting(), ThreadPoolExecutor(len(signed)) as pool:
            outcomes = list(pool.map(sent, signed))
        faults = self._faults
        exchanges = []
        for each in zip(signed, requests, outcomes, strict=True):
            self._faults = faults  # calls that met are one burst: at most one fault in a row
            exchanges.append(self._noted(*each, purpose))
        for exchange in exchanges:
            if exchange.operation == "CreateModel" and exchange.accepted:
                self._keep(exchange)
        return exchanges

    def _sent_alone(self, call: Call) -> _Outcome:
        """Send a call; a signal that was held back is raised before."""
        interruption.check()
        if (seconds := self._pace.wait()) > 0:
            self._sleep(seconds)
        self.deadlines.check()
        if not self._waits:
            return self._sent(call)
        with interruption.waiting():
            return self._sent(call)

    def _sent(self, call: Call) -> _Outcome:
        began = time.time()
        try:
            reply = self.target.send(call)
        except TransportFault as fault:
            return None, self.redaction.fault(fault, call), began, time.time()
        return self.redaction.reply(reply, call), None, *(reply.times or (began, time.time()))

    def _noted(self, call: Call, request: Any, outcome: _Outcome, purpose: str) -> Exchange:
        """Record what came of a call; raises ``TargetGone`` after repeated faults."""
        reply, fault, began, ended = outcome
        self.requests += 1
        if fault is None:
            self._faults = 0
        else:
            self._faults += fault.kind != "unsendable"
        if reply is not None and not self._can_be_kept(reply):
            most = f"{_MOST_KEPT} bytes"
            fault = TransportFault("too-long", f"the answers to this rule are longer than {most}")
            reply = None
        exchange = Exchange(
            self.requests,
            call.operation,
            request,
            reply,
            read(reply) if reply else None,
            fault,
            began,
            ended,
        )
        self._records.append(recorded(call, exchange, purpose))
        if fault is not None and fault.kind == "spent":
            raise TargetGone(fault.detail)
        if fault is not None and self._has_gone(fault):
            raise TargetGone(f"the target no longer answers: {fault.detail}")
        return exchange

    def _has_gone(self, fault: TransportFault) -> bool:
        if self._faults < _GONE_AFTER.get(fault.kind, 1_000_000):
            return False
        return fault.kind == "connect" or not self._still_answers()

    def _can_be_kept(self, reply: Reply) -> bool:
        """Tell whether there is room for a reply beside the others about this side of a rule."""
        headers = sum(len(name) + len(value) for name, value in reply.headers)
        self._kept += len(reply.body) + headers
        return self._kept <= _MOST_KEPT

    def _still_answers(self) -> bool:
        """Ask for next to nothing: a target that answers to that is not gone."""
        if self._was_lost:
            return False
        faults, self._faults = self._faults, 0
        body = {"ModelName": f"{self.prefix}-never-made"}
        call = encode("DescribeModel", body, url=self.target.endpoint)
        if self._sent_once(call, body, "look", signed=True).fault is None:
            return True
        self._faults, self._was_lost = faults, True
        return False

    def create(self, body: Any, *, purpose: str = "case") -> Exchange:
        """Send CreateModel; what it creates is deleted by the next ``tidy``.

        Raises ``NameTaken`` for a name without our prefix that may be somebody else's.
        """
        for candidate in self._foreign_names(body):
            if not self._is_ours(candidate) and not self.is_free(candidate):
                raise NameTaken(candidate)
        exchange = self.ask("CreateModel", body, purpose=purpose)
        if exchange.accepted:
            self._keep(exchange)
        return exchange

    def _is_ours(self, name: str) -> bool:
        """Tell whether a create of ours was answered 2xx for this name."""
        return any(owned == name for owned, _ in self._owned)

    def _keep(self, exchange: Exchange) -> None:
        """Take note of a model that we made, to delete it, and of the account it is in."""
        assert exchange.reading is not None
        payload, request = exchange.reading.payload, exchange.request
        arn = payload.get("ModelArn") if isinstance(payload, dict) else None
        if isinstance(arn, str) and self.account is None:
            parts = arn.split(":")
            self.account = parts[4] if len(parts) > 5 and parts[4].isdigit() else None
        name = request.get("ModelName") if isinstance(request, dict) else None
        if (name, arn) not in self._owned:
            self._owned.append((name, arn))

    def _foreign_names(self, body: Any) -> Iterator[str]:
        """Yield the names under which a target might store this request that are not ours."""
        name = body.get("ModelName") if isinstance(body, dict) else None
        if name is None:
            yield from ("None", "null", "undefined", "")
        elif isinstance(name, bool):
            yield from (str(name), str(name).lower(), "1" if name else "0")
        elif self.prefix not in json.dumps(name):
            yield name if isinstance(name, str) else json.dumps(name)

    def is_free(self, name: str) -> bool:
        """Tell whether the target says that it has no model of this name; doubt means no."""
        exchange = self.ask("DescribeModel", {"ModelName": name}, purpose="look")
        if exchange.accepted:
            return self._describes_anything()
        return exchange.reading is not None and exchange.reading.kind == REJECTED

    def is_stored(self, name: str) -> bool:
        """Tell whether the target describes a model of this name."""
        exchange = self.ask("DescribeModel", {"ModelName": name}, purpose="check")
        return exchange.accepted and not self._describes_anything()

    def _describes_anything(self) -> bool:
        """Tell whether a model that nobody made is described too: then a description says nothing.

        A target that answers 200 to whatever it is asked has no models that could come to harm.
        """
        never_made = {"ModelName": f"{self.prefix}-never-made"}
        return self.ask("DescribeModel", never_made, purpose="look").accepted

    def listed(self) -> set[str]:
        """Return the names with our prefix that ListModels shows, walking all its pages."""
        found: set[str] = set()
        token: Any = None
        for _ in range(_LIST_PAGES):
            body: dict[str, Any] = {"MaxResults": 100, "NameContains": self.prefix}
            if token is not None:
                body["NextToken"] = token
            exchange = self.ask("ListModels", body, purpose="list")
            payload = exchange.reading.payload if exchange.reading else None
            if not exchange.accepted or not isinstance(payload, dict):
                break
            models = payload.get("Models")
            for model in models if isinstance(models, list) else ():
                name = model.get("ModelName") if isinstance(model, dict) else None
                if isinstance(name, str) and self.prefix in name:
                    found.add(name)
            token = payload.get("NextToken")
            if not isinstance(token, str) or not token:
                break
        return found

    # -- leaving nothing behind ------------------------------------------------------------

    def own(self, name: str) -> None:
        """Take note of a model that a rejected or unusual create of ours left behind."""
        if self.prefix in name:
            self._owned.append((name, None))

    def disown(self, name: Any) -> None:
        """Forget a model that the target says is deleted."""
        self._owned = [each for each in self._owned if each[0] != name]

    def afterwards(self, operation: str, body: Any) -> None:
        """Have the next ``tidy`` send this call first: it deletes what is not a model."""
        self._undoing.append((operation, body))

    def tidy(self) -> None:
        """Delete every model that our own creates were answered 2xx for, and what else was made."""
        try:
            with self.deadlines.regardless():
                self._delete_what_was_made()
        except OutOfTime:
            self.leftovers += [name or arn for name, arn in self._owned]
            self._owned.clear()

    def _delete_what_was_made(self) -> None:
        while self._undoing:
            operation, undone = self._undoing.pop()
            self.ask(operation, undone, purpose="delete")
        while self._owned:
            self.deadlines.check()
            name, arn = self._owned.pop()
            body = {} if name is None else {"ModelName": name}
            if self.ask("DeleteModel", body, purpose="delete").accepted:
                continue
            stored = arn.rpartition("model/")[2] if isinstance(arn, str) else ""
            if stored and stored != name and self.prefix in stored:
                body = {"ModelName": stored}
                if self.ask("DeleteModel", body, purpose="delete").accepted:
                    continue
            if not self._is_refused_as_gone(stored or name):
                self.leftovers.append(stored or name)

    def sweep(self) -> int:
        """Delete whatever still bears our prefix; returns how many models of ours remain."""
        with suppress(TargetGone, OutOfTime), self.deadlines.regardless():
            for name in self.listed():
                self.ask("DeleteModel", {"ModelName": name}, purpose="delete")
            remaining = self.listed()
            foreign = [n for n in self.leftovers if not self._is_gone(n)]
            return len(remaining.union(str(n) for n in foreign))
        return len(self.leftovers)

    def _is_refused_as_gone(self, name: Any) -> bool:
        """Tell whether the target says no to a look, too: calls that met have deleted the model."""
        looked = self.ask("DescribeModel", {"ModelName": name}, purpose="look")
        return looked.reading is not None and looked.reading.kind == REJECTED

    def _is_gone(self, name: Any) -> bool:
        return not isinstance(name, str) or not self.is_stored(name)

    # -- the record ------------------------------------------------------------------------

    def take_back(self, records: Sequence[Record]) -> None:
        """Take records that were drained already: the next ``drain`` gives them again, first."""
        self._records = [*records, *self._records]

    def drain(self) -> list[Record]:
        """Return the records since the last call and forget them."""
        records, self._records = self._records, []
        self._kept = 0
        return records
