"""What a fault is, and the few ways in which faults change a behaviour."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Literal

from conformance.reference.behaviour import (
    Behaviour,
    Call,
    Change,
    CrossCheck,
    Gate,
    Handler,
    Output,
    OutputFilter,
    RefusalFilter,
    ReplyFilter,
)
from conformance.reference.errors import Refusal
from conformance.reference.messages import Reply, Request
from conformance.reference.shapes import Structure

Side = Literal["accepts", "rejects", "holds"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A named vice: what it does, the ids of the rules that must fail for it, and the side on
    which they do.

    `rules` is empty where the rule's id is for others to choose; `side` then says what kind of
    rule it is: `accepts` where legal requests are refused, `rejects` where illegal ones are
    accepted, else `holds`. `expect` is what a judge should make of it (see `expectations`), with
    the `reason` why a fault is tolerated.
    """

    name: str
    summary: str
    rules: tuple[str, ...]
    family: str
    side: Side
    change: Change = field(repr=False, compare=False)
    expect: Literal["fail", "unsettled", "tolerated"] = "fail"
    reason: str = ""


def constraint_rules(paths: Iterable[str], *kinds: str) -> tuple[str, ...]:
    """The ids of CreateModel's rules for these paths and kinds of constraint."""
    return tuple(f"CreateModel/{path}:{kind}" for path in paths for kind in kinds)


def on_create_model(edit: Callable[[Structure], Structure]) -> Change:
    """A change of CreateModel's table."""
    return on_input("CreateModel", edit)


def on_input(operation: str, edit: Callable[[Structure], Structure]) -> Change:
    """A change of an operation's table."""

    def change(behaviour: Behaviour) -> Behaviour:
        edited = edit(behaviour.inputs[operation])
        return replace(behaviour, inputs={**behaviour.inputs, operation: edited})

    return change


def on_handler(operation: str, wrap: Callable[[Handler], Handler]) -> Change:
    """A change of what an operation does."""

    def change(behaviour: Behaviour) -> Behaviour:
        wrapped = wrap(behaviour.handlers[operation])
        return replace(behaviour, handlers={**behaviour.handlers, operation: wrapped})

    return change


def on_call(operation: str, edit: Callable[[Call], Call]) -> Change:
    """An operation that understands something else than was asked."""
    return on_handler(operation, lambda inner: lambda state, call: inner(state, edit(call)))


def on_output(operation: str, edit: Callable[[Call, dict[str, object]], Output]) -> Change:
    """A change of an operation's successful answer."""

    def output_filter(call: Call, output: Output) -> Output:
        return edit(call, output or {}) if call.operation == operation else output

    return with_output_filter(output_filter)


def on_refusals(edit: Callable[[Refusal], Refusal]) -> Change:
    """A change of every error."""
    return with_refusal_filter(lambda _request, refusal: edit(refusal))


def on_error_replies(edit: Callable[[Reply], Reply]) -> Change:
    """A change of every finished reply that is an error."""
    return with_reply_filter(lambda _, reply: edit(reply) if reply.status >= 400 else reply)


def on_create_model_replies(edit: Callable[[Reply], Reply]) -> Change:
    """A change of every finished reply by which CreateModel says yes."""

    def reply_filter(request: Request, reply: Reply) -> Reply:
        said_yes = request.target == "SageMaker.CreateModel" and reply.status == 200
        return edit(reply) if said_yes else reply

    return with_reply_filter(reply_filter)


def with_gate(gate: Gate) -> Change:
    """One more look at the raw request, after those that are there."""
    return lambda behaviour: replace(behaviour, gates=(*behaviour.gates, gate))


def with_cross_check(check: CrossCheck) -> Change:
    """One more demand of CreateModel."""
    return lambda behaviour: replace(behaviour, cross_checks=(*behaviour.cross_checks, check))


def without_cross_check(unwanted: CrossCheck) -> Change:
    """One demand of CreateModel less."""
    return lambda behaviour: replace(
        behaviour,
        cross_checks=tuple(each for each in behaviour.cross_checks if each is not unwanted),
    )


def with_output_filter(output_filter: OutputFilter) -> Change:
    """One more hand on successful answers."""
    return lambda behaviour: replace(
        behaviour, output_filters=(*behaviour.output_filters, output_filter)
    )


def with_refusal_filter(refusal_filter: RefusalFilter) -> Change:
    """One more hand on errors."""
    return lambda behaviour: replace(
        behaviour, refusal_filters=(*behaviour.refusal_filters, refusal_filter)
    )


def with_reply_filter(reply_filter: ReplyFilter) -> Change:
    """One more hand on finished replies."""
    return lambda behaviour: replace(
        behaviour, reply_filters=(*behaviour.reply_filters, reply_filter)
    )


def together(*changes: Change) -> Change:
    """Several changes as one."""

    def change(behaviour: Behaviour) -> Behaviour:
        for each in changes:
            behaviour = each(behaviour)
        return behaviour

    return change


def with_status(status: int) -> Callable[[Reply], Reply]:
    """An edit of replies that sets the status."""
    return lambda reply: replace(reply, status=status)


def with_field(name: str, value: str | None) -> Callable[[Reply], Reply]:
    """An edit of replies that sets a header field, or leaves it out where the value is None."""
    return lambda reply: replace(reply, headers=reply.with_header(name, value))


def with_body(body: Callable[[Reply], bytes]) -> Callable[[Reply], Reply]:
    """An edit of replies that makes another body of what is there."""
    return lambda reply: replace(reply, body=body(reply))
