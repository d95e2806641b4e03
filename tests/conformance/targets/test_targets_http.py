"""URLs asked with ``requests`` over real sockets: what is sent, and what of the user stays out."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.raw_server import OK, Server, ask, fault

from conformance.targets import TargetOptions, resolve
from conformance.wire import TransportFault, encode


def test_what_is_sent_arrives_and_what_is_answered_comes_back(serve: Callable[..., Server]) -> None:
    """Bytes, headers and status are those of the call and of the answer, in both directions."""
    server = serve(
        b"HTTP/1.1 418 Teapot\r\nX-Amzn-RequestId: 1\r\nX-Two: a\r\nContent-Length: 3\r\n\r\n\xff{}"
    )
    reply = ask(server.port)
    assert (reply.status, reply.body) == (418, b"\xff{}")
    assert reply.header("x-amzn-requestid") == "1"
    assert 0 < reply.seconds < 5
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert b"X-Amz-Target: SageMaker.CreateModel" in head
    assert body == '{"ModelName":"é"}'.encode()


def test_a_connection_is_used_again(serve: Callable[..., Server]) -> None:
    """Two calls to a server that keeps connections open go over one of them."""
    ports = []

    def twice(connection: socket.socket) -> None:
        ports.append(connection.getpeername())
        connection.sendall(OK)
        server._request(connection)
        connection.sendall(OK)

    server = serve(twice)
    target = resolve(f"http://127.0.0.1:{server.port}", TargetOptions(timeout=5))
    for _ in range(2):
        assert target.send(encode("X", {}, url=target.endpoint)).body == b"{}"
    target.close()
    assert len(ports) == 1


def test_a_kept_connection_that_was_closed_is_stale_and_none_is_kept_any_more(
    serve: Callable[..., Server],
) -> None:
    """That says nothing about the request; each one after it has a connection of its own."""
    ports = []

    def closes_on_the_second(connection: socket.socket) -> None:
        ports.append(connection.getpeername())
        connection.sendall(OK)
        if len(ports) == 1:
            server._request(connection)
        else:
            connection.recv(1)  # until the client has closed it

    server = serve(closes_on_the_second)
    target = resolve(f"http://127.0.0.1:{server.port}", TargetOptions(timeout=5))

    def send() -> bytes:
        return target.send(encode("X", {}, url=target.endpoint)).body

    assert send() == b"{}"
    with pytest.raises(TransportFault) as raised:
        send()
    assert raised.value.kind == "stale"
    assert str(raised.value) == "the connection, used before, was closed without an answer"
    assert [send() for _ in range(3)] == [b"{}"] * 3
    assert len(set(ports)) == 4
    target.close()


def test_a_new_connection_that_is_closed_is_broken(serve: Callable[..., Server]) -> None:
    """Whoever closes before the first answer does so because of the request, or whatever it is."""
    assert fault(serve(b"").port).kind == "broken"


def test_a_body_may_be_sent_in_chunks(serve: Callable[..., Server]) -> None:
    """A call that asks for it goes out in chunks, with no length and the very same bytes."""

    def in_chunks(connection: socket.socket) -> None:
        data = server.requests[0]
        while not data.endswith(b"0\r\n\r\n"):
            data += connection.recv(65536)
        server.requests[0] = data
        connection.sendall(OK)

    server = serve(in_chunks)
    target = resolve(f"http://127.0.0.1:{server.port}", TargetOptions(timeout=5))
    call = encode("CreateModel", {"ModelName": "a"}, url=target.endpoint)
    target.send(replace(call, headers={**call.headers, "Transfer-Encoding": "chunked"}))
    target.close()
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.lower().count(b"transfer-encoding: chunked") == 1
    assert b"content-length" not in head.lower()
    assert b"".join(re.findall(rb"[0-9a-f]+\r\n(.+?)\r\n", body)) == call.body


@pytest.mark.parametrize("name", ["User-Agent", "Content-Type"])
def test_a_header_that_a_call_has_not_is_not_made_up(
    name: str, serve: Callable[..., Server]
) -> None:
    """A call without User-Agent or Content-Type goes out without, any other with its own."""
    server = serve(OK)
    url = f"http://127.0.0.1:{server.port}/"
    call = encode("CreateModel", {}, url=url)
    headers = {key: value for key, value in call.headers.items() if key != name}
    for sent in ({**headers, name: "mine"}, headers):
        target = resolve(url, TargetOptions(timeout=5))  # the server ends each connection
        target.send(replace(call, headers=sent))
        target.close()
    heads = [request.partition(b"\r\n\r\n")[0] for request in server.requests]
    assert f"\r\n{name}: mine\r\n".encode() in heads[0]
    assert name.lower().encode() not in heads[1].lower()


def test_nobody_listens(free_port: int) -> None:
    """A refused connection is the fault ``connect``."""
    told = fault(free_port)
    assert told.kind == "connect"
    assert "refused" in told.detail


def test_a_host_without_an_address() -> None:
    """A name that does not resolve is the fault ``connect``."""
    target = resolve("http://no-such-host.invalid", TargetOptions(timeout=5))
    with pytest.raises(TransportFault) as told:
        target.send(encode("CreateModel", {}, url=target.endpoint))
    assert told.value.kind == "connect"
    assert " at 0x" not in told.value.detail


def test_proxies_of_the_environment_are_not_used(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTP_PROXY and its like change nothing about where a request goes."""
    proxy, server = serve(OK), serve(OK)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    ask(server.port)
    assert len(server.requests) == 1
    assert proxy.requests == []


def test_netrc_is_not_read(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Credentials in ~/.netrc never reach a target nor take the place of the signature."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("default login somebody password hunter2\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(OK)
    ask(server.port)
    assert b"authorization: basic" not in server.requests[0].lower()


def test_cookies_of_one_answer_do_no_harm(serve: Callable[..., Server]) -> None:
    """An answer that sets a cookie is read like any other; what is asked next does not show it."""
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nConnection: close\r\nContent-Length: 2\r\n\r\n"
    server = serve(head + b"{}")
    target = resolve(f"http://127.0.0.1:{server.port}", TargetOptions(timeout=5))
    for _ in range(2):
        assert target.send(encode("X", {}, url=target.endpoint)).body == b"{}"
    target.close()
    assert len(server.requests) == 2
    assert b"cookie" not in server.requests[1].lower()


def test_the_server_header_is_the_fingerprint(serve: Callable[..., Server]) -> None:
    """What calls itself by a name in the Server header is known by it afterwards."""
    server = serve(b"HTTP/1.1 200 OK\r\nServer: emu/1.2\r\nContent-Length: 0\r\n\r\n")
    target = resolve(f"http://127.0.0.1:{server.port}/path", TargetOptions(timeout=5))
    assert target.fingerprint() == {"kind": "url"}
    target.send(encode("X", {}, url=target.endpoint))
    assert target.fingerprint() == {"kind": "url", "server": "emu/1.2"}
    assert server.requests[0].startswith(b"POST /path/ ")
    target.close()
