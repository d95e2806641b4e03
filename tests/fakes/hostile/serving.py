"""A server around the reference that one vice answers for, and what vices have to work with."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from conformance.reference import application
from conformance.reference.http_messages import BadRequest, Head, read_body, read_head
from conformance.reference.messages import AWS_JSON, Reply, Request

#: A vice sends what it likes in answer to one request, or nothing.
Vice = Callable[["Asked"], None]

#: Requests before anything is judged: a model is made and deleted again.
INTRODUCTION = 2


class HangUp(Exception):
    """The connection is closed now."""


@dataclass
class Asked:
    """One request that a vice has to answer. ``number`` counts from 1 since the vice began."""

    server: HostileServer
    connection: socket.socket
    request: Request
    number: int
    #: What the reference answered to the request before this one, once ``right`` is called.
    before: Reply | None = None
    _right: Reply | None = field(default=None, repr=False)

    @property
    def operation(self) -> str:
        """The operation that is asked for: ``CreateModel``."""
        return self.request.target.rpartition(".")[2]

    @property
    def members(self) -> dict[str, Any]:
        """The members of the request; none where it is no JSON object."""
        try:
            body = json.loads(self.request.body)
        except (ValueError, RecursionError):
            return {}
        return body if isinstance(body, dict) else {}

    def right(self) -> Reply:
        """What the reference answers; the request is carried out by the first call."""
        if self._right is None:
            self._right = self.server.service.answer(self.request)
            with self.server.lock:
                self.before, self.server.last = self.server.last, self._right
        return self._right

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.connection.sendall(data)

    def answer(self, reply: Reply, *more: str) -> None:
        """Send a whole reply with its length, and more header lines."""
        lines = [f"{name}: {value}" for name, value in reply.headers]
        head = "\r\n".join([f"HTTP/1.1 {reply.status} X", *lines, *more])
        length = f"\r\nContent-Length: {len(reply.body)}\r\n\r\n"
        self.send((head + length).encode("latin-1") + reply.body)

    def answer_with(self, body: bytes, status: int = 200, *more: str) -> None:
        """Send a whole reply with this body."""
        self.answer(Reply(status, body, (("Content-Type", AWS_JSON),)), *more)

    def wait(self, seconds: float = 60.0) -> None:
        """Wait, but no longer than the server is there. Hangs up then."""
        if self.server.closing.wait(seconds):
            raise HangUp

    def reset(self) -> None:
        """End the connection with a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        raise HangUp


class HostileServer(socketserver.ThreadingTCPServer):
    """Is the reference for ``after`` requests; from then on the vice answers.

    ``requests`` are what has arrived, from the first one on.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(
        self,
        vice: Vice,
        after: int = INTRODUCTION,
        context: ssl.SSLContext | None = None,
        **reference: Any,
    ) -> None:
        self.vice, self.after, self.context = vice, after, context
        self.service = application(**reference).service
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self.lock = threading.Lock()
        #: What the reference has answered last.
        self.last: Reply | None = None
        #: What a vice keeps from one request to the next.
        self.kept: dict[str, Any] = {}
        super().__init__(("127.0.0.1", 0), _Connection)
        self._thread: threading.Thread | None = None
        self.listen()

    @property
    def url(self) -> str:
        """Where the server listens."""
        scheme = "http" if self.context is None else "https"
        return f"{scheme}://127.0.0.1:{self.server_address[1]}"

    def operations(self) -> list[str]:
        """The operations that were asked for, in order."""
        return [each.target.rpartition(".")[2] for each in self.requests]

    def listen(self) -> None:
        """Take connections, in a thread of its own."""
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def vanish(self, seconds: float) -> None:
        """Stop to listen, and come back on the same port after a while; models are kept."""
        threading.Thread(target=self._away, args=(seconds,), daemon=True).start()

    def _away(self, seconds: float) -> None:
        with self.lock:
            address = self.server_address
            self.shutdown()
            self.socket.close()
            if self.closing.wait(seconds):
                return
            self.socket = socket.create_server(address[:2])
            self.listen()

    def end(self) -> None:
        """Stop for good; whoever waits is woken."""
        self.closing.set()
        with self.lock:
            self.shutdown()
            self.socket.close()

    def get_request(self) -> tuple[socket.socket, Any]:
        """Take a connection; what is wrong with it is found where it is read."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        return connection, address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: who is asked by a hostile server goes away as it likes."""


class _Connection(socketserver.BaseRequestHandler):
    """One client's connection: a request after another, until either side has enough."""

    server: HostileServer

    def handle(self) -> None:
        connection = self.request
        with suppress(OSError, BadRequest, HangUp, ValueError):
            if self.server.context is not None:
                connection = self.server.context.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                self._answer_all(connection, stream)

    def _answer_all(self, connection: socket.socket, stream: Any) -> None:
        while (head := read_head(stream)) is not None:
            request = _request(head, read_body(stream, head))
            with self.server.lock:
                self.server.requests.append(request)
                number = len(self.server.requests) - self.server.after
            asked = Asked(self.server, connection, request, number)
            if number < 1:
                asked.answer(asked.right())
            else:
                self.server.vice(asked)
            if not head.keep_alive or self.server.closing.is_set():
                return


def _request(head: Head, body: bytes) -> Request:
    path, _, query = head.target.partition("?")
    return Request(body=body, headers=head.fields, method=head.method, path=path, query=query)


@contextmanager
def hostile(vice: Vice, **options: Any) -> Iterator[HostileServer]:
    """A server with a vice, ended afterwards."""
    server = HostileServer(vice, **options)
    try:
        yield server
    finally:
        server.end()


def pieces(parts: Sequence[bytes], asked: Asked, *, seconds: float) -> None:
    """Send parts one after the other, with so many seconds before each."""
    for part in parts:
        asked.wait(seconds)
        asked.send(part)


def until_gone(asked: Asked, part: bytes) -> None:
    """Send the same for ever, as fast as it is taken."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends and not asked.server.closing.is_set():
        asked.send(part)
    raise HangUp
