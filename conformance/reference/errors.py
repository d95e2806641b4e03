"""What the service refuses with: a code, a status and, mostly, a message."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as it goes on the wire; a message of None is left out of the body (F6.8, F6.9)."""

    code: str
    message: str | None = None
    status: int = 400


class Refused(Exception):
    """Raised by whoever finds the request wanting; carries the refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code, refusal.message)
        self.refusal = refusal


class ConnectionDropped(ConnectionError):
    """Raised through the WSGI application to have the connection closed without an answer."""


def invalid(message: str) -> Refused:
    """A ValidationException with this message."""
    return Refused(Refusal("ValidationException", message))


def unreadable(message: str | None = None) -> Refused:
    """A SerializationException, without message where the body as a whole is unreadable (F6.8)."""
    return Refused(Refusal("SerializationException", message))


def unknown_operation() -> Refused:
    """The answer to an X-Amz-Target that is missing or names nothing that is built here (F6.9)."""
    return Refused(Refusal("UnknownOperationException"))
