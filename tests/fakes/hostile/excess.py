"""Vices of too much: bodies, heads, cookies and packed bytes beyond any bound."""

from __future__ import annotations

import zlib
from functools import cache

from fakes.hostile.serving import Asked, HangUp, until_gone

_MEGABYTE = 1024 * 1024


def ten_gigabytes(asked: Asked) -> None:
    """Promises a body of 10 GB and sends it."""
    asked.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n")
    until_gone(asked, b'{"a":"' + b"x" * 65536)


def endless_body(asked: Asked) -> None:
    """Sends a body without an end."""
    asked.send(b"HTTP/1.1 200 OK\r\n\r\n")
    until_gone(asked, b"x" * 65536)


def endless_chunks(asked: Asked) -> None:
    """Sends chunks of one byte without an end."""
    asked.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    until_gone(asked, b"1\r\nx\r\n" * 10_000)


def endless_size_of_a_chunk(asked: Asked) -> None:
    """Sends the size of a chunk, whose digits never end."""
    asked.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    until_gone(asked, b"0" * 65536)


@cache
def _bomb() -> bytes:
    """A gigabyte of JSON white space in a megabyte: one whole block, a thousand times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = packer.compress(b" ") + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b" " * _MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + 1024 * block + packer.flush()


def gzip_bomb(asked: Asked) -> None:
    """Sends a megabyte that unpacks to a gigabyte."""
    asked.answer_with(_bomb(), 200, "Content-Encoding: gzip")


def sets_cookies(asked: Asked) -> None:
    """Does the right thing and sets a cookie: the next request must not show it."""
    asked.answer(asked.right(), "Set-Cookie: session=hostile; Path=/")


def floods_with_cookies(asked: Asked) -> None:
    """Does the right thing and sets a thousand cookies of 4 kB."""
    asked.answer(asked.right(), *(f"Set-Cookie: c{n}={'x' * 4000}" for n in range(1000)))


def header_of_a_megabyte(asked: Asked) -> None:
    """Does the right thing and sends a header of a megabyte."""
    asked.answer(asked.right(), f"X-Long: {'x' * _MEGABYTE}")


def many_headers_of_64_kilobytes(asked: Asked) -> None:
    """Does the right thing and sends ninety headers of 64 kB, as many and as long as are read."""
    asked.answer(asked.right(), *(f"X-Long-{n}: {'x' * 65000}" for n in range(90)))


def endless_header(asked: Asked) -> None:
    """Sends a header line that never ends."""
    asked.send(b"HTTP/1.1 200 OK\r\nX-Long: ")
    until_gone(asked, b"x" * 65536)


def endless_headers(asked: Asked) -> None:
    """Sends header lines without an end."""
    asked.send(b"HTTP/1.1 200 OK\r\n")
    until_gone(asked, b"X-Again: and again\r\n" * 1000)


def endless_reason(asked: Asked) -> None:
    """Sends a status line that never ends."""
    asked.send(b"HTTP/1.1 200 ")
    until_gone(asked, b"O" * 65536)


def redirects_to_itself(asked: Asked) -> None:
    """Says that the answer is to be had at the same place."""
    asked.send(
        b"HTTP/1.1 307 X\r\nLocation: %s/\r\nContent-Length: 0\r\n\r\n" % asked.server.url.encode()
    )


def redirects_elsewhere(asked: Asked) -> None:
    """Says that the answer is to be had from another host, ``server.kept['elsewhere']``."""
    elsewhere = asked.server.kept.get("elsewhere", "http://127.0.0.2:9/")
    asked.send(b"HTTP/1.1 308 X\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n" % elsewhere.encode())


def sees_other(asked: Asked) -> None:
    """Answers 303 with an empty JSON object as the body of the redirect."""
    asked.answer_with(b"{}", 303, "Location: /elsewhere")


def one_packed_byte_too_few(asked: Asked) -> None:
    """Packs the right answer and leaves out its end."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(asked.right().body) + packer.flush()
    asked.answer_with(packed[:-5], 200, "Content-Encoding: gzip")
    raise HangUp


EXCESS = (
    ten_gigabytes,
    endless_body,
    endless_chunks,
    endless_size_of_a_chunk,
    gzip_bomb,
    sets_cookies,
    floods_with_cookies,
    header_of_a_megabyte,
    many_headers_of_64_kilobytes,
    endless_header,
    endless_headers,
    endless_reason,
    redirects_to_itself,
    redirects_elsewhere,
    sees_other,
    one_packed_byte_too_few,
)
