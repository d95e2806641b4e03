"""Errors that look wrong on the wire: code, status, content type, body, message and request id."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace

from conformance.reference.behaviour import Change
from conformance.reference.errors import Refusal
from conformance.reference.faults.fault import (
    Fault,
    on_error_replies,
    on_refusals,
    with_body,
    with_field,
    with_status,
)
from conformance.reference.messages import Reply

FAMILY = "errors"


def _fault(name: str, summary: str, rules: tuple[str, ...], change: Change) -> Fault:
    return Fault(name, summary, rules, FAMILY, "holds", change)


# --- codes and statuses ---

_CODES = {
    "validation-error": "ValidationError",
    "bad-request": "BadRequestException",
    "invalid-parameter": "InvalidParameterValue",
    "resource-limit-exceeded": "ResourceLimitExceeded",
    "lower-cased": "validationexception",
    "empty": "",
    "number": "400",
    "spoken": "Validation Exception",
}


def _coded(code: str) -> Callable[[Refusal], Refusal]:
    return lambda refusal: (
        replace(refusal, code=code) if refusal.code == "ValidationException" else refusal
    )


def _code_faults() -> Iterator[Fault]:
    for name, code in _CODES.items():
        yield _fault(
            f"error-code-{name}",
            f"ValidationException is called {code!r}",
            ("errors/code",),
            on_refusals(_coded(code)),
        )
    for status in (200, 201, 403, 404, 409, 422, 500, 503):
        yield _fault(
            f"error-status-{status}",
            f"errors are answered with status {status}",
            ("errors/status",),
            on_error_replies(with_status(status)),
        )
    yield _fault(
        "type-error-as-validation-exception",
        "a wrong JSON type is a ValidationException without a word about the member",
        (),  # aws_facts.md: SageMaker's own SerializationException is not known
        on_refusals(
            lambda refusal: (
                replace(refusal, code="ValidationException", message="Bad request")
                if refusal.code == "SerializationException"
                else refusal
            )
        ),
    )
    yield _fault(
        "type-error-status-500",
        "a wrong JSON type is answered with status 500",
        (),  # any type rule's `rejects` side, since a 500 is no rejection
        on_refusals(
            lambda refusal: (
                replace(refusal, status=500)
                if refusal.code == "SerializationException"
                else refusal
            )
        ),
    )


# --- headers ---

_CONTENT_TYPES = {
    "html": "text/html; charset=utf-8",
    "plain": "text/plain",
    "xml": "application/xml",
    "octets": "application/octet-stream",
    "absent": None,
}


def _header_faults() -> Iterator[Fault]:
    for name, value in _CONTENT_TYPES.items():
        yield _fault(
            f"error-content-type-{name}",
            f"errors are sent with the content type {value}",
            ("errors/content-type",),
            on_error_replies(with_field("Content-Type", value)),
        )
    yield _fault(
        "error-request-id-absent",
        "errors have no request id",
        ("errors/request-id",),
        on_error_replies(with_field("x-amzn-RequestId", None)),
    )
    yield _fault(
        "error-request-id-empty",
        "errors have an empty request id",
        ("errors/request-id",),
        on_error_replies(with_field("x-amzn-RequestId", "")),
    )


# --- bodies ---


def _members(reply: Reply) -> dict[str, str]:
    members: dict[str, str] = json.loads(reply.body)
    return members


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _xml(reply: Reply) -> bytes:
    code = _members(reply)["__type"]
    return f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode()


def _without(name: str) -> Callable[[Reply], bytes]:
    return lambda reply: _json({key: each for key, each in _members(reply).items() if key != name})


def _code_called(name: str) -> Callable[[Reply], bytes]:
    return lambda reply: _json(
        {(name if key == "__type" else key): each for key, each in _members(reply).items()}
    )


_BODIES: dict[str, tuple[str, Callable[[Reply], bytes], tuple[str, ...]]] = {
    "xml": ("XML", _xml, ("errors/body",)),
    "plain": ("plain text", lambda reply: b"Bad Request", ("errors/body",)),
    "html": ("an HTML page", lambda reply: b"<html><h1>400</h1></html>", ("errors/body",)),
    "empty": ("empty", lambda reply: b"", ("errors/body",)),
    "cut-short": ("cut short", lambda reply: reply.body[: len(reply.body) // 2], ("errors/body",)),
    "json-string": ("a JSON string", lambda reply: _json("Bad Request"), ("errors/body",)),
    "json-array": ("a JSON array", lambda reply: _json([_members(reply)]), ("errors/body",)),
    "json-null": ("null", lambda reply: b"null", ("errors/body",)),
    "json-empty": ("an empty object", lambda reply: b"{}", ("errors/body",)),
    "twice-encoded": (
        "JSON in a JSON string",
        lambda reply: _json(reply.body.decode()),
        ("errors/body",),
    ),
    "nested": (
        "nested under `error`",
        lambda reply: _json({"error": _members(reply)}),
        ("errors/body",),
    ),
    "traceback": (
        "a stack trace",
        lambda reply: b'Traceback (most recent call last):\n  File "app.py", line 1, in <module>\n',
        ("errors/body",),
    ),
    "no-type": ("without __type", _without("__type"), ("errors/body",)),
    "type-called-code": ("with `code` for __type", _code_called("code"), ("errors/body",)),
    "type-called-Type": ("with `Type` for __type", _code_called("Type"), ("errors/body",)),
    "no-message": (
        "without message",
        _without("message"),
        ("errors/body",),
    ),
    "message-null": (
        "with a message of null",
        lambda reply: _json({**_members(reply), "message": None}),
        ("errors/body",),
    ),
    "message-list": (
        "with a list for message",
        lambda reply: _json({**_members(reply), "message": []}),
        ("errors/body",),
    ),
}


def _body_faults() -> Iterator[Fault]:
    for name, (shown, body, rules) in _BODIES.items():
        yield _fault(
            f"error-body-{name}",
            f"the body of errors is {shown}",
            rules,
            on_error_replies(with_body(body)),
        )


def faults() -> Iterator[Fault]:
    """All of this family."""
    yield from _code_faults()
    yield from _header_faults()
    yield from _body_faults()
