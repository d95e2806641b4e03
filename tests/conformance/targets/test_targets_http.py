"""URLs asked with ``requests``: real sockets, and servers that misbehave in every way."""

from __future__ import annotations

import datetime
import ipaddress
import re
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.targets import TargetOptions, TargetProblem, resolve
from conformance.targets.connections import MOST_INTERIM
from conformance.targets.http import MAX_BODY
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


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
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
    answer = b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\n{}"
    server = serve(answer)
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


# -- TLS -----------------------------------------------------------------------------------


def certify(folder: Path, host: str) -> tuple[Path, ssl.SSLContext]:
    """Make a certificate authority and a server context for a host; returns the CA's file too."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    def named(name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])

    now = datetime.datetime.now(datetime.UTC)
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))

    def builder(subject: str, public: Any) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(named(subject))
            .issuer_name(named("Test CA"))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
        )

    ca = (
        builder("Test CA", ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    certificate = (
        builder(host, key.public_key())
        .add_extension(names, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(certificate.public_bytes(pem) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return folder / "ca.pem", context


def test_https_with_the_authority_that_the_user_names(
    tmp_path: Path, serve: Callable[..., Server]
) -> None:
    """A server certified by the CA of --ca-bundle is asked over TLS."""
    bundle, context = certify(tmp_path, "127.0.0.1")
    reply = ask(serve(OK, context).port, scheme="https", ca_bundle=str(bundle))
    assert reply.body == b"{}"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2"])
def test_https_without_trust_is_refused(
    host: str, tmp_path: Path, serve: Callable[..., Server]
) -> None:
    """An unknown CA, or a certificate of another host, is the fault ``connect`` about TLS."""
    bundle, context = certify(tmp_path, host)
    server = serve(OK, context)
    told = fault(
        server.port, scheme="https", ca_bundle=str(bundle) if host == "127.0.0.2" else None
    )
    assert told.kind == "connect"
    assert told.detail.startswith("TLS: ")
    assert "certificate" in told.detail
    assert server.requests == []


def test_https_trust_is_not_taken_from_the_environment(
    tmp_path: Path, serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """REQUESTS_CA_BUNDLE changes nothing: what is trusted is what the user names."""
    bundle, context = certify(tmp_path, "127.0.0.1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(bundle))
    assert fault(serve(OK, context).port, scheme="https").kind == "connect"


def test_plain_http_asked_with_tls_is_a_fault(serve: Callable[..., Server]) -> None:
    """https to a server without TLS ends in a fault, in one line."""
    assert fault(serve(OK).port, scheme="https", timeout=1).kind in ("connect", "broken", "timeout")


def test_a_missing_ca_bundle_is_told(tmp_path: Path) -> None:
    """A --ca-bundle that is not there is one sentence before anything is sent."""
    with pytest.raises(TargetProblem, match=r"no such file$"):
        resolve("https://localhost", TargetOptions(ca_bundle=str(tmp_path / "none.pem")))
