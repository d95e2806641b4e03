"""The request body: strict JSON in UTF-8, one object at the top. Everything else is a
SerializationException.
"""

from __future__ import annotations

import json
from typing import NoReturn

from conformance.reference.errors import unreadable


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def decode_body(body: bytes) -> dict[str, object]:
    """The members of a request. Raises Refused for anything but one JSON object (F6.8)."""
    try:
        value = _DECODER.decode(body.decode("utf-8"))
    except (ValueError, RecursionError):  # ValueError covers bad UTF-8, bad JSON and endless digits
        raise unreadable() from None
    if isinstance(value, dict):
        return value
    raise unreadable("Start of list found where not expected" if type(value) is list else None)


def encode_body(value: object) -> bytes:
    """Compact JSON. Non-ASCII is escaped, so that lone surrogates survive the way back."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")
