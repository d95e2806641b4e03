"""HTTP/1.1 requests read from a stream of bytes: request line, header fields, body with a length
or in chunks.

It reads what clients of awsJson services send and refuses the rest; it does no I/O but reading
from the file object it is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BufferedIOBase

MAX_LINE = 65536
MAX_HEADER_FIELDS = 200
MAX_BODY = 16 * 1024 * 1024


class BadRequest(Exception):
    """A request that cannot be read any further; the connection is of no more use."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Head:
    """A request line and its header fields; field names are in lower case, repeated fields joined
    by a comma.
    """

    method: str
    target: str
    version: str
    fields: dict[str, str]

    @property
    def keep_alive(self) -> bool:
        """Whether the client means to send more on this connection."""
        connection = self.fields.get("connection", "").lower()
        if self.version == "HTTP/1.0":
            return "keep-alive" in connection
        return "close" not in connection

    @property
    def expects_continue(self) -> bool:
        """Whether the client waits for a 100 before it sends the body."""
        return self.fields.get("expect", "").lower() == "100-continue"


def read_head(stream: BufferedIOBase) -> Head | None:
    """The next request's head; None at the end of the stream. Raises BadRequest."""
    line = _line(stream)
    while line in (b"\r\n", b"\n"):  # an empty line before a request is let pass (RFC 9112, 2.2)
        line = _line(stream)
    if line == b"":
        return None
    words = line.decode("latin-1").split()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(400, "not an HTTP/1.1 request line")
    return Head(words[0], words[1], words[2], _fields(stream))


def read_body(stream: BufferedIOBase, head: Head) -> bytes:
    """The body that belongs to a head. Raises BadRequest."""
    encoding = head.fields.get("transfer-encoding")
    length = head.fields.get("content-length")
    if encoding is not None:
        if length is not None or encoding.strip().lower() != "chunked":
            raise BadRequest(400, "the body's length is not clear")
        return _chunks(stream)
    if length is None:
        return b""
    if not (length.isascii() and length.isdecimal()):
        raise BadRequest(400, "Content-Length is not a number")
    return _exactly(stream, int(length))


def _line(stream: BufferedIOBase) -> bytes:
    line = stream.readline(MAX_LINE + 1)
    if len(line) > MAX_LINE:
        raise BadRequest(431, "a line is too long")
    return line


def _fields(stream: BufferedIOBase) -> dict[str, str]:
    fields: dict[str, str] = {}
    for _ in range(MAX_HEADER_FIELDS):
        line = _line(stream)
        if line in (b"\r\n", b"\n"):
            return fields
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name or name != name.strip():
            raise BadRequest(400, "not a header field")
        name, value = name.lower(), value.strip()
        fields[name] = f"{fields[name]},{value}" if name in fields else value
    raise BadRequest(431, "too many header fields")


def _chunks(stream: BufferedIOBase) -> bytes:
    body = bytearray()
    while True:
        size_text = _line(stream).split(b";", 1)[0].strip()
        try:
            size = int(size_text, 16)
        except ValueError:
            raise BadRequest(400, "not the size of a chunk") from None
        if size < 0 or len(body) + size > MAX_BODY:
            raise BadRequest(413, "the body is too large")
        if size == 0:
            _fields(stream)  # trailer
            return bytes(body)
        body += _exactly(stream, size)
        if _line(stream) not in (b"\r\n", b"\n"):
            raise BadRequest(400, "a chunk does not end where it said")


def _exactly(stream: BufferedIOBase, size: int) -> bytes:
    if size > MAX_BODY:
        raise BadRequest(413, "the body is too large")
    body = stream.read(size)
    if len(body) != size:
        raise BadRequest(400, "the body ended early")
    return body
