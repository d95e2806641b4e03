"""A server whose every byte is said by a test, and calls to it as targets send them."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from conformance.targets import TargetOptions, resolve
from conformance.wire import Reply, TransportFault, encode

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}"

Behave = Callable[[socket.socket], None]


class Server:
    """Accepts connections on a free loopback port, reads one request, and behaves as told."""

    def __init__(self, behave: Behave, context: ssl.SSLContext | None = None) -> None:
        self._behave, self._context = behave, context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.requests: list[bytes] = []
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._closing.is_set():
            try:
                raw, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(raw,), daemon=True).start()

    def _answer(self, raw: socket.socket) -> None:
        with raw:
            try:
                connection = (
                    self._context.wrap_socket(raw, server_side=True) if self._context else raw
                )
                with connection:
                    self.requests.append(self._request(connection))
                    self._behave(connection)
            except OSError:
                return  # the client has gone, as it should

    @staticmethod
    def _request(connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65536)
        head, _, body = data.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        while len(body) < int(found.group(1) if found else 0):
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self._closing.set()
        self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        self._socket.close()
        self._thread.join(5)


@contextmanager
def serving() -> Iterator[Callable[..., Server]]:
    """A function that starts servers; all are ended afterwards."""
    started: list[Server] = []

    def start(behave: Behave | bytes, context: ssl.SSLContext | None = None) -> Server:
        fixed = behave
        act = (lambda c: c.sendall(fixed)) if isinstance(fixed, bytes) else fixed
        started.append(Server(act, context))
        return started[-1]

    yield start
    for server in started:
        server.close()


def ask(port: int, *, scheme: str = "http", timeout: float = 5.0, **options: Any) -> Reply:
    """Send one call to a loopback port."""
    url = f"{scheme}://127.0.0.1:{port}"
    target = resolve(url, TargetOptions(timeout=timeout, **options))
    try:
        return target.send(encode("CreateModel", {"ModelName": "é"}, url=target.endpoint))
    finally:
        target.close()


def fault(port: int, **options: Any) -> TransportFault:
    """Send one call and return the fault; its message is fit for one line of a report."""
    with pytest.raises(TransportFault) as raised:
        ask(port, **options)
    told = raised.value
    assert told.detail
    assert len(told.detail) <= 200
    assert "\n" not in told.detail
    assert " at 0x" not in told.detail
    return told
