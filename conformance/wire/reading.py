"""Reads a reply: was the request accepted or rejected, and what does the error say?

Replies are parsed defensively: a target may answer XML, HTML, broken JSON or a stack trace, and
none of that may raise. Sources: Common Errors for the codes; captures F1, F2, F10 for the
form of error bodies; F6.10 and moto for XML where JSON belongs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from conformance.wire.messages import Reply

ACCEPTED = "accepted"
REJECTED = "rejected"
DENIED = "denied"
THROTTLED = "throttled"
UNSUPPORTED = "unsupported"
SERVER_FAULT = "server-fault"
ODD = "odd"
#: A redirect: whoever gave it has not answered, and says who might. Nobody is followed there.
ELSEWHERE = "elsewhere"
#: JSON that gives a member twice, with two values: readers do not agree on what it says.
AMBIGUOUS = "ambiguous"

#: What kinds of readings there are.
KINDS = frozenset(
    {ACCEPTED, REJECTED, DENIED, THROTTLED, UNSUPPORTED, SERVER_FAULT, ODD, ELSEWHERE, AMBIGUOUS}
)

#: Answers that say nothing about the request, whatever it was, and why.
_UNCLEAR = {
    ELSEWHERE: "the target sends us elsewhere, where we do not go",
    AMBIGUOUS: "the answer gives a member twice, with different values",
}

_DENIED = re.compile(
    r"(AccessDenied|UnrecognizedClient|InvalidClientTokenId|MissingAuthenticationToken"
    r"|IncompleteSignature|InvalidSignature|SignatureDoesNotMatch|NotAuthorized|OptInRequired"
    r"|RequestExpired|ExpiredToken|UnauthorizedOperation|InvalidAccessKeyId)(Exception)?"
)
_THROTTLED = re.compile(
    r"(Throttling|Throttled|ThrottledException|TooManyRequests|RequestLimitExceeded|SlowDown"
    r"|ServiceUnavailable|ResourceLimitExceeded|LimitExceeded|RequestTimeout)(Exception)?"
)
_UNSUPPORTED = re.compile(
    r"(UnknownOperation|NotImplemented|InvalidAction|UnsupportedOperation|NotYetImplemented"
    r"|OperationNotSupported)(Exception|Fault)?"
)
#: Codes that say by themselves that the request was at fault, whatever the status beside them.
_CLIENT_FAULT = re.compile(r"(Validation|Serialization)(Exception|Error)")
_XML_CODE = re.compile(r"<Code>([^<]{1,300})</Code>|\A\s*<(\w+Exception)\s*/>")
_XML_MESSAGE = re.compile(r"<Message>([^<]{0,3000})</Message>", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What a reply says. ``kind`` is one of the constants above.

    ``payload`` is the body as JSON, ``None`` when it is none. ``code`` and ``message`` are those
    of an error, wherever the reply holds them.
    """

    kind: str
    status: int
    code: str | None
    message: str | None
    payload: Any

    @property
    def summary(self) -> str:
        """The reply in a few words: ``400 ValidationException``, ``200``."""
        return f"{self.status} {self.code}" if self.code else str(self.status)

    @property
    def unclear(self) -> str | None:
        """Why the reply says nothing, ``None`` where it may say something."""
        return _UNCLEAR.get(self.kind)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is Python's JSON, not JSON")


class _GivenTwice(ValueError):
    """An object has a member twice, with different values (RFC 8259, section 4)."""


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members) and any(found[name] != value for name, value in members):
        raise _GivenTwice
    return found


_DECODER = json.JSONDecoder(parse_constant=_refuse)
_STRICT = json.JSONDecoder(parse_constant=_refuse, object_pairs_hook=_once)


def parse_json(body: bytes) -> Any:
    """Return a body as JSON, ``None`` when it is none (or far too deep); NaN is not JSON."""
    try:
        return _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        return None


def _parsed(body: bytes) -> tuple[Any, bool]:
    """Return a body as JSON, and whether it gives a member twice, with different values."""
    try:
        return _STRICT.decode(body.decode()), False
    except _GivenTwice:
        payload = parse_json(body)
        return payload, payload is not None
    except (ValueError, RecursionError):
        return None, False


def bare_code(code: str) -> str:
    """Return an error code without the namespace before ``#`` and the URI after ``:``."""
    return code.partition(":")[0].rpartition("#")[2].strip()


def _error(reply: Reply, payload: Any) -> tuple[str | None, str | None]:
    code: Any = None
    message: Any = None
    if isinstance(payload, dict):
        code = next((payload[k] for k in ("__type", "code", "Code") if k in payload), None)
        message = next((payload[k] for k in ("message", "Message") if k in payload), None)
        nested = payload.get("Error") or payload.get("error")
        if code is None and isinstance(nested, dict):
            code, message = nested.get("Code"), nested.get("Message")
    elif payload is None:
        text = reply.body[:10_000].decode("utf-8", "replace")
        found, said = _XML_CODE.search(text), _XML_MESSAGE.search(text)
        code = (found.group(1) or found.group(2)).strip() if found else None
        message = said.group(1).strip() if said else None
    if not isinstance(code, str) or not code:
        code = reply.header("x-amzn-errortype")
    return (
        bare_code(code) if isinstance(code, str) and code else None,
        message if isinstance(message, str) else None,
    )


def read(reply: Reply) -> Reading:
    """Return what a reply says; never raises, whatever the reply holds."""
    payload, is_ambiguous = _parsed(reply.body)
    if is_ambiguous:
        return Reading(AMBIGUOUS, reply.status, None, None, None)
    has_error_body = isinstance(payload, dict) and "__type" in payload
    is_error = reply.status >= 400 or has_error_body
    code, message = _error(reply, payload) if is_error else (None, None)
    is_redirect = 300 <= reply.status < 400 and reply.header("location") is not None
    kind = ELSEWHERE if is_redirect else _kind(reply.status, code, is_error)
    return Reading(kind, reply.status, code, message, payload)


def _kind(status: int, code: str | None, is_error: bool) -> str:
    if not is_error:
        return ACCEPTED if 200 <= status < 300 else ODD
    if code and _CLIENT_FAULT.fullmatch(code):
        return REJECTED
    if status == 501 or (code and _UNSUPPORTED.fullmatch(code)):
        return UNSUPPORTED
    if status in (408, 429, 503) or (code and _THROTTLED.fullmatch(code)):
        return THROTTLED
    if status in (401, 403, 407) or (code and _DENIED.fullmatch(code)):
        return DENIED
    if status >= 500:
        return SERVER_FAULT
    # A page of a web server that knows no such path is not an answer to the request.
    if status in (404, 405) and code is None:
        return UNSUPPORTED
    return REJECTED
