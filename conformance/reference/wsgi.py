"""The service as a WSGI application."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from conformance.reference.messages import Reply, Request
from conformance.reference.service import Service

StartResponse = Callable[..., Any]


class Application:
    """A WSGI callable around a service, which stays reachable as `service`."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request. Raises ConnectionDropped where the connection is to be closed
        instead.
        """
        reply = self.service.answer(request_of(environ))
        headers = [*reply.headers, ("Content-Length", str(len(reply.body)))]
        start_response(status_line(reply), headers)
        return [reply.body]


def status_line(reply: Reply) -> str:
    """Status code and reason phrase."""
    try:
        return f"{reply.status} {HTTPStatus(reply.status).phrase}"
    except ValueError:
        return f"{reply.status} Unknown"


def request_of(environ: dict[str, Any]) -> Request:
    """The request that a WSGI environment describes."""
    headers = {
        name[5:].replace("_", "-").lower(): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = str(environ[name])
    # The server of this package hands on the target as it stood in the request line.
    path, _, query = str(environ.get("RAW_URI", "")).partition("?")
    return Request(
        body=_body(environ),
        headers=headers,
        method=str(environ.get("REQUEST_METHOD", "POST")),
        path=path or quote(str(environ.get("PATH_INFO", "")).encode("latin-1")) or "/",
        query=query or str(environ.get("QUERY_STRING", "")),
    )


def _body(environ: dict[str, Any]) -> bytes:
    stream = environ.get("wsgi.input")
    if stream is None:
        return b""
    length = str(environ.get("CONTENT_LENGTH") or "")
    if length.isdecimal():
        body = stream.read(int(length))
    elif environ.get("wsgi.input_terminated"):
        body = stream.read()
    else:
        body = b""
    return bytes(body)
