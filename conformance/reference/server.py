"""A threaded HTTP/1.1 server for one WSGI application, with connections that stay open.

It exists to be fast and predictable as a target of benchmarks: one write per reply, Nagle's
algorithm off.
"""

from __future__ import annotations

import io
import socket
import socketserver
import sys
import threading
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

from conformance.reference.errors import ConnectionDropped
from conformance.reference.http_messages import BadRequest, Head, read_body, read_head
from conformance.reference.wsgi import Application

IDLE_SECONDS = 120.0


class Server(socketserver.ThreadingTCPServer):
    """Serves an application on a port of an address; port 0 takes a free one."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False

    def __init__(self, application: Application, port: int = 0, host: str = "127.0.0.1") -> None:
        self.application = application
        super().__init__((host, port), Connection)

    @property
    def url(self) -> str:
        """Where the server listens."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Serve in a thread of its own until `shutdown`."""
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else goes to standard error."""
        if not isinstance(sys.exc_info()[1], ConnectionError | TimeoutError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Connection(socketserver.StreamRequestHandler):
    """One client's connection: a request after another until either side has enough."""

    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    server: Server

    def handle(self) -> None:
        """Answer requests until the connection ends."""
        try:
            while self._answer_next():
                pass
        except BadRequest as bad:
            self._refuse(bad)
        except (ConnectionError, TimeoutError):
            return

    def _answer_next(self) -> bool:
        head = read_head(self.rfile)
        if head is None:
            return False
        if head.expects_continue:
            self.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = read_body(self.rfile, head)
        answer = bytearray()

        def start_response(status: str, headers: list[tuple[str, str]]) -> None:
            lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers)]
            if not head.keep_alive:
                lines.append("Connection: close")
            elif head.version == "HTTP/1.0":
                lines.append("Connection: keep-alive")
            answer.extend(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

        try:
            parts = self.server.application(self._environ(head, body), start_response)
        except ConnectionDropped:
            return False
        if head.method != "HEAD":
            for part in parts:
                answer += part
        self.connection.sendall(answer)
        return head.keep_alive

    def _environ(self, head: Head, body: bytes) -> dict[str, Any]:
        path, _, query = head.target.partition("?")
        host, port = self.server.server_address[:2]
        environ: dict[str, Any] = {
            "REQUEST_METHOD": head.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": head.target,
            "SERVER_NAME": str(host),
            "SERVER_PORT": str(port),
            "SERVER_PROTOCOL": head.version,
            "REMOTE_ADDR": str(self.client_address[0]),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in head.fields.items():
            environ["HTTP_" + name.upper().replace("-", "_")] = value
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
        environ.pop("HTTP_CONTENT_LENGTH", None)
        environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    def _refuse(self, bad: BadRequest) -> None:
        phrase = HTTPStatus(bad.status).phrase
        head = f"HTTP/1.1 {bad.status} {phrase}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        try:
            self.connection.sendall(head.encode("latin-1"))
            self.connection.shutdown(socket.SHUT_WR)
        except OSError:
            return
