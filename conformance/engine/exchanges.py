"""Exchanges: a call and what came of it, as a value and as it is recorded."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conformance.wire import Call, Reading, Reply, TransportFault, encode
from conformance.wire.reading import ACCEPTED
from conformance.wire.signing import SIGNATURE

_SIGNATURE = frozenset(name.lower() for name in SIGNATURE)

#: A line of ``exchanges.ndjson.gz``, but for the rule and side that it belongs to.
Record = dict[str, Any]


@dataclass(frozen=True)
class Exchange:
    """One call and what came of it: a reply with its reading, or a fault."""

    number: int
    operation: str
    request: Any
    reply: Reply | None
    reading: Reading | None
    fault: TransportFault | None = None
    #: Epoch seconds of this machine.
    began: float = 0.0
    ended: float = 0.0

    @property
    def accepted(self) -> bool:
        """Whether the target answered that it did what was asked."""
        return self.reading is not None and self.reading.kind == ACCEPTED


def _as_text(data: bytes) -> tuple[str, bool]:
    """Return bytes as text, or in base64 with ``True``, for the record."""
    try:
        return data.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(data).decode(), True


@lru_cache(maxsize=64)
def _usual_headers(operation: str) -> dict[str, str]:
    return dict(encode(operation, None).headers)


@lru_cache(maxsize=64)
def _told(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of headers that a record holds: those that do not sign."""
    return tuple(name for name in names if name.lower() not in _SIGNATURE)


def _unusual(call: Call) -> dict[str, Any] | None:
    """Return what is sent beside the body, where that is not what every plain call has."""
    headers = {name: call.headers[name] for name in _told(tuple(call.headers))}
    signed = "Authorization" in call.headers
    if signed and call.method == "POST" and headers == _usual_headers(call.operation):
        return None
    return {"method": call.method, "headers": headers, "signed": signed}


#: What a record may hold of a call.
SENT = ("operation", "request", "request_base64", "http")


def sent_as(call: Call) -> Record:
    """Return what a record holds of a call that was sent, apart from what signs it."""
    sent, encoded = _as_text(call.body)
    return {
        "operation": call.operation,
        "request": sent,
        **({"request_base64": True} if encoded else {}),
        **({"http": http} if (http := _unusual(call)) is not None else {}),
    }


def text_of(record: Record) -> bytes:
    """Return the line of a recorded exchange that its digest is over."""
    return json.dumps(record, sort_keys=True, ensure_ascii=True).encode() + b"\n"


def exchanges_digest(records: Iterable[Record]) -> str:
    """Return ``sha256:<hex>`` over exchanges as they are recorded, in their order."""
    return digest_of(map(text_of, records))


def digest_of(lines: Iterable[bytes]) -> str:
    """Return ``sha256:<hex>`` over the lines of exchanges."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
    return f"sha256:{digest.hexdigest()}"


def recorded(call: Call, exchange: Exchange, purpose: str) -> Record:
    """Return an exchange as it is recorded; headers that sign a request are left out."""
    record: Record = {
        "n": exchange.number,
        "purpose": purpose,
        **sent_as(call),
        "began": round(exchange.began, 6),
        "ended": round(exchange.ended, 6),
    }
    if exchange.reply is not None:
        received, received_encoded = _as_text(exchange.reply.body)
        record |= {
            "status": exchange.reply.status,
            "headers": [list(header) for header in exchange.reply.headers],
            "body": received,
            "seconds": round(exchange.reply.seconds, 6),
        }
        if received_encoded:
            record["body_base64"] = True
    if exchange.fault is not None:
        record["fault"] = {"kind": exchange.fault.kind, "detail": exchange.fault.detail}
    return record
