"""Bodies, headers and methods that are read too kindly, too strictly or with a crash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from conformance.reference.behaviour import Behaviour, Change, Output
from conformance.reference.errors import Refusal, Refused, unknown_operation, unreadable
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_refusals,
    with_gate,
    with_refusal_filter,
)
from conformance.reference.json_body import decode_body, encode_body
from conformance.reference.messages import Reply, Request

# Rule ids are chosen with the rules (issue 4), so `rules` is empty throughout.
FAMILY = "wire"

Decode = Callable[[bytes], dict[str, object]]


def _fault(name: str, summary: str, change: Change, side: Side = "holds") -> Fault:
    return Fault(name, summary, (), FAMILY, side, change)


# --- bodies ---


def _decoding(wrap: Callable[[Decode], Decode]) -> Change:
    return lambda behaviour: replace(behaviour, decode=wrap(behaviour.decode))


def _after(edit: Callable[[bytes], bytes]) -> Change:
    """The body is made over before it is read."""
    return _decoding(lambda decode: lambda body: decode(edit(body)))


def _if_unreadable(instead: Callable[[bytes], dict[str, object]]) -> Change:
    def wrap(decode: Decode) -> Decode:
        def try_hard(body: bytes) -> dict[str, object]:
            try:
                return decode(body)
            except Refused:
                return instead(body)

        return try_hard

    return _decoding(wrap)


def _named_anyhow(_body: bytes) -> dict[str, object]:
    return {"ModelName": "unreadable"}


def _nothing(_body: bytes) -> dict[str, object]:
    return {}


def _first_value(body: bytes) -> dict[str, object]:
    try:
        value, _ = json.JSONDecoder().raw_decode(body.decode("utf-8").lstrip())
    except (ValueError, RecursionError):
        raise unreadable() from None
    if not isinstance(value, dict):
        raise unreadable()
    return value


def _closed(body: bytes) -> dict[str, object]:
    """A truncated object is read as if its ends were there."""
    text = body.decode("utf-8", "replace")
    for ends in ("}", '"}', "}}", '"}}', "]}", "}]}"):
        try:
            return decode_body((text + ends).encode())
        except Refused:
            continue
    raise unreadable()


def _without_last_commas(body: bytes) -> bytes:
    return body.replace(b",}", b"}").replace(b",]", b"]").replace(b", }", b"}")


def _first_of_array(body: bytes) -> dict[str, object]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise unreadable() from None
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return value[0]
    raise unreadable()


def _crashing(_body: bytes) -> dict[str, object]:
    raise Refused(Refusal("InternalFailure", "JSONDecodeError: Expecting value", 500))


def _poisoned(behaviour: Behaviour) -> Behaviour:
    """After one body that cannot be read every answer is a 500."""
    poisoned: list[bool] = []

    def gate(_request: Request) -> Reply | None:
        if poisoned:
            raise Refused(Refusal("InternalFailure", None, 500))
        return None

    def refusal_filter(_request: Request, refusal: Refusal) -> Refusal:
        if refusal == Refusal("SerializationException"):
            poisoned.append(True)
        return refusal

    return with_refusal_filter(refusal_filter)(with_gate(gate)(behaviour))


_BODY_FAULTS: tuple[tuple[str, str, Change, Side], ...] = (
    ("malformed-json-accepted", "what is not JSON is answered 200",
     _if_unreadable(_named_anyhow),
     "rejects"),
    ("malformed-json-empty", "what is not JSON is read as an empty object",
     _if_unreadable(_nothing),
     "rejects"),
    ("truncated-json-accepted", "a truncated object is completed", _if_unreadable(_closed),
     "rejects"),
    ("trailing-text-accepted", "text after the object is ignored", _if_unreadable(_first_value),
     "rejects"),
    ("trailing-commas-accepted", "a comma before a bracket is ignored",
     _after(_without_last_commas), "rejects"),
    ("array-body-unwrapped", "an array's first object is taken for the request",
     _if_unreadable(_first_of_array), "rejects"),
    ("malformed-json-crashes", "what is not JSON is answered 500", _if_unreadable(_crashing),
     "holds"),
    ("malformed-json-poisons", "after a body that is not JSON all answers are 500", _poisoned,
     "holds"),
    ("invalid-utf-8-replaced", "bytes that are not UTF-8 become replacement characters",
     _after(lambda body: body.decode("utf-8", "replace").encode()), "rejects"),
    ("body-read-as-latin-1", "the body is read as Latin-1",
     _after(lambda body: body.decode("latin-1").encode()), "holds"),
    ("body-ends-at-nul", "what follows a NUL in the body is ignored",
     _after(lambda body: body.split(b"\0", 1)[0]), "rejects"),
    ("constants-accepted", "NaN and Infinity are read as 0",
     _after(lambda body: body.replace(b"NaN", b"0").replace(b"Infinity", b"0")), "rejects"),
    ("body-cut-at-16-kb", "of a body 16 KB are read",
     _after(lambda body: body[:16384]), "accepts"),
)  # fmt: skip


# --- the shape of the JSON ---


def _depth(value: object) -> int:
    deepest = 0
    level: list[Any] = [value]
    while level:
        deepest += 1
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
    return deepest


def _checking(check: Callable[[str, dict[str, object]], None]) -> Change:
    return lambda behaviour: replace(behaviour, body_checks=(*behaviour.body_checks, check))


def _shallow_only(_operation: str, members: dict[str, object]) -> None:
    if _depth(members) > 20:
        raise Refused(Refusal("InternalFailure", "maximum recursion depth exceeded", 500))


def _no_surrogates(_operation: str, members: dict[str, object]) -> None:
    try:
        json.dumps(members, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Refused(Refusal("InternalFailure", "surrogates not allowed", 500)) from None


def _unknown_echoed(behaviour: Behaviour) -> Behaviour:
    """An unknown member named Debug is taken for an order to fail."""

    def check(_operation: str, members: dict[str, object]) -> None:
        unknown = [name for name in members if not name[:1].isupper()]
        if unknown:
            raise Refused(Refusal("InternalFailure", f"unexpected keyword {unknown[0]}", 500))

    return _checking(check)(behaviour)


def _shape_faults() -> Iterator[Fault]:
    yield _fault(
        "deep-nesting-crashes", "nesting of more than 20 levels is a 500", _checking(_shallow_only)
    )
    yield _fault("surrogates-crash", "a lone surrogate is answered 500", _checking(_no_surrogates))
    yield _fault(
        "unknown-members-crash", "an unknown member in lower case is answered 500", _unknown_echoed
    )


# --- headers and methods ---


def _gate(refuses: Callable[[Request], bool], refusal: Refusal) -> Change:
    def gate(request: Request) -> Reply | None:
        if refuses(request):
            raise Refused(refusal)
        return None

    return with_gate(gate)


_UNSUPPORTED = Refusal("UnsupportedMediaType", "Unsupported media type", 415)


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "")


def _known_target(request: Request) -> bool:
    return request.target.startswith("SageMaker.")


def _unknown_as(reply: Callable[[], Output], status: int) -> Change:
    def gate(request: Request) -> Reply | None:
        return None if _known_target(request) else Reply(status, encode_body(reply()), ())

    return with_gate(gate)


def _target_ignoring_prefix(request: Request) -> Reply | None:
    if request.target and not _known_target(request):
        return Reply(200, b"{}", ())
    return None


def _unknown_refused_as(code: str, status: int) -> Change:
    def edit(refusal: Refusal) -> Refusal:
        return (
            Refusal(code, None, status) if refusal.code == "UnknownOperationException" else refusal
        )

    return on_refusals(edit)


def _any_method(request: Request) -> Reply | None:
    return Reply(200, b"{}", ()) if request.method != "POST" else None


def _crash_on_get(request: Request) -> Reply | None:
    if request.method != "POST":
        raise Refused(Refusal("InternalFailure", None, 500))
    return None


def _header_faults() -> Iterator[Fault]:
    for name, summary, change in (
        ("charset-refused", "a content type with charset is refused",
         _gate(lambda request: "charset" in _content_type(request), _UNSUPPORTED)),
        ("json-1-1-refused", "the content type application/x-amz-json-1.1 is refused",
         _gate(lambda request: "x-amz-json-1.1" in _content_type(request), _UNSUPPORTED)),
        ("target-missing-accepted", "a request without X-Amz-Target is answered 200",
         _unknown_as(dict, 200)),
        ("target-unknown-accepted", "any prefix of X-Amz-Target is answered 200",
         with_gate(_target_ignoring_prefix)),
        ("unknown-operation-500", "an unknown operation is answered 500",
         _unknown_refused_as("InternalFailure", 500)),
        ("unknown-operation-404", "an unknown operation is answered 404",
         _unknown_refused_as("UnknownOperationException", 404)),
        ("unknown-operation-code", "an unknown operation is a ValidationException",
         _unknown_refused_as("ValidationException", 400)),
        ("get-accepted", "GET is answered 200", with_gate(_any_method)),
        ("get-crashes", "GET is answered 500", with_gate(_crash_on_get)),
        ("user-agent-required", "a request without User-Agent is refused",
         _gate(lambda request: "user-agent" not in request.headers, unknown_operation().refusal)),
    ):  # fmt: skip
        yield _fault(name, summary, change)


def faults() -> Iterator[Fault]:
    """All of this family."""
    for name, summary, change, side in _BODY_FAULTS:
        yield _fault(name, summary, change, side)
    yield from _shape_faults()
    yield from _header_faults()
