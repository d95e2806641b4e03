"""A conversation with a target: sends calls, records every exchange, leaves nothing behind.

No verdict depends on what happened before, and no model of anybody else's is touched: names carry
the run's prefix, and a name that does not is only taken after a look that it is free. A ledger
keeps what we may have made; only what stands there is deleted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from conformance.engine import interruption
from conformance.engine.cleanup import delete_owned, settle_twice
from conformance.engine.creating import created
from conformance.engine.deadlines import Deadlines, OutOfTime
from conformance.engine.exchanges import Exchange, Record, recorded
from conformance.engine.in_step import Step
from conformance.engine.listing import list_models
from conformance.engine.made import KINDS, Made, may_be_at_work, names_of
from conformance.engine.ownership import Ledger
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
_GONE_AFTER = {"connect": 3, "timeout": 3, "broken": 20, "stale": 20, "too-long": 20}

#: Bytes of answers that are kept about one side of a rule, at most.
_MOST_KEPT = 32 * 1024 * 1024


class TargetGone(Exception):
    """A target that answered before no longer does, or may not be asked any more."""


class Unjournalled(TargetGone):
    """What would be made cannot be written down first, so that nothing more may be asked."""


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
        self.ledger = Ledger(prefix)
        #: What we made and the target did not delete.
        self.leftovers: list[Made] = []
        #: Whether any answer was JSON, or told an error as AWS does; whether any was neither, and
        #: not the word of a gateway whose AWS endpoint may be at work.
        self.was_understood = self.was_strange = False
        #: Seconds that the target took for an answer, at most.
        self.slowest = 0.0
        keys = credentials or getattr(target, "credentials", None)
        self.signer = Signer(resources.region, keys)
        self.redaction = Redaction(keys)
        #: Whether anything can change at the target while we wait.
        self.waits = bool(getattr(target, "waits", True))
        self._records: list[Record] = []
        self.deadlines = deadlines or Deadlines()
        self._pace = Pace(rate)
        self._patience = Patience(self.wait)
        self.step = Step(prefix)
        self._kept = 0
        self._was_lost = False
        self._faults = 0

    # -- sending ---------------------------------------------------------------------------

    def ask(self, operation: str, body: Any, *, purpose: str, is_free: bool = False) -> Exchange:
        """Send one call and return the exchange; raises ``TargetGone`` after repeated faults."""
        call = encode(operation, body, url=self.target.endpoint)
        return self.send(call, body, purpose=purpose, is_free=is_free)

    def send(
        self, call: Call, request: Any, *, purpose: str, signed: bool = True, is_free: bool = False
    ) -> Exchange:
        """Send bytes as they are; ``request`` is what the record calls them.

        A target that is busy, or has closed a connection that was kept open, is asked again.
        ``is_free`` says that the target has no model of the name in the request.
        """
        name = request.get("ModelName") if isinstance(request, dict) else None
        is_ours = isinstance(name, str) and self.prefix in name
        is_new = is_free or (is_ours and not self.ledger.is_ours(str(name)))

        def is_there() -> bool:
            return any(self.is_stored(each) for each in names_of(name))

        exchange = self._patience.served(
            lambda: self._sent_once(call, request, purpose, signed),
            is_there=is_there if is_new and call.operation == "CreateModel" else None,
        )
        if is_ours and was_done_all_the_same(exchange):
            self.ledger.own(str(name))
        return exchange

    def _sent_once(self, call: Call, request: Any, purpose: str, signed: bool) -> Exchange:
        call = self.signer.signed(call) if signed else call
        self._intend(call, request)
        exchange = self._noted(call, request, self._sent_alone(call), purpose)
        self._learn(exchange)  # first: a create whose time-out shows that the target has gone, too
        self._demand_answers(exchange)
        if (lost := self.step.lost(exchange)) is not None:
            raise TargetGone(lost)
        return exchange

    def _intend(self, call: Call, request: Any) -> None:
        """Write down what a call may make, before it leaves."""
        try:
            self.ledger.intends(call.operation, request)
        except OSError as problem:
            why = problem.strerror or str(problem)
            raise Unjournalled(f"the journal cannot be written: {why}") from problem

    def wait(self, seconds: float) -> None:
        """Wait for a busy target, where anything can change meanwhile."""
        if self.waits:
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
        for call, request in zip(calls, requests, strict=True):
            self._intend(call, request)
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
        # Nobody knows which came first: a delete that met a create may have been the earlier.
        for exchange in sorted(exchanges, key=lambda each: each.operation in KINDS):
            self._learn(exchange)
        for exchange in exchanges:
            self._demand_answers(exchange)
        return exchanges

    def _sent_alone(self, call: Call) -> _Outcome:
        """Send a call; a signal that was held back is raised before."""
        interruption.check()
        if (seconds := self._pace.wait()) > 0:
            self._sleep(seconds)
        self.deadlines.check()
        if not self.waits:
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
        """Record what came of a call."""
        reply, fault, began, ended = outcome
        self.requests += 1
        if fault is None:
            self._faults = 0
        else:
            self._faults += fault.kind != "unsendable"
        if reply is not None:
            self.slowest = max(self.slowest, ended - began)
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
        reading = exchange.reading
        if reading is None:
            self.was_strange = self.was_strange or (fault is not None and fault.kind == "broken")
        elif reading.payload is not None or reading.code is not None:
            self.was_understood = True
        else:
            self.was_strange = self.was_strange or not may_be_at_work(reading)
        self._records.append(recorded(call, exchange, purpose))
        return exchange

    def _demand_answers(self, exchange: Exchange) -> None:
        """Raise ``TargetGone`` after repeated faults."""
        fault = exchange.fault
        if fault is not None and fault.kind == "spent":
            raise TargetGone(fault.detail)
        if fault is not None and self._has_gone(fault):
            raise TargetGone(f"the target no longer answers: {fault.detail}")

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
        return created(self, body, purpose=purpose)

    def _learn(self, exchange: Exchange) -> None:
        """Take note of what a call has made or deleted, and of the account it is in."""
        self.ledger.answered(exchange)
        if self.account is None and exchange.operation == "CreateModel" and exchange.accepted:
            payload = exchange.reading.payload if exchange.reading else None
            arn = payload.get("ModelArn") if isinstance(payload, dict) else None
            parts = arn.split(":") if isinstance(arn, str) else []
            self.account = parts[4] if len(parts) > 5 and parts[4].isdigit() else None

    def in_use(self, name: str) -> bool | None:
        """Tell whether the target has a model of this name, ``None`` where it does not say."""
        exchange = self.ask("DescribeModel", {"ModelName": name}, purpose="look")
        if exchange.accepted:
            return not self.describes_anything()
        is_denied = exchange.reading is not None and exchange.reading.kind == REJECTED
        return False if is_denied else None

    def is_free(self, name: str) -> bool:
        """Tell whether the target says that it has no model of this name; doubt means no."""
        return self.in_use(name) is False

    def is_stored(self, name: str) -> bool:
        """Tell whether the target describes a model of this name."""
        exchange = self.ask("DescribeModel", {"ModelName": name}, purpose="check")
        return exchange.accepted and not self.describes_anything()

    def is_stored_all_the_same(self, body: Any) -> bool:
        """Tell whether a create that was rejected has made a model; then it is ours to delete."""
        name = body.get("ModelName") if isinstance(body, dict) else None
        if any(self.ledger.is_ours(each) for each in names_of(name)):
            return True
        if not (isinstance(name, str) and self.ledger.bears_prefix(name) and self.is_stored(name)):
            return False
        self.ledger.own(name)
        return True

    def describes_anything(self) -> bool:
        """Tell whether a model that nobody made is described too: then a description says nothing.

        What was there at the start is known from ListModels, and left alone all the same.
        """
        never_made = {"ModelName": f"{self.prefix}-never-made"}
        return self.ask("DescribeModel", never_made, purpose="look").accepted

    def listed(self) -> frozenset[str]:
        """Return the names with our prefix that ListModels shows, walking all its pages."""
        return list_models(self, self.prefix).names

    # -- leaving nothing behind ------------------------------------------------------------

    def tidy(self) -> None:
        """Delete everything that our own creates were answered 2xx for."""
        if not self.ledger.owned:
            return
        try:
            with self.deadlines.regardless():
                delete_owned(self)
        except OutOfTime:
            self.leftovers += self.ledger.owned
            self.ledger.owned.clear()

    def sweep(self) -> int:
        """Delete whatever of ours is left; returns how many that are ours, or may be, remain."""
        with suppress(TargetGone, OutOfTime), self.deadlines.regardless():
            settled = settle_twice(self, again=bool(self.ledger.silent))
            return len(settled.remaining) + len(settled.unclear)
        return len(self.leftovers)

    # -- the record ------------------------------------------------------------------------

    def take_back(self, records: Sequence[Record]) -> None:
        """Take records that were drained already: the next ``drain`` gives them again, first."""
        self._records = [*records, *self._records]

    def drain(self) -> list[Record]:
        """Return the records since the last call and forget them."""
        records, self._records = self._records, []
        self._kept = 0
        return records
