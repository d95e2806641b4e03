"""The service: one request in, one reply out, whoever carries them.

The order of steps is AWS's as far as it is known: who may call, which operation, JSON types,
limits, members together, the state.
"""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from uuid import uuid4

from conformance.reference.behaviour import Behaviour, Call, Change
from conformance.reference.cross_checks import CROSS_CHECKS
from conformance.reference.errors import (
    ConnectionDropped,
    Refusal,
    Refused,
    unknown_operation,
    unreadable,
)
from conformance.reference.json_body import encode_body
from conformance.reference.json_types import Read, WrongType
from conformance.reference.messages import AWS_JSON, DateHeader, Reply, Request
from conformance.reference.operations import HANDLERS
from conformance.reference.other_shapes import INPUTS
from conformance.reference.places import DEFAULT_ACCOUNT, Place, region_of
from conformance.reference.state import RegionState
from conformance.reference.validation import Check, checker, reader
from conformance.reference.violations import Violation

PREFIX = "SageMaker."


def conformant() -> Behaviour:
    """The behaviour that the API promises."""
    return Behaviour(inputs=INPUTS, handlers=HANDLERS, cross_checks=CROSS_CHECKS)


class Service:
    """A SageMaker control plane for models, in memory. Safe to call from many threads."""

    def __init__(
        self,
        changes: Iterable[Change] = (),
        *,
        account: str = DEFAULT_ACCOUNT,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Make an empty service for an account; changes (faults, strict modes) are made in their
        order.
        """
        behaviour = conformant()
        for change in changes:
            behaviour = change(behaviour)
        self.account = account
        self.behaviour = behaviour
        self._now = now
        self._date = DateHeader()
        self._readers: dict[str, Read] = {
            name: reader(shape) for name, shape in behaviour.inputs.items()
        }
        self._checkers: dict[str, Check | None] = {
            name: checker(shape) for name, shape in behaviour.inputs.items()
        }
        self._states: dict[str, RegionState] = {}
        self._states_lock = threading.Lock()

    def answer(self, request: Request) -> Reply:
        """The reply to a request. Raises ConnectionDropped where there is to be none."""
        behaviour = self.behaviour
        try:
            reply = self._answer(request)
        except Refused as refused:
            refusal = refused.refusal
            for change_refusal in behaviour.refusal_filters:
                refusal = change_refusal(request, refusal)
            reply = self._refusal(refusal)
        except ConnectionDropped:
            raise
        except Exception:  # noqa: BLE001 - the service's own mistakes become a 500, as on AWS
            traceback.print_exc(file=sys.stderr)
            reply = self._refusal(Refusal("InternalFailure", None, 500))
        for change_reply in behaviour.reply_filters:
            reply = change_reply(request, reply)
        return reply

    def state(self, region: str) -> RegionState:
        """What is held for a region."""
        state = self._states.get(region)
        if state is None:
            with self._states_lock:
                state = self._states.get(region)
                if state is None:
                    place = Place(region, self.account)
                    state = RegionState(place, self._now, self.behaviour.custom)
                    self._states[region] = state
        return state

    def _answer(self, request: Request) -> Reply:
        behaviour = self.behaviour
        for gate in behaviour.gates:
            early = gate(request)
            if early is not None:
                return self._reply(early.status, early.body)
        operation = _operation(request)
        read = self._readers.get(operation)
        if read is None:
            raise unknown_operation()
        members = behaviour.decode(request.body)
        for body_check in behaviour.body_checks:
            body_check(operation, members)
        parameters = _read(read, members)
        check = self._checkers[operation]
        if check is not None:
            violations: list[Violation] = []
            check(parameters, "", violations)
            if violations:
                raise behaviour.refuse(violations)
        state = self.state(region_of(request.headers.get("authorization", "")))
        call = Call(operation, parameters, state.place)
        if operation == "CreateModel":
            for cross_check in behaviour.cross_checks:
                cross_check(call)
        output = behaviour.handlers[operation](state, call)
        for change_output in behaviour.output_filters:
            output = change_output(call, output)
        return self._reply(200, b"" if output is None else encode_body(output))

    def _refusal(self, refusal: Refusal) -> Reply:
        body = {"__type": refusal.code}
        if refusal.message is not None:
            body["message"] = refusal.message
        return self._reply(refusal.status, encode_body(body))

    def _reply(self, status: int, body: bytes) -> Reply:
        headers = (
            ("x-amzn-RequestId", str(uuid4())),
            ("Content-Type", AWS_JSON),
            ("Date", self._date()),
        )
        return Reply(status, body, headers)


def _operation(request: Request) -> str:
    if request.method != "POST" or not request.target.startswith(PREFIX):
        raise unknown_operation()
    return request.target[len(PREFIX) :]


def _read(read: Read, members: dict[str, object]) -> dict[str, object]:
    try:
        parameters = read(members)
    except WrongType as wrong:
        raise unreadable(str(wrong)) from None
    except RecursionError:
        raise unreadable() from None
    assert isinstance(parameters, dict)
    return parameters
