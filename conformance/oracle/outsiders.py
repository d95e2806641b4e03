"""Judges exchanges whose requests others invented: nothing is known of how they came about.

A generator's label (valid, invalid, what was mutated) is not evidence. What should happen is
derived from the bytes that were sent, and where a request was not a plain awsJson call any more,
nothing is demanded: the ``wire/`` family asks that in its own way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from conformance.oracle.verdicts import FAIL, NOT_RUN, PASS, Opinion, judge_legal, judge_violation
from conformance.oracle.violations import ACCEPT, UNKNOWN, Expectation, expectation
from conformance.spec.rules import MUST
from conformance.wire import Call, Reading, Reply, read
from conformance.wire.messages import CONTENT_TYPE, TARGET_PREFIX
from conformance.wire.reading import DENIED, ODD, SERVER_FAULT, THROTTLED

OPERATION = "CreateModel"

_NOTHING = Opinion(NOT_RUN)


def operation_of(call: Call) -> str | None:
    """Return which operation the bytes call, ``None`` when they are no plain awsJson call."""
    headers = {name.lower(): value for name, value in call.headers.items()}
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    prefix, _, operation = headers.get("x-amz-target", "").rpartition(".")
    is_plain = call.method == "POST" and kind == CONTENT_TYPE and prefix == TARGET_PREFIX
    return operation if is_plain else None


def opinion_on(call: Call, reply: Reply) -> Opinion:
    """Return what a reply to a call of somebody else's means; ``not-run`` demands nothing.

    Legal requests to other operations than CreateModel name things that exist, and a generator
    knows none: of their answers only the form is judged.
    """
    operation, reading = operation_of(call), read(reply)
    if operation is None:
        return _NOTHING
    if reading.unclear is not None:
        return _NOTHING
    says_nothing = reading.kind in (THROTTLED, DENIED)  # a gateway's page, too
    if not says_nothing and _is_web_page(reply, reading):
        return Opinion(FAIL, "odd", f"{operation} got no AWS answer ({reading.summary}).")
    if operation == OPERATION:
        return _on_create_model(call.body, reading)
    if says_nothing:
        return _NOTHING
    if reading.kind in (SERVER_FAULT, ODD):
        return Opinion(FAIL, reading.kind, f"{operation} makes the target fail: {reading.summary}.")
    return Opinion(PASS)


def _on_create_model(body: bytes, reading: Reading) -> Opinion:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return _NOTHING
    expected = expectation(request)
    if expected.outcome == UNKNOWN:
        return _NOTHING
    judged = judge_legal if expected.outcome == ACCEPT else judge_violation
    opinion = judged(reading)
    why = " ".join((opinion.why, *described(expected)))
    return Opinion(opinion.verdict, opinion.way, why if opinion.verdict == FAIL else opinion.why)


def described(expected: Expectation) -> Iterator[str]:
    """Yield a sentence for each ``must`` rule that is broken, once for each rule."""
    first = {v.rule.id: v for v in reversed(expected.violations) if v.rule.level == MUST}
    for rule_id, violation in sorted(first.items()):
        statement = violation.rule.statement.rstrip(".")
        yield f"{rule_id} is broken at {violation.place} ({statement})."


def _is_web_page(reply: Reply, reading: Reading) -> bool:
    """Tell whether a body is neither JSON nor an error of AWS's in another form."""
    return bool(reply.body.strip()) and reading.payload is None and reading.code is None


def unique(body: Any, fresh: str) -> Any:
    """Return a body under a name that nobody has, also where its name is what is wrong with it.

    What a target stores under an illegal name it may refuse to delete, and then it would refuse
    the next one as a duplicate. A name that cannot be told apart without repairing it stays.
    """
    name = body.get("ModelName") if isinstance(body, dict) else None
    if isinstance(name, str):
        for other in (fresh + name[len(fresh) :], name + fresh, name[:1] + fresh + name[1:]):
            found = {**body, "ModelName": other}
            if expectation(found) == expectation(body):
                return found
    return body
