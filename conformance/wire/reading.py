"""Reads a reply: was the request accepted or rejected, and what does the error say?

Replies are parsed defensively: a target may answer XML, HTML, broken JSON or a stack trace, and
none of that may raise. Sources: Common Errors for the codes; aws_observed F1, F2, F10 for the
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


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is Python's JSON, not JSON")


def parse_json(body: bytes) -> Any:
    """Return a body as JSON, ``None`` when it is none (or far too deep); NaN is not JSON."""
    try:
        return json.loads(body.decode(), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


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
    payload = parse_json(reply.body)
    has_error_body = isinstance(payload, dict) and "__type" in payload
    is_error = reply.status >= 400 or has_error_body
    code, message = _error(reply, payload) if is_error else (None, None)
    return Reading(_kind(reply.status, code, is_error), reply.status, code, message, payload)


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
