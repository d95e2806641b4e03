"""Requests and replies as values, between the service and whatever carries bytes (WSGI, a socket,
a test).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate

AWS_JSON = "application/x-amz-json-1.1"


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request; header names are in lower case."""

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = "/"
    query: str = ""

    @property
    def target(self) -> str:
        """The X-Amz-Target header, empty where it is missing."""
        return self.headers.get("x-amz-target", "")


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply; Content-Length is added by whoever sends it."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case; None where there is none."""
        for each, value in self.headers:
            if each.lower() == name.lower():
                return value
        return None

    def with_header(self, name: str, value: str | None) -> tuple[tuple[str, str], ...]:
        """The headers with that one set, or left out where the value is None."""
        rest = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return rest if value is None else (*rest, (name, value))


class DateHeader:
    """The Date header's value, made anew once a second. Racing threads at worst make it twice."""

    def __init__(self) -> None:
        self._made: tuple[int, str] = (0, "")

    def __call__(self) -> str:
        """The date and time now, as HTTP writes it."""
        second = int(time.time())
        made = self._made
        if made[0] != second:
            made = self._made = (second, formatdate(second, usegmt=True))
        return made[1]
