"""The ``errors/`` family: how a rejection of CreateModel looks on the wire.

Whole messages are never compared: AWS's prose changes between regions and months. What is
stable is the code, the path of the member and the kind of constraint.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from conformance.oracle.behaviour import SAMPLE_REJECTIONS, Behaviour, Seen, behaviour_rule
from conformance.oracle.headers import content_type, request_id
from conformance.spec.rules import INFO, MUST

VALIDATION = "ValidationException"
SERIALIZATION = "SerializationException"

_CONSTRAINTS = tuple(s for s in SAMPLE_REJECTIONS if not s.endswith(":type"))

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
    ruling = ""
    if code == "ValidationError":
        ruling = (
            " Common Errors prints ValidationError, but every capture of CreateModel shows "
            "ValidationException, and that is what clients match."
        )
    return f"The error code is {code or 'missing'}, not {' or '.join(allowed)}.{ruling}"


def _body(seen: Seen) -> str | None:
    payload = seen.reading.payload
    if not isinstance(payload, dict):
        return "The body of the error is not a JSON object."
    if not isinstance(payload.get("__type"), str):
        return "The body of the error has no string __type."
    if seen.sample.endswith(":type"):
        return None  # F6.8: a SerializationException may come without a message
    message = payload.get("message", payload.get("Message"))
    return None if isinstance(message, str) and message else "The body has no message."


def _names_member(seen: Seen) -> str | None:
    member = re.split(r"[.\[\]{}]+", seen.sample.partition("/")[2].partition(":")[0].rstrip("}]"))
    name = next(step for step in reversed(member) if step and step not in ("key", "value"))
    message = seen.reading.message or ""
    if name.lower() in message.lower():
        return None
    return f"The message does not name the member {name}."


def _names_constraint(seen: Seen) -> str | None:
    kind = seen.sample.rpartition(":")[2]
    words = _KIND_WORDS[kind.rpartition("-")[2]]
    if words.search(seen.reading.message or ""):
        return None
    return f"The message does not say which kind of constraint was broken ({kind})."


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
        "captures A2, A3, A4 of CreateModel, B1 to B3, B6 of SageMaker",
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
            if re.match(r"\d+ validation errors? detected: Value", seen.reading.message or "")
            else "The message has not the form 'N validation error(s) detected: Value ...'."
        ),
        "The message of a ValidationException has the form that AWS's have today.",
        "captures A2 to A4, B1 to B6; AWS may change its prose, so this is recorded only",
        samples=_CONSTRAINTS,
        level=INFO,
    ),
)
