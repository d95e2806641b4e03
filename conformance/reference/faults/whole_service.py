"""Vices of the whole service: it says yes to all, no to all, nothing at all, or too late."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Call, Change, Handler, Output
from conformance.reference.errors import ConnectionDropped, Refusal, Refused
from conformance.reference.faults.fault import (
    Fault,
    Side,
    constraint_rules,
    on_create_model,
    on_error_replies,
    on_handler,
    together,
    with_gate,
    with_reply_filter,
)
from conformance.reference.faults.tables import (
    every_rule,
    no_limits,
    shallow,
    untyped,
    with_members,
)
from conformance.reference.json_body import encode_body
from conformance.reference.messages import Reply, Request
from conformance.reference.shapes import (
    Structure,
)
from conformance.reference.state import RegionState
from conformance.reference.validation import checker
from conformance.reference.violations import Violation

FAMILY = "whole-service"
SLOW_SECONDS = 1.5
EVERY = 7


def _fault(
    name: str, summary: str, change: Change, side: Side = "holds", rules: tuple[str, ...] = ()
) -> Fault:
    return Fault(name, summary, rules, FAMILY, side, change)


def _no_limits_but_name(table: Structure) -> Structure:
    loose = no_limits(table)
    name = table.member("ModelName")
    return replace(
        loose, members=tuple(name if each.name == name.name else each for each in loose.members)
    )


# --- looking too late ---


def _stored_first(behaviour: Behaviour) -> Behaviour:
    """Limits are looked at after the model was stored, and it stays stored."""
    check = checker(behaviour.inputs["CreateModel"])
    refuse = behaviour.refuse

    def wrap(inner: Handler) -> Handler:
        def store_then_check(state: RegionState, call: Call) -> Output:
            output = inner(state, call)
            found: list[Violation] = []
            if check is not None:
                check(call.parameters, "", found)
            if found:
                raise refuse(found)
            return output

        return store_then_check

    return together(on_create_model(no_limits), on_handler("CreateModel", wrap))(behaviour)


# --- gates ---


def _refusing(code: str, message: str | None, status: int) -> Change:
    def gate(_request: Request) -> Reply | None:
        raise Refused(Refusal(code, message, status))

    return with_gate(gate)


def _create_only(code: str, message: str, status: int) -> Change:
    def gate(request: Request) -> Reply | None:
        if request.target == "SageMaker.CreateModel":
            raise Refused(Refusal(code, message, status))
        return None

    return with_gate(gate)


def _yes_to_all(request: Request) -> Reply | None:
    if request.target != "SageMaker.CreateModel":
        return None
    arn = "arn:aws:sagemaker:us-east-1:123456789012:model/any"
    return Reply(200, encode_body({"ModelArn": arn}), ())


def _now_and_then(happen: Callable[[], None]) -> Change:
    """Something that happens on every seventh request; each service counts for itself."""

    def change(behaviour: Behaviour) -> Behaviour:
        numbers = itertools.count(1)

        def gate(_request: Request) -> Reply | None:
            if next(numbers) % EVERY == 0:
                happen()
            return None

        return with_gate(gate)(behaviour)

    return change


def _drop() -> None:
    raise ConnectionDropped("closed on purpose")


def _fail() -> None:
    raise Refused(Refusal("InternalFailure", None, 500))


def _throttle() -> None:
    raise Refused(Refusal("ThrottlingException", "Rate exceeded"))


def _slow(_request: Request) -> Reply | None:
    time.sleep(SLOW_SECONDS)
    return None


def _html(request: Request, reply: Reply) -> Reply:
    page = b"<html><body><h1>It works!</h1></body></html>"
    return Reply(200, page, (("Content-Type", "text/html"),))


def faults() -> Iterator[Fault]:
    """All of this family."""
    yield _fault(
        "accepts-everything",
        "every CreateModel is answered with 200, unread",
        with_gate(_yes_to_all),
        "rejects",
        every_rule(),
    )
    yield _fault(
        "checks-no-limits",
        "JSON types are looked at, limits are not",
        on_create_model(no_limits),
        "rejects",
        every_rule(types=False),
    )
    yield _fault(
        "checks-model-name-only",
        "of all limits only those of ModelName are looked at",
        on_create_model(_no_limits_but_name),
        "rejects",
        tuple(each for each in every_rule(types=False) if "ModelName:" not in each),
    )
    yield _fault(
        "checks-top-level-only",
        "structures, lists and maps are not looked into",
        on_create_model(lambda table: with_members(table, shallow)),
        "rejects",
        tuple(each for each in every_rule() if "." in each),
    )
    yield _fault(
        "checks-no-types",
        "JSON types are not looked at",
        on_create_model(lambda table: with_members(table, untyped)),
        "rejects",
        every_rule(limits=False),
    )
    yield _fault(
        "rejected-but-stored",
        "requests that break a limit are refused, but their model is stored",
        _stored_first,
        "rejects",
        constraint_rules(["ExecutionRoleArn"], "pattern"),
    )
    yield _fault(
        "rejected-with-200",
        "errors are answered with status 200 and their usual body",
        on_error_replies(lambda reply: replace(reply, status=200)),
        "holds",
        ("errors/status",),
    )
    # Below: a refused control proves nothing about a rejection. What these must fail is the
    # `accepts` side.
    yield _fault(
        "rejects-everything",
        "every CreateModel is a ValidationException",
        _create_only("ValidationException", "1 validation error detected: no", 400),
        "accepts",
        every_rule(),
    )
    yield _fault(
        "rejects-every-operation",
        "every request is a ValidationException",
        _refusing("ValidationException", "1 validation error detected: no", 400),
        "accepts",
        every_rule(),
    )
    # And of these it is for the suite to say whether they are failures or inconclusive.
    for name, code, message, status in (
        ("denies-everything", "AccessDeniedException", "User is not authorized", 400),
        ("denies-everything-403", "AccessDeniedException", "User is not authorized", 403),
        ("fails-on-everything", "InternalFailure", None, 500),
        ("unavailable", "ServiceUnavailable", "Service is unavailable", 503),
        ("throttles-everything", "ThrottlingException", "Rate exceeded", 400),
        ("knows-no-operation", "UnknownOperationException", None, 400),
        ("not-implemented", "NotImplemented", "not implemented", 501),
        ("quota-of-nothing", "ResourceLimitExceeded", "no models for you", 400),
    ):
        yield _fault(
            name, f"every request is answered {status} {code}", _refusing(code, message, status)
        )
    yield _fault(
        "web-server", "every request is answered with a web page", with_reply_filter(_html)
    )
    yield _fault("slow", f"every answer takes {SLOW_SECONDS} seconds", with_gate(_slow))
    yield _fault(
        "drops-connections",
        f"every {EVERY}th request has its connection closed",
        _now_and_then(_drop),
    )
    yield _fault(
        "fails-now-and-then", f"every {EVERY}th request is answered 500", _now_and_then(_fail)
    )
    yield _fault(
        "throttles-now-and-then", f"every {EVERY}th request is throttled", _now_and_then(_throttle)
    )
