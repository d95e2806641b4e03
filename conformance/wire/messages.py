"""What goes over the wire: a call, its reply, or the fault that took the reply's place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conformance import __version__

CONTENT_TYPE = "application/x-amz-json-1.1"
TARGET_PREFIX = "SageMaker"


@dataclass(frozen=True)
class Call:
    """One request as it is sent: bytes and headers, for one operation of the API.

    ``operation`` is for people and records; what the target sees is ``headers``.
    """

    operation: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    url: str = "http://localhost/"


@dataclass(frozen=True)
class Reply:
    """One reply as it was received. ``seconds`` is the time from the first byte sent.

    ``times`` are when the call began and ended, in epoch seconds, where the target knows that
    better than who asks: it plays a record back.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    seconds: float = 0.0
    times: tuple[float, float] | None = None

    def header(self, name: str) -> str | None:
        """Return the first header of this name in any case, or ``None``."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class TransportFault(Exception):
    """There is no reply to judge: refused, timed out, cut off, or not HTTP.

    ``kind`` is one of ``connect``, ``timeout``, ``broken``, ``stale`` (a connection that was kept
    open turned out to be closed), ``too-long``, ``unsendable`` and ``spent`` (the user allowed no
    more requests).
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(kind, detail)  # both, so that it can be sent between processes
        self.kind = kind
        self.detail = detail

    def __str__(self) -> str:
        return self.detail


_AS_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_IN_ASCII = json.JSONEncoder(separators=(",", ":"))


def encode(operation: str, body: Any, *, url: str = "http://localhost/") -> Call:
    """Return the unsigned call of an operation with any JSON value as its body.

    Lone surrogates are sent as JSON escapes, everything else as UTF-8.
    """
    try:
        data = _AS_TEXT.encode(body).encode()
    except UnicodeEncodeError:
        data = _IN_ASCII.encode(body).encode()
    return Call(
        operation=operation,
        body=data,
        headers={
            "Content-Type": CONTENT_TYPE,
            "X-Amz-Target": f"{TARGET_PREFIX}.{operation}",
            "User-Agent": f"createmodel-conformance/{__version__}",
        },
        url=url,
    )
