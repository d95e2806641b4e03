"""HTTP connections that wait for a whole answer no longer than told, and take no half for a whole.

``urllib3`` and ``requests`` know a time-out for each arrival: a byte a second, in a header or in a
storm of interim answers, would be waited for without end. Here the time that is left is counted
from the moment at which the connection was asked for. And ``http.client`` takes a head that is cut
off, or whose lengths are nonsense, for a whole one; here neither is an answer.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

#: Interim answers (1xx) that are read over before the answer itself. RFC 9110, section 15.2.
MOST_INTERIM = 100

#: Bytes of a head that are read, interim answers included. AWS's have a thousand at most.
MAX_HEAD = 256 * 1024

#: What a status line that is no HTTP/1.1 is shown of.
_SHOWN = 40


class _Arrivals(io.RawIOBase):
    """What arrives at a socket until its time-out, as it is now, has passed once in all.

    ``room`` bytes may still arrive, ``beyond`` says what is wrong with more. ``ended`` tells
    whether the other side has closed the connection, as far as anybody asked.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.ended = False
        self.room: int | None = MAX_HEAD
        self.beyond = f"a head longer than {MAX_HEAD} bytes"
        self._is_quiet = False
        self._sock = sock
        self._raw: Any = sock.makefile("rb", buffering=0)
        seconds = sock.gettimeout()
        self._deadline = None if seconds is None else time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def fileno(self) -> int:
        return int(self._raw.fileno())

    def waiting_in(self, reader: io.BufferedReader) -> int:
        """Return how many bytes a reader has taken from here and not handed out yet."""
        self._is_quiet = True
        try:
            return len(reader.peek())
        finally:
            self._is_quiet = False

    def readinto(self, buffer: Any) -> int | None:
        if self._is_quiet:
            return None
        if self._deadline is not None:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            self._sock.settimeout(left)
        arrived: int | None = self._raw.readinto(buffer)
        self.ended = arrived == 0
        self.allow(arrived or 0)
        return arrived

    def allow(self, arrived: int) -> None:
        """Count bytes that have arrived; raises ``HTTPException`` when they are too many."""
        if self.room is not None:
            self.room -= arrived
            if self.room < 0:
                raise http.client.HTTPException(self.beyond)

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


#: Statuses whose answers have no body, whatever length they name. RFC 9110, sections 15.2 to 15.4.
_WITHOUT_BODY = (101, 204, 304)

_CUT_OFF = "the connection was closed within the head of the answer"


def _not_http(begins: str) -> http.client.HTTPException:
    return http.client.HTTPException(
        f"the answer is not HTTP/1.1 (it begins {begins.strip()[:_SHOWN]!r})"
    )


class _Answer(http.client.HTTPResponse):
    """An answer that is read against one deadline; interim answers are read over."""

    def __init__(self, sock: socket.socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self._arrivals = _Arrivals(sock)
        self.fp = io.BufferedReader(self._arrivals)

    def begin(self) -> None:
        """Read the head. Raises ``HTTPException`` for one that is cut off or not to be believed.

        RFC 9112, section 6.3: a Content-Length that is no number makes an answer unusable; section
        8: one without the empty line behind its head is incomplete.
        """
        super().begin()
        if self._arrivals.ended:
            raise http.client.HTTPException(_CUT_OFF)
        named = self.headers.get_all("Content-Length") or []
        for length in ",".join(named).split(",") if named and not self.chunked else ():
            if not (length.strip().isascii() and length.strip().isdecimal()):
                raise http.client.HTTPException(f"Content-Length is {length.strip()[:_SHOWN]!r}")
        has_no_body = self.status in _WITHOUT_BODY  # what follows all the same is not read
        self._arrivals.room = self.length if named and not self.chunked | has_no_body else None
        self._arrivals.beyond = f"more than the {self.length} bytes of its Content-Length"
        self._arrivals.allow(self._arrivals.waiting_in(self.fp))

    def _next_status(self) -> tuple[str, int, str]:
        try:
            found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
        except http.client.RemoteDisconnected:
            raise
        except http.client.BadStatusLine as bad:
            begins = str(bad.args[0])
            if self._arrivals.ended and begins.startswith("HTTP/1."):
                raise http.client.HTTPException(_CUT_OFF) from None
            raise _not_http(begins) from None
        if not found[0].startswith("HTTP/1."):
            raise _not_http(found[0])
        return found

    def _read_status(self) -> tuple[str, int, str]:
        for _ in range(MOST_INTERIM + 1):
            version, status, reason = self._next_status()
            if not 100 <= status < 200 or status == http.HTTPStatus.SWITCHING_PROTOCOLS:
                return version, status, reason
            http.client.parse_headers(self.fp)
        raise http.client.HTTPException(f"more than {MOST_INTERIM} interim answers")


class Stale(ConnectionError):
    """A connection that had been used before was closed when, or before, a request came over it.

    Either side may close one that is idle at any time, so this says nothing about the request; nor
    does it say whether the request was carried out. RFC 9112, section 9.5.
    """


class _Kept:
    """A connection that may be used again, and knows whether it was."""

    _has_answered = False

    def connect(self) -> None:
        self._has_answered = False
        super().connect()  # type: ignore[misc]

    def getresponse(self) -> Any:
        try:
            answer = super().getresponse()  # type: ignore[misc]
        except (ConnectionError, http.client.RemoteDisconnected) as problem:
            if self._has_answered:
                raise Stale(
                    "the connection, used before, was closed without an answer"
                ) from problem
            raise
        self._has_answered = True
        return answer


class _Connection(_Kept, HTTPConnection):
    response_class = _Answer


class _SecureConnection(_Kept, HTTPSConnection):
    response_class = _Answer


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


class _PoolOfOnes:
    """A pool whose connections are closed when their answer is there."""

    def _put_conn(self, connection: Any) -> None:
        if connection is not None:
            connection.close()
        super()._put_conn(connection)  # type: ignore[misc]


class _OncePool(_PoolOfOnes, _Pool):
    pass


class _SecureOncePool(_PoolOfOnes, _SecurePool):
    pass


class BoundedAdapter(HTTPAdapter):
    """Sends for ``requests`` over such connections; give it a ``urllib3.Timeout`` with a total.

    Unless ``keeps``, each request goes over a connection of its own.
    """

    def __init__(self, *, keeps: bool = True) -> None:
        self.keeps = keeps
        super().__init__()

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make the pools of connections."""
        super().init_poolmanager(*args, **options)
        pools = (_Pool, _SecurePool) if self.keeps else (_OncePool, _SecureOncePool)
        self.poolmanager.pool_classes_by_scheme = dict(zip(("http", "https"), pools, strict=True))
