"""The ``errors/`` family: how a rejection of CreateModel looks on the wire.

Whole messages are never compared: AWS's prose changes between regions and months. What is
stable is the code, the path of the member and the kind of constraint.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.oracle.behaviour import (
    SAMPLE_REJECTIONS,
    Behaviour,
    NothingToJudge,
    Seen,
    behaviour_rule,
)
from conformance.oracle.headers import content_type, request_id
from conformance.spec.rules import INFO, MUST

VALIDATION = "ValidationException"
SERIALIZATION = "SerializationException"

_CONSTRAINTS = tuple(s for s in SAMPLE_REJECTIONS if not s.endswith(":type"))

_IN_LISTS = tuple(s for s in _CONSTRAINTS if "[]." in s)

_IN_MAPS = tuple(s for s in _CONSTRAINTS if "{" in s)

#: How messages speak of a kind of constraint: the words that any wording of it contains.
_KIND_WORDS = {
    "length": re.compile(r"length|characters|too long|too short|size|empty", re.IGNORECASE),
    "items": re.compile(r"length|items|members|size|at least|at most|empty|count", re.IGNORECASE),
    "pattern": re.compile(r"pattern|regular expression|regex", re.IGNORECASE),
    "enum": re.compile(r"enum|one of|valid values", re.IGNORECASE),
}


def _status(seen: Seen) -> str | None:
    status = seen.reply.status
    return None if status == 400 else f"The status is {status}, not 400."


def _code(seen: Seen) -> str | None:
    of_type = seen.sample.endswith(":type")
    allowed = (VALIDATION, SERIALIZATION) if of_type else (VALIDATION,)
    code = seen.reading.code
    if code in allowed:
        return None
    if code is None:
        raise NothingToJudge("the error has no code, which is errors/body's business")
    ruling = ""
    if code == "ValidationError":
        ruling = (
            " Common Errors prints ValidationError, but every capture of CreateModel shows "
            "ValidationException, and that is what clients match."
        )
    return f"The error code is {code}, not {' or '.join(allowed)}.{ruling}"


def _body(seen: Seen) -> str | None:
    payload = seen.reading.payload
    if not isinstance(payload, dict):
        return "The body of the error is not a JSON object."
    if not isinstance(payload.get("__type"), str) or not payload["__type"]:
        return "The body of the error has no string __type."
    if seen.sample.endswith(":type"):
        return None  # F6.8: a SerializationException may come without a message
    message = payload.get("message", payload.get("Message"))
    return None if isinstance(message, str) and message else "The body has no message."


def _message(seen: Seen) -> str:
    """Return the message of an error; without one there is nothing to judge here."""
    if not seen.reading.message:
        raise NothingToJudge("the error has no message, which is errors/body's business")
    return seen.reading.message


def _names_member(seen: Seen) -> str | None:
    member = re.split(r"[.\[\]{}]+", seen.sample.partition("/")[2].partition(":")[0].rstrip("}]"))
    name = next(step for step in reversed(member) if step and step not in ("key", "value"))
    if name.lower() in _message(seen).lower():
        return None
    return f"The message does not name the member {name}."


def _names_constraint(seen: Seen) -> str | None:
    kind = seen.sample.rpartition(":")[2]
    words = _KIND_WORDS[kind.rpartition("-")[2]]
    if words.search(_message(seen)):
        return None
    return f"The message does not say which kind of constraint was broken ({kind})."


def _path(member: str) -> str:
    """Return how AWS's messages write a member's path, as a regular expression.

    ``Tags[].Key`` is ``tags.N.member.key``. What is wrong inside a map, or is an item itself, is
    told of the whole map or list.
    """
    steps = re.sub(r"(\[\]|\{\w+\})$", "", member).split(".")
    lowered = [step[:1].lower() + step[1:] for step in steps]
    return ".".join(lowered).replace(".", r"\.").replace("[]", r"\.\d+\.member")


def _writes_path(seen: Seen) -> str | None:
    path = _path(seen.sample.partition("/")[2].rpartition(":")[0])
    if re.search(rf"(?<![\w.]){path}(?![\w.])", _message(seen)):
        return None
    shown = path.replace("\\.", ".").replace("\\d+", "N")
    return f"The message does not write the member's path as {shown}."


def _counts_from_one(seen: Seen) -> str | None:
    """Judge the position of the broken item: samples break a list's first one."""
    found = re.search(r"\.(\d+)\.", _message(seen))
    if found is None or found.group(1) == "1":
        return None
    return f"The message calls the first item of a list number {found.group(1)}."


def _tells_of_map(seen: Seen) -> str | None:
    """Judge that the message speaks of the map's keys or values, with all limits they have."""
    part = "key" if "{key}" in seen.sample else "value"
    if re.search(rf"Map {part}s? must satisfy constraint: \[Member must ", _message(seen)):
        return None
    return f"The message has not the form 'Map {part} must satisfy constraint: [Member must ...]'."


#: What only a target's inside looks like: tracebacks of Python, Java and JavaScript, web pages.
_INTERNALS = re.compile(
    r"Traceback \(most recent call last\)|^\s+at [\w.$<>]+ ?\(|Exception in thread|<html|"
    r"File \"[^\"]+\", line \d+",
    re.IGNORECASE | re.MULTILINE,
)


def _keeps_to_itself(seen: Seen) -> str | None:
    shown = f"{seen.reading.message or ''}\n{seen.reply.body[:20_000].decode('utf-8', 'replace')}"
    found = _INTERNALS.search(shown)
    return f"The error shows the target's inside: {found.group()!r}." if found else None


def _error(
    name: str,
    check: Callable[[Seen], str | None],
    statement: str,
    source: str,
    *,
    samples: tuple[str, ...] = SAMPLE_REJECTIONS,
    level: str = MUST,
) -> Behaviour:
    rule = behaviour_rule(
        f"errors/{name}",
        level=level,
        provenance="observed" if level == MUST else "inferred",
        source=source,
        statement=statement,
    )
    return Behaviour(rule, samples, True, check, any_kind=name in ("status", "code"))


ERRORS: tuple[Behaviour, ...] = (
    _error(
        "status",
        _status,
        "A rejected request is answered with status 400.",
        "captures D2 and E10 (400 ValidationException); Common Errors",
    ),
    _error(
        "code",
        _code,
        "A rejection has the code ValidationException; for a wrong JSON type also "
        "SerializationException.",
        "captures A2, A3, A4, E1, E10 of CreateModel; F6.2 for SerializationException",
    ),
    _error(
        "body",
        _body,
        "The body of an error is a JSON object with __type and a message.",
        "capture F1: raw error body of SageMaker",
    ),
    _error(
        "content-type",
        content_type,
        "An error has the Content-Type application/x-amz-json-1.1.",
        "capture F1: header list of a SageMaker error",
    ),
    _error(
        "request-id",
        request_id,
        "An error carries an x-amzn-RequestId header.",
        "capture F1: header list of a SageMaker error",
    ),
    _error(
        "message-names-member",
        _names_member,
        "The message of a ValidationException names the member that broke a constraint.",
        "captures A2, A3, A4 of CreateModel, B1, B2, B3, B6 of SageMaker",
        samples=_CONSTRAINTS,
    ),
    _error(
        "message-names-constraint",
        _names_constraint,
        "The message of a ValidationException names the kind of constraint that was broken.",
        "captures A2, A3, A4 of CreateModel, B2, B3 of SageMaker",
        samples=tuple(s for s in _CONSTRAINTS if not s.endswith(":required")),
    ),
    _error(
        "message-form",
        lambda seen: (
            None
            if re.match(r"\d+ validation errors? detected: Value", _message(seen))
            else "The message has not the form 'N validation error(s) detected: Value ...'."
        ),
        "The message of a ValidationException has the form that AWS's have today.",
        "captures A2, A3, A4, B1, B2, B3, B5, B6; AWS may change its prose: recorded only",
        samples=_CONSTRAINTS,
        level=INFO,
    ),
    _error(
        "member-path",
        _writes_path,
        "The message writes the member's path in lower camel case, with list items numbered.",
        "captures A2, A3, A4 of CreateModel, B1, B2, B3 of SageMaker; prose may change",
        samples=_CONSTRAINTS,
        level=INFO,
    ),
    _error(
        "list-positions",
        _counts_from_one,
        "The message counts the items of a list from 1.",
        "capture B1 of SageMaker; AWS may change its prose",
        samples=_IN_LISTS,
        level=INFO,
    ),
    _error(
        "map-form",
        _tells_of_map,
        "The message tells of a wrong entry of a map as a constraint on the map's keys or values.",
        "capture A4 of CreateModel, B4 of SageMaker; AWS may change its prose",
        samples=_IN_MAPS,
        level=INFO,
    ),
    _error(
        "no-internals",
        _keeps_to_itself,
        "An error shows no stack trace and no web page.",
        "no document; what a target is made of is no part of an answer",
        level=INFO,
    ),
)
