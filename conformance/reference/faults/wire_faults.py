"""Bodies that are read too kindly, too strictly or with a crash."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from conformance.reference.behaviour import Behaviour, Change
from conformance.reference.errors import (
    ConnectionDropped,
    Refusal,
    Refused,
    invalid,
    unreadable,
)
from conformance.reference.faults import wire_header_faults
from conformance.reference.faults.fault import (
    Fault,
    Side,
    on_refusals,
    with_gate,
    with_refusal_filter,
)
from conformance.reference.json_body import decode_body
from conformance.reference.messages import Reply, Request
from conformance.reference.other_shapes import INPUTS
from conformance.reference.shapes import List, Structure

FAMILY = "wire"

Decode = Callable[[bytes], dict[str, object]]


#: The rule that each fault breaks; the others break one that is not of this family.
_RULES = {
    "malformed-json-accepted": "malformed-json",
    "malformed-json-empty": "malformed-json",
    "malformed-json-crashes": "malformed-json",
    "malformed-json-hangs-up": "malformed-json",
    "malformed-json-poisons": "answers-after-malformed-json",
    "malformed-json-as-validation-exception": "malformed-json-code",
    "truncated-json-accepted": "truncated-json",
    "trailing-commas-accepted": "trailing-comma",
    "trailing-text-accepted": "trailing-text",
    "body-ends-at-nul": "text-after-nul",
    "constants-accepted": "json-constants",
    "invalid-utf-8-replaced": "invalid-utf-8",
    "body-read-as-latin-1": "invalid-utf-8",
    "body-cut-at-64-kb": "large-body",
    "empty-body-crashes": "empty-body",
    "byte-order-mark-crashes": "byte-order-mark",
    "duplicate-keys-crash": "duplicate-keys",
    "megabyte-crashes": "megabyte-body",
    "deep-nesting-crashes": "deep-nesting",
    "deep-nesting-poisons": "answers-after-strange-bodies",
    "surrogates-crash": "lone-surrogate",
    "unknown-members-crash": "unknown-members",
    "unknown-members-at-depth-refused": "unknown-members-at-depth",
}


def _fault(name: str, summary: str, change: Change, side: Side = "holds") -> Fault:
    rules = (f"wire/{_RULES[name]}",) if name in _RULES else ()
    return Fault(name, summary, rules, FAMILY, side, change)


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


def _hanging_up(_body: bytes) -> dict[str, object]:
    raise ConnectionDropped("closed on purpose")


def _crashing_on(condition: Callable[[bytes], bool]) -> Change:
    def wrap(decode: Decode) -> Decode:
        return lambda body: _crashing(body) if condition(body) else decode(body)

    return _decoding(wrap)


def _has_duplicates(body: bytes) -> bool:
    seen: list[bool] = []

    def note(pairs: list[tuple[str, object]]) -> dict[str, object]:
        seen.append(len(dict(pairs)) < len(pairs))
        return dict(pairs)

    try:
        json.loads(body, object_pairs_hook=note)
    except (ValueError, RecursionError):
        return False
    return any(seen)


def _as_validation_exception(refusal: Refusal) -> Refusal:
    """Wrong types keep their code: they come with a message."""
    if refusal == Refusal("SerializationException"):
        return replace(refusal, code="ValidationException")
    return refusal


def _poisoned_by(trouble: Refusal) -> Change:
    """After one refusal of this sort every answer is a 500."""

    def change(behaviour: Behaviour) -> Behaviour:
        poisoned: list[bool] = []

        def gate(_request: Request) -> Reply | None:
            if poisoned:
                raise Refused(Refusal("InternalFailure", None, 500))
            return None

        def refusal_filter(_request: Request, refusal: Refusal) -> Refusal:
            if refusal == trouble:
                poisoned.append(True)
            return refusal

        return with_refusal_filter(refusal_filter)(with_gate(gate)(behaviour))

    return change


_BODY_FAULTS: tuple[tuple[str, str, Change, Side], ...] = (
    ("malformed-json-accepted", "what is not JSON is answered 200",
     _if_unreadable(_named_anyhow), "rejects"),
    ("malformed-json-empty", "what is not JSON is read as an empty object",
     _if_unreadable(_nothing), "rejects"),
    ("malformed-json-crashes", "what is not JSON is answered 500",
     _if_unreadable(_crashing), "holds"),
    ("malformed-json-hangs-up", "what is not JSON is not answered: the connection is closed",
     _if_unreadable(_hanging_up), "holds"),
    ("malformed-json-poisons", "after a body that is not JSON all answers are 500",
     _poisoned_by(Refusal("SerializationException")), "holds"),
    ("malformed-json-as-validation-exception", "what is not JSON is a ValidationException",
     on_refusals(_as_validation_exception), "holds"),
    ("truncated-json-accepted", "a truncated object is completed",
     _if_unreadable(_closed), "rejects"),
    ("trailing-commas-accepted", "a comma before a bracket is ignored",
     _after(_without_last_commas), "rejects"),
    ("trailing-text-accepted", "text after the object is ignored",
     _if_unreadable(_first_value), "rejects"),
    ("body-ends-at-nul", "what follows a NUL in the body is ignored",
     _after(lambda body: body.split(b"\0", 1)[0]), "rejects"),
    ("array-body-unwrapped", "an array's first object is taken for the request",
     _if_unreadable(_first_of_array), "rejects"),
    ("constants-accepted", "NaN and Infinity are read as 0",
     _after(lambda body: body.replace(b"NaN", b"0").replace(b"Infinity", b"0")), "rejects"),
    ("invalid-utf-8-replaced", "bytes that are not UTF-8 become replacement characters",
     _after(lambda body: body.decode("utf-8", "replace").encode()), "rejects"),
    ("body-read-as-latin-1", "the body is read as Latin-1",
     _after(lambda body: body.decode("latin-1").encode()), "holds"),
    ("body-cut-at-16-kb", "of a body 16 KB are read",
     _after(lambda body: body[:16384]), "accepts"),
    ("body-cut-at-64-kb", "of a body 64 KB are read",
     _after(lambda body: body[:65536]), "accepts"),
    ("empty-body-crashes", "an empty body is answered 500",
     _crashing_on(lambda body: not body), "holds"),
    ("byte-order-mark-crashes", "a byte order mark is answered 500",
     _crashing_on(lambda body: body.startswith(b"\xef\xbb\xbf")), "holds"),
    ("duplicate-keys-crash", "an object with a member twice is answered 500",
     _crashing_on(_has_duplicates), "holds"),
    ("megabyte-crashes", "a body of a megabyte is answered 500",
     _crashing_on(lambda body: len(body) > 1_000_000), "holds"),
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


def _known_inside(value: object, shape: object) -> bool:
    """Whether structures within a value have no member that the tables do not know."""
    if isinstance(shape, Structure) and isinstance(value, dict):
        known = {each.name: each.shape for each in shape.members}
        return all(k in known and _known_inside(v, known[k]) for k, v in value.items())
    if isinstance(shape, List) and isinstance(value, list):
        return all(_known_inside(each, shape.item) for each in value)
    return True


def _refuse_unknown_at_depth(operation: str, members: dict[str, object]) -> None:
    for each in INPUTS[operation].members:
        if not _known_inside(members.get(each.name), each.shape):
            raise invalid(f"Unknown parameter in {each.name}")


def _poisoned_by_depth(behaviour: Behaviour) -> Behaviour:
    """After nesting of more than 20 levels every answer is a 500."""
    trouble = Refusal("SerializationException", "too deep")

    def check(_operation: str, members: dict[str, object]) -> None:
        if _depth(members) > 20:
            raise Refused(trouble)

    return _poisoned_by(trouble)(_checking(check)(behaviour))


def _shape_faults() -> Iterator[Fault]:
    yield _fault(
        "deep-nesting-poisons",
        "after nesting of more than 20 levels all answers are 500",
        _poisoned_by_depth,
    )
    yield _fault(
        "unknown-members-at-depth-refused",
        "unknown members inside structures and lists are refused",
        _checking(_refuse_unknown_at_depth),
    )
    yield _fault(
        "deep-nesting-crashes", "nesting of more than 20 levels is a 500", _checking(_shallow_only)
    )
    yield _fault("surrogates-crash", "a lone surrogate is answered 500", _checking(_no_surrogates))
    yield _fault(
        "unknown-members-crash", "an unknown member in lower case is answered 500", _unknown_echoed
    )


def faults() -> Iterator[Fault]:
    """All of this family."""
    for name, summary, change, side in _BODY_FAULTS:
        yield _fault(name, summary, change, side)
    yield from _shape_faults()
    yield from wire_header_faults.faults()
