"""Messages about broken limits that do not say which member is wrong, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from conformance.reference.behaviour import Behaviour, Change
from conformance.reference.errors import Refused, invalid
from conformance.reference.faults.fault import Fault, on_refusals
from conformance.reference.violations import Violation, refuse

FAMILY = "errors"


def _fault(name: str, summary: str, rules: tuple[str, ...], change: Change) -> Fault:
    return Fault(name, summary, rules, FAMILY, "holds", change)


def _told(tell: Callable[[Sequence[Violation]], Refused]) -> Change:
    def change(behaviour: Behaviour) -> Behaviour:
        return replace(behaviour, refuse=tell)

    return change


def _each(edit: Callable[[Violation], Violation]) -> Change:
    return _told(lambda violations: refuse([edit(each) for each in violations]))


def _zero_based(violation: Violation) -> Violation:
    parts = [str(int(each) - 1) if each.isdigit() else each for each in violation.path.split(".")]
    return replace(violation, path=".".join(parts))


def _of_one_entry(violation: Violation) -> Violation:
    before, among, limits = violation.sentence.partition(" must satisfy constraint: [")
    if among == "" or not before.startswith("Map "):
        return violation
    return replace(violation, sentence=limits.removesuffix("]"))


_BOTH = ("errors/message-names-member", "errors/message-names-constraint")


def faults() -> Iterator[Fault]:
    """All messages that say too little, too much or the wrong thing."""
    yield _fault(
        "message-generic",
        "broken limits are told as Bad request",
        _BOTH,
        _told(lambda _: invalid("Bad request")),
    )
    yield _fault(
        "message-empty",
        "broken limits are told with an empty message",
        ("errors/body",),
        _told(lambda _: invalid("")),
    )
    yield _fault(
        "message-without-member",
        "messages do not say which member it is",
        ("errors/message-names-member",),
        _told(lambda found: invalid(f"1 validation error detected: {found[0].sentence}")),
    )
    yield _fault(
        "message-without-constraint",
        "messages do not say what is wrong with the member",
        ("errors/message-names-constraint",),
        _told(
            lambda found: invalid(
                f"1 validation error detected: Value {found[0].value} at '{found[0].path}' "
                "is invalid"
            )
        ),
    )
    yield _fault(
        "message-names-another-member",
        "messages name a member that is not concerned",
        ("errors/message-names-member",),
        _each(lambda each: replace(each, path="requestToken", value="''")),
    )
    yield _fault(
        "message-names-another-constraint",
        "messages name a limit that holds",
        ("errors/message-names-constraint",),
        _each(
            lambda each: replace(
                each,
                sentence="Member must not be null"
                if "null" not in each.sentence
                else "Member must have length less than or equal to 63",
            )
        ),
    )
    yield _fault(
        "message-names-top-member-only",
        "messages name the request's member, not the one below it that is wrong",
        ("errors/message-names-member",),
        _each(lambda each: replace(each, path=each.path.split(".")[0])),
    )
    yield _fault(
        "message-positions-from-zero",
        "list positions are counted from 0",
        ("errors/list-positions",),
        _each(_zero_based),
    )
    yield _fault(
        "message-in-capitals",
        "paths are written as the members are, not in lower camel case",
        ("errors/member-path",),
        _each(
            lambda each: replace(
                each, path=".".join(part[:1].upper() + part[1:] for part in each.path.split("."))
            )
        ),
    )
    yield _fault(
        "message-without-member-steps",
        "list positions are written [0], not .1.member",
        ("errors/member-path",),
        _each(lambda each: replace(each, path=each.path.replace(".member", ""))),
    )
    yield _fault(
        "message-of-one-entry",
        "a map's wrong entry is told as if the map itself were too long",
        ("errors/map-form",),
        _each(_of_one_entry),
    )
    yield _fault(
        "message-first-only",
        "only the first broken limit is told",
        ("errors/several-violations",),
        _told(lambda found: refuse(found[:1])),
    )
    yield _fault(
        "message-leaks-a-stack-trace",
        "messages end with a stack trace",
        ("errors/no-internals",),
        on_refusals(
            lambda refusal: replace(
                refusal,
                message=f"{refusal.message}\nTraceback (most recent call last):\n"
                '  File "/app/service.py", line 42, in create_model\n',
            )
        ),
    )
