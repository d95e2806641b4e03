"""Answers of servers that misbehave in every way: bounded in time and length, or a fault."""

from __future__ import annotations

import socket
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.authority import certify
from fakes.raw_server import OK, Server, ask, fault

from conformance.targets import TargetOptions, resolve
from conformance.targets.connections import MOST_INTERIM
from conformance.targets.http import MAX_BODY
from conformance.wire import encode


def test_silence_is_a_timeout(serve: Callable[..., Server]) -> None:
    """A server that never answers is given up after the time that the user set."""
    server = serve(lambda _connection: time.sleep(3))
    started = time.monotonic()
    told = fault(server.port, timeout=0.3)
    assert (told.kind, told.detail) == ("timeout", "no answer within 0.3 s")
    assert time.monotonic() - started < 2


def test_a_body_that_stops_coming_is_a_timeout(serve: Callable[..., Server]) -> None:
    """Half an answer and then silence is late, too, not broken."""

    def half(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}")
        time.sleep(3)

    assert fault(serve(half).port, timeout=0.3).kind == "timeout"


@pytest.mark.parametrize("length", [b"Content-Length: 100000", b"Transfer-Encoding: chunked"])
def test_a_body_that_drips_is_cut_off_in_time(length: bytes, serve: Callable[..., Server]) -> None:
    """A byte now and then keeps no run waiting: the whole answer has to come in time."""

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n\r\n")
        for _ in range(100):
            connection.sendall(b"1\r\nx\r\n" if b"chunked" in length else b"x")
            time.sleep(0.05)

    started = time.monotonic()
    assert fault(serve(drip).port, timeout=0.4).kind == "timeout"
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "piece", [b"X-Slow: ", b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 103 Hints\r\n\r\n"]
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_head_that_drips_is_cut_off_in_time(
    piece: bytes, scheme: str, tmp_path: Path, serve: Callable[..., Server]
) -> None:
    """A byte now and then in a header, or interim answers one after the other, are late too."""
    bundle, context = certify(tmp_path, "127.0.0.1")

    def drip(connection: socket.socket) -> None:
        if b" 1" not in piece:
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
        for byte in piece * 4:
            connection.sendall(bytes([byte]))
            time.sleep(0.05)

    started = time.monotonic()
    server = serve(drip, context if scheme == "https" else None)
    told = fault(server.port, scheme=scheme, timeout=0.4, ca_bundle=str(bundle))
    assert (told.kind, told.detail) == ("timeout", "no answer within 0.4 s")
    assert time.monotonic() - started < 2


def test_interim_answers_are_read_over(serve: Callable[..., Server]) -> None:
    """An answer after 100, 102 and 103 is the answer, and the next one is not mixed up with it."""
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"

    def twice(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" + interim + OK)
        server._request(connection)
        connection.sendall(interim.replace(b"103", b"102") + OK.replace(b"{}", b"[]"))

    server = serve(twice)
    target = resolve(f"http://127.0.0.1:{server.port}", TargetOptions(timeout=5))
    bodies = [target.send(encode("X", {}, url=target.endpoint)).body for _ in range(2)]
    target.close()
    assert bodies == [b"{}", b"[]"]


@pytest.mark.parametrize("status", [100, 103])
def test_a_storm_of_interim_answers_is_broken(status: int, serve: Callable[..., Server]) -> None:
    """A target that says 1xx again and again never comes to an answer."""
    storm = f"HTTP/1.1 {status} Wait\r\n\r\n".encode() * (MOST_INTERIM + 1)
    told = fault(serve(storm + OK).port)
    assert (told.kind, told.detail) == ("broken", f"more than {MOST_INTERIM} interim answers")


def test_another_protocol_is_no_answer(serve: Callable[..., Server]) -> None:
    """A target that says 101 speaks something else from there on."""
    switch = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n" + OK
    assert fault(serve(switch).port).detail == "no answer after 101"


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"]
)
def test_an_endless_body_is_cut_off(head: bytes, serve: Callable[..., Server]) -> None:
    """No more than the limit is kept of an answer, however long it goes on."""

    def endless(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(b"x" * 65536)

    told = fault(serve(endless).port, timeout=20)
    assert told.kind == "too-long"
    assert str(MAX_BODY) in told.detail


def test_a_long_body_is_read_whole(serve: Callable[..., Server]) -> None:
    """An answer of a megabyte, well within the limit, arrives complete."""
    body = bytes(range(256)) * 4096
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    assert ask(serve(head + body).port).body == body


def test_a_chunked_body_is_put_together(serve: Callable[..., Server]) -> None:
    """Chunks become one body."""
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
    assert ask(serve(answer).port).body == b"{}"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\x01\x02\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
    ],
    ids=range(8),
)
def test_an_answer_that_is_cut_off_or_no_http_is_broken(
    answer: bytes, serve: Callable[..., Server]
) -> None:
    """A connection closed before or within an answer, a wrong length, no HTTP: ``broken``."""
    assert fault(serve(answer).port).kind == "broken"


def test_a_reset_connection_is_broken(serve: Callable[..., Server]) -> None:
    """A connection reset in place of an answer is ``broken``, not refused."""

    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    assert fault(serve(reset).port).kind == "broken"


def test_a_body_shorter_than_it_says_shows_how_much_came(serve: Callable[..., Server]) -> None:
    """The message says how many bytes were there and how many are missing."""
    told = fault(serve(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{}").port)
    assert "2 bytes read, 8 more expected" in told.detail


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer(status: int, serve: Callable[..., Server]) -> None:
    """The place that a redirect names is never asked: what is signed for a target stays there."""
    elsewhere = serve(OK)
    head = f"HTTP/1.1 {status} Moved\r\nLocation: http://127.0.0.1:{elsewhere.port}/\r\n"
    reply = ask(serve(f"{head}Content-Length: 0\r\n\r\n".encode()).port)
    assert reply.status == status
    assert elsewhere.requests == []


def test_the_body_of_a_redirect_is_bounded_too(serve: Callable[..., Server]) -> None:
    """A redirect to itself with an endless body is cut off like any other answer."""

    def endless(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 307 Again\r\nLocation: /\r\n\r\n")
        while True:
            connection.sendall(b"x" * 65536)

    server = serve(endless)
    assert fault(server.port, timeout=20).kind == "too-long"
    assert len(server.requests) == 1


def packed(body: bytes, coding: str, times: int = 1) -> bytes:
    """Return an answer whose body is packed so many times."""
    window = {"gzip": 31, "deflate": zlib.MAX_WBITS, "raw": -zlib.MAX_WBITS}[coding]
    for _ in range(times):
        packer = zlib.compressobj(9, zlib.DEFLATED, window)
        body = packer.compress(body) + packer.flush()
    codings = ", ".join(["deflate" if coding == "raw" else coding] * times)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {codings}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize(
    ("coding", "times"), [("gzip", 1), ("deflate", 1), ("raw", 1), ("gzip", 2)]
)
def test_a_packed_body_is_unpacked(coding: str, times: int, serve: Callable[..., Server]) -> None:
    """Bodies in gzip and deflate, in either of its two forms, are what was packed."""
    assert ask(serve(packed(b'{"a": 1}', coding, times)).port).body == b'{"a": 1}'


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_bomb_is_not_unpacked(times: int, serve: Callable[..., Server]) -> None:
    """A body that would unpack to more than the limit, packed once or more, is too long."""
    bomb = packed(b"{" * (16 * MAX_BODY), "gzip", times)
    assert len(bomb) < 50_000
    tracemalloc.start()
    assert fault(serve(bomb).port).kind == "too-long"
    assert tracemalloc.get_traced_memory()[1] < 8 * MAX_BODY
    tracemalloc.stop()


def test_a_body_is_not_unpacked_for_ever(serve: Callable[..., Server]) -> None:
    """Whoever packs a body again and again gets no answer read."""
    assert fault(serve(packed(b"{}", "gzip", 9)).port).detail == "a body that was packed 9 times"


def test_a_packed_body_that_is_cut_off_is_broken(serve: Callable[..., Server]) -> None:
    """Half of a packed body is no body, although its length is as it says."""
    whole = packed(bytes(range(200)), "gzip")
    head, _, body = whole.partition(b"\r\n\r\n")
    head = head.replace(str(len(body)).encode(), str(len(body) - 9).encode())
    assert fault(serve(head + b"\r\n\r\n" + body[:-9]).port).kind == "broken"
