"""Checks of headers that every answer of the service has, an error as well as a success."""

from __future__ import annotations

from conformance.oracle.behaviour import Seen
from conformance.wire.messages import CONTENT_TYPE


def content_type(seen: Seen) -> str | None:
    """Return what is wrong with the Content-Type; parameters behind it do not matter."""
    stated = seen.reply.header("content-type") or ""
    if stated.partition(";")[0].strip().lower() == CONTENT_TYPE:
        return None
    return f"The Content-Type is {stated or 'missing'}, not {CONTENT_TYPE}."


def request_id(seen: Seen) -> str | None:
    """Return what is wrong with the request id: that there is none."""
    return None if seen.reply.header("x-amzn-requestid") else "There is no x-amzn-RequestId header."
