"""A WSGI application in this process: no sockets, and an escaping exception is a 500 reply."""

from __future__ import annotations

import io
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from conformance.wire import Call, Reply, TransportFault

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class WsgiTarget:
    """Calls a WSGI application directly."""

    endpoint = "http://localhost/"

    #: Nothing is waited for: the answer is made in this process.
    waits = False

    def __init__(
        self,
        name: str,
        application: Application,
        *,
        fingerprint: Mapping[str, str],
        account: str | None = None,
        drops: tuple[type[Exception], ...] = (),
    ) -> None:
        """Wrap an application; exceptions in ``drops`` stand for a connection that it closed."""
        self.name = name
        self.account = account
        self._application = application
        self._fingerprint = dict(fingerprint)
        self._drops = drops

    def send(self, call: Call) -> Reply:
        """Return the application's reply; what it raises becomes a 500 with the traceback."""
        started = time.perf_counter()
        answered: list[tuple[str, list[tuple[str, str]]]] = []
        written: list[bytes] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            answered.append((status, headers))
            return written.append

        try:
            chunks = self._application(_environ(call), start_response)
            try:
                body = b"".join([*written, *chunks])
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
            status, headers = answered[-1]
            code = int(status.split(" ", 1)[0])
        except self._drops as dropped:
            raise TransportFault("broken", "the connection was closed") from dropped
        except Exception:  # noqa: BLE001 - the application's fault, to be judged like any answer
            body, code = traceback.format_exc().encode("utf-8", "replace"), 500
            headers = [("Content-Type", "text/plain")]
        return Reply(code, tuple(headers), body, time.perf_counter() - started)

    def fingerprint(self) -> Mapping[str, str]:
        """Return what the creator of this target said about it."""
        return self._fingerprint

    def close(self) -> None:
        """Nothing is held."""


def _environ(call: Call) -> dict[str, Any]:
    parts = urlsplit(call.url)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": parts.path or "/",
        "QUERY_STRING": parts.query,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(call.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(call.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "HTTP_HOST": parts.netloc,
    }
    for name, value in call.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
