"""The service on a socket: connections that stay open, odd requests, and the command line."""

from __future__ import annotations

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from conformance.reference import Server, application

HEADERS = {"X-Amz-Target": "SageMaker.CreateModel", "Content-Type": "application/x-amz-json-1.1"}


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on a free port, stopped in the end."""
    with Server(application()) as running:
        running.start()
        yield running
        running.shutdown()


def connected(server: Server) -> http.client.HTTPConnection:
    """A new connection to the server."""
    return http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=10)


def asked(connection: http.client.HTTPConnection, name: str) -> tuple[int, bytes]:
    """Status and body of the answer to CreateModel with this name."""
    connection.request("POST", "/", json.dumps({"ModelName": name}), HEADERS)
    response = connection.getresponse()
    return response.status, response.read()


def raw(server: Server, request: bytes) -> bytes:
    """All that the server sends for these bytes until it closes the connection."""
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=10) as plain:
        plain.sendall(request)
        plain.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: plain.recv(65536), b""))


def test_connection_stays_open(server: Server) -> None:
    """Many requests go over one connection, errors among them."""
    connection = connected(server)
    assert asked(connection, "m0")[0] == 200
    first = connection.sock
    assert [asked(connection, f"m{n}")[0] for n in range(3)] == [400, 200, 200]
    assert connection.sock is first


def test_connection_is_fast(server: Server) -> None:
    """One connection carries a thousand requests in well under a second and a half."""
    connection = connected(server)
    started = time.perf_counter()
    for n in range(1000):
        assert asked(connection, f"m{n}")[0] == 200
    assert time.perf_counter() - started < 1.5


def test_pipelined_requests(server: Server) -> None:
    """Requests that were sent at once are answered in their order; `close` closes."""
    head = b"POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: SageMaker.CreateModel\r\n"
    body = b'{"ModelName":"m"}'
    length = b"Content-Length: %d\r\n" % len(body)
    answer = raw(
        server,
        (head + length + b"\r\n" + body) * 2 + head + length + b"Connection: close\r\n\r\n" + body,
    )
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"200", b"400", b"400"]
    assert answer.count(b"Connection: close") == 1


def test_chunked_body(server: Server) -> None:
    """A body in chunks is put together."""
    connection = connected(server)
    chunks = iter([b'{"Model', b'Name":"m"}'])
    connection.request("POST", "/", chunks, HEADERS, encode_chunked=True)
    assert connection.getresponse().status == 200


def test_expect_continue(server: Server) -> None:
    """A client that waits for a 100 gets one before the answer."""
    body = b'{"ModelName":"m"}'
    answer = raw(
        server,
        b"POST / HTTP/1.1\r\nX-Amz-Target: SageMaker.CreateModel\r\nExpect: 100-continue\r\n"
        b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
    )
    assert re.findall(rb"HTTP/1\.1 (\d+)", answer) == [b"100", b"200"]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort",
        b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
def test_broken_requests(server: Server, request_bytes: bytes) -> None:
    """What is no HTTP request is answered 4xx and closed, and the next client is served."""
    assert re.match(rb"HTTP/1\.1 4\d\d ", raw(server, request_bytes))
    assert asked(connected(server), "m")[0] == 200


def test_races_over_connections(server: Server) -> None:
    """Of 16 clients that create one name over connections of their own one succeeds."""

    def create(_n: int) -> int:
        return asked(connected(server), "m")[0]

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(create, range(16))).count(200) == 1


def test_dropped_connection() -> None:
    """The fault that drops connections closes them without an answer."""
    with Server(application(["drops-connections"])) as running:
        running.start()
        statuses = []
        for n in range(7):
            try:
                statuses.append(asked(connected(running), f"m{n}")[0])
            except http.client.RemoteDisconnected:
                statuses.append(0)
        running.shutdown()
    assert statuses == [200] * 6 + [0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_line(number: int) -> None:
    """The command prints where it listens, serves with faults and ends cleanly when told."""
    command = [sys.executable, "-m", "conformance.reference", "--fault", "success-status-201"]
    with subprocess.Popen([*command, "--quota", "1"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(r"listening on http://127\.0\.0\.1:(\d+)\n", line)
        assert found
        connection = http.client.HTTPConnection("127.0.0.1", int(found[1]), timeout=10)
        assert asked(connection, "m0")[0] == 201
        assert b"ResourceLimitExceeded" in asked(connection, "m1")[1]
        process.send_signal(number)
        assert process.wait(10) == 0


@pytest.mark.parametrize("options", [["--fault", "no-such-fault"], ["--sigv4", "nocolon"]])
def test_wrong_options(options: list[str]) -> None:
    """A wrong option ends the command with 2 before it listens."""
    command = [sys.executable, "-m", "conformance.reference", *options]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2
